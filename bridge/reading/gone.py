"""What went away: no list of changes ever tells of items deleted, moved out or hidden."""

from __future__ import annotations

from bridge.model import Keys, Tier
from bridge.reading.hits import Hits
from bridge.reading.intake import Intake

GLANCE = 500


def glance(intake: Intake, hits: Hits) -> None:
    """One look at the direct children of the linked Epics: one request, so every run can afford it."""
    roots = {id for link, ids in hits.items() if link.below and isinstance(link.selector, Keys) for id in ids}
    if not roots or len(roots) > GLANCE:
        return
    tree = intake.tree()
    groups = sorted(id for id in roots if id in tree.items and tree.items[id].tier is Tier.GROUP)
    if groups:
        found = intake.system.children(groups)
        before = {child for group in groups for child in tree.children.get(group, ())}
        _settle(intake, hits, set(found), before - found)


def sweep(intake: Intake, hits: Hits) -> None:
    """Walk all identities below the links, level by level."""
    tree = intake.tree()
    walked: set[str] = set().union(*hits.values())
    frontier = {id for link, ids in hits.items() if link.below for id in ids}
    while frontier:
        containers = sorted(
            id
            for id in frontier & tree.items.keys()
            if tree.items[id].tier is Tier.GROUP or tree.children.get(id)
        )
        found = intake.system.children(containers) if containers else frozenset()
        frontier = set(found) - walked
        walked |= found
    _settle(intake, hits, walked, intake.known - walked - intake.nodes.keys())


def _settle(intake: Intake, hits: Hits, found: set[str], missing: set[str]) -> None:
    """New ones come in. Missing ones are asked for by id: gone, moved elsewhere, or only late in the
    index. A gone item's parent is read again, for its list of parts tells deleted from hidden."""
    tree = intake.tree() if missing else None
    news = found - intake.known
    intake.fetch(news)
    intake.complete(news)
    intake.fetch(missing)
    gone = missing - intake.nodes.keys()
    wanted: set[str] = set().union(*hits.values())
    ours = intake.known | intake.store.mirror.aliases(intake.name).keys() if missing else set()
    strays = {id for id in missing - gone - wanted if intake.nodes[id].parent not in ours}
    if tree is not None:
        parents = {tree.items[id].parent for id in gone & tree.items.keys()}
        intake.fetch(parent for parent in parents if parent and parent in intake.known - gone)
    intake.forget(gone | strays)
