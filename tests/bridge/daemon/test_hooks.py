"""A webhook's way: met, proved, known or new, and its hint passed on once."""

from __future__ import annotations

import logging

import jwt
import pytest

from bridge.daemon.hooks import Door, Repeats, Verdict
from bridge.daemon.jira_hooks import JIRA
from bridge.errors import ConfigError, Misconfigured
from tests.bridge.daemon.house import NOON, House, headers, issue, signature


def test_a_signed_webhook_becomes_a_hint():
    house = House()
    assert house.hooks.meets("acme", headers(issue(7))) is None
    assert house.hooks.takes("acme", headers(issue(7)), issue(7)) is Verdict.ACCEPTED
    assert house.hints == [("acme", ("7",))]


def test_a_webhook_that_names_no_item_has_the_connection_read():
    house = House()
    assert house.hooks.takes("acme", headers(b"{}"), b"{}") is Verdict.ACCEPTED
    assert house.hints == [("acme", ())]


def test_a_dynamic_webhook_is_proved_by_its_token():
    house, secret = House(), "s" * 40
    house.doors["acme"] = Door(JIRA, lambda: secret)
    token = jwt.encode({"exp": NOON.timestamp() + 60}, secret)
    assert house.hooks.takes("acme", {"authorization": f"Bearer {token}"}, issue(7)) is Verdict.ACCEPTED


def test_a_repeat_is_known_by_its_identifier():
    house = House()
    first = house.hooks.takes("acme", headers(issue(7), "a"), issue(7))
    again = house.hooks.takes("acme", headers(issue(7), "a"), issue(7))
    other = house.hooks.takes("acme", headers(issue(7), "b"), issue(7))
    assert (first, again, other) == (Verdict.ACCEPTED, Verdict.REPEAT, Verdict.ACCEPTED)
    assert len(house.hints) == 2


def test_without_an_identifier_nothing_is_a_repeat():
    house = House()
    verdicts = {house.hooks.takes("acme", headers(issue(7)), issue(7)) for _ in range(2)}
    assert verdicts == {Verdict.ACCEPTED}


def test_an_identifier_counts_for_its_own_connection():
    house = House()
    house.doors["other"] = house.doors["acme"]
    house.hooks.takes("acme", headers(issue(7), "a"), issue(7))
    assert house.hooks.takes("other", headers(issue(7), "a"), issue(7)) is Verdict.ACCEPTED


def test_a_forger_learns_nothing_of_repeats_and_uses_up_no_identifier():
    house, forged = House(), headers(issue(7), "a") | {"x-hub-signature": signature(b"else")}
    assert house.hooks.takes("acme", forged, issue(7)) is Verdict.REFUSED
    assert house.hooks.takes("acme", headers(issue(7), "a"), issue(7)) is Verdict.ACCEPTED
    assert house.hooks.takes("acme", forged, issue(7)) is Verdict.REFUSED


def test_a_hint_that_was_not_taken_over_may_come_again():
    """Its identifier is remembered only behind the hint."""
    house = House()
    house.hooks._hint = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        house.hooks.takes("acme", headers(issue(7), "a"), issue(7))
    house.hooks._hint = house.hint
    assert house.hooks.takes("acme", headers(issue(7), "a"), issue(7)) is Verdict.ACCEPTED


def test_who_stands_by_takes_no_hint_and_remembers_none():
    house = House()
    house.health.standby(True)
    assert house.hooks.meets("acme", headers(issue(7), "a")) is Verdict.AWAY
    assert house.hooks.takes("acme", headers(issue(7), "a"), issue(7)) is Verdict.AWAY
    house.health.standby(False)
    assert house.hooks.takes("acme", headers(issue(7), "a"), issue(7)) is Verdict.ACCEPTED


MET = {
    "a connection nobody has": ("nobody", headers(b""), Verdict.UNKNOWN),
    "a connection without a secret": ("quiet", headers(b""), Verdict.REFUSED),
    "nothing signed": ("acme", {}, Verdict.REFUSED),
    "signed by a weak method": ("acme", {"x-hub-signature": signature(b"", method="sha1")}, Verdict.REFUSED),
    "a signature to check": ("acme", headers(b""), None),
}


@pytest.mark.parametrize(("connection", "given", "verdict"), MET.values(), ids=MET)
def test_what_is_said_before_the_body_comes(connection, given, verdict):
    assert House().hooks.meets(connection, given) is verdict


@pytest.mark.parametrize(("doors", "verdict"), [((), Verdict.UNKNOWN), (("acme",), Verdict.REFUSED)])
def test_a_door_that_closes_while_the_body_comes_is_closed(doors, verdict):
    house = House()
    house.doors = {name: Door(JIRA, None) for name in doors}
    assert house.hooks.takes("acme", headers(b""), b"") is verdict


def test_a_secret_that_cannot_be_read_now_is_our_trouble_not_the_senders(caplog):
    house = House()

    def lost() -> str:
        raise ConfigError([Misconfigured("connections.acme", "cannot be read")])

    house.doors["acme"] = Door(JIRA, lost)
    with caplog.at_level(logging.ERROR):
        verdict = house.hooks.takes("acme", headers(b""), b"")
    assert (verdict.status, house.hints) == (503, [])
    assert "connections.acme: cannot be read" in caplog.text


def test_the_oldest_identifiers_are_forgotten_first():
    repeats = Repeats(most=3)
    for identifier in "abcd":
        repeats.remember("acme", identifier)
    assert [repeats.knows("acme", one) for one in "abcd"] == [False, True, True, True]


def test_an_identifier_of_any_length_costs_the_same():
    repeats = Repeats(most=3)
    repeats.remember("acme", "x" * 1_000_000)
    assert repeats.knows("acme", "x" * 1_000_000)
    assert {len(key) for key in repeats._seen["acme"]} == {16}
