import base64
import logging
import threading
import time

import orjson
import pytest
import requests
import responses

from bridge.errors import (
    AccessDenied,
    ConnectorError,
    Full,
    NotFound,
    RateLimited,
    Rejected,
    Stale,
    Transient,
    UnexpectedAnswer,
)
from connectors.http import Http, HttpOptions, system_clock
from tests.connectors.clock import START, Hands

BASE = "https://jira.example/jira"
URL = f"{BASE}/rest/api/3/thing"
SECRET = "s3cret-token"


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def http(hands=None, **options):
    session = requests.Session()
    session.auth = ("bot@acme.example", SECRET)
    return Http("acme", BASE, session, HttpOptions(**options), (hands or Hands()).clock())


def get(client, **more):
    return client.call("GET", "rest/api/3/thing", repeatable=True, **more)


def post(client, **more):
    return client.call("POST", "rest/api/3/thing", body={"a": 1}, repeatable=False, **more)


def answers(wire, *found, method="GET"):
    """These answers one after the other; a number is a status, a dict more of it."""
    for answer in found:
        more = {"status": answer} if isinstance(answer, int) else answer
        wire.add(method, URL, **({"json": {}} | more if "body" not in more else more))


def test_an_answer_is_decoded_and_tells_the_servers_clock(wire):
    answers(wire, {"json": {"a": [1, "完成"]}, "headers": {"Date": "Sat, 21 Nov 2026 11:00:00 GMT"}})
    client = http()
    assert client.server_now is None
    answer = get(client)
    assert (answer.status, answer.data) == (200, {"a": [1, "完成"]})
    assert answer.date.isoformat() == "2026-11-21T11:00:00+00:00"
    assert (START - client.server_now).total_seconds() == 3600


def test_no_content_is_no_data(wire):
    wire.put(URL, status=204)
    assert http().call("PUT", "rest/api/3/thing", body={}, repeatable=True).data is None


def test_a_body_is_json_and_goes_below_a_context_path(wire):
    answers(wire, 200, method="POST")
    post(http(headers={"X-Atlassian-Token": "no-check"}), params={"notifyUsers": "false"})
    sent = wire.calls[0].request
    assert orjson.loads(sent.body) == {"a": 1}
    assert sent.url == f"{URL}?notifyUsers=false"
    assert (sent.headers["Content-Type"], sent.headers["X-Atlassian-Token"]) == (
        "application/json",
        "no-check",
    )


STATUSES = {
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    410: NotFound,
    400: Rejected,
    422: Rejected,
    413: Full,
    302: UnexpectedAnswer,
}


@pytest.mark.parametrize(("status", "error"), STATUSES.items(), ids=map(str, STATUSES))
def test_a_refusal_is_told_by_what_to_do_and_never_repeated(wire, status, error):
    answers(wire, status)
    with pytest.raises(error) as told:
        get(http())
    assert str(told.value).startswith(f"acme: GET thing answered {status}")
    assert told.value.hint
    assert len(wire.calls) == 1


def test_somebody_else_s_write_stops_a_write_and_is_waited_for_by_a_read(wire):
    """Notion's 409 to a query is a collision that passes."""
    answers(wire, 409, 200)
    answers(wire, 409, method="POST")
    client = http(Hands())
    assert get(client).status == 200
    with pytest.raises(Stale, match="answered 409"):
        post(client)
    assert len(wire.calls) == 3


def test_a_rejection_says_what_was_disliked_by_field(wire):
    errors = {"customfield_1": "Field 'customfield_1' cannot be set.\r\n It is not on the appropriate screen"}
    answers(wire, {"status": 400, "json": {"errorMessages": ["Bad edit"], "errors": errors}})
    with pytest.raises(Rejected) as told:
        get(http())
    assert set(told.value.fields) == {"customfield_1"}
    assert "Bad edit; customfield_1: Field 'customfield_1' cannot be set. It is not" in str(told.value)


def test_a_reason_may_stand_in_a_list_of_objects(wire):
    answers(
        wire, {"status": 400, "json": {"errors": [{"message": "task: Not a recognized ID", "help": "x"}, {}]}}
    )
    with pytest.raises(Rejected, match=r"answered 400: task: Not a recognized ID\Z"):
        get(http())


def test_an_error_is_one_short_line(wire):
    answers(wire, {"status": 400, "json": {"errorMessages": ["two\nlines \x1b[31m" + "x" * 1000]}})
    with pytest.raises(Rejected) as told:
        get(http())
    assert "\n" not in str(told.value)
    assert "\x1b" not in str(told.value)
    assert len(str(told.value)) < 260


def test_no_secret_is_in_an_error_whatever_the_server_echoes(wire, caplog):
    caplog.set_level(logging.DEBUG)
    basic = base64.b64encode(f"bot@acme.example:{SECRET}".encode()).decode()
    echo = {"errorMessages": [f"bad header Basic {basic} with {SECRET}"]}
    answers(wire, {"status": 503, "json": echo})
    client = http()
    with pytest.raises(Transient) as told:
        get(client)
    text = f"{told.value!r} {told.value} {told.value.hint} {caplog.text} {client!r}"
    assert SECRET not in text
    assert basic not in text


def test_a_redirect_is_a_login_page_or_a_wrong_address(wire):
    answers(wire, {"status": 302, "headers": {"Location": "https://sso.example/login?token=abc"}})
    with pytest.raises(UnexpectedAnswer, match=r"leads to https://sso\.example/login$"):
        get(http())


def test_a_page_with_status_200_is_no_data(wire):
    wire.get(URL, body="<!doctype html><title>Log in</title>", content_type="text/html")
    with pytest.raises(UnexpectedAnswer, match="with a page") as told:
        get(http())
    assert "login page" in told.value.hint


def test_a_page_is_known_without_its_content_type(wire):
    wire.get(URL, body="\n<html>", content_type="application/json")
    with pytest.raises(UnexpectedAnswer):
        get(http())


def test_cut_off_json_of_a_read_is_no_answer(wire):
    wire.get(URL, body='{"issues": [', content_type="application/json")
    with pytest.raises(UnexpectedAnswer, match="broken JSON"):
        get(http())


def test_cut_off_json_of_a_write_may_have_been_done(wire):
    wire.post(URL, status=201, body='{"id": ', content_type="application/json")
    with pytest.raises(Transient) as told:
        post(http())
    assert told.value.maybe_done
    assert len(wire.calls) == 1


def test_waits_double_and_are_spread_by_chance(wire):
    answers(wire, 503, 502, 504, 200)
    hands = Hands(chance=0.0)
    get(http(hands))
    assert hands.slept == [1.4, 2.8, 5.6]
    assert http(hands).requests == 0


def test_no_call_is_made_more_than_four_times(wire):
    answers(wire, 503)
    client = http()
    with pytest.raises(Transient):
        get(client)
    assert client.requests == len(wire.calls) == 4


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_wait_is_never_shorter_than_the_server_asked(wire, chance):
    answers(wire, {"status": 503, "headers": {"Retry-After": "20"}}, 200)
    hands = Hands(chance)
    get(http(hands))
    assert hands.slept == [20.0 if chance == 0.0 else 26.0]


def test_a_wait_may_be_given_as_a_date(wire):
    dates = {"Date": "Sat, 21 Nov 2026 10:00:00 GMT", "Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT"}
    answers(wire, {"status": 503, "headers": dates}, 200)
    hands = Hands(chance=0.0)
    get(http(hands))
    assert hands.slept == [30.0]


@pytest.mark.parametrize("odd", ["soon", "-5", "nan", ""])
def test_a_wait_that_makes_no_sense_is_replaced_by_our_own(wire, odd):
    answers(wire, {"status": 503, "headers": {"Retry-After": odd}}, 200)
    hands = Hands()
    get(http(hands))
    assert len(wire.calls) == 2


def test_a_wait_beyond_two_minutes_is_handed_to_whoever_schedules(wire):
    answers(wire, {"status": 503, "headers": {"Retry-After": "600"}})
    hands = Hands()
    with pytest.raises(Transient) as told:
        get(http(hands))
    assert told.value.retry_after == 600
    assert hands.slept == []


DROPS = {
    "dropped": requests.ConnectionError("Connection aborted."),
    "timed out": requests.ReadTimeout("too slow"),
    "cut in the middle": requests.exceptions.ChunkedEncodingError("broken"),
}


@pytest.mark.parametrize("drop", DROPS.values(), ids=DROPS)
def test_a_write_without_an_answer_is_not_repeated_and_may_have_been_done(wire, drop):
    wire.post(URL, body=drop)
    with pytest.raises(Transient) as told:
        post(http())
    assert told.value.maybe_done
    assert len(wire.calls) == 1


@pytest.mark.parametrize("drop", DROPS.values(), ids=DROPS)
def test_a_read_without_an_answer_is_repeated(wire, drop):
    wire.get(URL, body=drop)
    answers(wire, 200)
    get(http())
    assert len(wire.calls) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_failed_on_the_other_side_may_have_been_done(wire, status):
    answers(wire, status, method="POST")
    with pytest.raises(Transient) as told:
        post(http())
    assert told.value.maybe_done
    assert len(wire.calls) == 1


def test_a_write_that_never_left_is_repeated(wire):
    wire.post(URL, body=requests.ConnectTimeout("no route"))
    answers(wire, 200, method="POST")
    post(http())
    assert len(wire.calls) == 2


def test_a_write_that_was_asked_to_wait_was_not_done(wire):
    answers(wire, {"status": 429, "headers": {"Retry-After": "3"}}, 200, method="POST")
    hands = Hands()
    post(http(hands))
    assert sum(hands.slept) >= 3


def test_an_untrusted_certificate_is_no_passing_trouble(wire):
    wire.get(URL, body=requests.exceptions.SSLError("certificate verify failed: self-signed"))
    with pytest.raises(ConnectorError, match="not trusted") as told:
        get(http())
    assert "ca_bundle" in told.value.hint
    assert len(wire.calls) == 1


def test_a_refused_login_stops_the_connection(wire):
    answers(wire, 401)
    client = http()
    for _ in range(3):
        with pytest.raises(AccessDenied) as told:
            get(client)
        assert "token" in told.value.hint
        assert told.value.login
    assert client.requests == 1


def test_a_missing_scope_stops_one_endpoint_only(wire):
    answers(wire, {"status": 401, "json": {"message": "Unauthorized; scope does not match"}}, 200)
    client = http()
    with pytest.raises(AccessDenied) as told:
        get(client)
    assert "scope" in told.value.hint
    assert not told.value.login
    assert get(client).status == 200


def test_a_task_of_another_workspace_is_no_refused_login(wire):
    answers(wire, {"status": 401, "json": {"err": "Team not authorized", "ECODE": "OAUTH_027"}}, 200)
    client = http()
    with pytest.raises(AccessDenied, match="Team not authorized") as told:
        get(client)
    assert not told.value.login
    assert "may not see it" in told.value.hint
    assert get(client).status == 200


@pytest.mark.parametrize("status", [401, 403])
def test_an_account_behind_a_captcha_is_told(wire, status):
    answers(wire, {"status": status, "headers": {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}})
    with pytest.raises(AccessDenied) as told:
        get(http())
    assert "CAPTCHA" in told.value.hint
    assert told.value.login


def limited(reason, seconds="10", **more):
    return {"status": 429, "headers": {"RateLimit-Reason": reason, "Retry-After": seconds} | more}


def test_a_spent_quota_stops_the_whole_connection_until_its_reset(wire):
    reset = {"X-RateLimit-Reset": "2026-11-21T13:00:00Z"}
    answers(wire, limited("jira-quota-tenant-based", "60", **reset))
    hands = Hands(chance=0.0)
    client = http(hands)
    for path in ("thing", "other", "issue/A-1"):
        with pytest.raises(RateLimited) as told:
            client.call("GET", f"rest/api/3/{path}", repeatable=True)
        assert told.value.scope == "connection"
        assert told.value.retry_after == pytest.approx(3600)
    assert client.requests == 1
    hands.sleep(3600)
    answers(wire, 200)
    wire.remove("GET", URL)
    answers(wire, 200)
    assert get(client).status == 200


def test_a_burst_slows_that_endpoint_and_method_only(wire):
    answers(wire, limited("jira-burst-based"), 200)
    wire.get(f"{BASE}/rest/api/3/other", json={})
    hands = Hands(chance=0.0)
    client = http(hands, tries=1)
    with pytest.raises(RateLimited) as told:
        get(client)
    assert told.value.scope == "endpoint"
    client.call("GET", "rest/api/3/other", repeatable=True)
    assert hands.slept == []
    get(client)
    assert hands.slept == [10.0]


def test_after_a_burst_calls_do_not_start_all_at_once(wire):
    answers(wire, limited("jira-burst-based", "1"), 200)
    hands = Hands(chance=0.0)
    client = http(hands)
    get(client)
    before = hands.seconds
    for _ in range(10):
        get(client)
    assert hands.seconds - before == pytest.approx(0.2)


def write(client, item):
    return client.call("PUT", f"rest/api/3/issue/{item}", body={}, repeatable=True, item=item)


def issues(wire, *names):
    for name in names:
        wire.put(f"{BASE}/rest/api/3/issue/{name}", status=204)


def test_a_limit_on_one_item_parks_that_item_only(wire):
    wire.put(f"{BASE}/rest/api/3/issue/A-1", **limited("jira-per-issue-on-write", "8"), json={})
    issues(wire, "A-1", "A-2")
    hands = Hands(chance=0.0)
    client = http(hands, tries=1)
    with pytest.raises(RateLimited) as told:
        write(client, "A-1")
    assert told.value.scope == "item"
    write(client, "A-2")
    assert hands.slept == []
    write(client, "A-1")
    assert hands.slept == [8.0]


def test_writes_to_one_item_are_paced_from_the_first_one(wire):
    issues(wire, "A-1")
    hands = Hands()
    client = http(hands, patience=1000)
    starts = []
    for _ in range(250):
        write(client, "A-1")
        starts.append(hands.seconds)
    assert all(late - early >= 2 for early, late in zip(starts, starts[20:], strict=False))
    assert all(late - early >= 30 for early, late in zip(starts, starts[100:], strict=False))
    assert starts[19] == 0
    assert starts[-1] < 80


def test_writes_to_different_items_do_not_wait_for_each_other(wire):
    names = [f"A-{n}" for n in range(60)]
    issues(wire, *names)
    hands = Hands()
    client = http(hands)
    for name in names:
        write(client, name)
    assert hands.slept == []


def test_reads_of_an_item_are_not_paced(wire):
    answers(wire, 200)
    hands = Hands()
    client = http(hands)
    for _ in range(30):
        get(client, item="A-1")
    assert hands.slept == []


def test_near_the_limit_the_pace_is_halved(wire):
    hands = Hands()

    def slow(request):
        hands.seconds += 0.4
        return 200, {"X-RateLimit-NearLimit": "true"}, "{}"

    wire.add_callback("GET", URL, slow)
    client = http(hands)
    begun = hands.seconds
    for _ in range(10):
        get(client)
    assert hands.seconds - begun == pytest.approx(0.4 + 9 * 0.8)


def test_the_retries_of_a_borrowed_session_are_by_passed(wire):
    from jira import JIRA

    client = JIRA("https://jira.example", token_auth="t0ken", get_server_info=False, max_retries=3)
    answers(wire, {"status": 503, "headers": {"Retry-After": "1"}})
    with pytest.raises(Transient):
        Http("acme", BASE, client._session, HttpOptions(tries=1), Hands().clock()).call(
            "POST", "rest/api/3/thing", repeatable=False
        )
    assert len(wire.calls) == 1


def test_parallel_calls_come_as_they_are_ready_and_are_complete(wire):
    client = http(concurrency=4)
    assert sorted(client.parallel(lambda n: n * n, iter(range(50)))) == [n * n for n in range(50)]
    assert list(client.parallel(lambda n: n, [])) == []


def test_no_more_results_are_held_than_calls_may_run():
    client, lock = http(concurrency=3), threading.Lock()
    made, taken, most = 0, 0, 0

    def make(n):
        nonlocal made, most
        with lock:
            made += 1
            most = max(most, made - taken)
        return n

    for _ in client.parallel(make, range(40)):
        time.sleep(0.001)
        with lock:
            taken += 1
    assert most <= 4


def test_the_first_error_ends_parallel_calls():
    client, seen = http(concurrency=2), []

    def fail(n):
        seen.append(n)
        if n == 3:
            raise NotFound("acme", "gone")
        return n

    with pytest.raises(NotFound):
        list(client.parallel(fail, range(1000)))
    assert len(seen) < 20


def test_requests_are_counted_across_threads(wire):
    answers(wire, 200)
    client = http()
    list(client.parallel(lambda _: get(client), range(100)))
    assert client.requests == 100


def test_the_system_clock_tells_aware_time_and_sleeps():
    clock = system_clock()
    before = clock.monotonic()
    clock.sleep(0.001)
    assert clock.monotonic() > before
    assert clock.now().utcoffset().total_seconds() == 0
    assert 0 <= clock.random() < 1
