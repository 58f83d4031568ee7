"""Each item once: of copies that differ, the one that tells the latest and promises the least."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bridge.model import Category, ItemRef, WorkItem

_ADVANCE = {Category.TODO: 0, Category.IN_PROGRESS: 1, Category.UNDEFINED: 2, Category.DONE: 4}
_CANCELLED = 3


@dataclass(frozen=True, slots=True)
class Distinct:
    """Items by (connection, id), in a fixed order; `moved` leads from the older keys of an item to it."""

    items: list[WorkItem]
    moved: dict[tuple[str, str], ItemRef]
    differing: frozenset[ItemRef]


def distinct(items: Iterable[WorkItem]) -> Distinct:
    """Keep one copy of each item, whatever the order in which pages and links brought them."""
    kept: dict[tuple[str, str], WorkItem] = {}
    clashes: dict[ItemRef, list[WorkItem]] = {}
    for item in items:
        ref = (item.connection, item.id)
        known = kept.setdefault(ref, item)
        if known is not item and known != item:
            clashes.setdefault(ItemRef(*ref), [known]).append(item)
    moved: dict[tuple[str, str], ItemRef] = {}
    for clash, copies in clashes.items():
        best = kept[clash] = _best(copies)
        moved |= {(copy.connection, copy.key): clash for copy in copies if copy.key != best.key}
    order = sorted(kept, key=lambda ref: (ref[0], len(ref[1]), ref[1]))
    return Distinct([kept[ref] for ref in order], moved, frozenset(clashes))


def _best(copies: list[WorkItem]) -> WorkItem:
    latest = max(copy.updated for copy in copies)
    return min((copy for copy in copies if copy.updated == latest), key=_advance)


def _advance(item: WorkItem) -> tuple[Any, ...]:
    """How far an item says it has come; the text at the end only makes the order total."""
    rank = _CANCELLED if item.cancelled else _ADVANCE[item.category]
    done, total = item.checks or (0, 0)
    checked = Decimal(done) / total if total else Decimal(0)
    return (rank, item.resolution != "", item.percent or 0, checked, item.spent_seconds or 0, repr(item))
