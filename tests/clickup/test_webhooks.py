"""Webhooks on ClickUp: one for the workspace, and its secret put where the configuration says."""

from __future__ import annotations

import json
import logging
import stat
from dataclasses import replace

import pytest

from bridge import webhooks
from connectors.clickup.webhooks import EVENTS, RIGHT
from tests.clickup.fake_hooks import HookedClickUp
from tests.clickup.judge import judged
from tests.hooking import URL, all_told, hooking, installed, outcomes, planned
from tests.specs.openapi import exchange_of

HERE = f"{URL}/hooks/cu"
SECTION = 'tool = "clickup"\ntoken = "env:S"\nwebhook_secret = "file:hook"'


def excused(complaint) -> bool:
    """The document contradicts itself: by its words a change takes an array of events, or "*" for all; by its
    schema a text. A text of one event would leave out the others."""
    return (complaint.operation, complaint.part, complaint.at) == ("UpdateWebhook", "body", "/events")


@pytest.fixture
def clickup():
    fake = HookedClickUp()
    yield fake
    assert [one for one in judged(fake.heard) if not excused(one)] == []


@pytest.fixture
def parts(clickup, tmp_path):
    return hooking(tmp_path, clickup.opened(), SECTION)


@pytest.fixture
def hook(tmp_path):
    return tmp_path / "hook"


def test_one_is_made_and_its_secret_is_kept_and_a_second_run_finds_it(clickup, parts, hook):
    assert planned(parts) == ["create"]
    assert not hook.exists()
    assert installed(parts) == [("create", "written")]
    [made] = clickup.hooks.values()
    assert (made["endpoint"], made["events"], made["list_id"]) == (HERE, [*EVENTS], None)
    assert hook.read_text().strip() == made["secret"]
    assert stat.S_IMODE(hook.stat().st_mode) == 0o600
    assert planned(parts) == ["found"]
    assert installed(parts) == [("found", "kept")]


KNOWN = {
    "as it should be": ({}, ["found"]),
    "failing, which passes by itself": ({"health": {"status": "failing", "fail_count": 5}}, ["found"]),
    "narrowed by a person": ({"list_id": "901"}, ["found"]),
    "told of everything": ({"events": ["*"]}, ["found"]),
    "suspended": ({"health": {"status": "suspended", "fail_count": 100}}, ["change"]),
    "fewer events": ({"events": ["taskCreated"]}, ["change"]),
}


@pytest.mark.parametrize(("facts", "expected"), KNOWN.values(), ids=KNOWN)
def test_what_is_there_is_compared_and_put_right(facts, expected, clickup, parts, hook):
    there = clickup.there_is(HERE, **{"events": [*EVENTS], **facts})
    hook.write_text(there["secret"])
    assert planned(parts) == expected
    installed(parts)
    assert planned(parts) == ["found"]
    assert list(clickup.hooks) == [there["id"]]
    assert hook.read_text() == there["secret"]


@pytest.mark.parametrize("endpoint", ["https://other.example/hooks/cu", f"{URL}/hooks/cu2", f"{HERE}/"])
def test_somebody_elses_is_never_touched(endpoint, clickup, parts):
    health = {"status": "suspended", "fail_count": 100}
    foreign = clickup.there_is(endpoint, ["*"], health=health)
    before = json.dumps(foreign)
    assert installed(parts) == [("create", "written")]
    assert outcomes(webhooks.refresh(parts)) == []
    assert json.dumps(clickup.hooks[foreign["id"]]) == before


def test_a_twin_is_removed_and_the_one_that_is_known_stays(clickup, parts, hook):
    clickup.there_is(HERE, [*EVENTS], secret="other")
    known = clickup.there_is(HERE, [*EVENTS])
    hook.write_text(known["secret"])
    assert installed(parts) == [("found", "kept"), ("remove", "written")]
    assert list(clickup.hooks) == [known["id"]]


def test_a_secret_that_was_lost_is_read_again(clickup, parts, hook):
    installed(parts)
    hook.unlink()
    assert installed(parts) == [("change", "written")]
    assert hook.read_text().strip() == next(iter(clickup.hooks.values()))["secret"]
    hook.unlink()
    clickup.told = False
    assert installed(parts) == [("change", "failed")]
    assert not hook.exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_holds_another_secret_is_left_to_a_person(there, clickup, parts, hook):
    hook.write_text("mine-0123456789-0123456789")
    if there:
        clickup.there_is(HERE, [*EVENTS])
    steps = webhooks.install(parts, "", really=True).steps
    assert (steps[0].what, steps[0].outcome) == ("ask", "by hand")
    assert "file:hook holds a secret already" in steps[0].detail
    assert len(clickup.hooks) == there
    assert hook.read_text() == "mine-0123456789-0123456789"


def test_a_folder_that_cannot_be_written_is_told_and_put_right_the_next_time(clickup, tmp_path):
    parts = hooking(tmp_path, clickup.opened(), SECTION.replace("file:hook", "file:there/hook"))
    report = webhooks.install(parts, "", really=True)
    assert outcomes(report) == [("create", "failed")]
    assert "cannot be written" in report.problems[0].message
    (tmp_path / "there").mkdir()
    assert installed(parts) == [("change", "written")]
    assert planned(parts) == ["found"]


def test_who_may_not_is_told_in_one_line(clickup, parts):
    clickup.member = False
    report = webhooks.install(parts, "", really=True)
    assert (report.steps, report.failed, len(report.problems)) == ((), True, 1)
    clickup.member = True
    steps = clickup.opened().plan_hooks(wish := replace(WISH))
    clickup.member = False
    [result] = clickup.opened().apply_hooks(wish, steps)
    assert (result.outcome, result.hint) == ("failed", RIGHT)


WISH = webhooks.HookWish(address=HERE, reference="file:hook")


def test_the_secret_is_shown_nowhere(clickup, parts, hook, caplog):
    caplog.set_level(logging.DEBUG)
    shown = [all_told(webhooks.install(parts, "", really=True)), all_told(webhooks.refresh(parts))]
    hook.write_text("mine-0123456789-0123456789")
    shown.append(all_told(webhooks.install(parts, "", really=True)))
    [made] = clickup.hooks.values()
    made["health"] = {"status": "suspended", "fail_count": 100}
    shown += [all_told(webhooks.refresh(parts)), repr(clickup.opened().apply_hooks(WISH, []))]
    hook.unlink()
    results = clickup.opened().apply_hooks(WISH, clickup.opened().plan_hooks(WISH))
    assert results[0].secret == made["secret"]
    everything = " ".join([*shown, repr(results), caplog.text])
    assert made["secret"] not in everything


def test_the_night_wakes_what_clickup_has_suspended(clickup, parts):
    installed(parts)
    [made] = clickup.hooks.values()
    made["health"], clickup.told = {"status": "suspended", "fail_count": 100}, False
    assert outcomes(webhooks.refresh(parts)) == [("change", "written")]
    assert made["health"]["status"] == "active"
    assert outcomes(webhooks.refresh(parts)) == []


def test_a_night_without_a_secret_asks_nothing(clickup, tmp_path):
    parts = hooking(tmp_path, clickup.opened(), SECTION.rpartition("\n")[0])
    assert outcomes(webhooks.refresh(parts)) == []
    assert clickup.heard == []
    [step] = webhooks.install(parts, "", really=True).steps
    assert (step.what, "file:clickup-webhook-secret" in step.detail) == ("ask", True)


SLIPS = {
    "no events": ("POST", "/api/v2/team/9001/webhook", {"endpoint": HERE}),
    "a place by its name": (
        "POST",
        "/api/v2/team/9001/webhook",
        {"endpoint": HERE, "events": [], "list_id": "Work"},
    ),
    "a change without its status": ("PUT", "/api/v2/webhook/4b67ac88", {"endpoint": HERE, "events": "*"}),
    "a list by parts": ("GET", "/api/v2/team/9001/webhook?page=0", None),
    "a removal with more": ("DELETE", "/api/v2/webhook/4b67ac88?force=true", None),
}


@pytest.mark.parametrize(("method", "target", "body"), SLIPS.values(), ids=SLIPS)
def test_a_slip_would_be_seen(method, target, body):
    sent = b"" if body is None else json.dumps(body).encode()
    heard = exchange_of(method, target, sent, 400, b"{}", "application/json", "application/json")
    assert judged([heard])
