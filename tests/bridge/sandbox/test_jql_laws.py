"""Laws of queries: what holds whatever the issues and the clauses are; and how values are quoted."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.sandbox.jira import Jira
from bridge.sandbox.jql.parse import RESERVED, Clause, Empty, Function, Literal, Many, Not, Query, parse
from bridge.sandbox.records import Refusal
from tests.bridge.sandbox.site import KR, KR_PROGRESS, POINTS, Time, small


@cache
def site() -> Jira:
    """Thirty issues in which every field is sometimes empty."""
    time = Time()
    sandbox = small(now=time)
    sandbox._socket.close()
    jira = sandbox.jira
    ann = jira.catalog.user("ann", "Ann Bee")
    for number in range(30):
        time.pass_(hours=5)
        values = {
            POINTS: float(number % 5) if number % 4 else None,
            "labels": [label for n, label in enumerate("abc") if number % (n + 2) == 0],
            "assignee": (None, ann, jira.me)[number % 3],
            "duedate": f"2026-12-{number % 9 + 1:02d}" if number % 2 else None,
            KR: f"O1-KR{number % 3}" if number % 5 else None,
        }
        made = jira.add_issue(
            ("SHOP", "TEAM")[number % 2], ("Story", "Bug")[number % 3 == 0], f"s {number}", **values
        )
        if number % 3 == 0:
            jira.resolve(made.id, ("Done", "Won't Do")[number % 2])
    return jira


def found(jql: str) -> set[str]:
    return {issue.key for issue in site().search(jql)}


CLAUSES = st.sampled_from([
    "project = SHOP", "type = Bug", "status = Done", "statusCategory != Done", "resolution = Unresolved",
    "labels = a", "labels in (b, c)", "labels is EMPTY", "assignee = ann", "assignee is EMPTY",
    '"Story Points" > 2', '"Story Points" is EMPTY', "duedate < 2026-12-05", 'created >= "2026-11-04 00:00"',
    "created >= -3d", "KR ~ KR1", "summary ~ s", "key > SHOP-7", "assignee in (ann, EMPTY)",
])  # fmt: skip
QUERIES = st.recursive(
    CLAUSES,
    lambda part: st.one_of(
        st.tuples(part, part).map(" AND ".join).map("({})".format),
        st.tuples(part, part).map(" OR ".join).map("({})".format),
        part.map("NOT ({})".format),
    ),
    max_leaves=4,
)
QUICK = settings(deadline=None, max_examples=60)


@QUICK
@given(QUERIES, QUERIES)
def test_and_or_and_not_are_those_of_sets(one, other):
    every = found("project in (SHOP, TEAM)")
    assert found(f"({one}) AND ({other})") == found(one) & found(other)
    assert found(f"({one}) OR ({other})") == found(one) | found(other)
    assert found(f"NOT ({one})") <= every - found(one)
    assert found(f"NOT NOT ({one})") == found(one)
    assert found(f"NOT (({one}) AND ({other}))") == found(f"NOT ({one}) OR NOT ({other})")


@QUICK
@given(st.sampled_from(["project = SHOP", "type = Bug", "status = Done", "summary ~ 3"]))
def test_not_of_what_every_issue_has_is_all_the_others(clause):
    assert found(f"NOT {clause}") == found("project in (SHOP, TEAM)") - found(clause)


@QUICK
@given(QUERIES, st.sampled_from(["AND", "and", "&&", "&"]), st.sampled_from(["OR", "or", "||", "|"]))
def test_without_parentheses_and_binds_first(one, both, either):
    assert found(f"type = Bug {either} {one} {both} labels = a") == found("type = Bug") | (
        found(one) & found("labels = a")
    )


VALUES = {
    "assignee": "ann", '"Story Points"': "2", "labels": "a", "duedate": "2026-12-02", "resolution": "Done",
    "priority": "Medium", "status": "Done", "project": "SHOP", "issuetype": "Bug",
}  # fmt: skip


@pytest.mark.parametrize("field", VALUES)
def test_equal_unequal_and_empty_share_all_issues_among_them(field):
    """An issue whose field is empty is not unlike a value: it is found by EMPTY alone."""
    value = VALUES[field]
    equal, other = found(f"{field} = {value}"), found(f"{field} != {value}")
    empty = found(f"{field} is EMPTY")
    every = found("project in (SHOP, TEAM)")
    assert equal | other | empty == every
    assert len(equal) + len(other) + len(empty) == len(every)
    assert found(f"{field} in ({value})") == equal
    assert found(f"{field} not in ({value})") == other
    assert found(f"{field} is not EMPTY") == every - empty
    assert found(f"{field} in ({value}, EMPTY)") == equal | empty


SPLITS = [('"Story Points"', "2"), ("duedate", "2026-12-05"), ("created", "-1d"), ("updated", "-2d")]


@pytest.mark.parametrize(("field", "value"), SPLITS)
def test_an_order_splits_what_is_not_empty(field, value):
    below, above = found(f"{field} < {value}"), found(f"{field} >= {value}")
    assert below
    assert above
    assert below & above == set()
    assert below | above == found(f"{field} is not EMPTY")
    assert found(f"{field} <= {value}") >= below
    assert found(f"{field} > {value}") <= above


ORDERS = [
    "key",
    "created",
    "updated",
    "summary",
    "priority",
    "status",
    "assignee",
    "duedate",
    '"Story Points"',
    "type",
]


@pytest.mark.parametrize("field", ORDERS)
def test_an_order_changes_neither_what_is_found_nor_how_often(field):
    plain = sorted(i.key for i in site().search("labels is not EMPTY"))
    for direction in ("", " ASC", " DESC"):
        ordered = [i.key for i in site().search(f"labels is not EMPTY ORDER BY {field}{direction}")]
        assert sorted(ordered) == plain


def test_empties_come_last_going_up_and_first_going_down():
    up = [i.fields[POINTS] for i in site().search('project = SHOP ORDER BY "Story Points"')]
    down = [i.fields[POINTS] for i in site().search('project = SHOP ORDER BY "Story Points" DESC')]
    known = [value for value in up if value is not None]
    assert up == [*sorted(known), *[None] * (len(up) - len(known))]
    assert down == [*[None] * (len(up) - len(known)), *sorted(known, reverse=True)]


def test_the_second_field_decides_between_equals():
    issues = site().search("project in (SHOP, TEAM) ORDER BY type DESC, key ASC")
    assert [(i.kind, i.project, i.number) for i in issues] == sorted(
        [(i.kind, i.project, i.number) for i in issues], key=lambda one: (one[0] != "Story", one[1], one[2])
    )


def test_without_an_order_the_newest_comes_first():
    created = [i.created for i in site().search("project in (SHOP, TEAM)")]
    assert created == sorted(created, reverse=True)


# --- how it is written

WRITTEN = {
    "labels=a": Clause("labels", "=", (Literal("a"),)),
    "labels = 'a b'": Clause("labels", "=", (Literal("a b", True),)),
    r'summary ~ "a\"b\\c"': Clause("summary", "~", (Literal('a"b\\c', True),)),
    r'summary ~ "\u4e2d\n"': Clause("summary", "~", (Literal("中\n", True),)),
    '"Story Points" is not null': Clause("Story Points", "is not", (Empty(),)),
    "cf[10200] in (1,2)": Clause("cf[10200]", "in", (Literal("1"), Literal("2"))),
    "key NOT IN (A-1)": Clause("key", "not in", (Literal("A-1"),)),
    "assignee = currentUser()": Clause("assignee", "=", (Function("currentUser", ()),)),
    'key in childIssuesOf("A-1")': Clause("key", "in", (Function("childIssuesOf", ("A-1",)),)),
    "NOT a = 1": Not(Clause("a", "=", (Literal("1"),))),
    "a = 1 AND b = 2": Many("and", (Clause("a", "=", (Literal("1"),)), Clause("b", "=", (Literal("2"),)))),
    'project = "DO"': Clause("project", "=", (Literal("DO", True),)),
    '"order" = 1': Clause("order", "=", (Literal("1"),)),
}  # fmt: skip


@pytest.mark.parametrize("jql", WRITTEN)
def test_a_query_says(jql):
    assert parse(jql).where == WRITTEN[jql]


@pytest.mark.parametrize(
    ("jql", "order"),
    [
        ("ORDER BY key", (("key", False),)),
        ("a = 1 order by x desc, y", (("x", True), ("y", False))),
        ("", ()),
    ],
)
def test_an_order_says(jql, order):
    assert parse(jql).order == order


@pytest.mark.parametrize("word", sorted(RESERVED - {"empty", "null"}))
def test_a_reserved_word_must_be_quoted(word):
    with pytest.raises(Refusal):
        parse(f"project = {word}")
    assert parse(f'project = "{word}"') == Query(Clause("project", "=", (Literal(word, True),)))


@pytest.mark.parametrize(
    "jql",
    ["project", "= SHOP", "project = SHOP AND", "OR project = SHOP", "NOT", "()", "project in ()",
     "project = SHOP ORDER BY", "project = SHOP ORDER BY key,", "a = 1 b = 2", "a == 1", "a = 1)", "a = [",
     "a = 'x", "a is", "a not 1", "a = f(", "a was 1", "a changed", "project = SHOP LIMIT 5"],
)  # fmt: skip
def test_what_is_no_query_is_refused_in_words(jql):
    with pytest.raises(Refusal) as refusal:
        parse(jql)
    assert refusal.value.status == 400
    assert refusal.value.messages[0].startswith("Error in the JQL Query")


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@QUICK
@given(PLAIN)
def test_any_text_can_be_looked_for_when_it_is_quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert found(f'labels = "{escaped}"') <= found("labels is not EMPTY")


def test_a_published_number_can_be_asked_for_at_once():
    jira = site()
    key = min(found("project = SHOP"))
    jira.edit(key, {KR_PROGRESS: 40.0})
    assert found(f"cf[{KR_PROGRESS[12:]}] = 40") == {key}
    jira.edit(key, {KR_PROGRESS: None})
