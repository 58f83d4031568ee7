"""How a value compares with the time that has gone by, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from bridge.metric import clamp, measure
from bridge.model import Ambition, CurvePoint, Cycle, Metric, Pace

_MARKS = {Ambition.COMMITTED: Fraction(1), Ambition.ASPIRATIONAL: Fraction(7, 10)}


@dataclass(frozen=True, slots=True)
class PaceRules:
    """When progress is behind. `rule` is ratio or difference; `grace` a share of the cycle.

    `off_track` and `at_risk` are the edges of progress / elapsed, or of progress - elapsed (-0.40, -0.20).
    Edges above 0 are read as distances behind by the difference rule; where `at_risk` is not the nearer
    one, as with the ratio's defaults, half of `off_track` stands for it.
    """

    rule: str = "ratio"
    off_track: Decimal = Decimal("0.40")
    at_risk: Decimal = Decimal("0.70")
    grace: Decimal = Decimal("0.07")
    fresh_days: int = 7

    @property
    def behind(self) -> tuple[Fraction, Fraction]:
        """The edges of the difference rule: off track and at risk."""
        off_track, at_risk = Fraction(self.off_track), Fraction(self.at_risk)
        if off_track <= 0:
            return off_track, at_risk
        return -off_track, -(at_risk if at_risk < off_track else off_track / 2)


@dataclass(frozen=True, slots=True)
class Timing:
    """What the calendar says of one key result. `age` is the whole days since what it rests on was last
    known; `expected` where it should be, as a share."""

    elapsed: Fraction
    expected: Fraction
    age: int
    closed: bool = False


def elapsed(cycle: Cycle, today: date) -> Fraction:
    """The share of the cycle behind us; the start date is day 0. Moves at midnight only."""
    return clamp(Fraction((today - cycle.start).days, cycle.length))


def age(now: datetime, zone: tzinfo, cycle: Cycle, last: datetime | None) -> int:
    """Whole days since `last`; if there was none, since the start date began in the zone."""
    since = last or datetime.combine(cycle.start, time(), zone)
    return (now - since).days


def expected(cycle: Cycle, today: date, curve: tuple[CurvePoint, ...], metric: Metric | None) -> Fraction:
    """Where progress should be: the straight line, or the curve between its points.

    A curve runs from 0 on the start date to 1 after the last day. Its values are in the metric's unit;
    without a metric that has a direction, 0..1.
    """
    if not curve or (metric is not None and metric.band is not None):
        return elapsed(cycle, today)
    points = {0: Fraction(0), cycle.length: Fraction(1)}
    for point in curve:
        value = Fraction(point.value) if metric is None else measure(metric, point.value).progress
        points[(point.on - cycle.start).days] = clamp(value or Fraction(0))
    return _between(points, (today - cycle.start).days)


def _between(points: dict[int, Fraction], day: int) -> Fraction:
    days = sorted(points)
    if day <= days[0]:
        return points[days[0]]
    for left, right in pairwise(days):
        if day <= right:
            rise = points[right] - points[left]
            return points[left] + rise * Fraction(day - left, right - left)
    return points[days[-1]]


def judge_pace(progress: Fraction | None, timing: Timing, rules: PaceRules) -> Pace:
    """The first of closed, outdated, pending that holds, else the pace; an edge is on the better side."""
    if timing.closed:
        return Pace.CLOSED
    if timing.age > rules.fresh_days:
        return Pace.OUTDATED
    if progress is None or not timing.elapsed or timing.elapsed < Fraction(rules.grace):
        return Pace.PENDING
    if not timing.expected:
        return Pace.PENDING
    if rules.rule == "difference":
        return _word(progress - timing.expected, *rules.behind)
    return _word(progress / timing.expected, Fraction(rules.off_track), Fraction(rules.at_risk))


def _word(figure: Fraction, off_track: Fraction, at_risk: Fraction) -> Pace:
    if figure < off_track:
        return Pace.OFF_TRACK
    return Pace.AT_RISK if figure < at_risk else Pace.ON_TRACK


def forecast(progress: Fraction | None, elapsed: Fraction, rules: PaceRules) -> Fraction | None:
    """Where the same pace leads by the end of the cycle; raw, so it may be above 1. None before the grace."""
    if progress is None or not elapsed or elapsed < Fraction(rules.grace):
        return None
    return progress / elapsed


def success_mark(ambition: Ambition) -> Fraction | None:
    """What counts as success: 1 for committed, 0.7 for aspirational, nothing for learning."""
    return _MARKS.get(ambition)


def trending_off(forecast: Fraction | None, ambition: Ambition) -> bool:
    """Whether the forecast ends below the success mark."""
    mark = success_mark(ambition)
    return forecast is not None and mark is not None and forecast < mark
