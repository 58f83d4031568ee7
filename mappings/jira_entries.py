"""Jira's change log: which of its entries matter, and in which order they came.

An item of an entry tells `from` and `to` as ids and, in `fromString` and `toString`, as words of that time.
Cloud adds a `fieldId`, though not to every item; Data Center has names alone, which people change and which
custom fields share with each other and with Jira's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from mappings.jira_undo import Item, State, Undo, Undoes

# Most of a mapping's time goes into times: for zones of whole hours they are read the short way.
_OFFSETS = {f"{hours:+03}00": timedelta(hours=hours) for hours in range(-12, 15)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSEEN: Any = object()
_PARENTS = {
    "issueparentassociation": "jira",
    "parent": "jira",
    "epic link": "custom",
    "parent link": "custom",
}

Undoing = list[tuple[Undo, Item]]
Step = tuple[datetime, Undoing]


def instant(value: Any) -> datetime:
    """`2026-09-27T10:03:11.123+0200`, in whatever zone the site has, or epoch milliseconds (Cloud's lists of
    changes), or a time already read; as UTC."""
    kind = type(value)
    if kind is str:
        offset = _OFFSETS.get(value[23:])
        if offset is not None and value[19] == ".":
            return datetime.fromisoformat(value[:23] + "+00:00") - offset
        value = datetime.fromisoformat(value)
    elif kind is int or kind is float:
        return _EPOCH + timedelta(milliseconds=value)
    found: datetime = value
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found if found.tzinfo is UTC else found.astimezone(UTC)


class Entries:
    """Picks from change logs what matters. Everything else costs one look into a table."""

    def __init__(self, undoes: Undoes) -> None:
        self._undoes = undoes
        self._known: dict[Any, Undo | None] = {}

    def steps(self, changes: Sequence[Mapping[str, Any]]) -> list[Step]:
        """Oldest first; those of one instant in the order of their numbers, else as they are told."""
        known = self._known
        found: list[tuple[datetime, int, Undoing]] = []
        for entry in changes:
            undoing: Undoing | None = None
            for item in entry["items"]:
                name = item.get("fieldId") or (item["field"], item.get("fieldtype"))
                undo = known.get(name, _UNSEEN)
                if undo is _UNSEEN:
                    undo = known[name] = self._meaning(item)
                if undo is None:
                    continue
                if undoing is None:
                    undoing = []
                    found.append((instant(entry["created"]), _number(entry.get("id")), undoing))
                undoing.append((undo, item))
        if len(found) > 1:
            if found[0][0] > found[-1][0]:
                found.reverse()
            found.sort(key=itemgetter(0, 1))
        return [(at, undoing) for at, _, undoing in found]

    def resolved(self, steps: Sequence[Step]) -> list[datetime]:
        """When the resolution was changed."""
        resolution = self._undoes.system["resolution"]
        return [at for at, undoing in steps for undo, _ in undoing if undo is resolution]

    def _meaning(self, item: Item) -> Undo | None:
        """By `fieldId` where there is one, else by name; parents are always known by name, and a custom field
        may be called like one of Jira's own."""
        id, name, kind = item.get("fieldId"), item["field"].casefold(), item.get("fieldtype")
        undoes = self._undoes
        if name in _PARENTS and kind in (_PARENTS[name], None, ""):
            return undoes.parent
        if id:
            return undoes.custom.get(id) or undoes.system.get(id.casefold())
        if kind == "custom":
            return undoes.names.get(name)
        return undoes.system.get(name) or (None if kind else undoes.names.get(name))


def undo(state: State, undoing: Undoing) -> None:
    """Take one entry back, its items last to first."""
    state.parent_told = False
    for one, item in reversed(undoing):
        one(state, item)


def borne(steps: Sequence[Step]) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Every key that the log tells of the item itself, and of its parents by their ids."""
    keys: set[str] = set()
    parents: dict[str, set[str]] = {}
    for item in (item for _, undoing in steps for _, item in undoing):
        name = item["field"].casefold()
        ends = [(item.get(end), item.get(f"{end}String")) for end in ("from", "to")]
        if name == "key":
            keys.update(key for _, key in ends if key)
        elif name in _PARENTS:
            for id, key in ends:
                if id and key:
                    parents.setdefault(str(id), set()).add(key)
    return frozenset(keys), {id: frozenset(found) for id, found in parents.items()}


def _number(id: Any) -> int:
    text = str(id)
    return int(text) if text.isdecimal() else 0
