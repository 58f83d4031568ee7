"""The places on an anchor item, what stands in them, and what to do with one of them.

The law of every place: what a person set is never overwritten silently. A value that is neither what
the bridge last wrote nor what it wants now is drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from bridge import marks
from bridge.model import What
from bridge.model.same import same

COMMENT = "comment"
LINK_VALUES: Mapping[str, Any] = {
    "url": "",
    "title": "",
    "summary": "",
    "relationship": "",
    "resolved": False,
}


class Verdict(StrEnum):
    KEEP = "keep"
    WRITE = "write"
    DRIFTED = "drifted"


class Place(NamedTuple):
    """One spot on one item. `kr` is empty for fields and the property: an item has one set of them."""

    connection: str
    item: str
    kr: str
    what: What
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the bridge last put in a place: plain JSON, and the system's id of it (a comment's)."""

    value: Any
    ref: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class There:
    """What stands in one place now; `ref` is the id of the comment it was taken from."""

    value: Any = None
    ref: str = ""


class Spot(Protocol):
    """What a wanted value and a change have in common: where, and for which key result."""

    @property
    def connection(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def kr(self) -> str: ...
    @property
    def what(self) -> What: ...
    @property
    def name(self) -> str: ...


class SeenMark(Protocol):
    @property
    def instance(self) -> str: ...
    @property
    def kr(self) -> str: ...
    @property
    def hash(self) -> str: ...


class SeenComment(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def mark(self) -> SeenMark: ...


class Seen(Protocol):
    """What stands on an item, as `connectors.base.Found` tells it."""

    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def comments(self) -> Sequence[SeenComment]: ...
    @property
    def links(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def property(self) -> Any: ...


def place(spot: Spot) -> Place:
    """Where a value goes, as the store remembers it."""
    shared = spot.what in (What.FIELD, What.PROPERTY)
    return Place(spot.connection, spot.item, "" if shared else spot.kr, spot.what, spot.name)


def judge(written: Any, found: Any, wanted: Any) -> Verdict:
    """Say what to do with one place.

    `written` is what the bridge last put there, None when it never wrote. A value that is neither
    ours nor wanted was set by someone else: that is drift. An empty place is nobody's.
    """
    if same(found, wanted):
        return Verdict.KEEP
    if same(found, None) or same(found, written):
        return Verdict.WRITE
    return Verdict.DRIFTED


def compared(what: What, value: Any) -> Any:
    """The part of a value that decides: a comment's hash, a link's own members, else all of it."""
    if not isinstance(value, Mapping):
        return value
    if what is What.COMMENT:
        return value.get("hash")
    if what is What.REMOTE_LINK:
        return {name: value.get(name) or empty for name, empty in LINK_VALUES.items()}
    return value


def there(spot: Spot, seen: Seen, instance: str, ref: str = "") -> There:
    """What stands in the place now. Of several comments of ours, the one called `ref`, else the oldest."""
    match spot.what:
        case What.FIELD:
            return There(seen.fields.get(spot.name))
        case What.PROPERTY:
            return There(seen.property)
        case What.REMOTE_LINK:
            return There(seen.links.get(spot.name))
    comments = ours(seen, instance, spot.kr)
    chosen = next((one for one in comments if one.id == ref), comments[0] if comments else None)
    return There({"hash": chosen.mark.hash}, chosen.id) if chosen else There()


def ours(seen: Seen, instance: str, kr: str) -> list[SeenComment]:
    """This instance's comments for a key result, oldest first (trackers number upwards)."""
    mine = [one for one in seen.comments if one.mark.instance == instance and one.mark.kr == kr]
    return sorted(mine, key=lambda one: (len(one.id), one.id) if one.id.isdigit() else (0, ""))


def foreign(what: What, seen: Seen, instance: str) -> bool:
    """Whether the place belongs to another instance: fields and property of an item that it marked."""
    owner = marks.instance_of(seen.property)
    return what in (What.FIELD, What.PROPERTY) and owner not in (None, instance)
