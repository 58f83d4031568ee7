"""What a key result gained in each of its weeks: the work done, and how the scope grew meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

DAYS = 7
MOST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Point:
    """What is known of a key result at the end of a day: its value, and what that is a share of (`items`
    that count, their `weight`), where it is told."""

    day: date
    value: Fraction
    items: int | None = None
    weight: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days; work done and change of scope from the week's start until the end of each day."""

    done: tuple[float, ...]
    scope: tuple[float, ...]

    def towards(self, mark: float) -> tuple[float, ...]:
        """How much nearer the mark is at the end of each day; below 0 where it went away."""
        return tuple(done - mark * scope for done, scope in zip(self.done, self.scope, strict=True))


@dataclass(frozen=True, slots=True)
class Throughput:
    """Where a key result stands on its last known day, and the whole weeks that end there, oldest first."""

    day: date
    value: Fraction
    done: float
    scope: float
    weeks: tuple[Week, ...]

    @property
    def moved(self) -> bool:
        """Whether any work was done on any day."""
        return any(value > 0 for week in self.weeks for value in week.done)


def throughput(points: Sequence[Point]) -> Throughput:
    """The weeks of at least one point; points come by day, one each.

    Weeks are counted back from the last day, so that the n-th day of each falls on the same day of the
    week as the n-th day to come. What changed between two points is spread evenly over the days between.
    """
    last = points[-1]
    sizes = _sizes(points)
    whole = min((last.day - points[0].day).days // DAYS, MOST_WEEKS)
    known = [(point.day, float(point.value * size), size) for point, size in zip(points, sizes, strict=True)]
    done, scope = _daily(known, whole * DAYS)
    weeks = tuple(Week(_gained(done, at), _gained(scope, at)) for at in range(0, whole * DAYS, DAYS))
    return Throughput(last.day, last.value, done[-1], scope[-1], weeks)


def _sizes(points: Sequence[Point]) -> list[float]:
    """What the values are shares of: weights if all points tell them, else items, else 1 each."""
    if all(point.weight for point in points):
        return [float(point.weight or 1) for point in points]
    if all(point.items for point in points):
        return [float(point.items or 1) for point in points]
    return [1.0] * len(points)


def _daily(known: Sequence[tuple[date, float, float]], days: int) -> tuple[list[float], list[float]]:
    """Work done and scope at the end of each of the last days, and of the one before them."""
    *_, (_, done, scope) = known
    rows = [(done, scope)]
    for (day, done, scope), (until, more, wider) in reversed(list(pairwise(known))):
        span = (until - day).days
        for back in range(1, span + 1):
            share = back / span
            rows.append((more + (done - more) * share, wider + (scope - wider) * share))
        if len(rows) > days:
            break
    rows = rows[: days + 1][::-1]
    return [done for done, _ in rows], [scope for _, scope in rows]


def _gained(totals: Sequence[float], at: int) -> tuple[float, ...]:
    return tuple(total - totals[at] for total in totals[at + 1 : at + DAYS + 1])
