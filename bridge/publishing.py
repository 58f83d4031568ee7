"""From where the key results stand to what is sent: what should be there, what is, and the difference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from bridge.anchors import anchors_of
from bridge.apart import Given, attempt, plan_apart, wanted_apart
from bridge.apply import Run, apply
from bridge.assess import Assessment, World
from bridge.errors import ConnectorError, Stopping
from bridge.model import (
    Change,
    ItemRef,
    Objective,
    Okrs,
    Outcome,
    Plan,
    Problem,
    Standing,
    State,
    WorkItem,
)
from bridge.parking import Trouble, trouble
from bridge.places import Place, Written, place
from bridge.plan import Wanted
from bridge.presume import by_item, forgotten, presumed, to_look_at
from bridge.publish import Publishing, Stamp, Target, stamps
from bridge.reading import Connection, problem_of
from bridge.retries import Retries
from bridge.settle import settle
from bridge.store import LastFigures, Store, records
from bridge.unpublish import remembered
from bridge.writing import never, nothing
from connectors.base import Found

WRITERS = 4
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(slots=True)
class Publisher:
    """One run's writing side. `looked` are the items that were looked at in the system itself. On the
    connections in `anew` everything is tried, also what waits or was refused. `stopping` is asked now and
    then, and `guard` before each write: it raises LeaseLost where another process writes now."""

    store: Store
    connections: Mapping[str, Connection]
    publishing: Publishing
    now: datetime
    anew: Collection[str] = ()
    stopping: Callable[[], bool] = never
    guard: Callable[[], None] = nothing
    looked: dict[ItemRef, Found] = field(default_factory=dict)
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    wishes: tuple[Wanted, ...] = ()
    shown: Mapping[ItemRef, Collection[str]] = field(default_factory=dict)
    retries: Retries = field(init=False)
    _blind: list[Trouble] = field(default_factory=list)

    def __post_init__(self) -> None:
        hours = self.publishing.retry_hours
        self.retries = Retries(self.store, self.connections, self.now, hours, self.anew)

    def settle(self) -> Sequence[Problem]:
        """See what became of writes whose outcome an earlier run did not live to learn."""
        pending = self.store.outbox.pending()
        if not pending:
            return ()
        waiting = self.retries.waiting
        told = settle(pending, self._panels(), self.store, self.now, waiting, self.stopping)
        self.retries.unsettled = {place(intent.change) for intent in self.store.outbox.pending()}
        return told.problems

    def plan(
        self, okrs: Okrs, world: World, assessment: Assessment, only: frozenset[str], *, look: frozenset[str]
    ) -> Plan:
        """What is to be written. Items where something new is to be put are looked at first; the rest
        is planned from what is known, so that a run with nothing to write asks nothing. On the connections
        in `look` every item is looked at, which finds what people took away."""
        standings = [s for s in assessment.standings if not only or s.kr.id in only]
        objectives = [o for o in okrs.objectives if o.state is not State.DRAFT]
        problems: list[Problem] = []
        self.stamps = self._stamps(standings, problems)
        written = self._written()
        anchors = _anchors(objectives, world, problems)
        targets = {
            kr: [Target(one.connection, one.id, one.key) for one in its] for kr, its in anchors.items()
        }
        self.shown = _shown(targets)
        publishing = replace(self.publishing, fixed=self._fixed(anchors))
        given = Given(objectives, standings, targets, publishing, self.stamps, written)
        wishes, more = wanted_apart(given, [problem.kr for problem in problems])
        self.wishes = wishes = tuple(wish for wish in wishes if wish.connection in self.connections)
        found = self._presumed(wishes, written)
        first = self._plan(written, found)
        every = {ItemRef(wish.connection, wish.item) for wish in wishes if wish.connection in look}
        blind = self._look(every | to_look_at(first.changes))
        self._blind = [
            trouble(change, blind[_item(change)])
            for change in first.changes
            if _item(change) in blind and change.outcome is Outcome.PLANNED
        ]
        if self.looked or blind:
            found = {ref: seen for ref, seen in (found | self.looked).items() if ref not in blind}
            first = self._plan(written, found)
        problems += [*more, *first.problems, *(_unseen(ref, error) for ref, error in blind.items())]
        told = {problem.kr for problem in problems}
        nowhere = _nowhere(objectives, [one for one in standings if one.kr.id not in told], targets)
        return Plan(first.changes, (*problems, *nowhere))

    def apply(self, planned: Plan, run: str) -> Plan:
        """Make the plan true, item by item; what each change came to, and what went wrong."""
        self._keep_stamps()
        self._adopt(planned)
        changing = {place(change) for change in planned.changes}
        blind = {_item(one.change) for one in self._blind}
        seen = (wish for wish in self.wishes if ItemRef(wish.connection, wish.item) not in blind)
        self.retries.tidy(self.shown, {place(wish) for wish in seen} - changing)
        for one in self._blind:
            self.retries.hear([one.change], [one])
        made = Run(
            panels=self._panels(),
            ledger=self.store,
            id=run,
            at=self.now,
            looked=self.looked.keys(),
            late=self.retries.late,
            stopping=self.stopping,
            guard=self.guard,
            told=self.retries.hear,
        )
        with ThreadPoolExecutor(WRITERS) as writers:
            return apply(planned, made, partial(_in_order, writers))

    def _plan(self, written: Mapping[Place, Written], found: Mapping[ItemRef, Found]) -> Plan:
        """What is to be written, and of that what may not be tried now."""
        return self.retries.hold(plan_apart(self.wishes, written, found, self.publishing.instance))

    def _fixed(self, anchors: Mapping[str, Sequence[WorkItem]]) -> frozenset[ItemRef]:
        items = (item for its in anchors.values() for item in its if item.connection in self.connections)
        return frozenset(
            item.ref for item in items if item.project in self.connections[item.connection].fixed
        )

    def _panels(self) -> Mapping[str, Any]:
        return {name: connection.system for name, connection in self.connections.items()}

    def _stamps(self, standings: Sequence[Standing], problems: list[Problem]) -> Mapping[str, Stamp]:
        known = self.store.figures.all()
        before = {kr: Stamp(last.hash, last.updated) for kr, last in known.items() if last.hash}
        found = dict(before)
        for one in standings:
            work = partial(stamps, [one], before, self.now)
            found |= attempt("telling the figures of", one.kr.id, work, problems) or {}
        return found

    def _keep_stamps(self) -> None:
        """Before anything is written, so that a run that makes up for a killed one writes the same."""
        with self.store.transaction():
            known, none = self.store.figures.all(), LastFigures(None, self.now, "", self.now, None, "none")
            told = {
                kr: replace(known.get(kr, none), hash=stamp.hash, updated=stamp.updated)
                for kr, stamp in self.stamps.items()
            }
            self.store.figures.put_all({kr: last for kr, last in told.items() if last != known.get(kr)})

    def _adopt(self, planned: Plan) -> None:
        """What stood already as wanted is taken up again where it was forgotten (a new database): so that
        the next run need not look, and `unpublish` finds it."""
        written = self._written()
        with self.store.transaction():
            for wish, ref in forgotten(self.wishes, written, self.looked, planned.changes):
                where = place(wish)
                key = records.WrittenKey(where.item, where.kr, where.what.value, where.name)
                self.store.written.put(where.connection, key, records.Written(wish.value, ref, self.now))

    def _written(self) -> dict[Place, Written]:
        places: dict[Place, Written] = {}
        for name in self.connections:
            places |= remembered(self.store, name)
        return places

    def _presumed(self, wishes: Sequence[Wanted], written: Mapping[Place, Written]) -> dict[ItemRef, Found]:
        refs = {ItemRef(wish.connection, wish.item) for wish in wishes}
        items = by_item(written)
        found: dict[ItemRef, Found] = {}
        for name in {ref.connection for ref in refs}:
            ids = [ref.id for ref in refs if ref.connection == name]
            for id, panel in self.store.mirror.panels(name, ids).items():
                ref = ItemRef(name, id)
                found[ref] = presumed(panel, items.get(ref, {}), self.publishing.instance)
        return found

    def _look(self, refs: set[ItemRef]) -> dict[ItemRef, ConnectorError]:
        """Look at these items in the system itself; what came of those that could not be seen."""
        with ThreadPoolExecutor(WRITERS) as lookers:
            seen = list(_in_order(lookers, self._look_at, sorted(refs)))
        self.looked |= {ref: found for ref, found in seen if isinstance(found, Found)}
        return {ref: found for ref, found in seen if isinstance(found, ConnectorError)}

    def _look_at(self, ref: ItemRef) -> tuple[ItemRef, Found | ConnectorError]:
        if self.stopping():
            raise Stopping(f"{ref.connection}: the bridge is stopping; nothing was written yet")
        try:
            return ref, self.connections[ref.connection].system.look(ref.id)
        except ConnectorError as error:
            return ref, error


def _item(change: Change) -> ItemRef:
    return ItemRef(change.connection, change.item)


def _unseen(ref: ItemRef, error: ConnectorError) -> Problem:
    return replace(problem_of(error, ref.connection), item=ref.id)


def _in_order(pool: Executor, work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """`map` on a pool, where every call knows what the caller's context knows (which run this is)."""
    given = list(items)
    contexts = [copy_context() for _ in given]
    return pool.map(lambda context, one: context.run(work, one), contexts, given)


def _anchors(
    objectives: Sequence[Objective], world: World, problems: list[Problem]
) -> dict[str, Sequence[WorkItem]]:
    return {
        kr.id: attempt("finding the anchors of", kr.id, partial(anchors_of, kr, world), problems) or ()
        for objective in objectives
        for kr in objective.key_results
    }


def _shown(targets: Mapping[str, Sequence[Target]]) -> dict[ItemRef, set[str]]:
    """By anchor item, the key results that are shown there."""
    items: dict[ItemRef, set[str]] = {}
    for kr, its in targets.items():
        for target in its:
            items.setdefault(ItemRef(target.connection, target.item), set()).add(kr)
    return items


def _nowhere(
    objectives: Sequence[Objective], standings: Sequence[Standing], targets: Mapping[str, list[Target]]
) -> list[Problem]:
    """Anchors that the file names and that cannot be read."""
    shown = {standing.kr.id for standing in standings}
    return [
        Problem(
            kind="not_found",
            message=f"none of its anchors can be read: {', '.join(anchor.key for anchor in kr.anchors)}",
            hint="correct `anchors` in the OKR file, or grant the bridge's account Browse",
            connection=kr.anchors[0].connection,
            kr=kr.id,
            item=kr.anchors[0].key,
        )
        for objective in objectives
        for kr in objective.key_results
        if kr.id in shown and kr.anchors and not targets.get(kr.id)
    ]
