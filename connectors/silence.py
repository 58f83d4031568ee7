"""A system that does not answer at all is left alone for a while, then tried by one call."""

from __future__ import annotations

import threading
from collections.abc import Callable

CALLS = 3
FIRST, LONGEST = 30.0, 300.0


class Silence:
    """Shared by all threads of a connection. After `CALLS` calls in a row without any answer nothing is
    sent for 30 s, then for twice as long each time that the one trial is not answered either, 5 min at
    most. Any answer ends it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._now = monotonic
        self._lock = threading.Lock()
        self._calls = 0
        self._span = 0.0
        self._until = 0.0
        self._trial: int | None = None

    @property
    def calls(self) -> int:
        """How many calls in a row got no answer, repetitions not counted."""
        return self._calls

    def left(self) -> float:
        """Seconds in which nothing is sent; 0 where a call may go."""
        with self._lock:
            return self._left()

    def enter(self) -> float:
        """Go, for 0 seconds, which is the trial where one is due; else how long to wait."""
        with self._lock:
            left = self._left()
            if self._span and not left:
                self._trial = threading.get_ident()
                self._until = self._now() + self._span
            return left

    def answered(self) -> None:
        with self._lock:
            self._calls, self._span, self._trial = 0, 0.0, None

    def missed(self) -> None:
        """One request of this thread got no answer."""
        with self._lock:
            if self._trial == threading.get_ident():
                self._trial = None
                self._span = min(self._span * 2, LONGEST)
                self._until = self._now() + self._span

    def abandoned(self) -> None:
        """One request of this thread ended in a way that says nothing: a trial is due again."""
        with self._lock:
            if self._trial == threading.get_ident():
                self._trial = None
                self._until = self._now()

    def given_up(self) -> None:
        """A call was given up, none of its tries answered."""
        with self._lock:
            self._calls += 1
            if self._calls >= CALLS and not self._span:
                self._span = FIRST
                self._until = self._now() + FIRST

    def _left(self) -> float:
        return max(self._until - self._now(), 0.0) if self._span else 0.0
