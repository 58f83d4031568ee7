"""What is to be done next: everything that wants a run says so here, and one runner takes it all at once.

So ten thousand webhooks, or three schedules that fall on one minute, are one run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_HINTS = 20_000
"""More items of a connection are not kept one by one: all its identities are walked instead."""


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

    def among(self, connections: Collection[str]) -> Due:
        """The same for these connections only: others may be gone from the configuration."""
        asked = {job.value: frozenset(getattr(self, job.value)) & frozenset(connections) for job in Job}
        return Due(**asked, hints={name: ids for name, ids in self.hints.items() if name in connections})


class Agenda:
    """Safe to share between threads; never blocks whoever asks, and holds a bounded number of hints."""

    def __init__(self, monotonic: Callable[[], float], gather: float = 0.5, together: float = 0.05) -> None:
        """`gather`: seconds after the first hint in which others may join it; `together`: the same for
        jobs, which fall due one after the other at one second."""
        self._monotonic = monotonic
        self._gather = gather
        self._together = together
        self._changed = threading.Condition()
        self._asked: dict[Job, set[str]] = {job: set() for job in Job}
        self._hints: dict[str, set[str]] = {}
        self._ripe: float | None = None

    def ask(self, connection: str, job: Job) -> None:
        """Have this done as soon as the run in hand is over."""
        with self._changed:
            self._asked[job].add(connection)
            self._ripen(self._together)

    def hint(self, connection: str, items: Iterable[str]) -> None:
        """These items (permanent ids) are said to have changed: have them read within seconds."""
        with self._changed:
            known = self._hints.setdefault(connection, set())
            for item in items:
                if len(known) >= MOST_HINTS and item not in known:
                    self._asked[Job.SWEEP].add(connection)
                    break
                known.add(item)
            self._ripen(self._gather)

    def take(self, timeout: float) -> Due | None:
        """All that is due, taken away from here; None after so many seconds without anything."""
        deadline = self._monotonic() + timeout
        with self._changed:
            while (pause := self._until(deadline) - self._monotonic()) > 0:
                self._changed.wait(pause)
            if self._ripe is None or self._ripe > self._monotonic():
                return None
            return self._taken()

    def _until(self, deadline: float) -> float:
        return deadline if self._ripe is None else min(self._ripe, deadline)

    def _ripen(self, seconds: float) -> None:
        """What is here is taken after so many seconds, or earlier if that was said before."""
        at = self._monotonic() + seconds
        self._ripe = at if self._ripe is None else min(self._ripe, at)
        self._changed.notify_all()

    def _taken(self) -> Due:
        asked = {job.value: frozenset(names) for job, names in self._asked.items()}
        due = Due(**asked, hints={name: frozenset(ids) for name, ids in self._hints.items()})
        self._asked = {job: set() for job in Job}
        self._hints, self._ripe = {}, None
        return due

    def give_back(self, due: Due) -> None:
        """It could not be done: it is due again, together with what has come since."""
        for job in Job:
            for connection in getattr(due, job.value):
                self.ask(connection, job)
        for connection, items in due.hints.items():
            self.ask(connection, Job.SYNC)
            self.hint(connection, items)
