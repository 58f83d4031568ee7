"""Where a key result leads: by simulation, else by the straight line, else why that cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from bridge.forecast.simulation import RUNS, Noise, Spread, simulate
from bridge.forecast.throughput import Point, Throughput, throughput
from bridge.model import Cycle, KeyResult, Kind
from bridge.pace import PaceRules, elapsed, forecast

PERCENTS = (50, 85, 95)
ENOUGH_WEEKS = 4
EVEN = 0.5
"""Below this chance a key result is trending off track: it is likelier to end below its mark than not."""
FINE = 10_000


class How(StrEnum):
    """What an outlook stands on."""

    REACHED = "reached"
    SIMULATION = "simulation"
    LINEAR = "linear"
    NONE = "none"


class Why(StrEnum):
    """Why an outlook is not a simulation."""

    BAND = "band"
    MILESTONE = "milestone"
    LEARNING = "learning"
    OVER = "over"
    NO_VALUE = "no_value"
    FEW_WEEKS = "few_weeks"
    NO_THROUGHPUT = "no_throughput"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by which day of which cycle, and where success lies (None: no mark)."""

    cycle: Cycle
    today: date
    mark: Fraction | None
    rules: PaceRules = field(default_factory=PaceRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What can be said of a key result. `day` is the last one that is known, with its `value`; `weeks` the
    whole ones known up to then.

    `expected` is the value by the end of the cycle (the straight line may lead beyond 1), `chance` that of
    reaching the mark by then, `dates` by percent the day by which it is reached so likely (None: not within
    a year). Without a simulation there is neither chance nor date, unless the mark is reached.
    """

    how: How
    why: Why | None = None
    day: date | None = None
    value: Fraction | None = None
    weeks: int = 0
    expected: Fraction | None = None
    chance: float | None = None
    dates: Mapping[int, date | None] = field(default_factory=dict)
    trending_off: bool = False


def unforeseen(kr: KeyResult) -> Why | None:
    """Why nothing can be foreseen of a key result, for what it is."""
    match kr.kind:
        case Kind.MILESTONE:
            return Why.MILESTONE
        case Kind.LEARNING:
            return Why.LEARNING
        case Kind.METRIC | Kind.BLEND if kr.metric is not None and kr.metric.band is not None:
            return Why.BAND
        case _:
            return None


def foresee(points: Sequence[Point], question: Question, noise: Noise, runs: int = RUNS) -> Outlook:
    """What these points lead to; they come by day, one each, none later than today."""
    if question.today > question.cycle.end:
        return Outlook(how=How.NONE, why=Why.OVER)
    if not points:
        return Outlook(how=How.NONE, why=Why.NO_VALUE)
    now = throughput(points)
    outlook = _ahead(now, question, noise, runs)
    return _reached(outlook, question) if _there(now.value, question.mark) else outlook


def _there(value: Fraction, mark: Fraction | None) -> bool:
    return mark is not None and value >= mark


def _ahead(now: Throughput, question: Question, noise: Noise, runs: int) -> Outlook:
    if len(now.weeks) < ENOUGH_WEEKS:
        return _line(now, question, Why.FEW_WEEKS)
    if not now.moved:
        return _line(now, question, Why.NO_THROUGHPUT)
    left = (question.cycle.end - now.day).days
    mark = 1.0 if question.mark is None else float(question.mark)
    return _simulated(now, question, simulate(now, mark, left, noise, runs), left)


def _reached(outlook: Outlook, question: Question) -> Outlook:
    """It is there: today, whatever comes. Where it ends is another matter."""
    dates = dict.fromkeys(PERCENTS, question.today)
    return replace(outlook, how=How.REACHED, why=None, chance=1.0, dates=dates, trending_off=False)


def _line(now: Throughput, question: Question, why: Why) -> Outlook:
    """The straight line, from the grace on."""
    ahead = forecast(now.value, elapsed(question.cycle, question.today), question.rules)
    mark = question.mark
    return Outlook(
        how=How.NONE if ahead is None else How.LINEAR,
        why=Why.EARLY if ahead is None else why,
        day=now.day,
        value=now.value,
        weeks=len(now.weeks),
        expected=ahead,
        trending_off=ahead is not None and mark is not None and ahead < mark,
    )


def _simulated(now: Throughput, question: Question, spread: Spread, left: int) -> Outlook:
    """Days are counted from the last known one; none is told that has gone by."""
    outlook = Outlook(
        how=How.SIMULATION,
        day=now.day,
        value=now.value,
        weeks=len(now.weeks),
        expected=Fraction(round(spread.end * FINE), FINE),
    )
    if question.mark is None:
        return outlook
    chance = spread.chance(left)
    dates = {percent: _date(now, spread.within(percent), question.today) for percent in PERCENTS}
    return replace(outlook, chance=chance, dates=dates, trending_off=chance < EVEN)


def _date(now: Throughput, days: int | None, today: date) -> date | None:
    return None if days is None else max(now.day + timedelta(days=days), today)
