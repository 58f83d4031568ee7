"""How figures look, in any language: percent whole, a score with one decimal, "–" for none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

from bridge import show

NONE = "–"
SHOWN_KEYS = 5

Figure = Fraction | Decimal | int | float | str | None


def percent(value: Figure) -> str:
    """A share (a number, or exact text such as "3/4") as whole percent, also below nothing or above all."""
    share = exact(value)
    if share is None:
        return NONE
    if 0 <= share <= 1:
        return f"{show.percent(share)}%"
    size = floor(abs(share) * 100 + Fraction(1, 2))
    return f"-{size}%" if share < 0 and size else f"{size}%"


def number(value: Figure) -> str:
    """A number with two decimals at most and no idle zeros."""
    share = exact(value)
    if share is None:
        return NONE
    size = floor(abs(share) * 100 + Fraction(1, 2))
    text = f"{size // 100}.{size % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if share < 0 and size else text


def hours(seconds: Figure) -> str:
    """Seconds as hours: "12 h"."""
    share = exact(seconds)
    return NONE if share is None else f"{number(share / 3600)} h"


def signed(value: Figure) -> str:
    share = exact(value)
    if share is None:
        return NONE
    return number(share) if share < 0 else f"+{number(share)}"


def listed(values: Iterable[object], comma: str = ", ") -> str:
    """The first few of a list; "+2" for two more."""
    names = [str(value) for value in values]
    more = [f"+{len(names) - SHOWN_KEYS}"] if len(names) > SHOWN_KEYS else []
    return comma.join(names[:SHOWN_KEYS] + more)


def instant(value: object) -> str:
    """An instant (or its ISO text) to the minute, in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def exact(value: Figure) -> Fraction | None:
    """The figure as it is: no binary noise from a float, None for none and for empty text."""
    if value is None or value == "":
        return None
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)
