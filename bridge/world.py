"""What the store knows, gathered for judging: no network, the same for a run and for an explanation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bridge.again import StatusWeights
from bridge.assess import Past, People, World
from bridge.lost_fields import lost_fields
from bridge.model import Link, Okrs
from bridge.standing import Kept
from bridge.store import Store
from bridge.trees import Trees
from bridge.wishes import wishes


def load_world(
    store: Store,
    okrs: Okrs,
    weights: StatusWeights,
    silent: Collection[str] = (),
    trees: Trees | None = None,
) -> World:
    """All that the numbers of these OKRs are made of. Links on `silent` connections, which gave no
    answer, and links that were never read to the end count as unreadable. `trees` are of this store;
    None: loaded anew."""
    trees = trees or Trees(store)
    links = {link for wish in wishes(okrs).values() for link in wish.links}
    known = store.membership.of(links)
    hits = {link: one.ids for link, one in known.items() if one.ids is not None}
    broken = {link for link, one in known.items() if one.ids is None or one.unreadable}
    broken |= {link for link in links if link.connection in silent}
    names = sorted({link.connection for link in links})
    cursors = {name: cursor for name in names if (cursor := store.cursors.get(name))}
    return World(
        trees={name: trees.of(name) for name in names},
        hits=hits,
        unreadable=frozenset(broken),
        read={name: cursor.read for name, cursor in cursors.items()},
        people=People(store.checkins.all(), store.overrides.all()),
        past=_past(store, okrs),
        status_weights=weights,
        lost_fields=lost_fields(okrs, {name: site[0] for name in names if (site := store.sites.get(name))}),
    )


def _past(store: Store, okrs: Okrs) -> Past:
    figures = store.figures.all()
    kept = {kr: Kept(last.progress, last.at) for kr, last in figures.items() if last.progress is not None}
    read: dict[str, datetime] = {kr: last.read for kr, last in figures.items() if last.read is not None}
    return Past(kept, read, store.baselines.all(okrs.cycle.id))


def links_of(okrs: Okrs) -> frozenset[Link]:
    """Every link that anything of these OKRs asks for."""
    return frozenset(link for wish in wishes(okrs).values() for link in wish.links)
