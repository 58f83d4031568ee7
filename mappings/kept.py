"""Whether a tracker kept what was put: the one rule by which a read-back is judged.

It is the rule by which the bridge tells a person's value from its own (`bridge.places.same`). A connector
that is content with less would leave a value behind that is taken for a person's at the next run.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any


def kept(found: Any, put: Any) -> bool:
    """72 for 72.0, nothing for an empty text, other line ends and outer blanks, an instant in another zone;
    no other letter case, and no number for a text."""
    return bool(_plain(found) == _plain(put))


def _plain(value: Any) -> Any:
    match value:
        case bool():
            return str(value)
        case int() | float() | Decimal():
            return Decimal(str(value))
        case str():
            return _text(value.replace("\r\n", "\n").replace("\r", "\n").strip())
        case _:
            return value


def _text(text: str) -> str | datetime | None:
    if text[10:11] == "T" and text[4:5] == "-":
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return text
        return instant if instant.tzinfo else text
    return text or None
