"""What stands on items that the OKR file shows nothing on any more: told, and taken away on demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bridge.anchors import anchors_of
from bridge.assess import World
from bridge.model import Finding, ItemRef, KeyResult, Keys, Okrs
from bridge.store import Store
from bridge.unpublish import Live, key_of, left_over, remembered

SAID = "still shows what the OKR file no longer does"
HINT = "take it away: okr-bridge unpublish --stale, then with --apply"


def live_anchors(okrs: Okrs, world: World, store: Store) -> Live:
    """Where each key result belongs: on the anchors that can be read, and wherever a key that the file
    names leads: what cannot be read now may only be hidden for a while."""
    shown: defaultdict[ItemRef, set[str]] = defaultdict(set)
    aliases = {name: store.mirror.aliases(name) for name in world.trees}
    for key_result in okrs.key_results:
        for item in anchors_of(key_result, world):
            shown[item.ref].add(key_result.id)
        for ref in _named(key_result, aliases):
            shown[ref].add(key_result.id)
    return {ref: frozenset(ids) for ref, ids in shown.items()}


def _named(key_result: KeyResult, aliases: Mapping[str, Mapping[str, str]]) -> Iterator[ItemRef]:
    names = [(anchor.connection, anchor.key) for anchor in key_result.anchors or ()]
    if key_result.anchors is None:
        names += [
            (link.connection, key)
            for link in key_result.links
            if isinstance(link.selector, Keys)
            for key in link.selector.keys
        ]
    for connection, key in names:
        if id := aliases.get(connection, {}).get(key):
            yield ItemRef(connection, id)


def told(store: Store, connections: Iterable[str], live: Live) -> list[Finding]:
    """A warning for each item with something left over."""
    return [
        Finding("warning", name, f"{key_of(store, ref)} {SAID}", HINT)
        for name in connections
        for ref in left_over(remembered(store, name), live)
    ]
