"""Whatever JSON comes to whatever address: Jira answers, or refuses in its own words; it never breaks."""

from __future__ import annotations

import copy
import re
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.sandbox import beside, datacenter
from bridge.sandbox.adf import document
from bridge.sandbox.bodies import members, number, numbers, objects, properties, strings
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Refusal
from bridge.sandbox.routes import Route
from bridge.sandbox.wire import Call
from tests.bridge.sandbox.site import KR, KR_PROGRESS, Time, small

LEAVES = st.none() | st.booleans() | st.integers(-5, 10**19) | st.floats() | st.text(max_size=8)
WORDS = st.sampled_from(["SHOP-1", "10001", "name", "id", "key", "2", "²", "9" * 30, "x" * 300, "-1d"])
JSON = st.recursive(
    LEAVES | WORDS,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5) | WORDS, part, max_size=3),
    max_leaves=6,
)
KIND = "com.atlassian.jira.plugin.system.customfieldtypes:"


def bodies(cloud: bool) -> dict[str, Any]:
    """A good body of each operation that takes one: what is wrong later is wrong in one place."""
    text: Any = document("words") if cloud else "words"
    mark = [{"key": "okr-bridge", "value": {"a": 1}}]
    fields = {
        "summary": "Made",
        "labels": ["x"],
        "priority": {"name": "High"},
        "duedate": "2026-12-01",
        "components": [{"name": "Front"}],
        "assignee": {"accountId": "ann", "name": "ann"},
        "description": text,
        "timetracking": {"originalEstimate": "3d"},
        "customfield_10020": 7,
        "customfield_10021": [{"value": "Impediment"}],
        KR: "O1",
        KR_PROGRESS: 5,
    }
    own = {"project": {"key": "SHOP"}, "issuetype": {"name": "Story"}, "parent": {"key": "SHOP-1"}}
    update = {"labels": [{"add": "b"}], "comment": [{"add": {"body": text}}], "environment": [{"set": text}]}
    ends = {"inwardIssue": {"key": "SHOP-1"}, "outwardIssue": {"key": "SHOP-2"}}
    said = {"body": text, "visibility": {"type": "role", "value": "Admins"}, "properties": mark}
    rights = {"permissions": ["EDIT_ISSUES"], "projects": [100], "issues": [10001]}
    names = {"fields": ["summary"], "expand": ["changelog"], "properties": ["a"]}
    link = {"url": "https://okr.example", "title": "x", "icon": {"title": "y"}, "status": {"resolved": True}}
    association = {"associationContexts": [{"identifier": 100}], "fields": [{"identifier": KR}]}
    return {
        "createIssue": {"fields": fields | own, "properties": mark},
        "editIssue": {"fields": fields, "update": update, "properties": mark},
        "doTransition": {"transition": {"id": "3"}, "fields": {"resolution": {"name": "Won't Do"}}},
        "linkIssues": {"type": {"name": "Blocks"}, **ends},
        "addComment": said,
        "updateComment": said,
        "getCommentsByIds": {"ids": [100_001]},
        "createOrUpdateRemoteIssueLink": {"globalId": "g", "application": {"name": "OKR"}, "object": link},
        "getBulkPermissions": {"globalPermissions": ["ADMINISTER"], "projectPermissions": [rights]},
        "searchAndReconsileIssuesUsingJqlPost": {
            "jql": "project = SHOP", "maxResults": 5, "reconcileIssues": [10001], "fields": ["summary"],
            "expand": "names", "properties": ["a"], "nextPageToken": "x",
        },
        "searchForIssuesUsingJql": {"jql": "project = SHOP", "startAt": 0, "maxResults": 5} | names,
        "countIssues": {"jql": "project = SHOP"},
        "parseJqlQueries": {"queries": ["project = SHOP"]},
        "matchIssues": {"issueIds": [10001], "jqls": ["project = SHOP"]},
        "bulkFetchIssues": {"issueIdsOrKeys": ["SHOP-1"]} | names,
        "getBulkChangelogs": {"issueIdsOrKeys": ["SHOP-1"], "maxResults": 5, "fieldIds": ["status"]},
        "createCustomField": {"name": "x", "type": KIND + "float", "searcherKey": KIND + "exactnumber"},
        "createAssociations": association,
        "addScreenTabField": {"fieldId": KR},
    }  # fmt: skip


def fresh(deployment: str) -> Jira:
    sandbox = small(deployment, now=Time())
    sandbox._socket.close()
    jira = sandbox.jira
    jira.catalog.user("ann", "Ann Bee")
    jira.catalog.sprints[7] = {"id": 7, "name": "Seven", "state": "active"}
    jira.add_issue("SHOP", "Epic", "above")
    part = {"id": "5", "name": "Front"}
    jira.add_issue("SHOP", "Story", "x", components=[part])
    jira.comment("SHOP-2", document("said") if jira.cloud else "said")
    return jira


def asked(jira: Jira, route: Route, raw: bytes, query: dict[str, list[str]] | None = None) -> int:
    """The status of the answer. Anything but an answer or a refusal comes through as it is."""
    params = dict.fromkeys(route.pattern.groupindex, "SHOP-2") | {"project": "SHOP", "type": "2"}
    params |= {"screen": "1", "tab": "10000", "field": KR, "comment": "100001", "board": "1", "property": "p"}
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda part: params[part[1]], route.pattern.pattern)
    try:
        reply = route.handler(Call(jira, route.method, path, params, query or {}, raw))
        reply.encoded()
    except Refusal as refusal:
        return refusal.status
    return reply.status


def taking(deployment: str) -> list[Route]:
    routes = beside.routes() if deployment == "cloud" else datacenter.routes()
    return [route for route in routes if route.method in ("POST", "PUT")]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, part in parts for place in places(part, (*at, name)))]


def spoilt(body: Any, at: tuple[Any, ...], junk: Any) -> Any:
    if not at:
        return junk
    changed = copy.deepcopy(body)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = junk
    return changed


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("operation", sorted(bodies(True)))
@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_body_that_is_wrong_in_one_place_breaks_nothing(deployment, operation, data):
    jira = fresh(deployment)
    body = bodies(jira.cloud)[operation]
    junk = orjson.dumps(spoilt(body, data.draw(st.sampled_from(places(body))), data.draw(JSON)), default=str)
    for route in taking(deployment):
        if route.operation == operation:
            assert asked(jira, route, junk) in (200, 201, 204, 400, 401, 403, 404, 410, 413)
    assert_readable(jira)


def assert_readable(jira: Jira) -> None:
    """Nothing that was taken in makes the site unreadable later."""
    reading = (
        "getIssue",
        "getEditIssueMeta",
        "getComments",
        "getRemoteIssueLinks",
        "getFields",
        "getScreens",
    )
    for route in beside.routes() if jira.cloud else datacenter.routes():
        if route.operation in reading:
            assert asked(jira, route, b"", {"expand": ["changelog,names"]}) == 200
    jira.search("duedate < 2027-01-01 OR labels = x OR Sprint = 7 ORDER BY summary, duedate, Rank")


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@settings(deadline=None, max_examples=40)
@given(body=JSON, data=st.data())
def test_any_json_at_any_address_is_answered_or_refused(deployment, body, data):
    jira = fresh(deployment)
    route = data.draw(st.sampled_from(taking(deployment)))
    assert asked(jira, route, orjson.dumps(body, default=str)) < 500


@pytest.mark.prove
@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("operation", sorted(bodies(True)))
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_a_body_that_is_wrong_in_one_place_breaks_nothing_however_wrong(deployment, operation, data):
    test_a_body_that_is_wrong_in_one_place_breaks_nothing.hypothesis.inner_test(deployment, operation, data)


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("operation", sorted(bodies(True)))
def test_the_good_bodies_are_good(deployment, operation):
    """Else the spoilt ones would prove nothing."""
    jira = fresh(deployment)
    body = bodies(jira.cloud)[operation]
    body.pop("nextPageToken", None)
    if operation == "editIssue":
        body["update"].pop("labels")
    if operation == "createIssue" and not jira.cloud:
        body["fields"]["customfield_10014"] = body["fields"].pop("parent")["key"]
    if operation == "addScreenTabField":
        body["fieldId"] = jira.catalog.custom(10_900, "New", KIND + "float").id
    version = "api/3" if jira.cloud else "api/2"
    for route in taking(deployment):
        if route.operation == operation and version in route.pattern.pattern:
            expected = 410 if jira.cloud and operation == "searchForIssuesUsingJql" else 201
            assert asked(jira, route, orjson.dumps(body)) in (200, 204, expected)


WRONG = {
    "fields as a list": ("PUT issue/SHOP-1", {"fields": ["x"]}),
    "fields as a text": ("POST issue", {"fields": "x"}),
    "properties as an object": ("PUT issue/SHOP-1", {"properties": {"okr-bridge": 1}}),
    "a property without a value": ("PUT issue/SHOP-1", {"properties": [{"key": "a"}]}),
    "an operation that is no list": ("PUT issue/SHOP-1", {"update": {"summary": {"set": "x"}}}),
    "a comment that is no list": ("PUT issue/SHOP-1", {"update": {"comment": {"add": {}}}}),
    "a link to a text": ("POST issue/SHOP-1/remotelink", {"object": "https://okr.example"}),
    "an application in a word": (
        "POST issue/SHOP-1/remotelink",
        {"application": "OKR", "object": {"url": "u", "title": "t"}},
    ),
    "a title that is a number": ("POST issue/SHOP-1/remotelink", {"object": {"url": "u", "title": 5}}),
    "a transition by name": ("POST issue/SHOP-1/transitions", {"transition": "Done"}),
    "an unknown resolution": (
        "POST issue/SHOP-1/transitions",
        {"transition": {"id": "3"}, "fields": {"resolution": {"name": "Forgotten"}}},
    ),
    "a parent in a word": ("PUT issue/SHOP-1", {"fields": {"parent": "SHOP-2"}}),
    "a time without a unit": ("PUT issue/SHOP-1", {"fields": {"timetracking": {"originalEstimate": "soon"}}}),
    "a date of a week": ("PUT issue/SHOP-1", {"fields": {"duedate": "2026-W01-1"}}),
    "an unheard-of component": ("PUT issue/SHOP-1", {"fields": {"components": [{"name": "Attic"}]}}),
    "a rank that is a number": ("PUT issue/SHOP-1", {"fields": {"customfield_10019": 5}}),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_body_of_another_shape_is_a_bad_request(either, case):
    sandbox, call = either
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    assert call(WRONG[case][0], WRONG[case][1]).status_code == 400
    assert (issue.changes(), issue.properties, issue.remote) == ([], {}, [])
    assert len(sandbox.jira.store.issues) == 1


VISIBILITY = {"a word": "Developers", "no type": {"value": "Developers"}, "nobody": {"type": "role"},
              "of another kind": {"type": "mood", "value": "x"}}  # fmt: skip


@pytest.mark.parametrize("case", VISIBILITY)
def test_a_comment_is_shown_to_a_role_or_a_group_and_to_nothing_else(either, case):
    sandbox, call = either
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    body = {"body": document("x") if sandbox.jira.cloud else "x", "visibility": VISIBILITY[case]}
    assert call("POST issue/SHOP-1/comment", body).status_code == 400
    assert issue.comments == []


def test_a_page_token_in_a_broken_body_is_not_the_end(cloud):
    _, call = cloud
    for raw in (b'{"nextPageToken": ', b'["nextPageToken"]'):
        answer = call.session.post(f"{call.base}/search/jql", data=raw, timeout=5)
        assert answer.status_code == 400


@pytest.mark.parametrize("line", ["GET comment/²/properties", "GET issue/²", f"GET issue/{'9' * 5000}",
                                  f"GET /rest/agile/1.0/board/{'9' * 5000}/configuration"])  # fmt: skip
def test_an_id_that_is_no_number_names_nothing(cloud, line):
    assert cloud[1](line).status_code == 404


@pytest.mark.parametrize("query", ["startAt=x", "startAt=99999999999999999999", "maxResults=1e3"])
def test_a_page_that_is_no_number_is_refused(cloud, query):
    cloud[0].jira.add_issue("SHOP", "Story", "x")
    assert cloud[1](f"GET issue/SHOP-1/comment?{query}").status_code == 400


def test_a_document_may_not_be_bottomless():
    node: Any = {"type": "text", "text": "x"}
    for _ in range(150):
        node = {"type": "panel", "content": [node]}
    from bridge.sandbox import adf

    assert adf.fault({"version": 1, "type": "doc", "content": [node]}) == "INVALID_INPUT"
    assert adf.fault({"version": 1, "type": "doc", "content": 5}) == "INVALID_INPUT"


# --- the readers of shapes


def test_what_a_body_leaves_out_is_empty():
    for body in ({}, {"a": None}):
        assert (members(body, "a"), objects(body, "a"), properties({})) == ({}, [], {})
    assert (strings({}, "a"), numbers({}, "a")) == ([], [])


@pytest.mark.parametrize(
    ("reader", "value"),
    [(members, []), (members, "x"), (objects, {}), (objects, ["x"]), (strings, "x"), (strings, [None]),
     (strings, [True]), (strings, None), (numbers, ["x"]), (numbers, ["²"]), (numbers, [1.5])],
)  # fmt: skip
def test_what_has_another_shape_is_refused(reader, value):
    with pytest.raises(Refusal) as refusal:
        reader({"a": value}, "a")
    assert refusal.value.status == 400


def test_a_list_has_its_limit():
    assert numbers({"a": ["1", 2]}, "a", 2) == [1, 2]
    with pytest.raises(Refusal, match="must not exceed 2"):
        strings({"a": ["1", "2", "3"]}, "a", 2)


@pytest.mark.parametrize(("text", "found"), [("0", 0), ("17", 17), ("", None), ("-1", None), ("٣", None),
                                             ("1" * 19, None), ("1e3", None)])  # fmt: skip
def test_a_number_is_plain_digits(text, found):
    assert number(text) == found
