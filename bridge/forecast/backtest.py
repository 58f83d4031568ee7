"""What would have been said at the end of each week of the past, held against what came."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bridge.forecast.outlook import ENOUGH_WEEKS, How, Outlook, Question, foresee
from bridge.forecast.simulation import Noise
from bridge.forecast.throughput import DAYS, Point

RUNS = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """On day `stood` the mark was said to be reached `by` a day (None: none could be named) with so many
    percent; it was reached on day `came` (None: not by `until`, the last day that is known)."""

    percent: int
    stood: date
    by: date | None
    came: date | None
    until: date

    @property
    def due(self) -> bool:
        """Whether its day has come. That depends on the claim alone, not on what came: counting those that
        were reached early as well would flatter."""
        return self.by is not None and self.by <= self.until

    @property
    def held(self) -> bool:
        return self.by is not None and self.came is not None and self.came <= self.by

    @property
    def ahead(self) -> int | None:
        """Days from the standing to the day named."""
        return None if self.by is None else (self.by - self.stood).days


@dataclass(frozen=True, slots=True)
class Odds:
    """On day `stood` the mark was said to be reached by the end of the cycle with this chance; and was it?"""

    stood: date
    chance: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was said of one key result in one cycle; `odds` once the cycle is known to its end."""

    claims: tuple[Claim, ...] = ()
    odds: tuple[Odds, ...] = ()


def backtest(
    points: Sequence[Point], question: Question, until: date, dice: Callable[[], Noise], runs: int = RUNS
) -> Trial:
    """Stand at the end of each week of the question's cycle, from the fourth known one on, with only the
    points up to that day; nothing is said while the mark is reached. `until` is the last day of which is
    known whether it was; `dice` gives the noise of each standing."""
    days = [point.day for point in points]
    came = _reached_from(points, question)
    claims: list[Claim] = []
    odds: list[Odds] = []
    for stood in _standings(days, question, until):
        outlook = foresee(points[: bisect_right(days, stood)], replace(question, today=stood), dice(), runs)
        if outlook.how is not How.SIMULATION or outlook.chance is None:
            continue
        reached = came(stood)
        claims += _claims(outlook, stood, reached, until)
        if until >= question.cycle.end:
            odds.append(Odds(stood, outlook.chance, reached is not None and reached <= question.cycle.end))
    return Trial(tuple(claims), tuple(odds))


def _standings(days: Sequence[date], question: Question, until: date) -> list[date]:
    """The ends of whole weeks since the first point, within the cycle."""
    if not days:
        return []
    last = min(question.cycle.end, until, days[-1])
    whole = (last - days[0]).days // DAYS
    ends = (days[0] + timedelta(weeks=week) for week in range(ENOUGH_WEEKS, whole + 1))
    return [day for day in ends if question.cycle.start <= day < last]


def _reached_from(points: Sequence[Point], question: Question) -> Callable[[date], date | None]:
    """The first day on which the mark was reached, at or after a day."""
    mark = question.mark
    there = [point.day for point in points if mark is not None and point.value >= mark]

    def first(stood: date) -> date | None:
        return next((day for day in there if day > stood), None)

    return first


def _claims(outlook: Outlook, stood: date, came: date | None, until: date) -> list[Claim]:
    came = None if came is None or came > until else came
    return [Claim(percent, stood, by, came, until) for percent, by in outlook.dates.items()]
