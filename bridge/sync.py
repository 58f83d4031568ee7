"""One run: read, judge, plan, apply, remember. A dry run is the same run that stops before it writes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction

from bridge.again import RollUp, StatusWeights, anew
from bridge.assess import Assessment, World, assess
from bridge.brake import BrakeRules, brake
from bridge.clock import Clock
from bridge.errors import AccessDenied, BridgeError, ConfigError, ConnectorError, Stopping, StoreError
from bridge.logs import bound
from bridge.lost_fields import problem_of as lost_field_problem
from bridge.model import Change, Okrs, Outcome, Plan, Problem, Standing
from bridge.pace import PaceRules
from bridge.plan import digest
from bridge.publish import Publishing
from bridge.publishing import Publisher
from bridge.reading import Connection, Reading, Terms, never, problem_of, read
from bridge.remember import Behind, remember
from bridge.report.run import RunReport
from bridge.silence import silent as silent_ones
from bridge.standing import Moment
from bridge.store import ConnectionResult, Store
from bridge.together import together
from bridge.trees import Trees
from bridge.wishes import links_of_one, wishes
from bridge.world import links_of, load_world

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is asked to do. `only`: these key results are the whole of it.

    The daemon says more, by connection: `reads` are read (None: all; the others stand as last read),
    in `sweep` all identities are walked (None: where the last walk is an hour old), in `look` every
    anchor is compared with what was written, and `hints` are ids of items that are said to have changed.
    """

    dry: bool = False
    force: bool = False
    expect: str = ""
    only: frozenset[str] = frozenset()
    full: bool = False
    reads: frozenset[str] | None = None
    sweep: frozenset[str] | None = None
    look: frozenset[str] = frozenset()
    hints: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kind: str = "sync"

    def reads_from(self, connection: str) -> bool:
        return self.reads is None or connection in self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings that decide numbers."""

    zone: tzinfo
    pace: PaceRules
    brake: BrakeRules
    status_weights: StatusWeights


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a run works with, handed in. `told` keeps, from run to run, how many requests each
    connection had made when that was told last.

    `at_hand` gives a connection that this run does not read, where it is open already: a figure may be
    shown there. `stopping` is asked now and then, and `guard` before each write: it raises LeaseLost.
    `refused` is told of connections whose login was refused, when the run has done with them. `trees` and
    `reckon` may know what the run before has made of the same store.
    """

    okrs: Okrs
    store: Store
    connect: Callable[[str], Connection]
    clock: Clock
    rules: Rules
    publishing: Publishing
    trees: Trees
    field_names: Mapping[str, str] = field(default_factory=dict)
    told: dict[str, tuple[object, int]] = field(default_factory=dict)
    at_hand: Callable[[str], Connection | None] = lambda _: None
    stopping: Callable[[], bool] = never
    guard: Callable[[], None] = lambda: None
    refused: Callable[[str, AccessDenied], None] = lambda _name, _error: None
    reckon: RollUp = anew


def sync(parts: Parts, orders: Orders) -> RunReport:
    """Run once. Never raises for what one connection, link or item does; StoreError ends it, and
    Stopping where the process is asked to end before anything is written."""
    now = parts.clock.now()
    run = "" if orders.dry else parts.store.runs.start(orders.kind, now)
    try:
        with bound(run=run):
            return _sync(parts, orders, run, now)
    except BridgeError as error:
        if run:
            _break_off(parts, run, error)
        raise


def _break_off(parts: Parts, run: str, error: BridgeError) -> None:
    """The run is over, and `runs` says why. Of a database that is away the error tells."""
    stopping = isinstance(error, Stopping)
    outcome, summary = ("interrupted", {}) if stopping else ("failed", {"message": error.message})
    try:
        parts.store.runs.finish(run, parts.clock.now(), outcome, summary)
    except StoreError as second:
        log.debug("run %s was not finished in the database: %s", run, second)


def _sync(parts: Parts, orders: Orders, run: str, now: datetime) -> RunReport:
    begun = parts.clock.monotonic()
    connections, silent = _connect(parts, orders)
    look = frozenset(connections) if orders.full else orders.look
    publisher = Publisher(
        parts.store,
        connections,
        parts.publishing,
        now,
        anew=frozenset(connections) if orders.force else look,
        stopping=parts.stopping,
        guard=parts.guard,
    )
    problems = [] if orders.dry else list(publisher.settle())
    readings = silent + _read(parts, connections, orders, now)
    problems += [problem for reading in readings for problem in _whose(reading, parts.okrs)]
    world, assessment = _assess(parts, orders, readings, now)
    problems += assessment.problems
    problems += [
        lost_field_problem(kr, lost)
        for kr, lost in world.lost_fields.items()
        if not orders.only or kr in orders.only
    ]
    plan = publisher.plan(parts.okrs, world, assessment, orders.only, look=look)
    stopped = _stopped(parts, orders, assessment, plan)
    changes, more = plan.changes, list(plan.problems)
    if not orders.dry and not stopped:
        made = publisher.apply(plan, run)
        changes, more = made.changes, list(made.problems)
        chosen, behind = _chosen(assessment, orders), Behind(world, assessment.brought)
        remember(parts.store, parts.okrs, chosen, now, parts.rules.zone, behind)
    report = RunReport(
        id=run,
        started=now,
        seconds=parts.clock.monotonic() - begun,
        requests=_requests(parts, connections),
        digest=digest(plan),
        standings=_chosen(assessment, orders),
        objectives=assessment.objectives,
        changes=changes,
        problems=tuple(problems + more + stopped),
        field_names=parts.field_names,
        without_fields=_without_fields(parts, connections),
        stopped=bool(stopped),
        taken={reading.connection: reading.taken for reading in readings},
        interrupted=not orders.dry and not stopped and _left(changes),
        failed=bool(readings) and not any(reading.complete for reading in readings),
    )
    for reading in readings:
        if reading.refused:
            parts.refused(reading.connection, reading.refused)
    if not orders.dry:
        _record(parts, report, readings)
    return report


def _left(changes: Iterable[Change]) -> bool:
    """Whether writes were left for the next run, as the process was asked to end."""
    return any(change.outcome is Outcome.PLANNED for change in changes)


def _connect(parts: Parts, orders: Orders) -> tuple[dict[str, Connection], list[Reading]]:
    """The connections that may be asked something, and a failed reading of each that cannot be opened."""
    asked = wishes(_only(parts.okrs, orders.only))
    chosen = [name for name in asked if orders.reads_from(name)]
    opened = dict(zip(chosen, together(lambda name: _open(parts, orders, name), chosen), strict=True))
    connections: dict[str, Connection] = {}
    silent: list[Reading] = []
    for name, wish in asked.items():
        match opened.get(name) or parts.at_hand(name):
            case Problem() as problem:
                silent.append(Reading(name, False, frozenset(wish.links), (problem,)))
            case Connection() as connection:
                connections[name] = connection
    return connections, silent


def _open(parts: Parts, orders: Orders, name: str) -> Connection | Problem:
    try:
        return parts.connect(name)
    except ConnectorError as error:
        return problem_of(error, name)
    except ConfigError as error:
        if orders.reads is None:
            raise
        # a secret that cannot be read: somebody at hand is told, unattended the others go on
        hint = "put the secret where its reference says, or correct that: okr-bridge check"
        return Problem(kind="config_error", message=f"{name}: {error}", hint=hint, connection=name)


def _read(
    parts: Parts, connections: Mapping[str, Connection], orders: Orders, now: datetime
) -> list[Reading]:
    """Every connection for itself."""
    asked = wishes(_only(parts.okrs, orders.only))

    def look_into(name: str) -> Reading:
        with bound(connection=name):
            terms = _terms(parts, orders, name, now)
            return read(connections[name], asked[name], parts.store, terms, parts.trees)

    readings = together(look_into, [name for name in connections if orders.reads_from(name)])
    if not orders.only:
        parts.store.membership.prune(links_of(parts.okrs))
    return readings


def _terms(parts: Parts, orders: Orders, name: str, now: datetime) -> Terms:
    terms = Terms(
        now,
        full=orders.full,
        partly=bool(orders.only),
        hints=orders.hints.get(name, frozenset()),
        stopping=parts.stopping,
    )
    if orders.sweep is None:
        return terms
    return replace(terms, sweep_every=timedelta(0) if name in orders.sweep else timedelta.max)


def _only(okrs: Okrs, chosen: frozenset[str]) -> Okrs:
    if not chosen:
        return okrs
    objectives = (
        replace(o, key_results=tuple(kr for kr in o.key_results if kr.id in chosen)) for o in okrs.objectives
    )
    return replace(okrs, objectives=tuple(objectives))


def _assess(parts: Parts, orders: Orders, readings: list[Reading], now: datetime) -> tuple[World, Assessment]:
    failed = {reading.connection for reading in readings if not reading.complete}
    unread = {name for name in wishes(parts.okrs) if not orders.reads_from(name)}
    silent = failed | silent_ones(parts.store, unread)
    world = load_world(parts.store, parts.okrs, parts.rules.status_weights, silent, parts.trees)
    moment = Moment(now=now, zone=parts.rules.zone, cycle=parts.okrs.cycle, rules=parts.rules.pace)
    return world, assess(parts.okrs, world, moment, parts.reckon)


def _chosen(assessment: Assessment, orders: Orders) -> tuple[Standing, ...]:
    return tuple(s for s in assessment.standings if not orders.only or s.kr.id in orders.only)


def _without_fields(parts: Parts, connections: Mapping[str, Connection]) -> dict[str, tuple[str, ...]]:
    """The custom fields that should show key results and are not there, where fields are wanted."""
    if not parts.publishing.rules.fields:
        return {}
    names = parts.field_names.values()
    gaps = {
        name: tuple(field for field in names if field in one.missing) for name, one in connections.items()
    }
    return {name: missing for name, missing in gaps.items() if missing}


def _whose(reading: Reading, okrs: Okrs) -> Iterator[Problem]:
    """The problems of a reading, each with the key results that it keeps from being written."""
    for problem in reading.problems:
        links = reading.blamed.get(problem, frozenset())
        ids = (kr.id for kr in okrs.key_results if links.intersection(links_of_one(kr)))
        yield replace(problem, kr=", ".join(ids))


def _requests(parts: Parts, connections: Mapping[str, Connection]) -> dict[str, int]:
    """Those made since they were told last: what a first run asks about the site is among them."""
    made: dict[str, int] = {}
    for name, one in connections.items():
        system, before = parts.told.get(name, (one.system, 0))
        made[name] = one.system.requests - (before if system is one.system else 0)
        parts.told[name] = (one.system, one.system.requests)
    return made


def _is_meant(digest: str, expected: str) -> bool:
    """The whole of it or its beginning, from eight digits on."""
    return len(expected) >= 8 and digest.startswith(expected.lower())


def _stopped(parts: Parts, orders: Orders, assessment: Assessment, plan: Plan) -> list[Problem]:
    """Why nothing may be written, if so: another plan than the one reviewed, or too much at once."""
    if orders.expect and not _is_meant(digest(plan), orders.expect):
        return [
            Problem(
                kind="plan_changed",
                message=f"the plan is {digest(plan)[:16]}, not {orders.expect}: nothing was written",
                hint="review the plan again: okr-bridge plan",
            )
        ]
    moved = () if orders.force else _moving(parts, _chosen(assessment, orders))
    if not moved:
        return []
    rules = parts.rules.brake
    return [
        Problem(
            kind="brake",
            message=f"{len(moved)} key result{'s' if len(moved) > 1 else ''} would move by more than "
            f"{float(rules.step):.0%} "
            f"({', '.join(moved[:10])}{' ...' if len(moved) > 10 else ''}): nothing was written",
            hint="see why with `okr-bridge explain KR`; if it is right: okr-bridge sync --force",
        )
    ]


def _moving(parts: Parts, standings: tuple[Standing, ...]) -> tuple[str, ...]:
    figures = parts.store.figures.all()
    before: dict[str, Fraction] = {}
    now: dict[str, Fraction | None] = {}
    for standing in standings:
        last = figures.get(standing.kr.id)
        if last and last.progress is not None:
            before[standing.kr.id] = last.progress
            now[standing.kr.id] = standing.computed if standing.complete else last.progress
    return brake(before, now, parts.rules.brake)


def _record(parts: Parts, report: RunReport, readings: list[Reading]) -> None:
    """What the run came to, for `runs` and `status`."""
    finished = parts.clock.now()
    for reading in readings:
        problem = reading.problems[-1] if reading.problems else None
        result = ConnectionResult(
            report.id,
            reading.complete and not reading.unreadable,
            problem.message if problem else "",
            problem.hint if problem else "",
            finished,
        )
        parts.store.connections.put(reading.connection, result)
    made = [change for change in report.changes if change.outcome is not Outcome.PLANNED]
    parts.store.runs.writes(report.id, made)
    parts.store.runs.finish(report.id, finished, report.outcome, report.summary)
