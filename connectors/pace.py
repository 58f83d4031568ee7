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


@dataclass(slots=True)
class _Gate:
    """No start before `opens`; starts at least `gap` seconds apart, until it has been calm for a while."""

    opens: float = 0.0
    gap: float = 0.0
    troubled: float = 0.0


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
            gate = self._gates.setdefault(key, _Gate())
            gate.opens = max(gate.opens, now + seconds)
            gate.troubled = gate.opens
            if spread:
                gate.gap = min(max(gate.gap * 2, FIRST_GAP), LONGEST_GAP)

    def _count(self, keys: tuple[str, ...], item: str | None, now: float) -> None:
        for key in keys:
            if gate := self._gates.get(key):
                if now > gate.troubled + CALM:
                    del self._gates[key]
                else:
                    gate.opens = now + gate.gap
        if item is not None:
            self._windows[item].starts.append(now)

    def _window(self, item: str, now: float) -> _Window:
        if len(self._windows) > 1000:
            horizon = now - WRITES[-1][1] - SLACK
            self._windows = {k: w for k, w in self._windows.items() if w.starts and w.starts[-1] > horizon}
        return self._windows.setdefault(item, _Window())
