"""The values of a base's cells, freed of the many shapes that they come in.

Text comes as a list of segments, a choice as its name, several as a list, people and links as lists of
objects, what is computed inside an object of its own; an empty cell does not come at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

TEXT, NUMBER, CHOICE, CHOICES, DATE, CHECKBOX, PERSON = 1, 2, 3, 4, 5, 7, 11
LINK, LOOKUP, FORMULA, TWO_WAY, STAGE = 18, 19, 20, 21, 24
COMPUTED = frozenset({LOOKUP, FORMULA})
LINKS = frozenset({LINK, TWO_WAY})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Plain = None | bool | int | float | str | list[Any]


def plain(value: Any) -> Plain:
    """A cell's value as a text, number, yes or no, or a list of texts (names, ids of records); None for
    nothing. Milliseconds stay numbers."""
    match value:
        case None | "" | []:
            return None
        case bool() | int() | float() | str():
            return value
        case {"link_record_ids": ids}:
            return plain(ids)
        case {"type": int(), "value": inner}:
            return plain(inner)
        case dict():
            return plain(_one(value))
        case list():
            return _many(value)
        case _:
            return str(value)


def _many(values: list[Any]) -> Plain:
    if all(isinstance(one, dict) and "text" in one and "record_ids" not in one for one in values):
        return plain("".join(str(one["text"] or "") for one in values))
    if any(isinstance(one, dict) and "record_ids" in one for one in values):
        return plain([id for one in values for id in one.get("record_ids") or ()])
    found = [told for one in values if (told := plain(one)) is not None]
    if len(found) == 1 and not isinstance(found[0], str | list):
        return found[0]
    return found or None


def _one(value: Mapping[str, Any]) -> Any:
    """The words that an object is shown by."""
    names = ("name", "text", "full_address", "en_name", "id", "link")
    return next((value[name] for name in names if value.get(name)), None)


def words(value: Plain) -> tuple[str, ...]:
    """The texts in a value; one alone is one."""
    found = value if isinstance(value, list) else [value]
    return tuple(_word(one) for one in found if one is not None)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def instant(value: Any) -> datetime | None:
    """Of milliseconds; None for what are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return None


def told(kind: int, value: Plain) -> Any:
    """One of the bridge's own figures as it stands in a column of this kind: an instant as ISO 8601."""
    at = instant(value) if kind == DATE else None
    if at is not None:
        return at.isoformat(timespec="milliseconds")
    return " ".join(words(value)) if isinstance(value, list) else value


def cell(kind: int, value: Any) -> Any:
    """A figure as a column of this kind takes it. Raises ValueError."""
    if value is None:
        return None
    if kind == DATE:
        at = datetime.fromisoformat(str(value))
        return round((at.astimezone(UTC) - _EPOCH) / timedelta(milliseconds=1))
    return value if kind == NUMBER else str(value)


def held(panel: Mapping[str, Any]) -> dict[str, Any]:
    """By role, of what a record keeps of them: each a kind and a value."""
    return {role: told(kind, value) for role, (kind, value) in panel.items()}
