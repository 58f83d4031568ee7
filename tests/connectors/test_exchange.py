"""What holds for all calls of a connection together: limits, silence, stopping, counting."""

import random
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import BridgeError, ConnectorError, LeaseLost, RateLimited, Stopping, Transient
from connectors.base import OUTCOMES
from tests.connectors.clock import START, Hands
from tests.connectors.stage import BASE, Turns, staged

OK = (200, {}, b"{}")
REASONS = {"connection": "jira-quota-global-based", "endpoint": "jira-burst-based", "item": "jira-per-issue"}


def limited(scope, seconds):
    return 429, {"RateLimit-Reason": REASONS[scope], "Retry-After": str(seconds)}, b"{}"


class Script:
    """Answers one after the other, the last one for ever; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []

    def __call__(self, request):
        self.seen.append(f"{request.method} {request.url.removeprefix(BASE)}")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def get(client, path="thing"):
    return client.call("GET", path, repeatable=True)


def put(client, item="A-1"):
    return client.call("PUT", f"issue/{item}", body={}, repeatable=True, item=item)


def test_a_quota_that_tells_no_time_stops_the_connection_until_the_hour_turns():
    quota = (429, {"RateLimit-Reason": "jira-quota-tenant-based"}, b"{}")
    dated = (200, {"Date": "Sat, 21 Nov 2026 13:40:00 GMT"}, b"{}")
    hands, script = Hands(chance=0.0), Script(dated, quota, OK)
    client = staged(script, hands.clock())
    get(client)
    for path in ("thing", "other"):
        with pytest.raises(RateLimited) as told:
            get(client, path)
        assert (told.value.scope, told.value.retry_after) == ("connection", pytest.approx(1200))
    assert client.traffic.held_until == START + timedelta(seconds=1200)
    hands.sleep(1200)
    assert get(client).status == 200
    assert client.traffic.held_until is None


def test_chance_adds_half_a_minute_at_most_to_a_long_pause():
    client = staged(Script(limited("connection", 3600)), Hands(chance=1.0).clock())
    with pytest.raises(RateLimited):
        get(client)
    assert client.traffic.held_until == START + timedelta(seconds=3630)


def test_a_quota_nearly_gone_holds_the_connection_before_it_is():
    last = (200, {"Beta-RateLimit": '"global-app-quota";r=3;t=900'}, b"{}")
    client = staged(Script(last), Hands().clock())
    assert get(client).status == 200
    with pytest.raises(RateLimited) as told:
        put(client)
    assert (told.value.scope, told.value.retry_after, client.requests) == ("connection", 900, 1)


def test_a_gateway_that_names_no_time_is_left_alone_for_two_seconds_doubling():
    hands = Hands()
    with pytest.raises(RateLimited):
        get(staged(Script((429, {"X-Failure-Category": "FAILURE_CLIENT"}, b"")), hands.clock()))
    assert hands.slept == [2, 4, 8]


@pytest.mark.parametrize("odd", ["0", "-5", "Sat, 21 Nov 2026 08:00:00 GMT"])
def test_a_pause_of_no_time_is_replaced_by_our_own(odd):
    hands = Hands()
    get(staged(Script((429, {"Retry-After": odd}, b""), OK), hands.clock()))
    assert hands.slept == [2]


def test_who_is_asked_to_come_back_later_holds_the_others_back_as_well():
    down = (503, {"Retry-After": "60"}, b"")
    hands, script = Hands(chance=0.0), Script(down, OK)
    client = staged(script, hands.clock(), tries=1)
    with pytest.raises(Transient):
        get(client)
    get(client, "other")
    assert hands.slept == []
    get(client)
    assert hands.slept == [60]


def test_no_call_waits_longer_than_two_minutes_in_all():
    hands = Hands(chance=0.0)
    with pytest.raises(RateLimited):
        get(staged(Script(limited("endpoint", 50)), hands.clock()))
    assert hands.slept == [50, 50]


def test_a_refusal_whose_body_breaks_off_is_heeded_all_the_same(monkeypatch):
    def cut(*_):
        raise requests.exceptions.ChunkedEncodingError("cut")
        yield b""

    monkeypatch.setattr(requests.Response, "iter_content", cut)
    client = staged(Script(limited("endpoint", 600)), Hands().clock())
    with pytest.raises(RateLimited):
        get(client)
    assert client.requests == 1


KINDS = st.sampled_from(["ok", "connection", "endpoint", "item"])
CALLS = st.lists(
    st.tuples(
        st.floats(0, 30), st.sampled_from("ab"), st.sampled_from((None, "A-1", "A-2")), KINDS,
        st.integers(1, 200),
    ),
    max_size=40,
)  # fmt: skip


class Watched:
    """A system that remembers what it asked for, and what came too early."""

    def __init__(self, seconds, decide, latency=lambda: None):
        self.seconds, self.decide, self.latency = seconds, decide, latency
        self.asked = []
        self.early = []
        self.most = self.inside = 0
        self._lock = threading.Lock()

    def __call__(self, request):
        names = {"connection": "*", "endpoint": request.url.split("/")[-2] + request.method}
        names["item"] = request.url.split("/")[-1] if request.method == "PUT" else names["endpoint"]
        with self._lock:
            now = self.seconds()
            self.early += [
                held for held in self.asked if held[0] in names.values() and held[1] < now < held[2]
            ]
            self.inside += 1
            self.most = max(self.most, self.inside)
            kind, wait = self.decide()
        self.latency()
        with self._lock:
            self.inside -= 1
            if kind == "ok":
                return OK
            self.asked.append((names[kind], self.seconds(), self.seconds() + wait))
            return limited(kind, wait)


def make(client, endpoint, item):
    with suppress(RateLimited):
        if item is None:
            client.call("GET", f"{endpoint}/x", repeatable=True)
        else:
            client.call("PUT", f"{endpoint}/{item}", body={}, repeatable=True, item=item)


@settings(deadline=None, max_examples=60)
@given(CALLS)
def test_whatever_is_answered_no_request_leaves_before_its_time(calls):
    hands, answers = Hands(chance=0.0), iter(())
    watched = Watched(lambda: hands.seconds, lambda: next(answers, ("ok", 0)))
    client = staged(watched, hands.clock())
    for passes, endpoint, item, kind, wait in calls:
        hands.seconds += passes
        answers = iter([(kind, wait)])
        make(client, endpoint, item)
    assert watched.early == []


def many_threads(seed):
    chance, turns = random.Random(seed), Turns()

    def decide():
        kind = chance.choice(["ok", "ok", "ok", "endpoint", "item", "connection"])
        return kind, chance.randint(1, 40)

    watched = Watched(lambda: turns.seconds, decide, lambda: turns.sleep(chance.uniform(0.1, 2)))
    client = staged(watched, turns.clock(), concurrency=6)
    turns.in_line = lambda: client._exchange._limiter.waiting

    def job(endpoints, items):
        return lambda: [make(client, *pair) for pair in zip(endpoints, items, strict=True)]

    raised = turns.run(
        *(job(chance.choices("ab", k=3), chance.choices((None, "A-1", "A-2"), k=3)) for _ in range(10))
    )
    assert raised == []
    assert watched.early == []
    assert watched.most <= 6
    assert client._exchange._limiter.busy == 0
    return watched


@pytest.mark.parametrize("seed", range(4))
def test_nor_does_any_of_ten_threads(seed):
    assert len(many_threads(seed).asked) > 3


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(4, 104))
def test_nor_does_any_of_ten_threads_in_many_orders(seed):
    many_threads(seed)


def test_all_callers_together_have_no_more_requests_in_flight_than_one_is_allowed():
    turns = Turns()
    watched = Watched(lambda: turns.seconds, lambda: ("ok", 0), lambda: turns.sleep(1))
    client = staged(watched, turns.clock(), concurrency=3)
    turns.in_line = lambda: client._exchange._limiter.waiting
    assert turns.run(*[lambda: [get(client) for _ in range(3)] for _ in range(8)]) == []
    assert (watched.most, turns.seconds) == (3, 8)


@pytest.mark.parametrize(("kind", "width"), [("endpoint", 5), ("connection", 5), ("item", 10)])
def test_a_limit_halves_what_is_in_flight_unless_it_is_about_one_item(kind, width):
    client = staged(Script(limited(kind, 3), OK), Hands().clock())
    put(client)
    assert client._exchange._limiter.width == width


DEAD = requests.ConnectTimeout("no route")


def test_a_silent_system_is_left_alone_and_tried_by_one_call():
    hands, script = Hands(), Script(DEAD)
    client = staged(script, hands.clock())
    for _ in range(3):
        with pytest.raises(Transient, match="GET thing got no answer"):
            get(client)
    before = hands.seconds
    for _ in range(20):
        with pytest.raises(
            Transient, match="not sent: no answer from the system for the last 3 calls"
        ) as told:
            get(client)
    assert (client.requests, hands.seconds) == (12, before)
    assert 0 < told.value.retry_after <= 30
    assert not told.value.maybe_done
    hands.sleep(30)
    with pytest.raises(Transient, match="got no answer"):
        get(client)
    assert client.requests == 13
    with pytest.raises(Transient, match="for the last 4 calls") as told:
        get(client)
    assert told.value.retry_after == 60
    hands.sleep(60)
    script.answers = [OK]
    assert get(client).status == get(client).status == 200


@pytest.mark.parametrize("status", [200, 404, 503])
def test_an_answer_of_any_kind_breaks_the_silence(status):
    silence = [DEAD] * 4
    client = staged(Script(*silence, *silence, (status, {}, b"{}"), *silence, DEAD), Hands().clock())
    for _ in range(4):
        with pytest.raises(Transient, match="got no answer"):
            get(client)
        if client.requests == 8:
            with suppress(ConnectorError):
                client.call("POST", "thing", repeatable=False)


def test_a_call_that_was_answered_once_is_no_silent_one():
    mixed = [(503, {}, b""), DEAD, DEAD, DEAD]
    client = staged(Script(*mixed, DEAD), Hands().clock())
    for _ in range(4):
        with pytest.raises(Transient, match="got no answer"):
            get(client)
    with pytest.raises(Transient, match="not sent"):
        get(client)


def test_a_trial_that_fails_before_it_leaves_does_not_count():
    hands, script = Hands(), Script(DEAD)
    client = staged(script, hands.clock(), tries=1)
    for _ in range(3):
        with pytest.raises(Transient):
            get(client)
    hands.sleep(30)
    script.answers = [requests.exceptions.SSLError("certificate verify failed")]
    for _ in range(2):
        with pytest.raises(ConnectorError, match="not trusted"):
            get(client)


def test_a_certificate_that_is_not_trusted_is_said_every_time():
    broken = requests.exceptions.SSLError("certificate verify failed")
    client = staged(Script(broken), Hands().clock())
    for _ in range(5):
        with pytest.raises(ConnectorError, match="not trusted"):
            get(client)


def test_what_came_of_every_request_is_counted():
    script = Script(
        (200, {}, b'{"a": 1}'), (404, {}, b"{}"), limited("endpoint", 5), (500, {}, b""), DEAD,
        (200, {"Content-Type": "text/html"}, b"<html>"), (200, {}, b'{"a'), (302, {}, b""),
    )  # fmt: skip
    client = staged(script, Hands(chance=0.0).clock(), tries=1)
    for number in range(8):
        with suppress(BridgeError):
            get(client, f"path{'abcdefgh'[number]}/x")
    traffic = client.traffic
    assert tuple(traffic.requests) == OUTCOMES
    assert tuple(traffic.requests.values()) == (1, 1, 1, 1, 1, 3)
    assert client.requests == 8
    assert traffic.bytes == 8 + 2 + 2 + 6 + 3
    assert traffic.throttled == 0
    assert traffic.held_until is None


def test_what_was_waited_for_limits_is_told_and_not_what_was_waited_for_trouble():
    client = staged(Script(limited("endpoint", 5), (502, {}, b""), OK), Hands(chance=0.0).clock())
    get(client)
    assert client.traffic.throttled == pytest.approx(5)


class Ending(Hands):
    def sleep(self, seconds):
        raise Stopping("the bridge is stopping")


TROUBLE = {"a pause": limited("endpoint", 5), "an error": (503, {}, b""), "no answer": DEAD}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_read_that_waits_ends_with_the_bridge(trouble):
    client = staged(Script(trouble), Ending().clock())
    with pytest.raises(Stopping):
        get(client)
    with pytest.raises(Stopping):
        list(client.parallel(lambda n: client.call("POST", f"find{n}/x", repeatable=True), range(20)))
    assert client._exchange._limiter.busy == 0


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_write_that_waits_to_be_repeated_is_left_for_later(trouble):
    client = staged(Script(trouble), Ending().clock())
    with pytest.raises(Transient, match="PUT issue/A-1 not repeated: the bridge is stopping") as told:
        put(client)
    assert not told.value.maybe_done
    assert client.requests == 1
    assert client._exchange._limiter.busy == 0


def test_a_write_that_was_not_sent_yet_is_left_for_later():
    client = staged(Script(limited("endpoint", 5)), Ending().clock(), tries=1)
    for _ in range(2):
        with pytest.raises(Transient) as told:
            client.call("DELETE", "issue/A-1", repeatable=True)
    assert "not sent: the bridge is stopping" in str(told.value)
    assert client.requests == 1


def test_a_write_that_was_made_is_told_so_whatever_limit_is_near():
    near = (204, {"X-RateLimit-NearLimit": "true"}, b"")
    assert put(staged(Script(near), Ending().clock())).status == 204


def test_a_write_that_waited_is_not_sent_where_another_process_writes_by_then():
    deposed = []

    def guard():
        if deposed:
            raise LeaseLost("deposed")

    script = Script(limited("item", 30), OK)
    hands = Hands(chance=0.0)
    client = staged(script, replace(hands.clock(), sleep=deposed.append), guard=guard)
    with pytest.raises(LeaseLost):
        put(client)
    assert get(client).data == {}
    assert script.seen == ["PUT /issue/A-1", "GET /thing"]
