"""What counts as an estimate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

LARGEST = 10**15
LONGEST = 40


def estimate(name: str, value: Any, unusable: list[str]) -> Decimal | None:
    """A number or plain decimal string from 0 to 10^15; None where there is none.

    Anything else that stands there (negative, text, NaN, true) is noted in `unusable` under this name.
    """
    if value is None or value == "":
        return None
    found = _number(value)
    if found is None:
        unusable.append(f"{name}: {str(value)[:LONGEST]}")
    return found


def _number(value: Any) -> Decimal | None:
    kind = type(value)
    if kind is str:
        text = value.strip()
        plain = text.replace(".", "", 1)
        value = Decimal(text) if plain.isascii() and plain.isdecimal() else None
    elif kind is not int and kind is not float and kind is not Decimal:
        return None
    # NaN is between nothing and nothing.
    if value is None or not 0 <= value <= LARGEST:
        return None
    if kind is float and value != int(value):
        # By its shortest text: 0.1 is meant, not its binary neighbour.
        return Decimal(repr(value))
    return Decimal(int(value)) if kind is float else Decimal(value)
