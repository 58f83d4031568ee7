"""What stands on an item as far as is known without asking: so that a run with nothing to write asks
nothing, and a run with something to write looks first only where it has no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge import marks
from bridge.model import Change, ItemRef, Outcome, What
from bridge.model.same import same
from bridge.places import Place, Written, compared, place, there
from bridge.plan import Wanted
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


def to_look_at(changes: Sequence[Change]) -> set[ItemRef]:
    """The items where something is to be written. There the bridge looks first: the lists that it reads by
    lag behind for minutes, and a value that a person has set since is not to be overwritten."""
    return {
        ItemRef(change.connection, change.item) for change in changes if change.outcome is Outcome.PLANNED
    }


def forgotten(
    wishes: Sequence[Wanted],
    written: Mapping[Place, Written],
    looked: Mapping[ItemRef, Found],
    changes: Sequence[Change],
) -> Iterator[tuple[Wanted, str]]:
    """What was seen to stand as it should, though nobody remembers having written it; with its id there.

    Only on items that were looked at in the system itself, and only what bears this bridge's mark or
    stands beside it: of an item that the plan changes, the changes tell of themselves. A field of which
    something else is remembered may be a person's.
    """
    told = {place(change) for change in changes}
    for wish in wishes:
        seen = looked.get(ItemRef(wish.connection, wish.item))
        if seen is None or wish.value is None or place(wish) in told:
            continue
        last = written.get(place(wish))
        if last and (wish.what is What.FIELD or same(_told(wish, last.value), _told(wish, wish.value))):
            continue
        if wish.what is What.FIELD and wish.name not in seen.fields:
            continue
        yield wish, there(wish, seen, marks.instance_of(wish.value) or "").ref


def _told(wish: Wanted, value: Any) -> Any:
    return compared(wish.what, value)
