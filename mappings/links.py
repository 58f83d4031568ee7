"""Which work items count for which key result: from a link's hits to everything below them.

A hit by key, query, label, project or field brings all that hangs under it, told by the items' own
parents alone. A tree is made once per connection from the mirrored items and asked for every key
result; nothing here reads a tracker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bridge.model import Category, ItemRef, KeyResult, Link, WorkItem

_NOTHING: frozenset[str] = frozenset()
_ADVANCE = (Category.UNDEFINED, Category.TODO, Category.IN_PROGRESS, Category.DONE)


@dataclass(frozen=True, slots=True)
class Tree:
    """The items of one connection by permanent id, and who stands directly under whom."""

    items: Mapping[str, WorkItem]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, items: Iterable[WorkItem], aliases: Mapping[str, str] | None = None) -> Tree:
        """Build it from items whose `parent` is an id or a key; `aliases` are ids by former keys.

        Of two copies of an item the later update counts, of equally late ones the less advanced.
        A parent that nobody knows stays as it is written: its child then counts by itself.
        """
        known: dict[str, WorkItem] = {}
        for item in items:
            other = known.get(item.id)
            known[item.id] = item if other is None else _newer(other, item)
        settled = with_settled_parents(known, aliases or {})
        children: defaultdict[str, list[str]] = defaultdict(list)
        for id, item in settled.items():
            if item.parent in settled:
                children[item.parent].append(id)
        return cls(settled, {parent: tuple(ids) for parent, ids in children.items()})


def with_settled_parents(items: Mapping[str, WorkItem], aliases: Mapping[str, str]) -> dict[str, WorkItem]:
    """The items by id, each `parent` told by id where it can be: an id first, then a key, then a
    former key."""
    by_key = {item.key: id for id, item in items.items()}
    settled: dict[str, WorkItem] = {}
    for id, item in items.items():
        parent = item.parent
        if parent is not None and parent not in items:
            parent = by_key.get(parent) or aliases.get(parent, parent)
        settled[id] = item if parent == item.parent else replace(item, parent=parent)
    return settled


def reach(tree: Tree, hits: frozenset[str], below: bool) -> frozenset[str]:
    """The hits, and with `below` everything under them, each once; cycles do no harm.

    A hit that the tree lacks (hidden, gone) stays in the answer: the caller compares.
    """
    if not below:
        return hits
    reached = set(hits)
    frontier = list(hits)
    children = tree.children
    while frontier:
        for child in children.get(frontier.pop(), ()):
            if child not in reached:
                reached.add(child)
                frontier.append(child)
    return frozenset(reached)


def items_of(
    key_result: KeyResult, hits: Mapping[Link, frozenset[str]], trees: Mapping[str, Tree]
) -> dict[ItemRef, tuple[int, ...]]:
    """The union of what the links bring, each item once, with the positions of those that did.

    A link without an entry in `hits` brings nothing; whether it could be read is the caller's to say.
    """
    brought: dict[ItemRef, tuple[int, ...]] = {}
    for position, link in enumerate(key_result.links):
        tree = trees.get(link.connection, _EMPTY)
        for id in reach(tree, hits.get(link, _NOTHING), link.below):
            ref = ItemRef(link.connection, id)
            brought[ref] = (*brought.get(ref, ()), position)
    return brought


def work_items(refs: Iterable[ItemRef], trees: Mapping[str, Tree]) -> list[WorkItem]:
    """The items of these references in their order, parents told by id; unknown ones are left out."""
    found = (trees.get(ref.connection, _EMPTY).items.get(ref.id) for ref in refs)
    return [item for item in found if item is not None]


def _newer(one: WorkItem, two: WorkItem) -> WorkItem:
    if one.updated != two.updated:
        return max(one, two, key=lambda item: item.updated)
    return min(one, two, key=lambda item: _ADVANCE.index(item.category))


_EMPTY = Tree({}, {})
