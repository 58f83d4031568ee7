"""Key results that are measured, reached or blended instead of counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from bridge.model import Blend, Metric, Milestone

_EXACT = Context(prec=200)
_HIGH = Fraction(8, 10)
_LOW = Fraction(2, 10)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a measured number means. `raw` may lie outside 0..1; a band has none, but a `distance`:
    how far outside it is, 0 inside."""

    progress: Fraction | None
    raw: Fraction | None = None
    distance: Decimal | None = None


def measure(metric: Metric, current: Decimal | None) -> Reading:
    """Progress of a metric; no reading is no value.

    Raises ValueError for a metric without direction, which no OKR file can bring in.
    """
    if current is None:
        return Reading(None)
    if metric.band is not None:
        distance = _distance(metric.band, current)
        return Reading(Fraction(distance == 0), distance=distance)
    raw = _way(metric, current)
    return Reading(clamp(raw), raw)


def _distance(band: tuple[Decimal, Decimal], current: Decimal) -> Decimal:
    low, high = min(band), max(band)
    if current < low:
        return _EXACT.subtract(low, current)
    return _EXACT.subtract(current, high) if current > high else Decimal(0)


def _way(metric: Metric, current: Decimal) -> Fraction:
    """How much of the way from baseline to target is behind us."""
    if metric.baseline is None or metric.target is None or metric.baseline == metric.target:
        raise ValueError("a metric needs a baseline and a target that differ, or a band")
    start = Fraction(metric.baseline)
    return (Fraction(current) - start) / (Fraction(metric.target) - start)


def holds(metric: Metric, current: Decimal) -> bool:
    """Whether a guard holds: inside its band, or at its target or beyond."""
    reading = measure(metric, current)
    return reading.progress == 1


def milestones_reached(milestones: Iterable[Milestone], done: Collection[str]) -> Fraction | None:
    """The weighted share of milestones reached, by title; None where none weighs anything."""
    reached = {_same(title) for title in done}
    all_weights = Fraction(0)
    weights = Fraction(0)
    for milestone in milestones:
        all_weights += Fraction(milestone.weight)
        if _same(milestone.title) in reached:
            weights += Fraction(milestone.weight)
    return weights / all_weights if all_weights else None


def _same(title: str) -> str:
    return title.strip().casefold()


def blended(blend: Blend, work: Fraction | None, metric: Fraction | None) -> Fraction | None:
    """The weighted mean of work and metric; no value while one that weighs something has none."""
    parts = [(Fraction(blend.work), work), (Fraction(blend.metric), metric)]
    total = Fraction(0)
    for weight, value in parts:
        if not weight:
            continue
        if value is None:
            return None
        total += weight * value
    whole = sum(weight for weight, _ in parts)
    return total / whole if whole else None


def disagree(work: Fraction | None, metric: Fraction | None) -> bool:
    """Work above 80% beside a metric below 20%, or the reverse."""
    if work is None or metric is None:
        return False
    return (work > _HIGH and metric < _LOW) or (metric > _HIGH and work < _LOW)


def clamp(value: Fraction) -> Fraction:
    """The value within 0..1."""
    return max(Fraction(0), min(value, Fraction(1)))
