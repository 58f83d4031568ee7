"""The dead man's switch: called after good runs, in nobody's way, with nothing of its address told."""

from __future__ import annotations

import logging
import threading

import pytest

from bridge.daemon.ping import TIMEOUT, Ping
from bridge.errors import ConfigError, Misconfigured, Transient
from tests.bridge.daemon.house import report

ADDRESS = "https://hc.example/ping/5e1f-secret"


class Outside:
    """Answers a call with what is next in line: nothing, or an error."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, float]] = []

    def get(self, address: str, timeout: float) -> None:
        self.calls.append((address, timeout))
        if self.answers and (answer := self.answers.pop(0)):
            raise answer


def told(outside: Outside, outcome: str = "done", address: str = ADDRESS) -> None:
    ping = Ping(outside.get, lambda: address, pause=0)
    ping.after(report(outcome))
    ping.join(5)


OUTCOMES = {"done": 1, "partial": 0, "stopped": 0, "interrupted": 0, "failed": 0}


@pytest.mark.parametrize(("outcome", "calls"), OUTCOMES.items(), ids=OUTCOMES)
def test_good_is_a_run_in_which_nothing_failed(outcome, calls):
    outside = Outside()
    told(outside, outcome)
    assert outside.calls == [(ADDRESS, TIMEOUT)] * calls


def test_no_address_no_call():
    outside = Outside()
    told(outside, address="")
    assert outside.calls == []


def test_a_call_that_fails_is_made_once_more():
    outside = Outside(Transient("ping", "GET timed out"))
    told(outside)
    assert len(outside.calls) == 2


def test_two_failures_are_one_line_without_the_address(caplog):
    outside = Outside(*[Transient("ping", "GET timed out")] * 3)
    with caplog.at_level(logging.INFO):
        told(outside)
    assert len(outside.calls) == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "GET timed out" in caplog.text
    assert "secret" not in caplog.text


def test_an_address_that_cannot_be_read_is_told_and_stops_nothing(caplog):
    def lost() -> str:
        raise ConfigError([Misconfigured("serve.ping", "PING_URL is not set")])

    ping = Ping(Outside().get, lost)
    with caplog.at_level(logging.WARNING):
        ping.after(report())
        ping.join(5)
    assert "serve.ping: PING_URL is not set" in caplog.text


def test_the_runner_waits_for_nothing_and_one_call_is_made_at_a_time():
    begun, let_go = threading.Event(), threading.Event()
    calls = []

    def slow(address: str, timeout: float) -> None:
        calls.append(address)
        begun.set()
        let_go.wait(5)

    ping = Ping(slow, lambda: ADDRESS)
    ping.after(report())
    assert begun.wait(5)
    ping.after(report())
    assert len(calls) == 1
    let_go.set()
    ping.join(5)
    ping.after(report())
    ping.join(5)
    assert len(calls) == 2


def test_a_process_that_stops_calls_nobody_and_does_not_wait_to_try_again():
    outside = Outside(Transient("ping", "GET timed out"))
    ping = Ping(outside.get, lambda: ADDRESS)
    ping.stop()
    ping.after(report())
    assert outside.calls == []
    with pytest.raises(Transient):
        ping._persist()
    assert len(outside.calls) == 1
