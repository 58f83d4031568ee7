"""How issues look when they are read: which fields, in which words, on which deployment."""

from __future__ import annotations

import pytest

from bridge.sandbox import render
from bridge.sandbox.adf import document
from bridge.sandbox.catalog import Project
from bridge.sandbox.fieldtypes import PLATFORM, SOFTWARE, Field
from bridge.sandbox.records import Comment, Issue
from bridge.sandbox.store import Store
from tests.bridge.sandbox.site import KR, KR_PROGRESS, POINTS, Time, small


def site(deployment: str):
    sandbox = small(deployment, now=Time())
    sandbox._socket.close()
    jira = sandbox.jira
    jira.add_issue("SHOP", "Epic", "above", description="one\ntwo")
    jira.add_issue("SHOP", "Story", "x", parent="SHOP-1", **{KR_PROGRESS: 3.0})
    jira.add_issue("SHOP", "Sub-task", "part", parent="SHOP-2")
    return jira


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def jira(request):
    return site(request.param)


def fields(jira, key, *asked, default="*all"):
    return render.Wanted(jira, asked, default).fields(jira.issue(key))


ASKED = {
    "one by one": (["summary", KR_PROGRESS], {"summary": "x", KR_PROGRESS: 3.0}),
    "one that is not there": (["summary", "colour"], {"summary": "x"}),
    "an empty one": ([KR], {KR: None}),
    "one and not": (["summary", "labels", "-labels"], {"summary": "x"}),
}


@pytest.mark.parametrize("case", ASKED)
def test_fields_that_were_asked_for(jira, case):
    asked, shown = ASKED[case]
    assert fields(jira, "SHOP-2", *asked) == shown


def test_all_is_all_and_navigable_is_not(jira):
    every, some = fields(jira, "SHOP-2", "*all"), fields(jira, "SHOP-2", "*navigable")
    assert every.keys() - some.keys() >= {"comment", "description", "subtasks", "issuelinks"}
    assert some.keys() < every.keys()
    assert fields(jira, "SHOP-2", default="*navigable") == some


def test_all_but_one(jira):
    every, less = fields(jira, "SHOP-2", "*all"), fields(jira, "SHOP-2", "*all", "-summary", "-comment")
    assert every.keys() - less.keys() == {"summary", "comment"}
    assert fields(jira, "SHOP-2", "-summary", "-comment") == less


def test_fields_of_the_project_show_as_null_and_those_of_others_not_at_all(jira):
    made = jira.catalog.custom(10_700, "Theirs", PLATFORM + "float", scope="200")
    try:
        assert POINTS in fields(jira, "SHOP-2", "*all")
        assert made.id not in fields(jira, "SHOP-2", "*all")
        assert made.id not in fields(jira, "SHOP-2", made.id)
    finally:
        del jira.catalog.fields[made.id]


def test_a_parent_that_is_none_is_left_out(jira):
    assert "parent" not in fields(jira, "SHOP-1", "parent", "summary")


def test_links_upwards_by_level(jira):
    story, part = (fields(jira, key, "parent", "customfield_10014") for key in ("SHOP-2", "SHOP-3"))
    assert story["customfield_10014"] == "SHOP-1"
    assert part["customfield_10014"] is None
    assert part["parent"]["key"] == "SHOP-2"
    assert story.get("parent", {}).get("key") == ("SHOP-1" if jira.cloud else None)


def test_a_brief_holds_four_fields(jira):
    shown = render.brief(jira, jira.issue("SHOP-1"))
    assert shown["fields"].keys() == {"summary", "status", "priority", "issuetype"}
    assert (shown["id"], shown["key"]) == (str(jira.issue("SHOP-1").id), "SHOP-1")


@pytest.mark.parametrize("value", [None, "one\ntwo", document("one\ntwo")])
def test_a_text_is_shown_in_the_deployments_format_whatever_it_was_kept_in(jira, value):
    expected = None if value is None else document("one\ntwo") if jira.cloud else "one\ntwo"
    assert render.as_body(jira, value) == expected


def test_a_hidden_sub_task_is_not_shown_below(jira):
    assert [one["key"] for one in fields(jira, "SHOP-2", "subtasks")["subtasks"]] == ["SHOP-3"]
    jira.hide("SHOP-3")
    assert fields(jira, "SHOP-2", "subtasks")["subtasks"] == []
    jira.hide("SHOP-3", False)


def test_a_link_to_what_was_deleted_is_gone():
    jira = site("cloud")
    jira.add_issue("SHOP", "Story", "y")
    jira.link("Blocks", "SHOP-2", "SHOP-4")
    (link,) = fields(jira, "SHOP-2", "issuelinks")["issuelinks"]
    assert link["outwardIssue"]["key"] == "SHOP-4"
    jira.delete("SHOP-4")
    assert fields(jira, "SHOP-2", "issuelinks")["issuelinks"] == []


def test_a_comments_page_inside_an_issue_tells_its_total(jira):
    issue = jira.issue("SHOP-3")
    issue.comments.append(Comment(5, jira.me, document("x"), 0, 1000, jira.me))
    shown = fields(jira, "SHOP-3", "comment")["comment"]
    issue.comments.clear()
    assert (shown["total"], shown["comments"][0]["id"]) == (1, "5")
    assert shown["comments"][0]["updated"] == "1970-01-01T01:00:01.000+0100"
    assert ("jsdPublic" in shown["comments"][0]) == jira.cloud


def test_an_entry_without_an_author_has_none(jira):
    from bridge.sandbox.records import Change

    assert "author" not in render.history(jira, Change(1, None, 0, []))


@pytest.mark.parametrize(
    ("sprint", "part"),
    [
        (
            {"id": 1, "name": "One", "state": "closed", "boardId": 4},
            "id=1,rapidViewId=4,state=CLOSED,name=One,",
        ),
        ({"id": 1, "name": "One", "state": "future"}, "rapidViewId=<null>,state=FUTURE"),
    ],
)
def test_a_sprint_in_words(sprint, part):
    assert part in render._sprint_text(sprint)
    assert render._sprint_text(sprint).endswith("]")


def test_a_sprint_that_came_in_words_stays_so():
    assert render._sprint_text("com.x.Sprint@1[id=7]") == "com.x.Sprint@1[id=7]"


# --- what issues refer to


def test_a_field_is_found_by_id_and_by_name_without_case(jira):
    catalog = jira.catalog
    assert catalog.field("story points") is catalog.field(POINTS) is catalog.fields[POINTS]
    assert catalog.field("nothing of the sort") is None


def test_of_namesakes_the_oldest_is_meant_and_both_are_listed(jira):
    twin = jira.catalog.custom(10_800, "Story Points", PLATFORM + "float")
    assert jira.catalog.field("Story Points").id == POINTS
    assert [f.id for f in jira.catalog.fields.values() if f.name == "Story Points"] == [POINTS, twin.id]
    del jira.catalog.fields[twin.id]


SCHEMAS = {
    "number": (Field("customfield_1", "P", "number", custom=PLATFORM + "float"),
               {"type": "number", "custom": PLATFORM + "float", "customId": 1}),
    "array": (Field("customfield_2", "S", "array", "json", custom=SOFTWARE + "gh-sprint"),
              {"type": "array", "items": "json", "custom": SOFTWARE + "gh-sprint", "customId": 2}),
    "system": (Field("summary", "Summary", "string"), {"type": "string", "system": "summary"}),
    "unnamed": (Field("parent", "Parent", ""), {"type": "any", "system": "parent"}),
}  # fmt: skip


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_field_tells_its_schema(case):
    field, schema = SCHEMAS[case]
    assert field.schema() == schema


@pytest.mark.parametrize(
    ("field", "clauses"),
    [
        (Field("customfield_7", "My field", "number", custom="x"), ["cf[7]", "My field"]),
        (Field("duedate", "Due", "date"), ["due", "duedate"]),
        (Field("summary", "Summary", "string"), ["summary"]),
        (Field("workratio", "Work Ratio", "number", searchable=False), []),
    ],
)
def test_a_field_tells_how_queries_call_it(field, clauses):
    assert field.clauses() == clauses


def test_a_number_for_a_new_field_is_free(jira):
    number = jira.catalog.next_field_number()
    assert f"customfield_{number}" not in jira.catalog.fields
    assert number >= 10_200


def test_a_project_is_found_by_former_keys(jira):
    jira.catalog.project(Project("900", "NEW", "New", old_keys=["OLD"]))
    found = {jira.catalog.project_of(name).key for name in ("NEW", "new", "900", "old")}
    del jira.catalog.projects["NEW"]
    assert found == {"NEW"}
    assert jira.catalog.project_of("NEVER") is None


# --- the index of issues


def stored(store: Store, *keys: str, parent: int | None = None) -> list[Issue]:
    made = [Issue(len(store.issues) + n, key, {}, 0, 0, parent=parent) for n, key in enumerate(keys, 1)]
    for issue in made:
        store.put(issue)
    return made


def test_an_issue_is_found_by_every_key_it_had_and_by_none_when_it_is_gone():
    store = Store(lambda: 0)
    (issue,) = stored(store, "A-1")
    store.rekey(issue, "B-1")
    assert [store.find(name) for name in ("A-1", "a-1", "B-1", "1", "2", "C-1")] == [issue] * 4 + [None] * 2
    store.remove(issue)
    assert [store.find(name) for name in ("A-1", "B-1", "1")] == [None] * 3


def test_what_lies_below_is_found_at_any_depth():
    store = Store(lambda: 0)
    (top,) = stored(store, "A-1")
    (middle,) = stored(store, "A-2", parent=top.id)
    below = stored(store, "A-3", "A-4", parent=middle.id)
    assert store.descendants(top.id) == {middle.id, *(one.id for one in below)}
    store.reparent(middle, None)
    assert store.descendants(top.id) == set()
    assert store.children(middle.id) == below


def test_the_index_shows_each_issue_as_it_was_so_long_ago():
    now = [0]
    store = Store(lambda: now[0])
    (issue,) = stored(store, "A-1")
    store.lag_ms = 1000
    now[0] = 5000
    for text in ("first", "second"):
        store.before(issue.id, issue)
        issue.fields["summary"] = text
        now[0] += 400
    assert [one.fields for one in store.indexed()] == [{}]
    now[0] = 6100
    assert [one.fields for one in store.indexed()] == [{"summary": "first"}]
    now[0] = 6500
    assert [one.fields for one in store.indexed()] == [{"summary": "second"}]


def test_a_new_issue_is_not_in_a_lagging_index_and_a_deleted_one_still_is():
    now = [0]
    store = Store(lambda: now[0])
    (old,) = stored(store, "A-1")
    store.lag_ms = 1000
    now[0] = 5000
    stored(store, "A-2")
    store.remove(old)
    assert [one.key for one in store.indexed()] == ["A-1"]
    now[0] = 6001
    assert [one.key for one in store.indexed()] == ["A-2"]
