"""Who gets in, what the site says of itself, and what a bad day looks like from outside."""

from __future__ import annotations

import base64
from time import perf_counter

import pytest
import requests

from bridge.sandbox.limits import IssueWrites
from tests.bridge.sandbox.site import START, Caller, Time, served, small


def anonymous(sandbox):
    return Caller(sandbox, signed_in=False)


# --- who is calling


def test_nobody_reads_nothing_but_is_not_turned_away(cloud):
    sandbox, _ = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    call = anonymous(sandbox)
    assert call("POST search/jql", {"jql": "project = SHOP"}).json()["issues"] == []
    assert (
        call("POST issue/bulkfetch", {"issueIdsOrKeys": ["SHOP-1"], "fields": ["summary"]}).json()["issues"]
        == []
    )
    assert call("GET project/search").json()["values"] == []
    assert all(not field["custom"] for field in call("GET field").json())
    assert (
        call("GET mypermissions?permissions=BROWSE_PROJECTS").json()["permissions"]["BROWSE_PROJECTS"][
            "havePermission"
        ]
        is False
    )
    assert call("GET issue/SHOP-1").status_code == 404
    assert call("GET myself").status_code == 401
    assert call("POST issue", {}).status_code == 401
    assert "X-AAccountId" not in call("GET serverInfo").headers
    call.session.close()


def test_a_wrong_token_is_told_and_after_many_the_account_is_locked(either):
    sandbox, _ = either
    call = anonymous(sandbox)
    call.session.headers["Authorization"] = "Bearer wrong"
    answers = [call("GET serverInfo") for _ in range(7)]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    assert answers[-1].headers["X-Seraph-LoginReason"] == "AUTHENTICATION_DENIED"
    call.session.close()


def basic(name, token):
    return "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()


CREDENTIALS = {
    "address and token": ("cloud", lambda s: basic(s.email, s.token), 200),
    "another's address": ("cloud", lambda s: basic("other@acme.example", s.token), 401),
    "a bearer on the site's own address": ("cloud", lambda s: f"Bearer {s.token}", 401),
    "no base64": ("cloud", lambda _: "Basic %%%", 401),
    "a personal access token": ("datacenter", lambda s: f"Bearer {s.token}", 200),
    "user and password": ("datacenter", lambda s: basic("okr-bot", s.token), 200),
}


@pytest.mark.parametrize("case", CREDENTIALS)
def test_credentials(case, time):
    deployment, header, status = CREDENTIALS[case]
    with small(deployment, now=time) as sandbox:
        call = anonymous(sandbox)
        call.session.headers["Authorization"] = header(sandbox)
        assert call("GET myself").status_code == status
        call.session.close()


def test_a_scoped_token_works_by_the_gateway_address(cloud):
    sandbox, _ = cloud
    call = anonymous(sandbox)
    call.session.headers["Authorization"] = f"Bearer {sandbox.token}"
    assert call("GET /ex/jira/11111111-2222/rest/api/3/myself").json()["emailAddress"] == sandbox.email
    call.session.close()


def test_a_site_may_live_below_a_path():
    with served("datacenter", context="/jira") as (sandbox, call):
        assert sandbox.url.endswith("/jira")
        info = call("GET serverInfo").json()
        assert (info["baseUrl"], info["deploymentType"]) == (sandbox.url, "Server")


def test_the_server_tells_its_kind_its_time_and_who_called(cloud):
    sandbox, call = cloud
    answer = call("GET serverInfo")
    assert answer.json()["deploymentType"] == "Cloud"
    assert answer.json()["serverTime"] == "2026-11-02T10:30:00.000+0100"
    assert answer.headers["Date"] == "Mon, 02 Nov 2026 09:30:00 GMT"
    me = call("GET myself").json()
    assert answer.headers["X-AAccountId"] == me["accountId"]
    assert (me["timeZone"], me["emailAddress"]) == ("Asia/Shanghai", sandbox.email)


def test_an_unknown_path_is_missing_and_an_unknown_method_refused(cloud):
    assert cloud[1]("GET nonsense").status_code == 404
    assert cloud[1]("DELETE serverInfo").status_code == 405


# --- permissions, projects, boards


def test_permissions_must_be_named_on_cloud_and_all_come_elsewhere(either):
    sandbox, call = either
    sandbox.jira.permissions.forbid("ADMINISTER")
    sandbox.jira.permissions.forbid("EDIT_ISSUES", "SHOP")
    named = call("GET mypermissions?permissions=ADMINISTER,EDIT_ISSUES&projectKey=SHOP").json()["permissions"]
    other = call("GET mypermissions?permissions=EDIT_ISSUES&projectKey=TEAM").json()["permissions"]
    assert [named[key]["havePermission"] for key in ("ADMINISTER", "EDIT_ISSUES")] == [False, False]
    assert other["EDIT_ISSUES"]["havePermission"] is True
    bare = call("GET mypermissions")
    unknown = call("GET mypermissions?permissions=FLY")
    if sandbox.jira.cloud:
        assert (len(named), bare.status_code, unknown.status_code) == (2, 400, 400)
    else:
        assert len(named) == len(bare.json()["permissions"]) > 20
        assert unknown.status_code == 200
    assert call("GET mypermissions?permissions=EDIT_ISSUES&projectKey=NO").status_code == 404


def test_many_permissions_at_once_drop_unknown_ids_silently(cloud):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.jira.permissions.forbid("EDIT_ISSUES", "TEAM")
    body = {
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [
            {"permissions": ["EDIT_ISSUES"], "projects": [100, 200, 999], "issues": [issue.id, 77]}
        ],
    }
    assert call("POST permissions/check", body).json() == {
        "globalPermissions": ["ADMINISTER"],
        "projectPermissions": [{"permission": "EDIT_ISSUES", "projects": [100], "issues": [issue.id]}],
    }


def test_projects_tell_their_style(cloud):
    _, call = cloud
    styles = {p["key"]: (p["style"], p["simplified"]) for p in call("GET project/search").json()["values"]}
    assert styles == {"SHOP": ("classic", False), "TEAM": ("next-gen", True)}
    assert [type["name"] for type in call("GET project/SHOP").json()["issueTypes"]][:2] == ["Epic", "Story"]
    assert call("GET project/NO").status_code == 404


def test_a_board_tells_the_field_that_its_team_estimates_in(either):
    from bridge.sandbox.catalog import Board

    sandbox, call = either
    sandbox.jira.catalog.boards |= {
        1: Board(1, "A", "scrum", "SHOP", "customfield_10026"),
        2: Board(2, "B", "kanban", "TEAM", ""),
    }
    listed = call("GET /rest/agile/1.0/board?projectKeyOrId=SHOP").json()["values"]
    assert [board["id"] for board in listed] == [1]
    first, second = (call(f"GET /rest/agile/1.0/board/{n}/configuration").json() for n in (1, 2))
    field = {"fieldId": "customfield_10026", "displayName": "Story Points"}
    assert first["estimation"] == {"type": "field", "field": field}
    assert second["estimation"] == {"type": "none"}
    assert call("GET /rest/agile/1.0/board/9/configuration").status_code == 404


def test_hours_of_a_day_are_told(either):
    times = either[1]("GET configuration").json()["timeTrackingConfiguration"]
    assert (times["workingHoursPerDay"], times["workingDaysPerWeek"]) == (8.0, 5.0)


# --- limits


def test_too_many_requests_are_told_to_wait():
    with served("cloud", rate_limit=2) as (_, call):
        answers = [call("GET serverInfo") for _ in range(8)]
    late = next(answer for answer in answers if answer.status_code == 429)
    assert answers[0].status_code == 200
    assert (late.headers["Retry-After"], late.headers["RateLimit-Reason"]) == ("1", "jira-burst-based")
    assert late.headers["X-RateLimit-Remaining"] == "0"


def test_data_center_words_its_limit_otherwise():
    with served("datacenter", rate_limit=1) as (_, call):
        answers = [call("GET serverInfo") for _ in range(5)]
    late = next(answer for answer in answers if answer.status_code == 429)
    assert late.headers["X-RateLimit-Interval-Seconds"] == "1"
    assert "RateLimit-Reason" not in late.headers


def test_one_issue_takes_twenty_writes_in_two_seconds(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.jira.add_issue("SHOP", "Story", "y")
    answers = [call("PUT issue/SHOP-1/properties/p", n) for n in range(21)]
    assert [a.status_code for a in answers[:20]] == [201] + [200] * 19
    assert answers[20].status_code == 429
    assert answers[20].headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert call("PUT issue/SHOP-2/properties/p", 1).status_code == 201
    assert call("GET issue/SHOP-1").status_code == 200


def test_one_issue_takes_a_hundred_writes_in_thirty_seconds():
    now = [0.0]
    limit = IssueWrites(lambda: now[0])
    for n in range(100):
        now[0] = n * 0.2
        assert limit.wait("1") == 0
    assert limit.wait("1") == 11
    now[0] += 11
    assert limit.wait("1") == 0


def test_waiting_answers_do_not_wait_for_each_other():
    from concurrent.futures import ThreadPoolExecutor

    with served("cloud", latency_ms=150) as (_, call), ThreadPoolExecutor(8) as pool:
        begin = perf_counter()
        assert {a.status_code for a in pool.map(call, ["GET serverInfo"] * 8)} == {200}
        assert 0.15 <= perf_counter() - begin < 0.9


# --- faults


def test_a_planned_status_comes_so_often_and_no_more(cloud):
    sandbox, call = cloud
    sandbox.faults.on("getServerInfo", times=2, skip=1).status(503, "down", headers={"Retry-After": "3"})
    answers = [call("GET serverInfo") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 503, 503, 200]
    assert (answers[1].headers["Retry-After"], answers[1].json()["errorMessages"]) == ("3", ["down"])
    assert sandbox.faults.pending() == 0


PLANNED = {
    "rate limited": (lambda aim: aim.rate_limited(7, "jira-quota-tenant-based"), 429),
    "gateway": (lambda aim: aim.rate_limited(None), 429),
    "conflict": (lambda aim: aim.conflict(), 409),
    "too many": (lambda aim: aim.too_many(), 413),
    "notifyUsers": (lambda aim: aim.notify_users_refused(), 403),
}


@pytest.mark.parametrize("case", PLANNED)
def test_a_planned_refusal_has_no_effect(cloud, case):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "Before")
    plan, status = PLANNED[case]
    plan(sandbox.faults.on(method="put", path=r"issue/SHOP-\d+$"))
    assert call("PUT issue/SHOP-1", {"fields": {"summary": "After"}}).status_code == status
    assert issue.fields["summary"] == "Before"
    assert call("PUT issue/SHOP-1", {"fields": {"summary": "After"}}).status_code == 204


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_connection_is_dropped_before_or_after_the_write(cloud, after):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "Before")
    aim = sandbox.faults.on("editIssue")
    aim.drop_after() if after else aim.drop()
    with pytest.raises(requests.ConnectionError):
        call("PUT issue/SHOP-1", {"fields": {"summary": "After"}})
    assert issue.fields["summary"] == ("After" if after else "Before")


def test_a_slow_answer_outlasts_the_callers_patience_but_takes_effect(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.faults.on("setIssueProperty").slow(0.5)
    with pytest.raises(requests.ReadTimeout):
        call.session.put(f"{call.base}/issue/SHOP-1/properties/p", data=b"1", timeout=0.1)
    assert sandbox.jira.issue("SHOP-1").properties == {"p": 1}


def test_a_web_page_and_half_an_answer_come_with_status_200(cloud):
    sandbox, call = cloud
    sandbox.faults.on("getFields").html()
    page = call("GET field")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    sandbox.faults.on("getFields").truncated()
    with pytest.raises(requests.exceptions.JSONDecodeError):
        call("GET field").json()


def test_a_lost_login_reads_nothing_with_status_200(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.faults.on("searchAndReconsileIssuesUsingJqlPost").anonymous()
    assert call.search("project = SHOP") == []
    assert call.search("project = SHOP") == ["SHOP-1"]


def test_an_empty_page_goes_on_where_it_would_have_been(cloud):
    sandbox, call = cloud
    for _ in range(4):
        sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.faults.on("searchAndReconsileIssuesUsingJqlPost", skip=1).empty_page()
    before = sandbox.jira.requests.count()
    assert call.search("project = SHOP ORDER BY key", maxResults=2) == [
        "SHOP-1",
        "SHOP-2",
        "SHOP-3",
        "SHOP-4",
    ]
    assert sandbox.jira.requests.count() - before == 3


def test_a_repeated_token_leads_in_a_circle(cloud):
    sandbox, call = cloud
    for _ in range(4):
        sandbox.jira.add_issue("SHOP", "Story", "x")
    sandbox.faults.on("searchAndReconsileIssuesUsingJqlPost").repeated_token()
    body = {"jql": "project = SHOP", "maxResults": 2}
    first = call("POST search/jql", body).json()["nextPageToken"]
    second = call("POST search/jql", body | {"nextPageToken": first}).json()["nextPageToken"]
    assert second == first


def test_requests_are_counted_by_operation_and_writes_told_apart(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    call("GET issue/SHOP-1")
    call("PUT issue/SHOP-1", {"fields": {"summary": "y"}})
    call("PUT issue/SHOP-9", {"fields": {"summary": "y"}})
    call("POST search/jql", {"jql": "project = SHOP"})
    log = sandbox.jira.requests
    assert (log.count("editIssue"), log.count("getIssue"), log.count()) == (2, 1, 4)
    assert [(r.operation, r.path) for r in log.writes()] == [("editIssue", "/rest/api/3/issue/SHOP-1")]
    log.clear()
    assert log.count() == 0


def test_the_deployment_is_one_of_two():
    with pytest.raises(ValueError, match="cloud or datacenter"):
        small("server")


def test_the_clock_ticks_on_from_where_it_was_set():
    from bridge.sandbox.clock import ticking_from

    seconds = [5.0]
    clock = ticking_from(START, lambda: seconds[0])
    seconds[0] = 7.5
    assert (clock() - START).total_seconds() == 2.5
    assert Time()() == START
