"""Values of systems that nobody knows beforehand, read as they are meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 10**11


def instant(value: Any, zone: tzinfo) -> datetime:
    """An aware instant in UTC of ISO 8601 (in `zone` where it names none), or of seconds or milliseconds
    since 1970. Raises ValueError and TypeError."""
    if isinstance(value, str) and not value.strip().lstrip("-").isdecimal():
        found = datetime.fromisoformat(value.strip().replace("/", "-"))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    return _SINCE + timedelta(seconds=number / 1000 if abs(number) >= _MILLISECONDS else number)


def when(value: Any, zone: tzinfo) -> datetime | None:
    """The same; None for what is no time."""
    try:
        return instant(value, zone)
    except (ValueError, TypeError, OverflowError):
        return None


def text(value: Any) -> str:
    """A value as people read it; what is there is data, whatever characters it has."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(int(value)) if value == int(value) else str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def listed(value: Any) -> tuple[str, ...]:
    """A list of texts, or text with commas between them."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(found for part in parts if (found := text(part).strip()))


def address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def shown(role: str, value: Any) -> Any:
    """A written figure as it was put: numbers as numbers, the rest as text, None for nothing."""
    if value is None or value == "":
        return None
    if role in ("progress", "score"):
        try:
            number = Decimal(text(value).strip().removesuffix("%"))
        except ArithmeticError:
            return text(value)
        return int(number) if number == number.to_integral_value() else float(number)
    return text(value)
