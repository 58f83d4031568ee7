"""A tree of work items that changes day by day and is never built anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from bridge.model import WorkItem
from mappings.links import Tree


class PastTree:
    """The items of one connection as they stand. After any changes it equals what `Tree.of` makes of the
    same items. A change costs as much as the children that are told by another name because of it."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        """`aliases`: ids by every key that items ever had."""
        self._aliases = aliases
        self._items: dict[str, WorkItem] = {}
        self._children: dict[str, dict[str, None]] = {}
        self._by_key: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self._waiting: dict[str, dict[str, None]] = {}

    @property
    def tree(self) -> Tree:
        """It as it stands now, until the next change; children are there to be gone through only."""
        return Tree(self._items, cast("Mapping[str, tuple[str, ...]]", self._children))

    def __contains__(self, id: str) -> bool:
        return id in self._items

    def put(self, id: str, item: WorkItem | None) -> None:
        """This is how an item stands from now on; None: it is not there."""
        before = self._items.get(id)
        if before is not None:
            self._take_out(id, before)
        if item is not None:
            self._put_in(id, item)
        names = {id, *(one.key for one in (before, item) if one is not None)}
        for child in [child for name in names for child in self._waiting.get(name, ())]:
            self._settle_again(child)

    def above(self, id: str) -> Iterator[str]:
        """An item's parent, its parent's and so on; each once, should they be under each other."""
        seen = {id}
        item = self._items.get(id)
        while item is not None and item.parent is not None and item.parent not in seen:
            seen.add(item.parent)
            if (above := self._items.get(item.parent)) is not None:
                yield item.parent
            item = above

    def _settled(self, parent: str) -> str:
        if parent in self._items:
            return parent
        return self._by_key.get(parent) or self._aliases.get(parent, parent)

    def _put_in(self, id: str, item: WorkItem) -> None:
        self._by_key[item.key] = id
        parent = item.parent
        if parent is not None:
            known = parent in self._items or parent == id
            settled = parent if known else self._settled(parent)
            if not known:
                self._said[id] = parent
                self._waiting.setdefault(parent, {})[id] = None
            if settled != parent:
                item = replace(item, parent=settled)
            self._children.setdefault(settled, {})[id] = None
        self._items[id] = item

    def _take_out(self, id: str, item: WorkItem) -> None:
        del self._items[id]
        if self._by_key.get(item.key) == id:
            del self._by_key[item.key]
        if item.parent is not None:
            _drop(self._children, item.parent, id)
        self._wait_no_more(id)

    def _settle_again(self, child: str) -> None:
        item, parent = self._items[child], self._said[child]
        settled = self._settled(parent)
        if parent in self._items:
            self._wait_no_more(child)
        if item.parent is not None and settled != item.parent:
            _drop(self._children, item.parent, child)
            self._children.setdefault(settled, {})[child] = None
            self._items[child] = replace(item, parent=settled)

    def _wait_no_more(self, child: str) -> None:
        if (parent := self._said.pop(child, None)) is not None:
            _drop(self._waiting, parent, child)


def _drop(groups: dict[str, dict[str, None]], name: str, one: str) -> None:
    group = groups[name]
    del group[one]
    if not group:
        del groups[name]
