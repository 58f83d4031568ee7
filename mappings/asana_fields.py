"""A task's custom fields: what stands in them, and how a value is spelt to be put there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Field = Mapping[str, Any]
NUMBERS = frozenset({"progress", "score"})


def fields_of(task: Mapping[str, Any]) -> dict[str, Field]:
    """The custom fields that the task has, by name in lower case; of two of one name the first."""
    found: dict[str, Field] = {}
    for field in task.get("custom_fields") or ():
        found.setdefault(fold(field.get("name") or ""), field)
    return found


def value_of(field: Field | None) -> Any:
    """What stands in a field: a number, a text, a list of texts; None for nothing. A share that Asana keeps
    as 0.25 and shows as 25% is 25."""
    match (field or {}).get("resource_subtype"):
        case "number" | "formula":
            return _shown(field or {}, (field or {}).get("number_value"))
        case "enum":
            return ((field or {}).get("enum_value") or {}).get("name")
        case "multi_enum":
            return [one["name"] for one in (field or {}).get("multi_enum_values") or ()]
        case "people":
            return [one.get("name") or "" for one in (field or {}).get("people_value") or ()]
        case "date":
            told = (field or {}).get("date_value") or {}
            return told.get("date_time") or told.get("date")
        case _:
            return (field or {}).get("text_value") or None


def held(task: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the fields of these names, by role; those that the task has not are absent."""
    fields = fields_of(task)
    there = {role: fields[fold(name)] for role, name in names.items() if fold(name) in fields}
    return {role: _figure(role, value_of(field)) for role, field in there.items()}


def spelt(field: Field, value: Any) -> Any:
    """The value as Asana takes it for this field. Raises ValueError where the field cannot hold it."""
    kind = field.get("resource_subtype")
    if value is None and kind in ("number", "enum", "date", "text"):
        return None
    match kind:
        case "number":
            number = _number(value)
            if number is None:
                raise ValueError("takes numbers only")
            return _plain(number / 100 if field.get("format") == "percentage" else number)
        case "enum":
            return _option(field, str(value))
        case "date":
            return {"date_time": str(value)} if "T" in str(value) else {"date": str(value)}
        case "text":
            return str(value)
        case _:
            raise ValueError(f"is a field of kind {kind}")


def fold(word: str) -> str:
    return word.strip().casefold()


def _figure(role: str, value: Any) -> Any:
    """A number that stands in a text field is a number all the same."""
    if role not in NUMBERS or not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _shown(field: Field, value: Any) -> Any:
    number = _number(value)
    if field.get("format") != "percentage" or number is None:
        return value
    return _plain(number * 100)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        # By its shortest text: 0.1 is meant, not its binary neighbour.
        found = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _option(field: Field, name: str) -> str:
    for option in field.get("enum_options") or ():
        if option.get("enabled", True) and str(option.get("name") or "").strip() == name.strip():
            return str(option["gid"])
    raise ValueError(f"has no option {name!r}")
