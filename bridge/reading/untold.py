"""Records that came and cannot be understood: every link that they belong to is left alone until they
can be, for nothing may be concluded from what was known of them before."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Set

from bridge.model import Link, Tier
from bridge.reading.intake import Intake
from mappings.links import Tree, reach

log = logging.getLogger(__name__)

Hits = dict[Link, frozenset[str]]
MARK = "record "


def marked(unreadable: Iterable[str]) -> set[str]:
    """The ids that a link could not be read for since their records made no sense."""
    return {one.removeprefix(MARK) for one in unreadable if one.startswith(MARK)}


def marks(intake: Intake, lost: Iterable[str]) -> tuple[str, ...]:
    """What is kept of a link's lost items until the next read."""
    return tuple(sorted(MARK + id if id in intake.untold else id for id in lost))


def leave_alone(intake: Intake, hits: Hits) -> None:
    """Links that reach a record which was understood before and is no more are incomplete from now on."""
    if not intake.untold:
        return
    tree = intake.tree()
    for link, ids in hits.items():
        _give_up(intake, link, reach(tree, ids, link.below) & intake.untold.keys())
    intake.forget(set(intake.untold))


def lost_below(intake: Intake, hits: Hits, lost: Set[str]) -> None:
    """New records of which is only known that they hang below some link: ask link by link."""
    if not lost:
        return
    tree = intake.tree()
    for link, ids in hits.items():
        if link.below and (containers := _containers(tree, reach(tree, ids, below=True))):
            _give_up(intake, link, intake.system.children(containers) & lost)


def _containers(tree: Tree, ids: Set[str]) -> dict[str, str]:
    items = (tree.items[id] for id in sorted(ids & tree.items.keys()))
    return {item.id: item.key for item in items if item.tier is Tier.GROUP or item.children}


def _give_up(intake: Intake, link: Link, lost: Set[str]) -> None:
    if not lost:
        return
    membership = intake.store.membership
    membership.set_unreadable(link, {*membership.unreadable(link), *marks(intake, lost)})
    tell_untold(intake, link, lost)


def tell_untold(intake: Intake, link: Link, lost: Iterable[str]) -> None:
    for id in sorted(lost):
        problem = intake.untold[id]
        log.warning("%s", problem.message, extra={"event": "untold_record", "item": id})
        intake.tell(link, problem)
