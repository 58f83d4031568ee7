"""What is to be done next: everything that wants a run says so here, and one runner takes it all at once.

So ten thousand webhooks, or three schedules that fall on one minute, are one run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_HINTS = 500
"""More items than this are not asked for one by one: what changed is read as a list anyway."""


class Job(StrEnum):
    """What a schedule can start on a connection."""

    SYNC = "sync"
    SWEEP = "sweep"
    RECONCILE = "reconcile"


@dataclass(frozen=True, slots=True)
class Due:
    """One run's work: connections by kind of job, and the items that webhooks told of. Whatever is
    asked of a connection, what changed on it is read first."""

    sync: frozenset[str] = frozenset()
    sweep: frozenset[str] = frozenset()
    reconcile: frozenset[str] = frozenset()
    hints: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def connections(self) -> frozenset[str]:
        return self.sync | self.sweep | self.reconcile | self.hints.keys()


class Agenda:
    """Safe to share between threads; never blocks whoever asks, and holds a bounded number of hints."""

    def __init__(self, monotonic: Callable[[], float], gather: float = 0.5) -> None:
        """`gather`: seconds after the first hint in which others may join it."""
        self._monotonic = monotonic
        self._gather = gather
        self._changed = threading.Condition()
        self._asked: dict[Job, set[str]] = {job: set() for job in Job}
        self._hints: dict[str, set[str]] = {}
        self._hinted: float | None = None
        self._woken = False

    def ask(self, connection: str, job: Job) -> None:
        """Have this done as soon as the run in hand is over."""
        with self._changed:
            self._asked[job].add(connection)
            self._changed.notify_all()

    def hint(self, connection: str, items: Iterable[str]) -> None:
        """These items (permanent ids) are said to have changed: have them read within seconds."""
        with self._changed:
            known = self._hints.setdefault(connection, set())
            for item in items:
                if len(known) >= MOST_HINTS:
                    break
                known.add(item)
            if self._hinted is None:
                self._hinted = self._monotonic()
            self._changed.notify_all()

    def wake(self) -> None:
        """Have whoever waits in `take` look around: nothing is due for it."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def take(self, timeout: float) -> Due | None:
        """All that is due, taken away from here; None after so many seconds without anything, or woken."""
        deadline = self._monotonic() + timeout
        with self._changed:
            while (pause := self._pause(deadline)) > 0:
                self._changed.wait(pause)
            self._woken = False
            return self._taken() if self._ready() else None

    def _pause(self, deadline: float) -> float:
        """Seconds until there is something to take, or until waiting ends."""
        if self._woken or any(self._asked.values()):
            return 0.0
        gathered = deadline if self._hinted is None else self._hinted + self._gather
        return min(gathered, deadline) - self._monotonic()

    def _ready(self) -> bool:
        gathered = self._hinted is not None and self._monotonic() >= self._hinted + self._gather
        return gathered or any(self._asked.values())

    def _taken(self) -> Due:
        asked = {job.value: frozenset(names) for job, names in self._asked.items()}
        due = Due(**asked, hints={name: frozenset(ids) for name, ids in self._hints.items()})
        self._asked = {job: set() for job in Job}
        self._hints, self._hinted = {}, None
        return due
