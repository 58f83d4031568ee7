"""Counters of connections that go on when a connection is opened anew and counts from nothing again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.base import Traffic

__all__ = ["Carried", "Counted", "Traffic"]


@dataclass(frozen=True, slots=True)
class Counted:
    """Totals that never fall: requests by outcome, bytes received, seconds waited."""

    requests: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    throttled: float = 0.0

    def __add__(self, other: Counted) -> Counted:
        outcomes = {**self.requests, **other.requests}
        requests = {one: self.requests.get(one, 0) + other.requests.get(one, 0) for one in outcomes}
        return Counted(requests, self.bytes + other.bytes, self.throttled + other.throttled)

    def is_before(self, later: Counted) -> bool:
        """Whether the later one can be this one gone on: nothing fell."""
        same = all(count <= later.requests.get(one, 0) for one, count in self.requests.items())
        return same and self.bytes <= later.bytes and self.throttled <= later.throttled


class Carried:
    """Adds up what each connection's connectors counted, one after the other. Safe between threads.

    Whoever closes a connector hands in its last count with `retire`; where that was not done, a count that
    fell tells of it.
    """

    def __init__(self) -> None:
        self._before: dict[str, Counted] = {}
        self._last: dict[str, Counted] = {}
        self._lock = threading.Lock()

    def retire(self, connection: str, traffic: Traffic) -> None:
        """A connector that will count no more."""
        with self._lock:
            self._see(connection, traffic)
            self._begin_anew(connection)

    def totals(self, now: Mapping[str, Traffic]) -> dict[str, Counted]:
        """The totals of every connection that ever counted, those closed by now included."""
        with self._lock:
            for connection, traffic in now.items():
                self._see(connection, traffic)
            return dict(self._sums())

    def _see(self, connection: str, traffic: Traffic) -> None:
        seen = Counted(dict(traffic.requests), traffic.bytes, traffic.throttled)
        if not self._last.get(connection, Counted()).is_before(seen):
            self._begin_anew(connection)
        self._last[connection] = seen

    def _begin_anew(self, connection: str) -> None:
        self._before[connection] = self._sum(connection)
        self._last.pop(connection, None)

    def _sums(self) -> Iterator[tuple[str, Counted]]:
        for connection in {**self._before, **self._last}:
            yield connection, self._sum(connection)

    def _sum(self, connection: str) -> Counted:
        return self._before.get(connection, Counted()) + self._last.get(connection, Counted())
