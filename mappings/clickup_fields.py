"""Values of a task's custom fields. They are known by name: each list may have its own of that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bridge.model.same import same

FIGURES = frozenset({"progress", "score"})
"""Roles of numbers, in a field of text too."""
START = datetime(1970, 1, 1, tzinfo=UTC)
Field = Mapping[str, Any]


class Unfit(ValueError):
    """The field takes no such value."""


def named(fields: Iterable[Field]) -> dict[str, Field]:
    """By name, without case and outer blanks, and by id; of several with one name always the same one."""
    known = sorted(fields, key=lambda one: str(one["id"]), reverse=True)
    return {fold(str(one["id"])): one for one in known} | {fold(str(one["name"])): one for one in known}


def held(task: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the fields of these names, by role; those that the task has not are absent."""
    there = named(task.get("custom_fields") or ())
    told = {role: value(there[fold(name)]) for role, name in names.items() if fold(name) in there}
    return {role: number(one) if role in FIGURES else one for role, one in told.items()}


def value(field: Field) -> Any:
    """As people read it: the name of an option, a number as one, an instant in ISO form; None where empty."""
    told = field.get("value")
    if told in (None, "", []):
        return None
    match field["type"]:
        case "number" | "currency":
            return number(told)
        case "drop_down":
            return option(field, told)
        case "labels" if isinstance(told, list):
            return [option(field, one) for one in told]
        case "users" if isinstance(told, list):
            return [_person(one) for one in told]
        case "manual_progress" if isinstance(told, Mapping):
            return number(told.get("current"))
        case "date" if str(told).isdecimal():
            return instant(told).isoformat()
        case _:
            return told


def spelt(field: Field, wanted: Any) -> dict[str, Any]:
    """What sets the field to this value. Raises Unfit, and ValueError for what is no number or time."""
    match field["type"]:
        case "number" | "currency":
            return {"value": number(wanted, strict=True)}
        case "manual_progress":
            return {"value": {"current": number(wanted, strict=True)}}
        case "date":
            at = datetime.fromisoformat(str(wanted))
            return {"value": round((at - START) / timedelta(milliseconds=1)), "value_options": {"time": True}}
        case "drop_down":
            for one in options(field):
                if same(one.get("name"), str(wanted)):
                    return {"value": str(one["id"])}
            raise Unfit(f"has no option {wanted!r}")
        case "text" | "short_text":
            return {"value": str(wanted)}
        case other:
            raise Unfit(f"is of the type {other}")


def option(field: Field, told: Any) -> Any:
    """The name of an option, told by its place or by its id."""
    for one in options(field):
        if told in (one.get("id"), one.get("orderindex")):
            return one.get("name") or one.get("label")
    return told


def _person(told: Any) -> str:
    known = told if isinstance(told, Mapping) else {"id": told}
    return str(known.get("username") or known.get("email") or known.get("id"))


def options(field: Field) -> list[Mapping[str, Any]]:
    return list((field.get("type_config") or {}).get("options") or ())


def number(told: Any, *, strict: bool = False) -> Any:
    """Numbers come as text. What is none stays as it is; with `strict` it raises ValueError."""
    if isinstance(told, bool) or not isinstance(told, str | int | float | Decimal):
        if strict:
            raise ValueError(f"no number: {told!r}")
        return told
    try:
        found = float(told)
    except ValueError:
        if strict:
            raise
        return told
    return int(found) if found.is_integer() else found


def instant(told: Any) -> datetime:
    """Times are milliseconds since 1970, mostly as text."""
    return START + timedelta(milliseconds=int(told))


def fold(word: str) -> str:
    return word.strip().casefold()
