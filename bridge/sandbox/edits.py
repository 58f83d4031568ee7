"""How a change of a field reads in the history: from and to, as ids and as words.

The shapes are those of real Cloud and Server histories, their oddities among them: what a custom field was
cleared to is an empty text, although it was null before it was first filled.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from bridge.sandbox import adf
from bridge.sandbox.fieldtypes import Field
from bridge.sandbox.records import Issue, Json

Item = dict[str, Any]
Pair = tuple[str | None, str | None]


def item(field: str, fieldtype: str, field_id: str, old: Pair, new: Pair) -> Item:
    """One history item; `field_id` empty leaves it out, as Jira does for parents and moves."""
    shape: Item = {"field": field, "fieldtype": fieldtype}
    if field_id:
        shape["fieldId"] = field_id
    shape |= {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}
    return shape


def describe(field: Field, old: Json, new: Json) -> Item:
    """The history item of one field's change from `old` to `new`, both REST-ready values."""
    name = field.name if field.custom else field.id
    kind = "custom" if field.custom else "jira"
    cleared = field.custom and _empty(new)
    return item(name, kind, field.id, words(field, old), _cleared(field) if cleared else words(field, new))


def words(field: Field, value: Json) -> Pair:
    """A value as (from, fromString): ids where the field has them, else only words."""
    if _empty(value):
        return (None, "" if field.id == "labels" else None)
    if field.custom:
        return (_CUSTOM.get(field.type) or _WORDS.get(field.type, _text))(value)
    return _WORDS.get(field.type, _text)(value)


def _empty(value: Json) -> bool:
    return value is None or value == []


def _cleared(field: Field) -> Pair:
    return ("" if field.type in ("date", "datetime", "array") and field.items != "string" else None), ""


def _text(value: Json) -> Pair:
    return None, adf.plain(value) if isinstance(value, dict) else str(value)


def _number(value: Json) -> Pair:
    return None, f"{value:.12g}" if isinstance(value, int | float) else str(value)


def _seconds(value: Json) -> Pair:
    return str(value), str(value)


def _day(value: Json) -> Pair:
    return str(value), f"{value} 00:00:00.0"


def _picked(value: Json) -> Pair:
    day = date.fromisoformat(value)
    return value, f"{day.day}/{day:%b}/{day:%y}"


def _instant(value: Json) -> Pair:
    return str(value), str(value)


def _user(value: Json) -> Pair:
    return value.get("accountId") or value.get("name"), value["displayName"]


def _named(value: Json) -> Pair:
    return value["id"], value.get("name") or value.get("value")


def _array(value: Json) -> Pair:
    if isinstance(value[0], str):
        return None, " ".join(value)
    ids = ", ".join(str(one["id"]) for one in value)
    names = ", ".join(str(one.get("name") or one.get("value")) for one in value)
    return (f"[{ids}]" if "value" in value[0] else ids), names


_WORDS: dict[str, Callable[[Json], Pair]] = {
    "number": _seconds,
    "date": _day,
    "datetime": _instant,
    "user": _user,
    "status": _named,
    "resolution": _named,
    "priority": _named,
    "issuetype": _named,
    "option": _named,
    "array": _array,
}


_CUSTOM: dict[str, Callable[[Json], Pair]] = {"number": _number, "date": _picked}


def parent_item(level: int | None, old: Issue | None, new: Issue | None) -> Item:
    """A parent's change. `level` None is Cloud: `IssueParentAssociation`; else by the child's level
    Parent (sub-tasks), Epic Link, Parent Link (epics). Ids in from and to, keys as words, no `fieldId`."""
    pairs = [(str(one.id), one.key) if one else (None, None) for one in (old, new)]
    match level:
        case None:
            name, kind = "IssueParentAssociation", "jira"
        case -1:
            name, kind = "Parent", "jira"
        case 0:
            name, kind = "Epic Link", "custom"
        case _:
            name, kind = "Parent Link", "custom"
    return item(name, kind, "", pairs[0], pairs[1])
