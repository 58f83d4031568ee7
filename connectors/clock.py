"""Time and chance, handed in: nothing in the connectors looks at a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, handed in. `now` is aware UTC, `monotonic` and `sleep` are seconds,
    `random` is uniform in 0..1. Sleeping must advance `monotonic`; it may raise
    `bridge.errors.Stopping`, which ends the call that waits."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


def system_clock() -> Clock:
    import random
    import time
    from datetime import UTC

    return Clock(lambda: datetime.now(UTC), time.monotonic, time.sleep, random.random)
