"""Webhooks on Trello: one for each board, known again, and nobody else's touched."""

from __future__ import annotations

import logging

import pytest

from bridge import webhooks
from bridge.model import Project
from connectors.base import HookWish
from connectors.trello.webhooks import UP
from tests.hooking import URL, all_told, hooking, installed, outcomes, planned
from tests.specs.openapi import exchange_of
from tests.trello import spec
from tests.trello.fake import TOKEN
from tests.trello.fake_hooks import APP_SECRET, HookedTrello
from tests.trello.site import opened

HERE = f"{URL}/hooks/cards"
OURS, OTHERS = "okr-bridge here cards", "okr-bridge there cards"
SECTION = 'tool = "trello"\nkey = "env:S"\ntoken = "env:S"\nwebhook_secret = "file:app-secret"'


@pytest.fixture
def trello():
    """Held to Trello's document at the end."""
    fake, judge = HookedTrello(), spec.Judge()
    fake.heard = judge.heard
    yield fake
    assert judge.unexcused() == []


@pytest.fixture
def parts(trello, tmp_path):
    (tmp_path / "app-secret").write_text(APP_SECRET)
    return hooking(tmp_path, opened(trello, instance="here"), SECTION)


def test_each_board_gets_one_and_a_second_run_finds_them(trello, parts):
    assert planned(parts) == ["create", "create"]
    assert trello.hooks == {}
    assert installed(parts) == [("create", "written")] * 2
    told = {(one["idModel"], one["callbackURL"], one["description"]) for one in trello.hooks.values()}
    assert told == {(board.id, HERE, OURS) for board in (trello.home, trello.away)}
    assert planned(parts) == ["found", "found"]
    assert installed(parts) == [("found", "kept")] * 2


def test_only_the_boards_that_are_looked_through_have_one(trello, tmp_path, parts):
    installed(parts)
    (tmp_path / "app-secret").write_text(APP_SECRET)
    fewer = hooking(tmp_path, opened(trello, instance="here", boards=("Work",)), SECTION)
    assert installed(fewer) == [("found", "kept"), ("remove", "written")]
    assert [one["idModel"] for one in trello.hooks.values()] == [trello.home.id]


KNOWN = {
    "as it should be": ({}, ["found"]),
    "made by hand": ({"description": ""}, ["found"]),
    "switched off": ({"active": False}, ["change"]),
    "ours, at an address of before": ({"callbackURL": "https://old.example/hooks/cards"}, ["change"]),
    "that of another bridge": (
        {"callbackURL": "https://other.example/hooks/cards", "description": OTHERS},
        ["create"],
    ),
    "somebody else's": ({"callbackURL": "https://x.example/", "description": "CI"}, ["create"]),
}


@pytest.mark.parametrize(("facts", "expected"), KNOWN.values(), ids=KNOWN)
def test_what_is_there_is_told_apart(facts, expected, trello, tmp_path):
    (tmp_path / "app-secret").write_text(APP_SECRET)
    there = trello.there_is(**{"idModel": trello.home.id, "callbackURL": HERE, "description": OURS, **facts})
    before = dict(there)
    parts = hooking(tmp_path, opened(trello, instance="here", boards=("Work",)), SECTION)
    assert planned(parts) == expected
    installed(parts)
    assert planned(parts) == ["found"]
    foreign = "create" in expected
    assert (trello.hooks[there["id"]] == before) is (foreign or expected == ["found"])
    assert len(trello.hooks) == 1 + foreign


def test_a_twin_is_removed(trello, tmp_path, parts):
    for address in ("https://old.example/hooks/cards", HERE):
        trello.there_is(idModel=trello.home.id, callbackURL=address, description=OURS)
    one = hooking(tmp_path, opened(trello, instance="here", boards=("Work",)), SECTION)
    assert installed(one) == [("found", "kept"), ("remove", "written")]
    assert [hook["callbackURL"] for hook in trello.hooks.values()] == [HERE]


def test_an_address_where_nobody_answers_is_told_with_what_to_do(trello, parts):
    trello.send = lambda *_: 502
    report = webhooks.install(parts, "", really=True)
    assert outcomes(report) == [("create", "failed")] * 2
    assert [problem.hint for problem in report.problems] == [UP, UP]
    assert "did not return 200 status code, got 502" in report.problems[0].message


def test_a_lost_right_is_one_line(trello, parts):
    trello.scoped = False
    report = webhooks.install(parts, "", really=True)
    assert (report.steps, report.failed, len(report.problems)) == ((), True, 1)


def test_no_secret_and_no_token_is_shown(trello, parts, caplog):
    caplog.set_level(logging.DEBUG)
    shown = []
    for change in (lambda: None, lambda: setattr(trello, "send", lambda *_: 500), lambda: None):
        change()
        trello.hooks.clear()
        shown.append(all_told(webhooks.install(parts, "", really=True)))
    trello.scoped = False
    shown.append(all_told(webhooks.install(parts, "", really=True)))
    everything = " ".join(shown)
    assert TOKEN not in everything + caplog.text
    assert APP_SECRET not in everything + caplog.text


def test_where_the_secret_is_found_is_told_first(trello, tmp_path):
    parts = hooking(tmp_path, opened(trello), SECTION.rpartition("\n")[0])
    report = webhooks.install(parts, "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert "API key > Secret" in report.problems[0].hint
    assert trello.hooks == {}


def test_the_night_wakes_what_trello_has_put_to_sleep(trello, parts):
    installed(parts)
    first, _ = trello.hooks.values()
    first["active"] = False
    assert outcomes(webhooks.refresh(parts)) == [("change", "written")]
    assert all(one["active"] for one in trello.hooks.values())
    assert outcomes(webhooks.refresh(parts)) == []


SLIPS = {
    "a webhook on nothing": ("POST", f"/webhooks/?callbackURL={HERE}", b""),
    "one on a short link": ("POST", f"/webhooks/?callbackURL={HERE}&idModel=wrkBoard", b""),
    "in a body": ("POST", "/webhooks/", b'{"idModel": "x"}'),
    "switched by a word": ("PUT", f"/webhooks/{'a' * 24}?active=yes", b""),
    "one taken away with more": ("DELETE", f"/webhooks/{'a' * 24}?force=true", b""),
    "a list by parts": ("GET", f"/tokens/{TOKEN}/webhooks?filter=mine", b""),
}


@pytest.mark.parametrize(("method", "target", "body"), SLIPS.values(), ids=SLIPS)
def test_a_slip_would_be_refused_by_the_document(method, target, body):
    judge = spec.Judge()
    judge.recorder.exchanges.append(
        exchange_of(method, target, body, 400, b"", "text/plain", "application/json")
    )
    assert judge.unexcused()


def test_an_inner_address_is_warned_of(trello):
    wish = HookWish(address="https://okr.corp/hooks/cards", secret="x", reference="file:x")
    steps = opened(trello).plan_hooks(wish)
    assert [step.what for step in steps] == ["ask", "create", "create"]
    assert opened(trello).identities(Project("wrkBoard")) == frozenset()
