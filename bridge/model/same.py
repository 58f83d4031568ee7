"""When two values mean the same wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any


def same(one: Any, other: Any) -> bool:
    """Whether a tracker may give one value back for the other: 72 and 72.0, empty and none, line ends and
    outer blanks, an instant in another zone, members of an object that are absent or empty. Other letters
    are another word, and a number is no text.

    What a connector reads back is judged by it, and whether a value is a person's: a connector that is
    content with less would leave a value behind that is taken for a person's at the next run.
    """
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    match value:
        case bool():
            return str(value)
        case int() | float() | Decimal():
            return Decimal(str(value))
        case str():
            return _text(value)
        case Mapping():
            pairs = ((str(name), _plain(part)) for name, part in value.items())
            return {name: part for name, part in pairs if part is not None} or None
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _text(value: str) -> str | datetime | None:
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text[10:11] == "T" and text[4:5] == "-":
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return text
        return instant if instant.tzinfo else text
    return text or None
