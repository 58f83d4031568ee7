"""The lines to the systems during one run: how they hold, and when to let go of one, or of all."""

from __future__ import annotations

import threading

from bridge.parking import Nature, Trouble

IN_A_ROW = 5
"""So many items one after the other met passing trouble: it is not about the items."""


class Halt:
    """The first thing that ends a run for good; whoever writes at the same time asks before each write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.why: BaseException | None = None

    def by(self, error: BaseException) -> None:
        with self._lock:
            self.why = self.why or error


class Line:
    """One connection. Trouble of the whole of it breaks the line at once, passing trouble on many items
    in a row as well: what is left is made at the next run, not tried one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._row = 0
        self.broken: Trouble | None = None
        self.skipped: set[str] = set()

    def skip(self, item: str) -> None:
        """Nothing is sent there in this run."""
        with self._lock:
            self.skipped.add(item)

    def heard(self, troubles: list[Trouble]) -> None:
        """How writing on one item went; no trouble, or a refusal, shows that the system answers."""
        passing = next((one for one in troubles if one.nature is Nature.PASSING), None)
        everywhere = next((one for one in troubles if one.nature is Nature.EVERYWHERE), None)
        with self._lock:
            self._row = self._row + 1 if passing else 0
            if everywhere or self._row >= IN_A_ROW:
                self.broken = self.broken or everywhere or passing
