"""From making a webhook to the run that it asks for: the tools' fakes, and the daemon's own doors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bridge import webhooks
from bridge.daemon.agenda import Agenda
from bridge.daemon.doors import Doors
from bridge.daemon.hooks import Hooks
from bridge.daemon.web import web
from tests.asana.fake_hooks import HookedAsana
from tests.asana.site import opened as asana_of
from tests.asana.site import serving
from tests.bridge.daemon.house import House
from tests.hooking import URL, hooking, installed, outcomes, planned
from tests.trello.fake_hooks import APP_SECRET, HookedTrello
from tests.trello.site import opened as trello_of

ASANA = 'tool = "asana"\ntoken = "env:S"\nprojects = ["500", "501"]\nwebhook_secret = "file:hook"'
TRELLO = 'tool = "trello"\nkey = "env:S"\ntoken = "env:S"\nwebhook_secret = "file:hook"'


class Daemon:
    """Its doors, by the configuration in a folder, and its agenda."""

    def __init__(self, parts: webhooks.Hooking) -> None:
        house = House()
        self.agenda = Agenda(lambda: 0.0, gather=0.0, together=0.0)
        hooks = Hooks(Doors(lambda: parts.settings), self.agenda.hint, lambda: True, house.clock.now)
        self.figure = house.figure
        self.client = TestClient(web(hooks=hooks, health=house.health, metrics=house.metrics), base_url=URL)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
        return self.client.request(method, url, headers=headers, content=body).status_code

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str]]:
        answer = self.client.post(url, headers=headers, content=body)
        return answer.status_code, answer.headers

    def due(self) -> dict[str, frozenset[str]]:
        due = self.agenda.take(0)
        return dict(due.hints) if due else {}


@pytest.fixture
def asana():
    fake = HookedAsana()
    with serving(fake):
        yield fake


def asana_parts(fake: HookedAsana, folder: Path) -> Any:
    return hooking(folder, asana_of(fake, projects=("500", "501")), ASANA)


def test_asana_greets_the_daemon_is_kept_and_its_events_are_due(asana, tmp_path):
    parts = asana_parts(asana, tmp_path)
    daemon = Daemon(parts)
    asana.post = daemon.post
    assert installed(parts) == [("create", "written")] * 2
    assert planned(parts) == ["found", "found"]
    here, there = asana.make("Work"), asana.make("Elsewhere", project="501")
    assert (asana.fire(here), asana.fire(there)) == ([200], [200])
    assert daemon.due() == {"asana": frozenset({here, there})}
    assert daemon.figure("okr_bridge_webhooks_total", connection="asana", code="200") == 4


def test_an_asana_webhook_is_only_taken_at_its_own_address(asana, tmp_path):
    parts = asana_parts(asana, tmp_path)
    daemon = Daemon(parts)
    asana.post = daemon.post
    installed(parts)
    one, other = asana.hooks.values()
    one["target"], other["target"] = other["target"], one["target"]
    assert asana.fire(asana.make("Work")) == [401]
    for path, status in (("asana/502", 404), ("asana/500/1", 404), ("asana/500", 401), ("asana", 401)):
        told = daemon.send("POST", f"{URL}/hooks/{path}", {"X-Hook-Signature": "0" * 64}, b"{}")
        assert told == (503 if path == "asana" else status)
    assert daemon.due() == {}


def test_nobody_greets_for_a_project_that_is_not_followed(asana, tmp_path):
    daemon = Daemon(asana_parts(asana, tmp_path))
    status, _ = daemon.post(f"{URL}/hooks/asana/502", {"X-Hook-Secret": "s" * 32}, b"")
    assert status == 404
    assert not list(tmp_path.glob("hook*"))


def test_a_lost_secret_is_made_anew_and_the_old_webhook_goes(asana, tmp_path):
    parts = asana_parts(asana, tmp_path)
    daemon = Daemon(parts)
    asana.post = daemon.post
    installed(parts)
    (tmp_path / "hook.500").unlink()
    assert installed(parts) == [("change", "written"), ("found", "kept")]
    assert asana.fire(asana.make("Work")) == [200]
    assert len(asana.hooks) == 2


def test_trello_looks_whether_anybody_is_there_and_its_events_are_due(tmp_path):
    (tmp_path / "hook").write_text(APP_SECRET)
    trello = HookedTrello()
    parts = hooking(tmp_path, trello_of(trello, instance="here"), TRELLO)
    trello.send = lambda *_: 502
    assert installed(parts) == [("create", "failed")] * 2
    daemon = Daemon(parts)
    trello.send = daemon.send
    assert installed(parts) == [("create", "written")] * 2
    card = trello.make("Work")
    assert trello.fire(card) == [200]
    assert daemon.due() == {"cards": frozenset({card})}
    (tmp_path / "hook").write_text("the token is not the secret of the app")
    assert trello.fire(card) == [401]
    assert (daemon.due(), planned(parts)) == ({}, ["found", "found"])
    assert outcomes(webhooks.refresh(parts)) == []
