"""What this process knows of itself: filled by the runner, asked by the web, by metrics and by tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.clock import Clock

if TYPE_CHECKING:
    from bridge.report.run import RunReport

SILENCE = 120.0
"""Seconds without a turn of an idle loop after which the process counts as stuck."""
LONGEST_RUN = 7200.0
"""The same while a run is under way: a first read of a large site takes its time."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run as far as health goes. `message`: why it broke off, where it left no report."""

    kind: str
    outcome: str
    started: datetime
    seconds: float
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "outcome": self.outcome,
            "started": self.started.isoformat(),
            "seconds": round(self.seconds, 3),
            "message": self.message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One moment's knowledge. `turned` is monotonic; `last_good` by connection, None: never.

    `configuration` and `store` are what is wrong with them, empty where nothing is.
    """

    started: datetime
    turned: float
    running: bool = False
    active: bool = False
    last_run: LastRun | None = None
    last_good: Mapping[str, datetime | None]
    configuration: str = ""
    store: str = ""


class Health:
    """Safe to share between threads; never blocks. A process stands by until it is told otherwise."""

    def __init__(self, clock: Clock, silence: float = SILENCE, longest_run: float = LONGEST_RUN) -> None:
        self.clock = clock
        self._silence = silence
        self._longest_run = longest_run
        self._lock = threading.Lock()
        self._known = Known(started=clock.now(), turned=clock.monotonic(), last_good={})
        self._still: Callable[[], bool] = _always

    @property
    def known(self) -> Known:
        return self._known

    @property
    def active(self) -> bool:
        """Whether this process leads. Once its lease is lost it does not, before its loop knows."""
        return self._known.active and self._still()

    def turned(self) -> None:
        """The main loop goes round. To be called within long runs as well, as often as one likes."""
        self._learn(turned=self.clock.monotonic())

    def standby(self, standing_by: bool, still: Callable[[], bool] = _always) -> None:
        """`still`: whether what makes it lead is there yet; it must not block."""
        self._still = still
        self._learn(active=not standing_by)

    def began(self) -> None:
        """A run starts: the loop turns next when it is over."""
        self._learn(running=True, turned=self.clock.monotonic())

    def ran(self, report: RunReport, kind: str, last_good: Mapping[str, datetime | None]) -> None:
        """A run is over. `last_good` are all connections there are, as the store knows them now."""
        self._over(LastRun(kind, report.outcome, report.started, report.seconds))
        self.good(last_good)

    def broke(self, kind: str, outcome: str, message: str, seconds: float = 0.0) -> None:
        """A run ended without a report; `message` is one line without secrets."""
        self._over(LastRun(kind, outcome, self.clock.now(), seconds, message))

    def good(self, last_good: Mapping[str, datetime | None]) -> None:
        """When each connection answered well last: told at the start, so that a restart forgets nothing."""
        self._learn(last_good=dict(last_good))

    def configuration(self, problem: str) -> None:
        """Why the files as they are now were not taken; empty: they were."""
        self._learn(configuration=problem)

    def store_trouble(self, problem: str) -> None:
        """What is wrong with the database; empty: it answers."""
        self._learn(store=problem)

    def alive(self) -> bool:
        """Whether the main loop has turned lately, or is in a run that may still end well."""
        known = self._known
        patience = self._longest_run if known.running else self._silence
        return self.clock.monotonic() - known.turned <= patience

    def ready(self) -> tuple[str, ...]:
        """Why this process does not do its work now; empty: it does."""
        known = self._known
        told = (
            (not self.active, "standing by: another daemon is the active one"),
            (bool(known.store), f"database: {known.store}"),
            (bool(known.configuration), f"configuration not taken: {known.configuration}"),
            (not self.alive(), "the main loop has not turned lately"),
        )
        return tuple(reason for holds, reason in told if holds)

    def as_json(self) -> dict[str, Any]:
        known = self._known
        return {
            "active": self.active,
            "started": known.started.isoformat(),
            "alive": self.alive(),
            "not_ready": list(self.ready()),
            "last_run": known.last_run and known.last_run.as_json(),
            "last_good": {name: at and at.isoformat() for name, at in known.last_good.items()},
        }

    def _over(self, run: LastRun) -> None:
        self._learn(last_run=run, running=False, turned=self.clock.monotonic())

    def _learn(self, **news: Any) -> None:
        with self._lock:
            self._known = replace(self._known, **news)
