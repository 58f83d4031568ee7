"""On which items a key result is shown: the anchors it names, else the Epics among its keys."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.assess import World
from bridge.model import KeyResult, Keys, Tier, WorkItem
from bridge.wishes import anchor_link


def anchors_of(key_result: KeyResult, world: World) -> tuple[WorkItem, ...]:
    """The anchor items that can be read, each once, in the order of the file."""
    found = _named(key_result, world) if key_result.anchors is not None else _epics(key_result, world)
    return tuple({item.ref: item for item in found}.values())


def _named(key_result: KeyResult, world: World) -> Iterator[WorkItem]:
    for anchor in key_result.anchors or ():
        tree = world.trees.get(anchor.connection)
        for id in world.hits.get(anchor_link(anchor), ()):
            if tree and id in tree.items:
                yield tree.items[id]


def _epics(key_result: KeyResult, world: World) -> Iterator[WorkItem]:
    for link in key_result.links:
        tree = world.trees.get(link.connection)
        if isinstance(link.selector, Keys) and tree:
            keys = [key.upper() for key in link.selector.keys]
            items = [tree.items[id] for id in world.hits.get(link, ()) if id in tree.items]
            groups = [(_place(item, keys), item) for item in items if item.tier is Tier.GROUP]
            yield from (item for _, item in sorted(groups, key=lambda pair: pair[0]))


def _place(item: WorkItem, keys: list[str]) -> tuple[int, str]:
    """Where an item stands among the keys; moved ones, which have another key now, come last."""
    key = item.key.upper()
    return (keys.index(key) if key in keys else len(keys)), item.key
