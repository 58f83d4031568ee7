"""What queries mean: every field, operator and function, and the words of every refusal."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.sandbox.jql.parse import Clause, Literal, Many, Not, parse
from bridge.sandbox.jql.run import matcher
from bridge.sandbox.records import Refusal
from tests.bridge.sandbox.site import KR, KR_PROGRESS, POINTS, Time, small


@pytest.fixture(scope="module")
def jira():
    """An epic with two stories, one with a sub-task; a bug beside them, all a day apart."""
    time = Time()
    sandbox = small(now=time)
    sandbox._socket.close()
    jira = sandbox.jira
    ann = jira.catalog.user("ann", "Ann Bee", "ann@acme.example")
    add = jira.add_issue
    add("SHOP", "Epic", "Guided tour", labels=["Onboarding"])
    time.pass_(days=1)
    add(
        "SHOP",
        "Story",
        'Say "hello" and wave',
        parent="SHOP-1",
        assignee=ann,
        labels=["a", "b"],
        **{POINTS: 5.0},
    )
    time.pass_(days=1)
    add(
        "SHOP",
        "Story",
        "支持支付宝付款",
        parent="SHOP-1",
        duedate="2026-12-01",
        labels=["b"],
        **{POINTS: 8.0},
    )
    time.pass_(days=1)
    add("SHOP", "Sub-task", "Draw it", parent="SHOP-2", **{KR: "O1-KR1 x"})
    time.pass_(days=1)
    add("TEAM", "Bug", "Crash on start", assignee=jira.me, **{KR_PROGRESS: 40.0})
    jira.transition("SHOP-2", "In Progress")
    jira.resolve("SHOP-3", "Won't Do")
    jira.flag("SHOP-2")
    jira.catalog.sprints |= {
        7: {"id": 7, "name": "Sprint Seven", "state": "active"},
        8: {"id": 8, "name": "Sprint Eight", "state": "closed"},
    }
    jira.edit("SHOP-2", {"Sprint": [jira.catalog.sprints[7]]})
    jira.edit("SHOP-3", {"Sprint": [jira.catalog.sprints[8]]})
    return jira


FOUND = {
    "project = shop and type = Epic": "SHOP-1",
    "project = 200": "TEAM-1",
    "project in (SHOP, TEAM) AND issuetype != Story": "SHOP-1 SHOP-4 TEAM-1",
    "key = shop-2": "SHOP-2",
    'issuekey in ("SHOP-2", SHOP-3)': "SHOP-2 SHOP-3",
    "id = 10003": "SHOP-3",
    "key > SHOP-2": "SHOP-3 SHOP-4",
    "key >= SHOP-2 AND key < SHOP-4": "SHOP-2 SHOP-3",
    "parent = SHOP-1": "SHOP-2 SHOP-3",
    "parent in (SHOP-1, SHOP-2)": "SHOP-2 SHOP-3 SHOP-4",
    "parent is EMPTY": "SHOP-1 TEAM-1",
    "parent is not null AND type in subTaskIssueTypes()": "SHOP-4",
    "parentEpic = SHOP-1": "SHOP-2 SHOP-3 SHOP-4",
    '"Epic Link" = SHOP-1': "SHOP-2 SHOP-3",
    'issuekey in portfolioChildIssuesOf("SHOP-1")': "SHOP-2 SHOP-3 SHOP-4",
    'status = "in progress"': "SHOP-2",
    "status in (1, Done)": "SHOP-1 SHOP-3 SHOP-4 TEAM-1",
    "statusCategory = Done": "SHOP-3",
    'statusCategory != "To Do"': "SHOP-2 SHOP-3",
    "resolution = Unresolved AND project = TEAM": "TEAM-1",
    "resolution is EMPTY AND type = Story": "SHOP-2",
    'resolution = "Won\'t Do"': "SHOP-3",
    "resolution != Done": "SHOP-3",
    "labels = b": "SHOP-2 SHOP-3",
    "labels = ONBOARDING": "SHOP-1",
    "labels in (a, Onboarding)": "SHOP-1 SHOP-2",
    "labels not in (a)": "SHOP-1 SHOP-3",
    "labels != a OR labels is EMPTY": "SHOP-1 SHOP-3 SHOP-4 TEAM-1",
    "assignee = currentUser()": "TEAM-1",
    'assignee = "Ann Bee"': "SHOP-2",
    "assignee in (ann, EMPTY)": "SHOP-1 SHOP-2 SHOP-3 SHOP-4",
    "assignee = ann@acme.example": "SHOP-2",
    "duedate = 2026-12-01": "SHOP-3",
    "due < 2026-12-01": "",
    "due is not EMPTY": "SHOP-3",
    f'"Story Points" >= 5 AND cf[{POINTS[12:]}] < 8': "SHOP-2",
    '"KR progress" = 40': "TEAM-1",
    '"Story Points[10026]" = 8': "SHOP-3",
    'KR ~ "O1-KR1"': "SHOP-4",
    "Flagged is not EMPTY": "SHOP-2",
    "flagged = Impediment": "SHOP-2",
    "sprint in openSprints()": "SHOP-2",
    'sprint = "sprint eight"': "SHOP-3",
    "sprint = 7 OR sprint in closedSprints()": "SHOP-2 SHOP-3",
    'summary ~ "hello wave"': "SHOP-2",
    'summary ~ "\\"and wave\\""': "SHOP-2",
    "text ~ cra*": "TEAM-1",
    "summary ~ 支付": "SHOP-3",
    "summary !~ tour AND type = Epic": "",
    "NOT project = SHOP": "TEAM-1",
    "!(project = SHOP)": "TEAM-1",
    "NOT labels = a": "SHOP-1 SHOP-3",
    "NOT labels in (a, EMPTY)": "SHOP-1 SHOP-3",
    "labels not in (a, EMPTY)": "SHOP-1 SHOP-3",
    "NOT (labels = a OR labels is EMPTY)": "SHOP-1 SHOP-3",
    "NOT (labels != a OR labels is EMPTY)": "SHOP-2",
    "NOT assignee = currentUser()": "SHOP-2",
    "NOT duedate > 2026-12-01": "SHOP-3",
    "(type = Epic OR type = Bug) AND project = SHOP": "SHOP-1",
    "type = Bug || type = Epic && project = TEAM": "TEAM-1",
    "priority = Medium AND reporter = currentUser() AND type = Bug": "TEAM-1",
    "project = SHOP ORDER BY key DESC": "SHOP-4 SHOP-3 SHOP-2 SHOP-1",
    'project = SHOP ORDER BY "Story Points", key DESC': "SHOP-2 SHOP-3 SHOP-4 SHOP-1",
    "project = SHOP": "SHOP-4 SHOP-3 SHOP-2 SHOP-1",
}


@pytest.mark.parametrize("jql", FOUND)
def test_a_query_finds(jira, jql):
    found = [issue.key for issue in jira.search(jql)]
    wanted = FOUND[jql].split()
    assert found == wanted if "ORDER" in jql or jql == "project = SHOP" else sorted(found) == wanted


# SHOP-1 was made on 2 November at 09:30 UTC, which is 17:30 in the account's Shanghai; one a day after it
MOMENTS = {
    'created < "2026-11-02 17:31"': "SHOP-1",
    'created <= "2026/11/02 17:30"': "SHOP-1",
    'created < "2026-11-02 17:30"': "",
    "created >= 2026-11-06": "TEAM-1",
    "created >= -1d": "SHOP-4 TEAM-1",
    'created >= "-1d 1m"': "SHOP-4 TEAM-1",
    "created > -1d": "TEAM-1",
    "created >= startOfDay()": "TEAM-1",
    "created >= startOfDay(-1)": "SHOP-4 TEAM-1",
    "created <= endOfDay(-4d)": "SHOP-1",
    "created < 1793611800001": "SHOP-1",
    "created < 1793611800000": "",
    "created >= startOfMonth() AND created < startOfYear(1)": "SHOP-1 SHOP-2 SHOP-3 SHOP-4 TEAM-1",
    "created >= startOfWeek()": "SHOP-1 SHOP-2 SHOP-3 SHOP-4 TEAM-1",
    "resolved >= -1h": "SHOP-3",
    "updated <= now()": "SHOP-1 SHOP-2 SHOP-3 SHOP-4 TEAM-1",
}


@pytest.mark.parametrize("jql", MOMENTS)
def test_a_moment_is_read_in_the_callers_zone(jira, jql):
    assert sorted(issue.key for issue in jira.search(jql)) == MOMENTS[jql].split()


REFUSED = {
    "colour = red": "Field 'colour' does not exist",
    "project = NOPE": "The value 'NOPE' does not exist for the field 'project'.",
    "status = Nowhere": "The value 'Nowhere' does not exist for the field 'status'.",
    "key in (SHOP-1, SHOP-99)": "An issue with key 'SHOP-99' does not exist for field 'key'.",
    "parent = SHOP-99": "An issue with key 'SHOP-99' does not exist for field 'parent'.",
    "assignee = nobody": "The value 'nobody' does not exist",
    "updated >= yesterday": "Date value 'yesterday' for field 'updated' is invalid.",
    'created > "2026-11-02 17:30:12"': "is invalid",
    "status ~ Done": "The operator '~' is not supported by the 'status' field.",
    "summary = x": "The operator '=' is not supported by the 'summary' field.",
    "labels > a": "The operator '>' is not supported",
    "status is Done": "only supports EMPTY",
    "project SHOP": "Expecting operator but got 'SHOP'.",
    "project = ": "Expecting either a value, list or function but got the end of the query.",
    "project = SHOP type = Bug": "Expecting either 'OR' or 'AND' but got 'type'.",
    "project = DO": "Expecting either a value",
    "(project = SHOP": "Expecting ')' but got the end of the query.",
    'summary ~ "half': "The quoted string 'half' has not been completed.",
    "key in (SHOP-1": "Expecting ')'",
    "project = SHOP ORDER key": "Expecting 'by' but got 'key'.",
    "project = SHOP ORDER BY labels": "Not able to sort using field 'labels'.",
    "assignee in membersOf(staff)": "Unable to find JQL function 'membersOf()'",
    '"Story Points" > many': "'many' is invalid for the 'Story Points' field.",
    "sprint = 99": "The value '99' does not exist for the field 'sprint'.",
}


@pytest.mark.parametrize("jql", REFUSED)
def test_what_jira_does_not_understand_is_refused_in_its_words(jira, jql):
    with pytest.raises(Refusal) as refusal:
        jira.search(jql)
    assert refusal.value.status == 400
    assert REFUSED[jql] in refusal.value.messages[0]


def test_very_many_operands_break_the_server(jira):
    with pytest.raises(Refusal) as refusal:
        jira.search(f"id in ({','.join(['1'] * 25_000)})")
    assert refusal.value.status == 500


def test_a_field_without_a_searcher_cannot_be_asked_for(jira):
    made = jira.catalog.custom(10999, "Hidden depth", jira.catalog.field("KR").custom)
    made.searchable = False
    with pytest.raises(Refusal, match="does not exist"):
        jira.search("cf[10999] is EMPTY")
    del jira.catalog.fields[made.id]


def test_a_parent_on_data_center_is_a_sub_tasks_alone():
    sandbox = small("datacenter")
    sandbox._socket.close()
    jira = sandbox.jira
    jira.add_issue("SHOP", "Epic", "above")
    jira.add_issue("SHOP", "Story", "story", parent="SHOP-1")
    jira.add_issue("SHOP", "Sub-task", "below", parent="SHOP-2")
    assert jira.search("parent = SHOP-1") == []
    assert [i.key for i in jira.search("parent = SHOP-2")] == ["SHOP-3"]
    assert [i.key for i in jira.search('"Epic Link" = SHOP-1')] == ["SHOP-2"]
    with pytest.raises(Refusal, match="does not exist"):
        jira.search('"Story Points[10026]" = 1')


def test_and_binds_stronger_than_or():
    where = parse("a = 1 or b = 2 and not c = 3").where
    assert isinstance(where, Many)
    assert where.joint == "or"
    right = where.parts[1]
    assert isinstance(right, Many)
    assert right.joint == "and"
    assert isinstance(right.parts[1], Not)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_quoted_text_comes_back_as_it_was(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'summary ~ "{escaped}"').where == Clause("summary", "~", (Literal(text, quoted=True),))


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser_in_another_way_than_a_refusal(text):
    with suppress(Refusal):
        parse(text)


def test_a_word_matches_whole_and_a_star_its_beginning():
    assert not matcher("star")("start")
    assert matcher("star*")("Start")
    assert matcher(r"a\+b")("a+b")
