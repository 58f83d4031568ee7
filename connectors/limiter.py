"""How many requests may be in flight at once: fewer after trouble, one more after a calm round."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to have one request in flight, and since which trouble it was given."""

    round: int


class Limiter:
    """Never more than `most` at once over all threads, never fewer than one let in.

    Trouble halves the width, once for all that were in flight together; as many calm answers as the
    width, none of them to a request from before the trouble, make it one wider. Whoever came first
    goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = max(most, 1)
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._width = self._most
        self._busy = self._round = self._calm = 0

    @property
    def width(self) -> int:
        return self._width

    @property
    def busy(self) -> int:
        """How many turns are out."""
        return self._busy

    @property
    def waiting(self) -> int:
        """How many callers stand in line."""
        return len(self._queue)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait for a turn, and give it back at the end, however that comes."""
        self._enter()
        try:
            yield Turn(self._round)
        finally:
            self._leave()

    def trouble(self, turn: Turn) -> None:
        """The system asked to slow down, in answer to this turn's request."""
        with self._lock:
            if turn.round == self._round:
                self._width = max(self._width // 2, 1)
                self._round += 1
                self._calm = 0

    def calm(self, turn: Turn) -> None:
        """This turn's request was answered without complaint."""
        with self._lock:
            if turn.round == self._round and self._width < self._most:
                self._calm += 1
                if self._calm >= self._width:
                    self._width += 1
                    self._calm = 0

    def _enter(self) -> None:
        with self._lock:
            if self._busy < self._width and not self._queue:
                self._busy += 1
                return
            called = threading.Event()
            self._queue.append(called)
        try:
            called.wait()
        except BaseException:
            self._give_up(called)
            raise

    def _give_up(self, called: threading.Event) -> None:
        with self._lock:
            if called in self._queue:
                self._queue.remove(called)
                return
        self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._busy -= 1
            while self._queue and self._busy < self._width:
                self._busy += 1
                self._queue.popleft().set()
