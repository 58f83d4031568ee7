"""What stands on an item as far as is known without asking: so that a run with nothing to write asks
nothing, and a run with something to write looks first only where it has no memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.model import Change, ItemRef, Outcome, What
from bridge.places import Place, Written, place
from connectors.base import Found, FoundComment, Mark


def by_item(written: Mapping[Place, Written]) -> Mapping[ItemRef, Mapping[Place, Written]]:
    """What is remembered as written, item by item."""
    items: dict[ItemRef, dict[Place, Written]] = {}
    for where, value in written.items():
        items.setdefault(ItemRef(where.connection, where.item), {})[where] = value
    return items


def presumed(panel: Mapping[str, Any], own: Mapping[Place, Written], instance: str) -> Found:
    """An item's fields and property as last read; comments and links, which no list tells, as last
    written (`own`: what is remembered of this item)."""
    return Found(
        fields=panel.get("fields", {}),
        property=panel["property"] if "property" in panel else _property(own),
        comments=tuple(
            FoundComment(value.ref, Mark(instance, where.kr, (value.value or {}).get("hash", "")))
            for where, value in own.items()
            if where.what is What.COMMENT and value.ref
        ),
        links={where.name: value.value for where, value in own.items() if where.what is What.REMOTE_LINK},
    )


def _property(own: Mapping[Place, Written]) -> Any:
    return next((value.value for where, value in own.items() if where.what is What.PROPERTY), None)


def to_look_at(changes: Sequence[Change], written: Mapping[Place, Written]) -> set[ItemRef]:
    """The items where something is to be written that the bridge does not remember having written:
    there it looks before it writes."""
    return {
        ItemRef(change.connection, change.item)
        for change in changes
        if change.outcome is Outcome.PLANNED and place(change) not in written
    }
