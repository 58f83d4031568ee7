"""Counts what goes over a connection, for all of its threads."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

from bridge.errors import BridgeError, RateLimited, Transient, UnexpectedAnswer
from connectors.base import OUTCOMES, Traffic


def of(error: BridgeError) -> str:
    """The outcome of a request that ended so, where no status tells."""
    match error:
        case RateLimited():
            return "rate_limited"
        case Transient():
            return "no_answer" if error.maybe_done else "failed"
        case UnexpectedAnswer():
            return "broken"
        case _:
            return "refused"


class Meter:
    """`started` counts requests as they leave, the outcomes follow as they end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: Counter[str] = Counter()
        self._bytes = 0
        self._throttled = 0.0
        self.started = 0

    def start(self) -> None:
        with self._lock:
            self.started += 1

    def end(self, outcome: str, size: int = 0) -> None:
        with self._lock:
            self._ended[outcome] += 1
            self._bytes += size

    def throttle(self, seconds: float) -> None:
        with self._lock:
            self._throttled += seconds

    def read(self, held_until: datetime | None) -> Traffic:
        with self._lock:
            ended = {outcome: self._ended[outcome] for outcome in OUTCOMES}
            return Traffic(ended, self._bytes, self._throttled, held_until)
