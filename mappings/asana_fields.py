"""A task's custom fields: what stands in them, and how a value is spelt to be put there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.model.same import same

Field = Mapping[str, Any]
NUMBERS = frozenset({"progress", "score"})
_GID = re.compile(r"\d{1,20}\Z")


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


def has(task: Mapping[str, Any], name: str, value: str) -> bool | None:
    """Whether a field of the task has this value; None where the task has no such field."""
    match fold(name):
        case "section":
            sections = [(one.get("section") or {}).get("name") for one in task.get("memberships") or ()]
            return any(_is(one, value) for one in sections)
        case "assignee":
            return _is((task.get("assignee") or {}).get("name"), value)
        case wanted:
            by_gid = {str(one["gid"]): one for one in task.get("custom_fields") or ()}
            field = fields_of(task).get(wanted) or by_gid.get(name.strip())
            return None if field is None else _is(value_of(field), value)


def _is(found: Any, wanted: str) -> bool:
    if isinstance(found, list):
        return any(_is(one, wanted) for one in found)
    if isinstance(found, str):
        return fold(found) == fold(wanted)
    try:
        return same(found, float(wanted))
    except ValueError:
        return False


def gid_of(told: str, kind: str = "task") -> str:
    """The id in what people write: 123, or the address of a task or a project; empty for none."""
    text = told.strip()
    if _GID.match(text) or "://" not in text:
        return text if _GID.match(text) else ""
    if named := re.search(rf"/{kind}/(\d+)", text):
        return named[1]
    old = re.search(r"/0/(\d+)(?:/(\d+))?", text)
    return (old[2 if kind == "task" else 1] or "") if old else ""


def instant(told: str) -> datetime:
    """Asana tells UTC with Z, in milliseconds."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError(f"no zone: {told}")
    return at
