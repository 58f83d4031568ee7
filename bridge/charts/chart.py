"""What a chart of a key result or an objective shows, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from bridge.metric import clamp
from bridge.timeline import Day

ONE = timedelta(days=1)
Stroke = tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Shares of 0..1 over days from `first` to `last`. `strokes` are unbroken parts of the line: between
    them there was no value. `scope`: how many items counted. `ahead` leads from the last known day on."""

    id: str
    title: str
    first: date
    last: date
    today: date | None
    strokes: tuple[Stroke, ...]
    expected: Stroke = ()
    scope: tuple[tuple[date, int], ...] = ()
    ahead: Stroke = ()

    @property
    def days(self) -> int:
        return max(1, (self.last - self.first).days)

    @property
    def most(self) -> int:
        """The largest scope, at least 1."""
        return max((n for _, n in self.scope), default=1) or 1

    def across(self, day: date) -> Fraction:
        """How far to the right a day lies, 0..1."""
        return Fraction((day - self.first).days, self.days)

    def months(self) -> Iterator[date]:
        """The first days of months within."""
        day = self.first
        while day <= self.last:
            if day.day == 1:
                yield day
            day += ONE


def strokes_of(days: Sequence[Day]) -> tuple[Stroke, ...]:
    """The line in its unbroken parts: a day that was told without a value breaks it."""
    strokes: list[list[tuple[date, Fraction]]] = [[]]
    for one in days:
        if one.shown is None:
            strokes.append([])
        else:
            strokes[-1].append((one.day, clamp(one.shown)))
    return tuple(tuple(stroke) for stroke in strokes if stroke)


def scope_of(days: Sequence[Day]) -> tuple[tuple[date, int], ...]:
    return tuple((one.day, one.in_scope) for one in days if one.in_scope is not None)
