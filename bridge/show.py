"""How an exact value is shown: whole percent, a score of one decimal, a colour."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from bridge.model import Colour

_HALF = Fraction(1, 2)


def percent(value: Fraction | None) -> int | None:
    """The displayed percent: 100 only at 1, 0 only at 0, between them rounded half up within 1..99."""
    if value is None:
        return None
    if value <= 0 or value >= 1:
        return 0 if value <= 0 else 100
    return min(max(floor(value * 100 + _HALF), 1), 99)


def score(value: Fraction | None) -> Decimal | None:
    """The displayed score: one decimal, half up, from the exact value."""
    return None if value is None else Decimal(floor(value * 10 + _HALF)).scaleb(-1)


def colour(value: Fraction | None) -> Colour | None:
    """The colour of the displayed score: 0-0.3 red, 0.4-0.6 amber, 0.7-1.0 green."""
    shown = score(value)
    if shown is None:
        return None
    if shown < Decimal("0.4"):
        return Colour.RED
    return Colour.AMBER if shown < Decimal("0.7") else Colour.GREEN
