"""The values of a page's properties in plain form: of the bridge's own by role, of any by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def text_of(parts: Any) -> str:
    """What people read of a rich text."""
    return "".join(str(one.get("plain_text") or "") for one in parts or () if isinstance(one, dict))


def values_of(properties: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """By property id; what a page does not have is absent."""
    ids = frozenset(wanted)
    return {str(one["id"]): value_of(one) for one in properties.values() if one.get("id") in ids}


def value_of(one: Mapping[str, Any]) -> Any:
    """Without what moves by itself (addresses of pictures that expire, colours)."""
    kind = one.get("type")
    value = one.get(kind) if isinstance(kind, str) else None
    match kind:
        case "title" | "rich_text":
            return text_of(value)
        case "people":
            return [str(person.get("name") or "") for person in value or ()]
        case "select" | "status":
            return {"id": value.get("id"), "name": value.get("name")} if value else None
        case "multi_select":
            return [str(option.get("name")) for option in value or ()]
        case "relation":
            return [str(page["id"]) for page in value or ()]
        case "date":
            return {"start": value.get("start"), "end": value.get("end")} if value else None
        case "formula" | "rollup":
            inner = (value or {}).get("type")
            return (value or {}).get(inner) if inner in ("number", "string", "boolean") else None
        case "number" | "checkbox" | "unique_id" | "url" | "email" | "phone_number":
            return value
        case _:
            return None


def key_of(source: Mapping[str, Any], values: Mapping[str, Any], id: str) -> str:
    """The unique id, such as TASK-12; without one the id as it ends the page's address."""
    told = values.get(source["key"]["id"]) if source.get("key") else None
    if told and told.get("prefix") and told.get("number") is not None:
        return f"{told['prefix']}-{told['number']}"
    return id.replace("-", "")


def held(values: Mapping[str, Any], panel: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What stands in the bridge's own properties, by role; those that the page has not are absent."""
    return {role: _shown(values[one["id"]], one) for role, one in panel.items() if one["id"] in values}


def _shown(value: Any, one: Mapping[str, Any]) -> Any:
    match one["type"]:
        case "select" | "status":
            return value["name"] if value else None
        case "date":
            return value["start"] if value else None
        case "number" if one.get("format") == "percent" and value is not None:
            return float(Decimal(str(value)) * 100)
        case _:
            return None if value == "" else value


def spelt(value: Any, one: Mapping[str, Any]) -> dict[str, Any]:
    """A value as it is sent to the property; None empties it."""
    match one["type"]:
        case "number":
            return {"number": _number(value, one.get("format", ""))}
        case "select" | "status" as kind:
            return {kind: None if value is None else {"name": str(value)}}
        case "date":
            return {"date": None if value is None else {"start": str(value)}}
        case _:
            return {"rich_text": [] if value is None else [{"type": "text", "text": {"content": str(value)}}]}


def _number(value: Any, format: str) -> float | None:
    if value is None:
        return None
    number = Decimal(str(value))
    number = number / 100 if format == "percent" else number
    return int(number) if number == int(number) else float(number)
