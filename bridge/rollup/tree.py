"""Who stands below whom among a key result's items, without circles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.model import WorkItem
from bridge.rollup.copies import Distinct, distinct

NOBODY = -1
"""The parent of a topmost item."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Items and their places, all told by position in `items`.

    `order` has every parent before its children, a family together. `dropped` are items that lost a
    parent because the parents went in a circle; `differing` are those read in copies that differed.
    """

    items: list[WorkItem]
    parents: list[int]
    children: list[list[int]]
    order: list[int]
    dropped: tuple[int, ...]
    differing: tuple[int, ...]


def arrange(items: Iterable[WorkItem]) -> Tree:
    """Tie items to their parents among them; a parent outside is none, one on a circle is dropped."""
    once = distinct(items)
    told = _parents(once)
    dropped = _circles(told)
    parents = told[:]
    for at in dropped:
        parents[at] = NOBODY
    children = _children(parents)
    differing = sorted(
        at for at, item in enumerate(once.items) if once.differing and item.ref in once.differing
    )
    return Tree(once.items, parents, children, _order(parents, children), dropped, tuple(differing))


def _differing(once: Distinct) -> tuple[int, ...]:
    if not once.differing:
        return ()
    return tuple(at for at, item in enumerate(once.items) if item.ref in once.differing)


def _parents(once: Distinct) -> list[int]:
    """A parent is told by id or by key, within its connection; an id beats a key."""
    by_id = {(item.connection, item.id): at for at, item in enumerate(once.items)}
    if all(item.parent is None or (item.connection, item.parent) in by_id for item in once.items):
        by_key: dict[tuple[str, str], int] = {}
    else:
        by_key = {key: by_id[ref] for key, ref in once.moved.items()} | _keys(once.items)
    parents = []
    for item in once.items:
        if item.parent is None:
            parents.append(NOBODY)
            continue
        place = (item.connection, item.parent)
        at = by_id.get(place, NOBODY)
        parents.append(at if at != NOBODY else by_key.get(place, NOBODY))
    return parents


def _keys(items: list[WorkItem]) -> dict[tuple[str, str], int]:
    """Positions by key; of two items that bear one key, the later update has it."""
    keys: dict[tuple[str, str], int] = {}
    for at, item in enumerate(items):
        known = keys.setdefault((item.connection, item.key), at)
        if known != at and items[known].updated < item.updated:
            keys[item.connection, item.key] = at
    return keys


def _circles(parents: list[int]) -> tuple[int, ...]:
    """Every item that is its own ancestor."""
    seen = bytearray(len(parents))
    found: list[int] = []
    for start, parent in enumerate(parents):
        if seen[start] or parent == NOBODY:
            continue
        path: list[int] = []
        at = start
        while at != NOBODY and not seen[at]:
            seen[at] = 1
            path.append(at)
            at = parents[at]
        if at != NOBODY and seen[at] == 1:
            found += path[path.index(at) :]
        for step in path:
            seen[step] = 2
    return tuple(sorted(found))


def _children(parents: list[int]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in parents]
    for at, parent in enumerate(parents):
        if parent != NOBODY:
            children[parent].append(at)
    return children


def _order(parents: list[int], children: list[list[int]]) -> list[int]:
    waiting = [at for at, parent in enumerate(parents) if parent == NOBODY]
    waiting.reverse()
    order: list[int] = []
    while waiting:
        at = waiting.pop()
        order.append(at)
        if children[at]:
            waiting += reversed(children[at])
    return order
