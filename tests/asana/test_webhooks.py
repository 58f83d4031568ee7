"""Webhooks on Asana: one for each project that is named, each with an address and a secret of its own."""

from __future__ import annotations

import json
import logging

import pytest

from bridge import webhooks
from connectors.asana import api
from tests.asana.fake_hooks import HookedAsana
from tests.asana.site import complaints, document, opened, serving, vendor
from tests.hooking import URL, all_told, hooking, installed, outcomes, planned
from tests.specs.openapi import exchange_of

HERE = f"{URL}/hooks/asana"
SECTION = 'tool = "asana"\ntoken = "env:S"\nprojects = ["500", "501"]\nwebhook_secret = "file:hook"'
TASKS = [{"resource_type": "task"}]


@pytest.fixture
def asana(monkeypatch):
    monkeypatch.setattr(api, "PAGE", 3)
    fake = HookedAsana(3)
    with serving(fake):
        yield fake
    if judge := vendor():
        assert complaints(fake, judge) == []


@pytest.fixture
def parts(asana, tmp_path):
    return hooking(tmp_path, opened(asana, projects=("500", "501")), SECTION)


@pytest.fixture
def hook(tmp_path):
    return tmp_path / "hook.500"


def of_one(asana, folder):
    """A connection that follows one project alone."""
    return hooking(folder, opened(asana, projects=("500",)), SECTION.replace(', "501"', ""))


def test_each_project_gets_one_with_its_secret_beside_and_a_second_run_finds_them(asana, parts, tmp_path):
    assert planned(parts) == ["create", "create"]
    assert installed(parts) == [("create", "written")] * 2
    made = {one["resource"]["gid"]: one for one in asana.hooks.values()}
    assert {gid: (one["target"], one["filters"]) for gid, one in made.items()} == {
        gid: (f"{HERE}/{gid}", TASKS) for gid in ("500", "501")
    }
    kept = {gid: (tmp_path / f"hook.{gid}").read_text().strip() for gid in made}
    assert kept == {gid: asana.secrets[one["gid"]] for gid, one in made.items()}
    assert len(set(kept.values())) == 2
    assert not (tmp_path / "hook").exists()
    assert planned(parts) == ["found", "found"]
    assert installed(parts) == [("found", "kept")] * 2


KNOWN = {
    "as it should be": ({}, True, ["found"]),
    "told of everything": ({"filters": []}, True, ["found"]),
    "told of more than tasks": ({"filters": [*TASKS, {"resource_type": "section"}]}, True, ["found"]),
    "not active as yet": ({"active": False}, True, ["found"]),
    "some changes alone": ({"filters": [{"resource_type": "task", "action": "added"}]}, True, ["change"]),
    "its secret is not here": ({}, False, ["change"]),
}


@pytest.mark.parametrize(("facts", "known", "expected"), KNOWN.values(), ids=KNOWN)
def test_what_is_there_is_compared_and_put_right(facts, known, expected, asana, tmp_path, hook):
    there = asana.there_is(f"{HERE}/500", "500", **{"filters": TASKS, **facts})
    if known:
        hook.write_text("s" * 32)
    parts = of_one(asana, tmp_path)
    assert planned(parts) == expected
    installed(parts)
    assert planned(parts) == ["found"]
    assert (list(asana.hooks) == [there["gid"]]) is known
    assert hook.read_text().strip() == ("s" * 32 if known else next(iter(asana.secrets.values())))


@pytest.mark.parametrize("target", ["https://other.example/hooks/asana/500", f"{HERE}2/500", HERE])
def test_somebody_elses_is_never_touched(target, asana, tmp_path):
    foreign = asana.there_is(target, "500", [{"resource_type": "story"}], active=False)
    before = json.dumps(foreign)
    assert installed(of_one(asana, tmp_path)) == [("create", "written")]
    assert json.dumps(asana.hooks[foreign["gid"]]) == before


def test_twins_and_projects_that_are_no_longer_named_lose_theirs(asana, parts, tmp_path):
    installed(parts)
    asana.advance(60)
    twin = asana.there_is(f"{HERE}/500", "500", TASKS)
    assert installed(of_one(asana, tmp_path)) == [
        ("found", "kept"),
        ("remove", "written"),
        ("remove", "written"),
    ]
    assert twin["gid"] not in asana.hooks
    assert [one["target"] for one in asana.hooks.values()] == [f"{HERE}/500"]


@pytest.mark.parametrize(
    "post",
    [lambda *_: (401, {}), lambda *_: (200, {}), lambda *_: (502, {})],
    ids=["the file was there", "somebody else answers", "nobody is up"],
)
def test_a_greeting_that_fails_says_that_the_daemon_must_be_up(post, asana, tmp_path, hook):
    asana.post = post
    report = webhooks.install(of_one(asana, tmp_path), "", really=True)
    assert outcomes(report) == [("create", "failed")]
    [problem] = report.problems
    assert "The remote server which is intended to receive the webhook" in problem.message
    assert "the daemon must run" in problem.hint
    assert "file:hook.500 must not be there yet" in problem.hint
    assert not hook.exists()


def test_an_address_that_asana_refuses_says_so_too(asana, tmp_path):
    parts = of_one(asana, tmp_path)
    report = webhooks.install(parts, "http://localhost:8321", really=True)
    assert outcomes(report) == [("ask", "by hand"), ("create", "failed")]
    assert "the daemon must run" in report.problems[0].hint


def test_a_file_without_its_webhook_is_left_to_a_person(asana, tmp_path, hook):
    hook.write_text("s" * 32)
    report = webhooks.install(of_one(asana, tmp_path), "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert "remove file:hook.500" in report.steps[0].detail
    assert (asana.hooks, hook.read_text()) == ({}, "s" * 32)


def test_projects_must_be_named(asana, tmp_path):
    parts = hooking(tmp_path, opened(asana), SECTION.replace('"500", "501"', ""))
    report = webhooks.install(parts, "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert "`projects`" in report.steps[0].detail
    assert asana.asked == []


@pytest.mark.parametrize("reference", ["", '"env:S"'])
def test_a_secret_that_cannot_be_kept_is_asked_for_a_file(reference, asana, tmp_path):
    section = SECTION.rpartition("\n")[0] + (f"\nwebhook_secret = {reference}" if reference else "")
    report = webhooks.install(hooking(tmp_path, opened(asana, projects=("500",)), section), "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert 'webhook_secret = "file:asana-webhook-secret"' in report.problems[0].hint


def test_a_token_without_the_scope_is_one_line(asana, parts):
    asana.scoped = False
    report = webhooks.install(parts, "", really=True)
    assert (report.steps, report.failed, len(report.problems)) == ((), True, 1)


def test_a_scope_that_is_lost_meanwhile_is_not_mistaken_for_the_daemon(asana, tmp_path):
    connector = opened(asana, projects=("500",))
    wish = webhooks.HookWish(address=HERE, reference="file:hook", parts={"500": ""})
    steps = connector.plan_hooks(wish)
    asana.scoped = False
    [result] = connector.apply_hooks(wish, steps)
    assert result.outcome == "failed"
    assert "daemon" not in result.hint


def test_the_secret_is_shown_nowhere(asana, parts, hook, caplog):
    caplog.set_level(logging.DEBUG)
    shown = [all_told(webhooks.install(parts, "", really=True))]
    hook.write_text("mine-0123456789-0123456789")
    shown.append(all_told(webhooks.install(parts, "", really=True)))
    hook.unlink()
    asana.post = lambda _target, headers, _body: (401, headers)
    shown.append(all_told(webhooks.install(parts, "", really=True)))
    everything = " ".join([*shown, caplog.text])
    assert [secret for secret in asana.secrets.values() if secret in everything] == []
    assert len(asana.secrets) == 2


SLIPS = {
    "a list of nobody's": ("GET", "/webhooks?limit=10", None),
    "a field that it has not": ("GET", "/webhooks?workspace=700&opt_fields=secret", None),
    "filters that are none": ("POST", "/webhooks", {"data": {"target": HERE, "filters": "task"}}),
    "no address": ("POST", "/webhooks", {"data": {"resource": "500"}}),
    "a change of its filters to a text": ("PUT", "/webhooks/1", {"data": {"filters": "task"}}),
    "a removal with more": ("DELETE", "/webhooks/1?force=true", None),
}  # fmt: skip


@pytest.mark.parametrize(("method", "target", "body"), SLIPS.values(), ids=SLIPS)
def test_a_slip_would_be_refused_by_the_document(method, target, body):
    content = b"" if body is None else json.dumps(body).encode()
    slip = exchange_of(method, target, content, 0, b"", "application/json", "application/json")
    operation = document().operation(slip.method, slip.path)
    assert operation.check_request(slip) != []
