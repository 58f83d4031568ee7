"""What went away: no list of changes ever tells of items deleted, moved out or hidden."""

from __future__ import annotations

from collections.abc import Mapping, Set

from bridge.model import Keys, Tier
from bridge.reading.hits import cannot_be_read
from bridge.reading.intake import Intake
from bridge.reading.untold import Hits, lost_below
from mappings.links import Tree

GLANCE = 500


def glance(intake: Intake, hits: Hits) -> None:
    """One look at the direct children of the linked Epics: one request, so every run can afford it."""
    roots = {id for link, ids in hits.items() if link.below and isinstance(link.selector, Keys) for id in ids}
    if not roots or len(roots) > GLANCE:
        return
    tree = intake.tree()
    items = (tree.items[id] for id in sorted(roots & tree.items.keys()))
    groups = {item.id: item.key for item in items if item.tier is Tier.GROUP}
    if groups:
        found = intake.system.children(groups)
        before = {child for group in groups for child in tree.children.get(group, ())}
        holding = {tree.items[child].parent for child in found & tree.items.keys()}
        _see_to_roots(intake, hits, groups.keys() - holding)
        _settle(intake, hits, set(found), before - found)


def look_for(intake: Intake, hits: Hits, missing: set[str]) -> None:
    """See what became of items that were asked for and did not come."""
    if missing:
        _settle(intake, hits, set(), missing)


def _see_to_roots(intake: Intake, hits: Hits, empty: set[str]) -> None:
    """A linked Epic without anything below it may be gone itself: with it all that was there lost its
    parent, and nothing is to be concluded from that."""
    intake.fetch(empty)
    gone = empty - intake.nodes.keys() - intake.untold.keys()
    for link, ids in hits.items():
        if lost := ids & gone:
            intake.store.membership.set_unreadable(link, lost)
            intake.tell(link, cannot_be_read(intake, link, lost))
    intake.forget(gone)


def sweep(intake: Intake, hits: Hits) -> None:
    """Walk all identities below the links, level by level."""
    tree = intake.tree()
    frontier = {id for link, ids in hits.items() if link.below for id in ids}
    walked = set(frontier)
    found: set[str] = set()
    while frontier:
        below = _children(intake, tree, frontier)
        found |= below
        frontier = below - walked
        walked |= below
    _settle(intake, hits, found, intake.known - walked - intake.nodes.keys() - _all(hits), walked)


def _children(intake: Intake, tree: Tree, frontier: set[str]) -> set[str]:
    """What is directly below those of these that may hold anything."""
    items = (tree.items[id] for id in sorted(frontier & tree.items.keys()))
    containers = {
        item.id: item.key
        for item in items
        if item.tier is Tier.GROUP or item.children or tree.children.get(item.id)
    }
    return set(intake.system.children(containers)) if containers else set()


def _all(hits: Hits) -> set[str]:
    return set().union(*hits.values())


def _settle(
    intake: Intake, hits: Hits, found: set[str], missing: set[str], reached: Set[str] | None = None
) -> None:
    """New ones come in. Missing ones are asked for by id: gone, moved elsewhere, or only late in the
    index. A gone item's parent is read again, for its list of parts tells deleted from hidden. `reached`:
    all that the links reach, where that was walked; else what is known is taken for it."""
    tree = intake.tree() if missing else None
    news = found - intake.known
    intake.fetch(news)
    intake.complete(news)
    lost_below(intake, hits, news & intake.untold.keys())
    intake.fetch(missing)
    gone = missing - intake.nodes.keys() - intake.untold.keys()
    left = missing - gone - intake.untold.keys() - _all(hits)
    apart = set() if reached is None else _all(hits) - reached
    ours = intake.nodes.keys() - apart | (intake.known if reached is None else reached)
    strays = _strays(intake, left, ours - gone)
    if tree is not None:
        parents = {tree.items[id].parent for id in gone & tree.items.keys()}
        intake.fetch(parent for parent in parents if parent and parent in intake.known - gone)
    intake.forget(gone | strays)


def _strays(intake: Intake, moved: set[str], ours: Set[str]) -> set[str]:
    """Of items that nothing reached, those that hang under nothing of ours, with all below them."""
    if not moved:
        return set()
    ids = intake.store.mirror.aliases(intake.name)
    strays: set[str] = set()
    while new := {id for id in moved - strays if _parent(intake, id, ids) not in ours - strays}:
        strays |= new
    return strays


def _parent(intake: Intake, id: str, ids: Mapping[str, str]) -> str | None:
    """Told by id, where a key is known."""
    parent = intake.nodes[id].parent
    return parent if parent is None else ids.get(parent, parent)
