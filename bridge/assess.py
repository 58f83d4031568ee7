"""From what the store knows to where every key result stands: the same for a run, an explanation
and a page, with or without a network."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from bridge.again import RollUp, StatusWeights, anew
from bridge.lost_fields import LostField
from bridge.metric_source import Hit, reading_of
from bridge.model import (
    Baseline,
    CheckIn,
    ItemRef,
    KeyResult,
    Link,
    MetricSource,
    Objective,
    ObjectiveStanding,
    Okrs,
    Override,
    Problem,
    Progress,
    Standing,
    WorkItem,
)
from bridge.rollup import roll_up
from bridge.scope import baseline_of
from bridge.show import colour
from bridge.standing import Facts, Kept, Moment, stand, stand_objective
from bridge.stumbling import stumbled
from bridge.wishes import source_link, sources
from mappings.links import Tree, items_of, work_items

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class People:
    """What people said, by key result."""

    checkins: Mapping[str, tuple[CheckIn, ...]] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What was known before this run, by key result."""

    kept: Mapping[str, Kept] = field(default_factory=dict)
    read: Mapping[str, datetime] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that numbers are made of. Links in `unreadable` are not known to be complete; `read`
    tells by connection when it was last read to the end."""

    trees: Mapping[str, Tree]
    hits: Mapping[Link, frozenset[str]]
    unreadable: frozenset[Link]
    read: Mapping[str, datetime] = field(default_factory=dict)
    people: People = People()
    past: Past = Past()
    status_weights: StatusWeights = field(default_factory=dict)
    lost_fields: Mapping[str, LostField] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The figures of a run, and by key result which of its links brought which item. `problems`: what the
    program stumbled over."""

    standings: tuple[Standing, ...]
    objectives: tuple[ObjectiveStanding, ...]
    brought: Mapping[str, Mapping[ItemRef, tuple[int, ...]]]
    problems: tuple[Problem, ...] = ()


def assess(okrs: Okrs, world: World, moment: Moment, reckon: RollUp = anew) -> Assessment:
    """Roll up and judge every key result, then every objective, in file order. `reckon` rolls up.

    A key result that the program stumbles over keeps its last value and is told, with its traceback in
    the log; for its objective it is not known.
    """
    standings: list[Standing] = []
    objectives: list[ObjectiveStanding] = []
    problems: list[Problem] = []
    brought: dict[str, Mapping[ItemRef, tuple[int, ...]]] = {}
    for objective in okrs.objectives:
        known = []
        for key_result in objective.key_results:
            try:
                refs = items_of(key_result, world.hits, world.trees)
                known.append(stand(key_result, objective, _facts(key_result, refs, world, reckon), moment))
                standings.append(known[-1])
                brought[key_result.id] = refs
            except Exception as error:
                log.exception("judging %s", key_result.id, extra={"event": "defect"})
                problems.append(stumbled(error, "judging", kr=key_result.id))
                standings.append(_as_before(key_result, objective, world))
                known.append(replace(standings[-1], progress=None))
                brought[key_result.id] = {}
        objectives.append(stand_objective(objective, known, moment))
    return Assessment(tuple(standings), tuple(objectives), brought, tuple(problems))


def _as_before(key_result: KeyResult, objective: Objective, world: World) -> Standing:
    """The last value and nothing else: so that nothing is written of it."""
    last = world.past.kept.get(key_result.id)
    progress = last.progress if last else None
    return Standing(
        kr=key_result,
        objective=objective.id,
        progress=progress,
        kept=last is not None,
        complete=False,
        colour=colour(progress),
    )


def _facts(
    key_result: KeyResult, refs: Mapping[ItemRef, tuple[int, ...]], world: World, reckon: RollUp
) -> Facts:
    hidden, broken = _unreadable(key_result, refs, world)
    source = key_result.metric.source if key_result.metric else None
    guard = key_result.guard.metric.source if key_result.guard else None
    lost = world.lost_fields.get(key_result.id)
    told = _told(source, world) and not (lost and lost.source)
    unreadable = len(key_result.links) if lost and not lost.source else len(broken)
    baseline = _baseline(key_result, refs, world) if key_result.links else None
    work = _work(key_result, refs, world, baseline, reckon) if key_result.links else None
    return Facts(
        work=_hiding(work, hidden) if work else None,
        unreadable=unreadable,
        links=len(key_result.links),
        current=_reading(source, world),
        current_complete=told,
        guard=_reading(guard, world) if _told(guard, world) else None,
        checkins=world.people.checkins.get(key_result.id, ()),
        override=world.people.overrides.get(key_result.id),
        last=world.past.kept.get(key_result.id),
        last_read=_last_read(key_result, world, complete=told and not unreadable),
        baseline=baseline,
    )


def _baseline(
    key_result: KeyResult, refs: Mapping[ItemRef, tuple[int, ...]], world: World
) -> Baseline | None:
    """The scope to compare with; at the first read it is today's own, so that the second says the same."""
    known = world.past.baselines.get(key_result.id)
    if known is not None:
        return known
    rules = replace(key_result.rollup, scope="live")
    today = roll_up(work_items(refs, world.trees), rules, status_weights=world.status_weights)
    return None if today.value is None else baseline_of(today)


def _last_read(key_result: KeyResult, world: World, *, complete: bool) -> datetime | None:
    """When all that this key result rests on was last known: what is read as a whole counts from the
    oldest of its connections, else from the last time that it was whole."""
    if not complete:
        return world.past.read.get(key_result.id)
    names = {link.connection for link in key_result.links}
    names |= {source.connection for source in sources(key_result)}
    if not names:
        return None
    read = [world.read[name] for name in names if name in world.read]
    return min(read) if read and len(read) == len(names) else world.past.read.get(key_result.id)


def _told(source: MetricSource | None, world: World) -> bool:
    """Whether what a metric is read from could be read to the end."""
    return source is None or source_link(source) not in world.unreadable


def _reading(source: MetricSource | None, world: World) -> Decimal | None:
    return reading_of(source, _hits_of(source_link(source), world)) if source else None


def _work(
    key_result: KeyResult,
    refs: Mapping[ItemRef, tuple[int, ...]],
    world: World,
    baseline: Baseline | None,
    reckon: RollUp,
) -> Progress:
    held = baseline if key_result.rollup.scope == "frozen" else None
    return reckon(key_result, work_items(refs, world.trees), world.status_weights, held)


def _hiding(progress: Progress, hidden: int) -> Progress:
    """With what is known to be there and cannot be read."""
    return replace(progress, counts=replace(progress.counts, unreadable=hidden)) if hidden else progress


def _unreadable(
    key_result: KeyResult, refs: Mapping[ItemRef, tuple[int, ...]], world: World
) -> tuple[int, set[int]]:
    """How many items are known to be there and cannot be read, and the links (by position) they break."""
    broken = {at for at, link in enumerate(key_result.links) if link in world.unreadable}
    missing: dict[ItemRef, None] = {}
    for ref, positions in refs.items():
        item = world.trees[ref.connection].items.get(ref.id) if ref.connection in world.trees else None
        if item is None:
            missing[ref] = None
            broken.update(positions)
            continue
        for lost in _hidden_parts(item, world.trees[ref.connection]):
            below = {at for at in positions if key_result.links[at].below}
            if below:
                missing[lost] = None
                broken |= below
    return len(missing), broken


def _hidden_parts(item: WorkItem, tree: Tree) -> Iterable[ItemRef]:
    """Parts that an item lists and that could not be read."""
    return (ItemRef(item.connection, child) for child in item.children if child not in tree.items)


def _hits_of(link: Link, world: World) -> Iterable[Hit] | None:
    """What a metric's query hits: None where it was never read."""
    ids = world.hits.get(link)
    if ids is None:
        return None
    tree = world.trees.get(link.connection)
    items = tree.items if tree else {}
    return [items.get(id) for id in ids]


def objective_of(okrs: Okrs, key_result: str) -> Objective:
    """The objective that a key result belongs to."""
    return next(o for o in okrs.objectives if any(kr.id == key_result for kr in o.key_results))
