"""A line through what was told of a key result or an objective, day by day. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from fractions import Fraction
from itertools import groupby
from typing import Any

from bridge.metric import clamp
from bridge.model import Objective, Override
from bridge.store import HistoryPoint, OverrideRecord

CHECK_IN, OVERRIDE = "check-in", "override"
PREFERRED = ("sync", "backfill", CHECK_IN)
"""Which source is believed first: who looked on the day itself, then who told it afterwards, then what a
person's word gave; a number in place of the computed one is no source of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is told for a day. `value` is the computed one (None: no value, never 0); `others` are sources
    that say another value for the same day. `inputs` leads to what the value was made of. `override`: a
    person's number that was valid. For objectives `known` of `total` key results have a value."""

    day: date
    value: Fraction | None
    source: str = ""
    counts: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[tuple[str, Fraction | None], ...] = ()
    inputs: str = ""
    override: Override | None = None
    known: int | None = None
    total: int | None = None

    @property
    def shown(self) -> Fraction | None:
        """A person's number while it was valid, else the computed one."""
        return self.value if self.override is None else clamp(Fraction(self.override.value))

    @property
    def in_scope(self) -> int | None:
        """How many items counted."""
        counted = self.counts.get("counted")
        return counted if isinstance(counted, int) else None


def line_of(points: Iterable[HistoryPoint]) -> tuple[Day, ...]:
    """One day after the other, each by the source that is believed first; points come by day."""
    computed = (point for point in points if point.source != OVERRIDE)
    days = groupby(sorted(computed, key=lambda point: point.day), key=lambda point: point.day)
    return tuple(_day(day, sorted(told, key=_belief)) for day, told in days)


def _belief(point: HistoryPoint) -> tuple[int, str]:
    known = point.source in PREFERRED
    return (PREFERRED.index(point.source) if known else len(PREFERRED)), point.source


def _day(day: date, told: Sequence[HistoryPoint]) -> Day:
    best, *rest = told
    others = tuple((one.source, one.value) for one in rest if one.value != best.value)
    return Day(
        day=day,
        value=best.value,
        source=best.source,
        counts=best.counts,
        scope=best.scope,
        others=others,
        inputs=best.inputs,
    )


def overridden(line: Iterable[Day], given: Sequence[OverrideRecord], zone: tzinfo) -> tuple[Day, ...]:
    """The line with the overrides that were valid on its days; they come in the order of giving."""
    return tuple(replace(one, override=override_on(one.day, given, zone)) for one in line)


def override_on(day: date, given: Sequence[OverrideRecord], zone: tzinfo) -> Override | None:
    """What a person had said last by the end of a day, unless it was taken back or had run out."""
    standing = [
        record.override
        for record in given
        if record.override.at.astimezone(zone).date() <= day
        and (record.cleared_at is None or record.cleared_at.astimezone(zone).date() > day)
    ]
    return standing[-1] if standing and day <= standing[-1].until else None


def objective_line(
    objective: Callable[[date], Objective | None], lines: Mapping[str, Sequence[Day]]
) -> tuple[Day, ...]:
    """The weighted mean of the key results that the objective had on each day, as far as they had a value
    by then; a value stays until the next. `lines` by key result; a day that no line has is no day."""
    last: dict[str, Fraction] = {}
    told: dict[date, dict[str, Fraction | None]] = {}
    for kr, line in lines.items():
        for one in line:
            told.setdefault(one.day, {})[kr] = one.shown
    days = []
    for day in sorted(told):
        last |= {kr: value for kr, value in told[day].items() if value is not None}
        then = objective(day)
        if then is not None:
            days.append(_mean(day, then, last))
    return tuple(days)


def _mean(day: date, objective: Objective, last: Mapping[str, Fraction]) -> Day:
    weights = {kr.id: Fraction(kr.weight) for kr in objective.key_results if kr.weight > 0}
    known = {kr: last[kr] for kr in weights if kr in last}
    whole = sum((weights[kr] for kr in known), Fraction(0))
    value = sum((weights[kr] * told for kr, told in known.items()), Fraction(0)) / whole if whole else None
    return Day(day=day, value=value, known=len(known), total=len(weights))


def by_week(line: Sequence[Day]) -> tuple[Day, ...]:
    """The last day of each week (ISO) that has a value, else the last."""
    weeks = groupby(line, key=lambda one: one.day.isocalendar()[:2])
    return tuple(_last([*days]) for _, days in weeks)


def _last(days: Sequence[Day]) -> Day:
    return next((one for one in reversed(days) if one.shown is not None), days[-1])
