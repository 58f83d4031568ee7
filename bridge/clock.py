"""The bridge's clock, handed to whatever needs the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bridge.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is aware and in UTC; `monotonic` counts seconds from anywhere. `set_to`: what a set clock showed
    first. `sleep` lets seconds pass, and may raise Stopping instead; None: the system's own."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    set_to: datetime | None = None
    sleep: Callable[[float], None] | None = None

    def said(self) -> datetime:
        """When a person says something: on a set clock the very instant that was named, so that words of one
        instant stand in the order of telling, however long the program took to start."""
        return self.set_to or self.now()


def clock_at(start: datetime | None, zone: tzinfo) -> Clock:
    """The real clock, or one that shows `start` (meant in `zone` where it names none) and goes on."""
    import time

    if start is None:
        return Clock(lambda: datetime.now(UTC), time.monotonic)
    aware = start if start.tzinfo else start.replace(tzinfo=zone)
    try:
        begun, shift = time.monotonic(), aware.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"--now {start.isoformat()} is no instant", "name a day of this age") from None
    return Clock(lambda: shift + timedelta(seconds=time.monotonic() - begun), time.monotonic, shift)
