"""What goes over the wire: routes, pages, faults each in turn, limits, and nobody waiting for others."""

from __future__ import annotations

import threading
from functools import cache
from time import perf_counter

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from bridge.sandbox import beside, datacenter
from bridge.sandbox.faults import Faults, Kind
from bridge.sandbox.jira import Jira
from bridge.sandbox.limits import Bucket, IssueWrites
from bridge.sandbox.records import Refusal
from bridge.sandbox.routes import Router, route
from bridge.sandbox.wire import Call, Reply, page, refused
from tests.bridge.sandbox.site import START, Caller, Time, served, small

# --- routes


def handler(_call: Call) -> Reply:
    return Reply()


ROUTES = Router(
    [
        route("GET /issue/createmeta/{project}", "meta", handler),
        route("GET /issue/{issue}", "one", handler),
        route("PUT /issue/{issue}", "edit", handler),
        route("GET /board/{board:int}", "board", handler),
    ]
)
FOUND = {
    "a name": ("GET", "/issue/A-1", "one", {"issue": "A-1"}),
    "a slash at the end": ("GET", "/issue/A-1/", "one", {"issue": "A-1"}),
    "a name with a space": ("GET", "/issue/A 1", "one", {"issue": "A 1"}),
    "the literal first": ("GET", "/issue/createmeta/SHOP", "meta", {"project": "SHOP"}),
    "another method": ("PUT", "/issue/A-1", "edit", {"issue": "A-1"}),
    "a number": ("GET", "/board/12", "board", {"board": "12"}),
}


@pytest.mark.parametrize("case", FOUND)
def test_a_path_leads_to(case):
    method, path, operation, params = FOUND[case]
    found, given, known = ROUTES.find(method, path)
    assert found is not None
    assert (found.operation, given, known) == (operation, params, True)


MISSED = {
    "nowhere": ("GET", "/nothing", False),
    "by another method": ("DELETE", "/issue/A-1", True),
    "deeper": ("GET", "/issue/A-1/more", False),
    "no number": ("GET", "/board/x", False),
    "an endless number": ("GET", "/board/" + "9" * 19, False),
}


@pytest.mark.parametrize("case", MISSED)
def test_a_path_leads_nowhere(case):
    method, path, known = MISSED[case]
    assert ROUTES.find(method, path) == (None, {}, known)


@pytest.mark.parametrize("routes", [beside.routes(), datacenter.routes()], ids=["cloud", "datacenter"])
def test_no_address_hides_another(routes):
    """A literal path must stand before the pattern that would take it too."""
    router = Router(routes)
    for one in routes:
        path = one.pattern.pattern.removesuffix("/?").replace(r"\ ", " ")
        for name in one.pattern.groupindex:
            path = path.replace(f"(?P<{name}>[^/]+)", "x1").replace(f"(?P<{name}>[0-9]{{1,18}})", "1")
        found, _, _ = router.find(one.method, path.replace("\\", ""))
        assert found is not None
        assert found.operation == one.operation


# --- pages

SIZES = st.integers(0, 30)


@given(st.lists(st.integers(), max_size=40), SIZES, SIZES, st.integers(1, 20))
def test_pages_hold_what_was_asked_up_to_the_cap(values, start, size, cap):
    query = {"startAt": [str(start)], "maxResults": [str(size)]}
    call = Call(small_jira(), "GET", "/", {}, query, b"")
    answer = page(call, values, default=10, cap=cap)
    assert answer["values"] == values[start : start + min(size, cap)]
    assert answer["maxResults"] == min(size, cap)
    assert answer["isLast"] == (start + len(answer["values"]) >= len(values))


@cache
def small_jira() -> Jira:
    sandbox = small(now=Time())
    sandbox._socket.close()
    return sandbox.jira


def test_a_page_of_something_else_has_no_isLast():  # noqa: N802 - Jira's own name
    call = Call(small_jira(), "GET", "/", {}, {}, b"")
    assert page(call, [1, 2], member="comments") == {
        "startAt": 0, "maxResults": 50, "total": 2, "comments": [1, 2]
    }  # fmt: skip


def test_a_refusal_is_worded_as_jira_does():
    answer = refused(Refusal(400, "no", errors={"summary": "is missing"}))
    assert (answer.status, answer.body) == (
        400,
        {"errorMessages": ["no"], "errors": {"summary": "is missing"}},
    )
    assert str(Refusal(404, "gone")) == "404: gone"


@pytest.mark.parametrize(
    ("query", "parts"), [(["a,b"], ["a", "b"]), (["a", "b,c"], ["a", "b", "c"]), ([","], [])]
)
def test_a_list_comes_by_commas_or_again_and_again(query, parts):
    assert Call(small_jira(), "GET", "/", {}, {"fields": query}, b"").listed("fields") == parts


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("True", True), ("false", False), ("1", False)])
def test_a_flag_is_true_by_that_word_alone(text, flag):
    assert Call(small_jira(), "GET", "/", {}, {"x": [text]}, b"").flag("x") is flag


# --- faults, each as its caller sees it


@pytest.fixture(scope="module")
def site():
    with served("cloud", now=Time()) as (sandbox, call):
        for _ in range(4):
            sandbox.jira.add_issue("SHOP", "Story", "x")
        yield sandbox, call


@pytest.fixture
def faults(site):
    sandbox, _ = site
    sandbox.faults.clear()
    yield sandbox.faults
    sandbox.faults.clear()


def test_a_conflict_is_told_as_one(site, faults):
    faults.on("editIssue").conflict()
    answer = site[1]("PUT issue/SHOP-1", {"fields": {"summary": "y"}})
    assert answer.status_code == 409
    assert "conflict" in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("seconds", [1, 30])
def test_a_planned_limit_tells_how_long_to_wait_and_why(site, faults, seconds):
    faults.on().rate_limited(seconds, "jira-quota-tenant-based")
    headers = site[1]("GET myself").headers
    assert (headers["Retry-After"], headers["RateLimit-Reason"]) == (str(seconds), "jira-quota-tenant-based")


def test_the_gateways_limit_tells_neither(site, faults):
    faults.on().rate_limited(None)
    headers = site[1]("GET myself").headers
    assert "Retry-After" not in headers
    assert headers["X-Failure-Category"] == "FAILURE_CLIENT"


def test_a_dropped_request_never_happened(site, faults):
    sandbox, call = site
    faults.on("editIssue").drop()
    with pytest.raises(requests.ConnectionError):
        call("PUT issue/SHOP-1", {"fields": {"summary": "lost"}})
    assert sandbox.jira.issue("SHOP-1").fields["summary"] != "lost"
    assert sandbox.jira.requests.all[-1].status == 0


def test_a_dropped_answer_happened_all_the_same(site, faults):
    sandbox, call = site
    faults.on("editIssue").drop_after()
    with pytest.raises(requests.ConnectionError):
        call("PUT issue/SHOP-2", {"fields": {"summary": "kept"}})
    assert sandbox.jira.issue("SHOP-2").fields["summary"] == "kept"
    assert sandbox.jira.requests.all[-1].status == 204


def test_half_an_answer_is_no_json(site, faults):
    faults.on("getCurrentUser").truncated()
    answer = site[1]("GET myself")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_web_page_comes_with_status_200(site, faults):
    faults.on("getCurrentUser").html("Down for maintenance")
    answer = site[1]("GET myself")
    assert (answer.status_code, "Down for maintenance" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "line", ["GET search/jql?jql=project=SHOP", "GET project", "GET issue/SHOP-1", "GET myself"]
)
def test_a_lost_login_shows_nothing_of_the_site(site, faults, line):
    faults.on().anonymous()
    answer = site[1](line)
    assert "SHOP" not in answer.text
    assert answer.status_code in (200, 401, 404)
    assert "X-AAccountId" not in answer.headers


def test_a_fault_waits_for_its_turn(site, faults):
    faults.on("getCurrentUser", skip=2, times=2).status(503)
    statuses = [site[1]("GET myself").status_code for _ in range(5)]
    assert statuses == [200, 200, 503, 503, 200]


def test_faults_strike_in_the_order_in_which_they_were_planned(site, faults):
    for status in (500, 502, 503):
        faults.on("getCurrentUser").status(status)
    assert [site[1]("GET myself").status_code for _ in range(4)] == [500, 502, 503, 200]
    assert faults.pending() == 0


def test_a_repeated_token_waits_for_a_request_that_brings_one():
    faults = Faults()
    faults.on().repeated_token()
    assert faults.take("search", "POST", "/", paging=False) is None
    taken = faults.take("search", "POST", "/", paging=True)
    assert taken is not None
    assert taken.kind is Kind.REPEAT_TOKEN


def test_many_callers_use_a_fault_up_once():
    faults = Faults()
    faults.on(times=50).conflict()
    taken: list[bool] = []

    def take() -> None:
        taken.extend(faults.take("x", "GET", "/", paging=False) is not None for _ in range(20))

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(taken), faults.pending()) == (50, 0)


# --- limits


PACES = {
    "twenty at once": (20, 0.0, 20),
    "more at once": (25, 0.0, 20),
    "nine a second": (30, 0.11, 30),
    "four a second for long": (150, 0.25, 130),
}


@pytest.mark.parametrize("case", PACES)
def test_writes_to_one_issue_pass_up_to_both_limits(case):
    writes, spacing, passes = PACES[case]
    now = [0.0]
    limit = IssueWrites(lambda: now[0])
    passed = 0
    for _ in range(writes):
        passed += limit.wait("1") == 0
        now[0] += spacing
    assert passed == passes


def test_a_refused_write_may_be_tried_when_it_was_said():
    now = [0.0]
    limit = IssueWrites(lambda: now[0])
    assert [limit.wait("1") for _ in range(21)][-1] == 2
    assert limit.wait("2") == 0
    now[0] = 1.9
    assert limit.wait("1") == 1
    now[0] = 2.0
    assert limit.wait("1") == 0


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 10))
def test_a_bucket_never_lets_more_through_than_its_rate(gaps, rate):
    now = [0.0]
    bucket = Bucket(rate, lambda: now[0])
    passed = 0
    for gap in gaps:
        now[0] += gap
        passed += bucket.take()
    assert passed <= rate + rate * now[0] + 1e-6


def test_a_limit_is_worded_by_the_deployment():
    bucket = Bucket(2.5, lambda: 0.0)
    cloud, server = bucket.refusal(True, START), bucket.refusal(False, START)
    assert (cloud["X-RateLimit-Limit"], cloud["X-RateLimit-Reset"]) == ("3", "2026-11-02T09:30:01Z")
    assert (server["X-RateLimit-FillRate"], "X-RateLimit-Reset" in server) == ("3", False)


def test_a_caller_is_told_that_the_limit_is_near():
    with served("cloud", rate_limit=10) as (_, call):
        near = [call("GET serverInfo").headers.get("X-RateLimit-NearLimit") for _ in range(10)]
    assert near[0] is None
    assert "true" in near


def test_reads_of_one_issue_are_not_writes(site):
    _, call = site
    assert {call("GET issue/SHOP-3").status_code for _ in range(25)} == {200}
    assert {call("PUT issue/SHOP-3/properties/p", 1).status_code for _ in range(20)} == {200, 201}
    assert call("POST issue/SHOP-3/comment", {}).status_code == 429
    assert call("GET issue/SHOP-3").status_code == 200
    assert call("POST issue/SHOP-4/remotelink", {}).status_code == 400


def test_data_center_does_not_count_the_writes_to_an_issue():
    with served("datacenter", now=Time()) as (sandbox, call):
        sandbox.jira.add_issue("SHOP", "Story", "x")
        assert {call("PUT issue/SHOP-1/properties/p", 1).status_code for _ in range(30)} == {200, 201}


def test_an_issue_holds_two_thousand_remote_links_on_cloud(either):
    sandbox, call = either
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    thing = {"url": "https://okr.example", "title": "x"}
    issue.remote += [{"id": n, "globalId": str(n), "object": thing} for n in range(2000)]
    more = call("POST issue/SHOP-1/remotelink", {"globalId": "new", "object": thing})
    again = call("POST issue/SHOP-1/remotelink", {"globalId": "7", "object": thing})
    assert (more.status_code, again.status_code) == ((413 if sandbox.jira.cloud else 200), 200)


def test_a_slow_answer_holds_up_nobody_else():
    with served("cloud", now=Time()) as (sandbox, call):
        sandbox.faults.on("getCurrentUser").slow(0.6)
        slow = Caller(sandbox)
        waiting = threading.Thread(target=slow, args=("GET myself",))
        begin = perf_counter()
        waiting.start()
        while sandbox.faults.pending():
            pass
        assert call("GET serverInfo").status_code == 200
        quick = perf_counter() - begin
        waiting.join()
        assert quick < 0.5 <= perf_counter() - begin
        slow.session.close()


def test_latency_is_added_to_every_answer():
    with served("cloud", latency_ms=60) as (_, call):
        begin = perf_counter()
        for line in ("GET serverInfo", "GET nonsense", "GET issue/SHOP-1"):
            call(line)
        assert perf_counter() - begin >= 0.18
