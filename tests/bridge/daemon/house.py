"""A daemon's web without a daemon: doors, hints and clocks in the test's own hands."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson

from bridge.clock import Clock
from bridge.daemon.health import Health
from bridge.daemon.hooks import Door, Hooks
from bridge.daemon.jira_hooks import JIRA
from bridge.daemon.metrics import Metrics, Views

SECRET = "It's a Secret to Everybody"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def signature(body: bytes, secret: str = SECRET, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def issue(id: int | str) -> bytes:
    return orjson.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": str(id), "key": f"SHOP-{id}"}})


def headers(body: bytes, identifier: str = "", **more: str) -> dict[str, str]:
    given = {"x-hub-signature": signature(body), **{name.replace("_", "-"): v for name, v in more.items()}}
    return given | ({"x-atlassian-webhook-identifier": identifier} if identifier else {})


class House:
    """`acme` signs its webhooks, `quiet` has no secret; what was hinted is in `hints`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.hints: list[tuple[str, tuple[str, ...]]] = []
        self.clock = Clock(lambda: NOON + timedelta(seconds=self.seconds), lambda: self.seconds)
        self.health = Health(self.clock)
        self.health.standby(False)
        self.doors = {"acme": Door(JIRA, lambda: SECRET), "quiet": Door(JIRA, None)}
        self.hooks = Hooks(lambda: self.doors, self.hint, lambda: self.health.active, self.clock.now)
        self.traffic: dict[str, Any] = {}
        views = Views(traffic=lambda: self.traffic, outbox=lambda: 3, parked=lambda: {"acme": 2})
        self.metrics = Metrics(self.health, views, "1.2.3")

    def hint(self, connection: str, items: Iterable[str]) -> None:
        self.hints.append((connection, tuple(items)))

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


def report(outcome: str = "done", **more: Any) -> Any:
    """A run's report as far as health, figures and pings look at it."""
    given = {"outcome": outcome, "started": NOON, "seconds": 1.5, "changes": (), "standings": ()}
    return SimpleNamespace(**given | more)
