"""Schedules as text: intervals, and cron lines of five fields; when a line is due, across every change of
the clock.

A line that runs in every hour (`*/15 * * * *`) follows the clock as it shows: in the hour that comes twice it
runs twice, in the one that never comes not at all, so its runs keep their distance. Any other line stands
for times of day, and each of them is due exactly once on its day: one that the clock skips is due at the
first minute after the gap, one that comes twice is due the first time. So says cron(8) of Debian, too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
BOUNDS: Sequence[tuple[int, int, Mapping[str, int]]] = (
    (0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, MONTHS), (0, 7, DAYS))  # fmt: skip
PART = re.compile(r"(?:(?P<all>\*)|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>[0-9]{1,2}))?", re.ASCII)
INTERVAL = re.compile(r"([1-9][0-9]{0,5})([smhd])", re.ASCII)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FAR = 366 * 41
"""Days within which every day comes that comes at all: 29 February on one weekday, past the year 2100."""


def interval(text: str) -> int | None:
    """The seconds of "45s", "5m", "6h" or "2d"; None for what is no interval."""
    found = INTERVAL.fullmatch(text)
    return int(found[1]) * UNITS[found[2]] if found else None


@dataclass(frozen=True, slots=True)
class CronLine:
    """What a line allows. `days` and `weekdays` (0: Sunday) either both hold or, where neither begins with
    a star (`either`), one is enough: cron's own rule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @classmethod
    def parse(cls, text: str) -> CronLine:
        """Raises ValueError for what is no line, or one whose day never comes (31 February)."""
        words = text.split()
        if len(words) != len(BOUNDS):
            raise ValueError("a cron line has five fields")
        minutes, hours, days, months, weekdays = (
            frozenset(_field(word.lower(), *bounds)) for word, bounds in zip(words, BOUNDS, strict=True)
        )
        either = not words[2].startswith("*") and not words[4].startswith("*")
        line = cls(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)
        if next(line.dates(date(2000, 1, 1)), None) is None:
            raise ValueError("its day never comes")
        return line

    @property
    def every_hour(self) -> bool:
        return len(self.hours) == 24

    def allows(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either else of_month and of_week

    def dates(self, first: date) -> Iterator[date]:
        """The days it allows, from this one on, as far as anybody looks ahead."""
        span = min(FAR, (date.max - first).days)
        days = (first + timedelta(days=n) for n in range(span))
        return (day for day in days if self.allows(day))

    def after(self, instant: datetime, zone: tzinfo) -> datetime | None:
        """The first time in this zone that the line is due, later than the instant; aware, in UTC."""
        utc = instant.astimezone(UTC)
        today = utc.astimezone(zone).date()
        for day in self.dates(today):
            due = _due(self, day, zone)
            if (place := bisect_right(due, utc)) < len(due):
                return due[place]
        return None


def _field(word: str, low: int, high: int, names: Mapping[str, int]) -> Iterator[int]:
    for part in word.split(","):
        found = PART.fullmatch(part)
        if not found:
            raise ValueError("a field is *, a number, a range or a list of them; /step after * or a range")
        yield from _part(found, low, high, names)


def _part(found: re.Match[str], low: int, high: int, names: Mapping[str, int]) -> range:
    first, last = low, high
    if not found["all"]:
        first = _number(found["low"], names)
        last = _number(found["high"], names) if found["high"] else first
        if found["step"] and not found["high"]:
            raise ValueError("a step stands after * or a range")
    if names is DAYS and first > last == 0:
        last = 7
    step = int(found["step"] or 1)
    if not low <= first <= last <= high or not step:
        raise ValueError(f"a number or range is not within {low}-{high}")
    return range(first, last + 1, step)


def _number(word: str, names: Mapping[str, int]) -> int:
    if word in names:
        return names[word]
    if not word.isdecimal():
        raise ValueError("a name is not known")
    return int(word)


@lru_cache(maxsize=64)
def _due(line: CronLine, day: date, zone: tzinfo) -> tuple[datetime, ...]:
    """All that falls on a day of the zone, in order, in UTC; what lies in a gap at the day's end may fall
    on the next."""
    walls = (datetime.combine(day, time(hour, minute)) for hour in line.hours for minute in line.minutes)
    if line.every_hour:
        return tuple(sorted({instant for wall in walls for instant in _instants(wall, zone)}))
    return tuple(sorted({_first(wall, zone) for wall in walls}))


def _instants(wall: datetime, zone: tzinfo) -> Iterator[datetime]:
    """When the clock of the zone shows this: never, once or twice."""
    for fold in (0, 1):
        utc = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None) == wall:
            yield utc


def _first(wall: datetime, zone: tzinfo) -> datetime:
    """The first time that the clock shows this, or the first minute after the gap that swallowed it."""
    while (instant := next(_instants(wall, zone), None)) is None:
        wall += timedelta(minutes=1)
    return instant
