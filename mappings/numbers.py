"""What counts as an estimate."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Any

LARGEST = Decimal(10) ** 15
LONGEST = 40


def estimate(name: str, value: Any, unusable: list[str]) -> Decimal | None:
    """A number or plain decimal string from 0 to 10^15; None where there is none.

    Anything else that stands there (negative, text, NaN, true) is noted in `unusable` under this name.
    """
    if value is None or value == "":
        return None
    found = _number(value)
    if found is None or not 0 <= found <= LARGEST:
        unusable.append(f"{name}: {str(value)[:LONGEST]}")
        return None
    return found


def _number(value: Any) -> Decimal | None:
    kind = type(value)
    if kind is int:
        return Decimal(value)
    if kind is float:
        # By its shortest text: 0.1 is meant, not its binary neighbour.
        return Decimal(repr(value)) if isfinite(value) else None
    if kind is str:
        text = value.strip()
        plain = text.replace(".", "", 1)
        return Decimal(text) if plain.isascii() and plain.isdecimal() else None
    return value if kind is Decimal and value.is_finite() else None
