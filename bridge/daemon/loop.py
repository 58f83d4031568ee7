"""The main thread of the daemon: it leads or stands by, takes what is due, and makes runs of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridge.clock import Clock
from bridge.daemon.agenda import Agenda, Due, Job
from bridge.daemon.health import Health
from bridge.daemon.metrics import Metrics
from bridge.daemon.ping import Ping
from bridge.daemon.schedule import Schedule
from bridge.daemon.stop import Stop
from bridge.errors import BridgeError, LeaseLost, Stopping, StoreError
from bridge.lease import DAEMON, Held, take
from bridge.logs import bound
from bridge.model import Outcome
from bridge.processes import this_process, told
from bridge.sync import Orders

if TYPE_CHECKING:
    from bridge.daemon.duty import Duty
    from bridge.report.run import RunReport

log = logging.getLogger(__name__)

TURN = 0.5
"""Seconds that the loop waits for something to do before it looks around."""
STAND_BY = 2.0
"""Seconds after which whoever stands by asks again whether the lease is free."""
PATIENCE = 5.0
"""Seconds to leave a database alone that does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that the loop works with, handed in. `owed`: connections of which hints were lost."""

    duty: Duty
    agenda: Agenda
    schedule: Schedule
    health: Health
    metrics: Metrics
    ping: Ping
    stop: Stop
    clock: Clock
    owed: set[str] = field(default_factory=set)


def orders_of(due: Due) -> Orders:
    """One run for all that is due."""
    kind = Job.RECONCILE if due.reconcile else Job.SWEEP if due.sweep else Job.SYNC
    return Orders(
        kind=kind.value,
        reads=due.connections,
        sweep=due.sweep,
        look=due.reconcile,
        hints=due.hints,
    )


def work(parts: Parts) -> None:
    """Until the process is asked to stop: lead if nobody else does, else stand by."""
    leader = ""
    while not parts.stop.asked():
        try:
            held = _candidate(parts)
            leader = "" if held else _stand_by(parts, leader)
            if held:
                _lead(parts, held)
        except StoreError as error:
            _database_trouble(parts, error)


def _candidate(parts: Parts) -> Held | None:
    """The daemon's lease, if it can be had now."""
    held = take(parts.duty.store, DAEMON, this_process(), parts.duty.lease_seconds)
    parts.health.store_trouble("")
    return held


def _stand_by(parts: Parts, before: str) -> str:
    """Wait a moment, and no longer than the lease lasts; who leads, told when that is another one."""
    record = parts.duty.store.leases.record(DAEMON)
    leader = record.holder if record else before
    if leader != before:
        log.info("standing by: %s is active", told(leader), extra={"event": "standing_by"})
    parts.duty.refresh(anew=parts.stop.take_load_anew())
    _wait(parts, min(STAND_BY, parts.duty.lease_seconds / 4, max(record.left, 0.0) if record else 0.0))
    return leader


def _lead(parts: Parts, held: Held) -> None:
    """Until the process is asked to stop, or the lease is lost."""
    with _leading(parts, held):
        while not parts.stop.asked() and not held.lost:
            _turn(parts)
    if held.lost:
        log.warning("another daemon took over, or the database was silent: standing by")


@contextmanager
def _leading(parts: Parts, held: Held) -> Iterator[None]:
    """While this is the active daemon: schedules run, hints are taken, others stand by."""
    log.info("active: connections %d", len(parts.duty.connections), extra={"event": "active"})
    try:
        parts.health.good(parts.duty.last_good())
        parts.health.standby(False, lambda: not held.lost)
        parts.schedule.replace(parts.duty.plan, parts.duty.zone)
        parts.schedule.start(parts.duty.store.schedule.all())
        yield
    finally:
        parts.schedule.stop()
        parts.health.standby(True)
        held.let_go()


def _turn(parts: Parts) -> None:
    """One round: files that changed are taken up, then all that is due is done at once."""
    parts.health.turned()
    if parts.duty.refresh(anew=parts.stop.take_load_anew()):
        parts.schedule.replace(parts.duty.plan, parts.duty.zone)
        parts.duty.tell_next(parts.schedule.next_runs())
    parts.schedule.keep_time()
    due = parts.agenda.take(TURN)
    if due is None:
        return
    made = [_make(parts, run) for run in _runs_of(parts, due)]
    if all(made):
        parts.duty.tell_next(parts.schedule.next_runs())


def _runs_of(parts: Parts, due: Due) -> list[Due]:
    """What is due, without the connections that are to be left alone; those that fail come last, in a run
    of their own, so that they keep no other waiting."""
    present = parts.duty.connections & due.connections
    away = parts.duty.away(present)
    parts.owed.update(away & due.hints.keys())
    failing = parts.duty.failing(present - away)
    runs = (due.among(present - away - failing), due.among(failing))
    return [run for run in runs if run.connections]


def _make(parts: Parts, due: Due) -> bool:
    """One run, and what is owed after it: what hints told of a connection that gave no answer is lost, so
    all its identities are walked once it answers again. False: it is still due."""
    if not _do(parts, due):
        return False
    failing = parts.duty.failing(due.connections)
    for connection in (due.connections & parts.owed) - failing:
        parts.owed.discard(connection)
        parts.agenda.ask(connection, Job.SWEEP)
    parts.owed.update(failing & due.hints.keys())
    return True


def _do(parts: Parts, due: Due) -> bool:
    """One run. Whatever it comes to, the loop goes on. False: it is still due, for this daemon or the next
    one, which goes by the times that were told before it began."""
    orders, begun = orders_of(due), parts.clock.monotonic()
    parts.health.began()
    try:
        report = parts.duty.run(orders)
    except Stopping:
        facts = {"event": "run", "kind": orders.kind, "outcome": "interrupted"}
        log.info("%s: interrupted", orders.kind, extra=facts)
        _ended(parts, orders.kind, "interrupted", "asked to stop", begun)
        return False
    except LeaseLost as error:
        log.warning("the run broke off: %s (%s)", error, error.hint, extra={"event": "run_failed"})
        parts.agenda.give_back(due)
        _ended(parts, orders.kind, "failed", str(error), begun)
        return False
    except StoreError as error:
        parts.agenda.give_back(due)
        _ended(parts, orders.kind, "failed", str(error), begun)
        _database_trouble(parts, error)
        return False
    except BridgeError as error:
        log.error("the run failed: %s (%s)", error, error.hint, extra={"event": "run_failed"})
        _ended(parts, orders.kind, "failed", str(error), begun)
    except Exception as error:
        # the last line of defence of an unattended program: told with its traceback, tried again on schedule
        log.exception("the run failed", extra={"event": "defect"})
        _ended(parts, orders.kind, "failed", f"a defect ({type(error).__name__})", begun)
    else:
        _over(parts, report, orders.kind)
        return not report.interrupted
    return True


def _over(parts: Parts, report: RunReport, kind: str) -> None:
    """A run was made. Raises StoreError where the database went away since: the run is told all the same."""
    _tell(report, kind)
    parts.health.store_trouble("")
    parts.health.ran(report, kind, parts.health.known.last_good)
    parts.metrics.ran(report, kind)
    for connection, items in report.taken.items():
        parts.metrics.took(connection, items)
    if parts.duty.all_well():
        parts.ping.after(report)
    parts.health.good(parts.duty.last_good())


def _tell(report: RunReport, kind: str) -> None:
    """A run in a line, and what went wrong in it in a line each."""
    figures = {
        "read": sum(report.taken.values()),
        "written": sum(change.outcome is Outcome.WRITTEN for change in report.changes),
        "requests": sum(report.requests.values()),
    }
    with bound(run=report.id):
        for problem in report.problems:
            extra: dict[str, Any] = {
                "event": "problem",
                "kind": problem.kind,
                "connection": problem.connection,
            }
            log.warning("%s (%s)", problem.message, problem.hint, extra=extra)
        words = ", ".join(f"{name} {number}" for name, number in figures.items())
        facts = {"kind": kind, "outcome": report.outcome, "seconds": round(report.seconds, 3)}
        extra = {"event": "run", **facts, **figures}
        log.info("%s: %s, %s, %.1f s", kind, report.outcome, words, report.seconds, extra=extra)


def _ended(parts: Parts, kind: str, outcome: str, message: str, begun: float) -> None:
    seconds = parts.clock.monotonic() - begun
    parts.health.broke(kind, outcome, message, seconds)
    parts.metrics.ended(kind, outcome, seconds)


def _database_trouble(parts: Parts, error: StoreError) -> None:
    """Told once for each kind of trouble; then the database is left alone for a moment."""
    if parts.health.known.store != str(error):
        log.error("%s (%s)", error, error.hint, extra={"event": "database"})
    parts.health.store_trouble(str(error))
    _wait(parts, PATIENCE)


def _wait(parts: Parts, seconds: float) -> None:
    """Stand by, and stay alive meanwhile."""
    parts.health.turned()
    try:
        parts.stop.sleep(seconds)
    except Stopping:
        return
