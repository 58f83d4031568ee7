"""A line of progress in a few letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from bridge.timeline import Day

LEVELS = "▁▂▃▄▅▆▇█"
GAP = " "


def spark(days: Sequence[Day], first: date, last: date, width: int = 24) -> str:
    """The last value in each part of the span, as high as it is; a gap where nothing was told. The lowest
    is 0% alone and the highest 100% alone."""
    latest: dict[int, Fraction | None] = {}
    whole = (last - first).days + 1
    wide = min(width, whole)
    for one in days:
        latest[(one.day - first).days * wide // whole] = one.shown
    return "".join(_letter(latest.get(at)) for at in range(wide))


def _letter(value: Fraction | None) -> str:
    if value is None:
        return GAP
    if value <= 0 or value >= 1:
        return LEVELS[0] if value <= 0 else LEVELS[-1]
    return LEVELS[1 + int(value * (len(LEVELS) - 2))]
