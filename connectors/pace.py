"""When the next request may start: pauses that a system asked for, and its limit of writes per item."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

WRITES = ((20, 2.0), (100, 30.0))
"""At most so many writes to one item in so many seconds (Jira Cloud's limits), kept from the first one."""
SLACK = 0.1
FIRST_GAP, LONGEST_GAP, CALM = 0.02, 1.0, 60.0
NEAR_GAP, NEAR_CALM = 10.0, 5.0
MOST = 1000
"""So many keys are remembered before those that no longer matter are dropped."""


@dataclass(slots=True)
class _Gate:
    """No start before `opens`; starts at least `gap` seconds apart, until `calm` is past."""

    opens: float = 0.0
    gap: float = 0.0
    calm: float = 0.0


@dataclass(slots=True)
class _Window:
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=WRITES[-1][0]))

    def opens(self) -> float:
        """The instant from which one more start keeps every limit."""
        n = len(self.starts)
        return max((self.starts[n - most] + span + SLACK for most, span in WRITES if n >= most), default=0.0)


class Pacer:
    """Shared by all threads of a connection; asks nothing of the clock but seconds that only grow."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._now = monotonic
        self._lock = threading.Lock()
        self._gates: dict[str, _Gate] = {}
        self._windows: dict[str, _Window] = {}

    def admit(self, *keys: str, item: str | None = None) -> tuple[float, str]:
        """Start now: 0 seconds, and the start is counted. Else how long to wait, and for which key."""
        with self._lock:
            now = self._now()
            opens = [(self._gates[key].opens, key) for key in keys if key in self._gates]
            if item is not None:
                opens.append((self._window(item, now).opens(), item))
            at, key = max(opens, default=(0.0, ""))
            if at > now:
                return at - now, key
            self._count(keys, item, now)
            return 0.0, ""

    def hold(self, key: str, seconds: float, *, spread: bool = True) -> None:
        """Nothing starts under this key for so long; afterwards, if spread, not all at once."""
        with self._lock:
            now = self._now()
            gate = self._gate(key, now)
            gate.opens = max(gate.opens, now + seconds)
            gate.calm = max(gate.calm, gate.opens + CALM)
            if spread:
                gate.gap = max(gate.gap, min(max(gate.gap * 2, FIRST_GAP), LONGEST_GAP))

    def slow(self, key: str, gap: float) -> None:
        """Start so many seconds apart, 10 at most, until this was not asked for some seconds.

        What is slowed already is not slowed further, only for longer.
        """
        with self._lock:
            now = self._now()
            gate = self._gate(key, now)
            if not gate.gap:
                gate.gap = min(gap, NEAR_GAP)
                gate.opens = max(gate.opens, now + gate.gap / 2)
            gate.calm = max(gate.calm, now + max(gate.gap * 2, NEAR_CALM))

    def held(self, key: str) -> float:
        """Seconds until anything may start under this key."""
        with self._lock:
            gate = self._gates.get(key)
            return max(gate.opens - self._now(), 0.0) if gate else 0.0

    def _count(self, keys: tuple[str, ...], item: str | None, now: float) -> None:
        for key in keys:
            if gate := self._gates.get(key):
                if now > gate.calm:
                    del self._gates[key]
                else:
                    gate.opens = now + gate.gap
        if item is not None:
            self._windows[item].starts.append(now)

    def _gate(self, key: str, now: float) -> _Gate:
        if len(self._gates) > MOST:
            self._gates = {k: gate for k, gate in self._gates.items() if gate.calm >= now}
        if key not in self._gates or now > self._gates[key].calm:
            self._gates[key] = _Gate()
        return self._gates[key]

    def _window(self, item: str, now: float) -> _Window:
        if len(self._windows) > MOST:
            horizon = now - WRITES[-1][1] - SLACK
            self._windows = {k: w for k, w in self._windows.items() if w.starts and w.starts[-1] > horizon}
        return self._windows.setdefault(item, _Window())
