"""The days of a window, and the instant that each of them stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bridge.errors import UsageError
from bridge.model import Cycle


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a zone, both ends inclusive; each stands for how things were at the time `at`."""

    first: date
    last: date
    at: time
    zone: tzinfo

    @property
    def days(self) -> Sequence[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def ends(self) -> Sequence[datetime]:
        """The instant that each day stands for, in UTC."""
        return [self.end(day) for day in self.days]

    @property
    def start(self) -> datetime:
        """When the first day begins."""
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """In UTC; of a time that a day has twice, the later one."""
        return datetime.combine(day, self.at.replace(fold=1), self.zone).astimezone(UTC)


def window_of(
    cycle: Cycle, now: datetime, zone: tzinfo, at: time, asked: tuple[date | None, date | None]
) -> Window:
    """The days from and to, as asked, else from the cycle's start to its end, yesterday at most: today is
    for a sync to tell. Raises UsageError where that leaves no day."""
    first, last = asked
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    if last is not None and last > yesterday:
        raise UsageError(f"--to {last} is not over yet", f"the last day that is over is {yesterday}")
    start = first or (min(cycle.start, last) if last else cycle.start)
    end = last or min(yesterday, max(cycle.end, start))
    if start > end:
        raise UsageError(
            f"no day of {start} to {end} is over yet", "name days with --from and --to; today is a sync's"
        )
    return Window(start, end, at, zone)
