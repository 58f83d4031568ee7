"""What a site tells of itself: its lists, its people, what may be set, and to whom it tells it."""

from __future__ import annotations

import pytest

from bridge.sandbox.access import PERMISSIONS, Permissions, Request, RequestLog
from bridge.sandbox.catalog import Board
from tests.bridge.sandbox.site import Caller, Time, small


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def site(request):
    """Read only: one for all tests here."""
    sandbox = small(request.param, now=Time())
    catalog = sandbox.jira.catalog
    catalog.user("ann", "Ann Bee", "ann@acme.example")
    catalog.user("ben", "Ben Annan", "ben@acme.example")
    for number in range(60):
        catalog.boards[number + 1] = Board(number + 1, f"Board {number}", "scrum", "SHOP", "")
    with sandbox:
        call = Caller(sandbox)
        yield sandbox, call
        call.session.close()


def names(answer):
    found = answer.json()
    return [one["name"] for one in (found["values"] if isinstance(found, dict) else found)]


LISTS = {
    "status": ["To Do", "In Progress", "Done"],
    "resolution": ["Done", "Won't Do"],
    "priority": ["High", "Medium"],
    "issuetype": ["Epic", "Story", "Sub-task", "Bug"],
    "statuscategory": ["To Do", "In Progress", "Done"],
    "project": ["Shop", "Team"],
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_all_of_the_site(site, path):
    assert names(site[1](f"GET {path}")) == LISTS[path]


def test_a_category_is_told_by_its_key(site):
    shown = {status["name"]: status["statusCategory"] for status in site[1]("GET status").json()}
    assert [(c["key"], c["id"], c["colorName"]) for c in shown.values()] == [
        ("new", 2, "blue-gray"),
        ("indeterminate", 4, "yellow"),
        ("done", 3, "green"),
    ]


def test_levels_are_told_on_cloud_and_only_sub_tasks_elsewhere(site):
    sandbox, call = site
    types = {type["name"]: type for type in call("GET issuetype").json()}
    assert [types[name]["subtask"] for name in ("Epic", "Story", "Sub-task")] == [False, False, True]
    levels = [types[name].get("hierarchyLevel") for name in ("Epic", "Story", "Sub-task")]
    assert levels == ([1, 0, -1] if sandbox.jira.cloud else [None] * 3)


def test_links_have_words_for_both_ends(site):
    types = {type["name"]: type for type in site[1]("GET issueLinkType").json()["issueLinkTypes"]}
    assert (types["Blocks"]["inward"], types["Blocks"]["outward"]) == ("is blocked by", "blocks")


@pytest.mark.parametrize("path", ["resolution/search", "priority/search"])
def test_cloud_has_paged_lists_too(site, path):
    sandbox, call = site
    answer = call(f"GET {path}?maxResults=1&startAt=1")
    if not sandbox.jira.cloud:
        assert answer.status_code == 404
        return
    assert (answer.json()["total"], answer.json()["isLast"], len(answer.json()["values"])) == (2, True, 1)


# --- people

PEOPLE = {
    "ann": ["Ann Bee", "Ben Annan"],
    "bee": ["Ann Bee"],
    "Ann Bee": ["Ann Bee"],
    "ben@acme": ["Ben Annan"],
    "acme.example": [],
    "useravatar": [],
    "okr": ["OKR Bridge"],
}


@pytest.mark.parametrize("query", PEOPLE)
def test_people_are_found_by_how_a_name_or_an_address_begins(site, query):
    sandbox, call = site
    name = "query" if sandbox.jira.cloud else "username"
    for path in ("user/search", "user/assignable/search"):
        found = call(f"GET {path}", params={name: query, "project": "SHOP"}).json()
        assert [user["displayName"] for user in found] == PEOPLE[query]


def test_people_come_by_the_page(site):
    sandbox, call = site
    first, second = (call(f"GET user/search?maxResults=1&startAt={n}").json() for n in (0, 1))
    assert [len(first), len(second)] == [1, 1]
    assert first != second
    assert ("accountId" in first[0], "name" in first[0]) == (sandbox.jira.cloud, not sandbox.jira.cloud)


def test_work_is_given_to_people_of_a_project_that_can_be_seen(site):
    sandbox, call = site
    assert call("GET user/assignable/search?username=a&query=a").status_code == 400
    assert call("GET user/assignable/search?project=NO").status_code == 404
    sandbox.jira.permissions.forbid("ASSIGNABLE_USER", "SHOP")
    try:
        assert call("GET user/assignable/search?project=SHOP").json() == []
        assert len(call("GET user/assignable/search?project=TEAM").json()) == 3
    finally:
        sandbox.jira.permissions.allow("ASSIGNABLE_USER", "SHOP")


def test_nobody_is_shown_no_people_projects_and_boards(site):
    sandbox, _ = site
    nobody = Caller(sandbox, signed_in=False)
    for path in ("user/search?query=a&username=a", "user/assignable/search?project=SHOP", "project"):
        answer = nobody(f"GET {path}")
        assert (answer.status_code, answer.json()) == (200, [])
    assert nobody("GET /rest/agile/1.0/board").json()["values"] == []
    assert nobody("GET configuration").status_code == 401
    nobody.session.close()


# --- projects, boards


def test_a_project_is_named_by_key_without_case_or_by_id(site):
    _, call = site
    assert {call(f"GET project/{name}").json()["key"] for name in ("SHOP", "shop", "100")} == {"SHOP"}


def test_projects_are_searched_by_name_and_key(site):
    sandbox, call = site
    if not sandbox.jira.cloud:
        assert call("GET project/search").status_code == 404
        return
    assert names(call("GET project/search?query=te")) == ["Team"]
    assert names(call("GET project/search?keys=SHOP&keys=NO")) == ["Shop"]


def test_an_archived_or_hidden_project_is_not_listed(either):
    sandbox, call = either
    sandbox.jira.catalog.projects["SHOP"].archived = True
    assert names(call("GET project")) == ["Team"]
    sandbox.jira.permissions.forbid("BROWSE_PROJECTS", "TEAM")
    assert names(call("GET project")) == []
    assert call("GET project/TEAM").status_code == 404


def test_a_project_may_have_been_called_otherwise(either):
    sandbox, call = either
    sandbox.jira.catalog.projects["SHOP"].old_keys.append("STORE")
    assert call("GET project/STORE").json()["key"] == "SHOP"
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert [issue.key for issue in sandbox.jira.search("project = STORE")] == ["SHOP-1"]


def test_boards_come_fifty_a_page(site):
    _, call = site
    first = call("GET /rest/agile/1.0/board?maxResults=100").json()
    rest = call("GET /rest/agile/1.0/board?startAt=50").json()
    assert (len(first["values"]), first["maxResults"], first["isLast"]) == (50, 50, False)
    assert (len(rest["values"]), rest["isLast"]) == (10, True)
    assert call("GET /rest/agile/1.0/board?projectKeyOrId=NO").status_code == 400
    assert call("GET /rest/agile/1.0/board?projectKeyOrId=TEAM").json()["values"] == []


def test_a_board_has_a_column_for_each_status(site):
    columns = site[1]("GET /rest/agile/1.0/board/1/configuration").json()["columnConfig"]["columns"]
    assert [column["name"] for column in columns] == ["To Do", "In Progress", "Done"]


# --- what may be set


def meta(call, type="2"):
    answer = call(f"GET issue/createmeta/SHOP/issuetypes/{type}?maxResults=200").json()
    return {field["fieldId"]: field for field in answer.get("fields") or answer["values"]}


def test_a_new_issue_is_told_which_priorities_there_are(site):
    allowed = meta(site[1])["priority"]["allowedValues"]
    assert [one["name"] for one in allowed] == ["High", "Medium"]
    assert [one["id"] for one in allowed] == ["2", "3"]


def test_only_fields_with_a_choice_tell_one(site):
    fields = meta(site[1])
    with_choice = {id for id, field in fields.items() if "allowedValues" in field}
    assert with_choice == {"priority", "resolution", "customfield_10021"}
    assert fields["customfield_10021"]["allowedValues"] == [{"id": "10019", "value": "Impediment"}]


def test_a_sub_task_must_have_a_parent_and_nothing_else_more(site):
    call = site[1]
    required = [{id for id, field in meta(call, type).items() if field["required"]} for type in ("2", "3")]
    assert required == [{"project", "issuetype", "summary"}, {"project", "issuetype", "summary", "parent"}]


def test_what_an_edit_may_set_leaves_out_what_is_computed(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    fields = call("GET issue/SHOP-1/editmeta").json()["fields"]
    assert {"status", "created", "updated", "resolutiondate", "comment"} & fields.keys() == set()
    assert fields["summary"]["required"] is True
    assert [one["name"] for one in fields["priority"]["allowedValues"]] == ["High", "Medium"]


# --- permissions, the log


def test_a_permission_is_held_until_it_is_taken_away_here_or_everywhere():
    held = Permissions()
    assert held.has("EDIT_ISSUES", "SHOP")
    held.forbid("EDIT_ISSUES", "SHOP")
    assert (held.has("EDIT_ISSUES", "SHOP"), held.has("EDIT_ISSUES", "TEAM")) == (False, True)
    held.forbid("EDIT_ISSUES")
    assert not held.has("EDIT_ISSUES", "TEAM")
    held.allow("EDIT_ISSUES")
    assert (held.has("EDIT_ISSUES", "SHOP"), held.has("EDIT_ISSUES", "TEAM")) == (False, True)


@pytest.mark.parametrize(
    "name", ["BROWSE_PROJECTS", "EDIT_ISSUES", "ADD_COMMENTS", "LINK_ISSUES", "ADMINISTER"]
)
def test_the_permissions_that_a_bridge_asks_for_are_known(name):
    assert PERMISSIONS[name][2] in ("GLOBAL", "PROJECT")


def test_a_permission_of_an_issue_is_that_of_its_project(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.jira.permissions.forbid("ADD_COMMENTS", "SHOP")
    query = {"permissions": "ADD_COMMENTS", "issueKey": "SHOP-1"}
    assert (
        call("GET mypermissions", params=query).json()["permissions"]["ADD_COMMENTS"]["havePermission"]
        is False
    )
    sandbox.jira.hide("SHOP-1")
    assert call("GET mypermissions", params=query).status_code == 404


LOGGED = {
    "a read": ("GET", "/rest/api/3/issue/A-1", 200, False),
    "a search by POST": ("POST", "/rest/api/3/search/jql", 200, False),
    "a bulk read": ("POST", "/rest/api/3/issue/bulkfetch", 200, False),
    "a count": ("POST", "/rest/api/3/search/approximate-count", 200, False),
    "a parse": ("POST", "/rest/api/3/jql/parse", 200, False),
    "a permission check": ("POST", "/rest/api/3/permissions/check", 200, False),
    "comments by id": ("POST", "/rest/api/3/comment/list", 200, False),
    "an edit": ("PUT", "/rest/api/3/issue/A-1", 204, True),
    "a new comment": ("POST", "/rest/api/3/issue/A-1/comment", 201, True),
    "a refused edit": ("PUT", "/rest/api/3/issue/A-1", 400, False),
    "a dropped edit": ("PUT", "/rest/api/3/issue/A-1", 0, False),
    "a deletion": ("DELETE", "/rest/api/3/issue/A-1", 204, True),
}


@pytest.mark.parametrize("case", LOGGED)
def test_a_write_is_what_could_have_changed_something_and_succeeded(case):
    method, path, status, writes = LOGGED[case]
    log = RequestLog()
    log.note(Request("op", method, path, status))
    assert bool(log.writes()) is writes
    assert (log.count("op"), log.count("other"), log.count()) == (1, 0, 1)


def test_the_log_keeps_the_newest_and_the_counts_of_all():
    log = RequestLog()
    for number in range(20_001):
        log.note(Request("op", "GET", str(number), 200))
    assert (len(log.all), log.all[-1].path, log.count()) == (10_001, "20000", 20_001)


def test_a_log_line_shows_no_body():
    assert "secret" not in repr(Request("op", "POST", "/", 200, b"secret"))
