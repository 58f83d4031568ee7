"""The daemon's main thread: it leads or stands by, and goes on whatever a run comes to."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bridge.daemon.agenda import Due, Job
from bridge.daemon.loop import PATIENCE, STAND_BY, orders_of
from bridge.errors import ConfigError, LeaseLost, Misconfigured, Stopping, StoreError, Transient, UsageError
from bridge.lease import DAEMON
from bridge.logs.context import tell_context
from bridge.sync import Orders
from tests.bridge.daemon.desk import NOON, Desk, kr
from tests.stores import read_only

ELSEWHERE = "elsewhere pid 7, started 1, in 2"
ACME, BOTH = frozenset({"acme"}), frozenset({"acme", "globex"})
TIMES = {("mem", "reconcile"): NOON - timedelta(hours=9)}


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def ask(desk: Desk, job: Job = Job.SYNC, *names: str) -> Callable[[], None]:
    return lambda: [desk.script.ask(name, job) for name in names or ("mem",)] and None


def nothing() -> None:
    """A turn in which nothing happens."""


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.event for record in caplog.records if hasattr(record, "event")]


# --- what a run is told


ORDERS = {
    "a schedule": (Due(sync=BOTH), "sync", BOTH, frozenset(), frozenset()),
    "the sweep of one and the sync of two": (Due(BOTH, ACME), "sweep", BOTH, ACME, frozenset()),
    "a sweep alone reads first": (Due(sweep=ACME), "sweep", ACME, ACME, frozenset()),
    "the comparison": (Due(sync=BOTH, reconcile=ACME), "reconcile", BOTH, frozenset(), ACME),
    "hints": (Due(hints={"acme": frozenset("1")}), "sync", ACME, frozenset(), frozenset()),
}


@pytest.mark.parametrize(("due", "kind", "reads", "sweep", "look"), ORDERS.values(), ids=ORDERS)
def test_what_is_due_as_orders(due, kind, reads, sweep, look):
    assert orders_of(due) == Orders(kind=kind, reads=reads, sweep=sweep, look=look, hints=due.hints)


def test_a_run_is_for_what_was_asked_and_for_nothing_else(desk):
    calls: list[tuple[str, str]] = []
    desk.work(
        ask(desk, Job.SYNC, "mem", "other"),
        lambda: desk.__setattr__("trouble", lambda call: calls.append((desk.outcomes[-1][0], call))),
        ask(desk, Job.SYNC, "other"),
        ask(desk, Job.SWEEP),
        ask(desk, Job.RECONCILE),
        nothing,
    )
    assert [kind for kind, _ in desk.outcomes] == ["sync", "sync", "sweep", "reconcile"]
    assert {outcome for _, outcome in desk.outcomes} == {"done"}
    made = {kind: [call for of, call in calls if of == kind] for kind in ("sync", "sweep", "reconcile")}
    assert made["sync"].count("changed") == 1, "of two connections one was asked for"
    assert "look" not in made["sync"] + made["sweep"]
    assert "look" in made["reconcile"]


# --- it leads


def test_it_leads_makes_the_run_tells_of_it_and_leaves_in_order(desk, caplog):
    seen: list[bool] = []
    desk.work(lambda: seen.append(desk.health.active), ask(desk, Job.SYNC, "mem", "other"))
    assert seen == [True]
    assert not desk.health.active
    assert desk.rest.calls == ["start", "stop"]
    assert desk.store.leases.record(DAEMON) is None
    assert desk.pings == ["done"]
    assert desk.health.known.last_run.outcome == "done"
    assert desk.health.known.last_good == {"mem": NOON, "other": NOON}
    assert not desk.health.known.running
    assert desk.figure("okr_bridge_runs_total", kind="sync", outcome="done") == 1
    assert desk.figure("okr_bridge_items_total", connection="mem") == 3
    assert desk.store.schedule.all() == desk.rest.nexts
    assert events(caplog).count("active") == 1
    assert "active: connections 2" in caplog.text


def test_a_run_is_one_line_and_each_problem_another(desk, caplog):
    desk.trackers["other"].hidden.add("1")
    caplog.handler.addFilter(tell_context)
    desk.work(ask(desk, Job.SYNC, "mem", "other"))
    caplog.handler.removeFilter(tell_context)
    [line] = [record for record in caplog.records if getattr(record, "event", "") == "run"]
    assert (line.levelname, line.outcome, line.read, line.written > 0) == ("INFO", "partial", 3, True)
    assert line.getMessage().startswith("sync: partial, read 3, written ")
    [problem] = [record for record in caplog.records if getattr(record, "event", "") == "problem"]
    assert (problem.levelname, problem.connection) == ("WARNING", "other")
    assert problem.run == line.run != ""


def test_a_turn_without_anything_due_makes_no_run(desk):
    desk.work(nothing, nothing)
    assert desk.outcomes == []


def test_what_the_daemon_before_did_not_live_to_do_is_handed_to_the_schedule(desk):
    desk.store.schedule.replace(TIMES)
    desk.work(nothing)
    assert desk.rest.earlier == TIMES


def test_a_connection_that_left_the_configuration_is_dropped_from_what_is_due(desk):
    def leave() -> None:
        desk.configure("mem")
        desk.okrs(kr("KR1", ("mem", "MEM-1")))
        desk.later(5)

    desk.work(leave, ask(desk, Job.SYNC, "mem", "other"), ask(desk, Job.SYNC, "other"))
    assert desk.opened == ["mem"]
    assert len(desk.outcomes) == 1
    assert list(desk.health.known.last_good) == ["mem"]


def test_files_that_changed_give_the_schedule_another_plan_and_the_store_other_times(desk):
    later = {("mem", "sync"): NOON + timedelta(hours=1)}

    def change() -> None:
        desk.configure(more='[schedules]\nsync = "1h"', bridge='timezone = "Asia/Shanghai"')
        desk.rest.nexts = later
        desk.later(5)

    desk.work(change, nothing)
    assert set(desk.rest.plan.values()) >= {"1h"}
    assert str(desk.rest.zone) == "Asia/Shanghai"
    assert desk.store.schedule.all() == later


# --- it stands by


def test_it_stands_by_says_so_once_and_takes_over_when_the_lease_is_free(desk, caplog):
    lease = desk.store.leases.acquire(DAEMON, ELSEWHERE, 3600)
    desk.stop.meanwhile = [nothing, nothing, lambda: desk.store.leases.release(lease)]
    desk.work(ask(desk))
    assert desk.stop.naps == [STAND_BY] * 3
    assert caplog.text.count("standing by: elsewhere pid 7 is active") == 1
    assert events(caplog)[-1] == "run"
    assert desk.outcomes == [("sync", "done")]


def test_another_one_that_leads_is_told_of(desk, caplog):
    def change() -> None:
        desk.store.leases.evict(DAEMON, ELSEWHERE)
        desk.store.leases.acquire(DAEMON, f"not-{ELSEWHERE}", 3600)

    desk.store.leases.acquire(DAEMON, ELSEWHERE, 3600)
    desk.stop.meanwhile = [change]
    desk.work()
    assert "standing by: not-elsewhere pid 7 is active" in caplog.text
    assert desk.health.ready()[0].startswith("standing by")


def test_files_are_taken_up_while_standing_by(desk):
    def change() -> None:
        desk.configure(more='[schedules]\nsync = "1h"')
        desk.later(5)

    lease = desk.store.leases.acquire(DAEMON, ELSEWHERE, 3600)
    desk.stop.meanwhile = [change, nothing, lambda: desk.store.leases.release(lease)]
    desk.work(nothing)
    assert set(desk.rest.plan.values()) >= {"1h"}
    assert len(desk.closed) == 1


def test_whoever_is_deposed_stops_asking_and_stands_by(desk, caplog):
    desk.configure(more="[serve]\nlease_seconds = 1")
    desk.sit_down()

    def depose() -> None:
        desk.store.leases.evict(DAEMON, desk.store.leases.record(DAEMON).holder)
        desk.store.leases.acquire(DAEMON, ELSEWHERE, 3600)
        end = time.monotonic() + 30
        while any(one.name == "lease daemon" for one in threading.enumerate()):
            assert time.monotonic() < end
            time.sleep(0.01)

    desk.work(depose, nothing, nothing)
    assert desk.rest.calls == ["start", "stop"]
    assert len(desk.script.steps) == 2, "no turn is made any more"
    assert "another daemon took over" in caplog.text
    assert desk.store.leases.record(DAEMON).holder == ELSEWHERE


# --- what a run may come to


def once(desk: Desk, error: BaseException, at: str = "changed") -> None:
    """The next request of this name ends in this error."""

    def trouble(call: str) -> None:
        if call == at:
            desk.trouble = lambda _: None
            raise error

    desk.trouble = trouble


ENDS = {
    "the database": (StoreError("locked", "wait"), "failed", "locked", True, "database"),
    "a lost lease": (LeaseLost("deposed"), "failed", "deposed", True, "run_failed"),
    "a file": (UsageError("no such thing"), "failed", "no such thing", False, "run_failed"),
    "a defect": (RuntimeError("oops"), "failed", "a defect (RuntimeError)", False, "defect"),
}


@pytest.mark.parametrize(("error", "outcome", "message", "again", "event"), ENDS.values(), ids=ENDS)
def test_a_run_that_breaks_is_told_and_the_loop_goes_on(desk, caplog, error, outcome, message, again, event):
    desk.stop.meanwhile = [nothing]
    desk.rest.nexts = {}
    desk.store.schedule.replace(TIMES)
    seen: list[object] = []

    def look() -> None:
        seen.append((desk.health.known.last_run.outcome, desk.health.known.last_run.message))
        seen.append(desk.store.schedule.all())

    once(desk, error, "connect" if event == "defect" else "changed")
    desk.store.cursors.put("mem", cursor_of(desk))
    desk.work(ask(desk), look, nothing, ask(desk, Job.SWEEP))
    assert seen == [(outcome, message), TIMES if again else {}]
    assert desk.figure("okr_bridge_runs_total", kind="sync", outcome="failed") == 1
    assert event in events(caplog)
    level = {record.levelname for record in caplog.records if getattr(record, "event", "") == event}
    assert level <= {"WARNING", "ERROR"}
    assert ("Traceback" in caplog.text) == (event == "defect")
    assert desk.health.known.last_run.outcome == "done"
    assert desk.health.known.store == ""
    assert desk.stop.naps == ([PATIENCE] if event == "database" else [])
    assert [kind for kind, outcome in desk.outcomes if outcome == "done"] == (
        ["sync", "sweep"] if again else ["sweep"]
    ), "what was not the run's own fault is asked for again at once"


def cursor_of(desk: Desk):
    """A connection that was read before, so that the next read asks what changed."""
    from bridge.store import Cursor
    from mappings.memory import MemoryMapping

    return Cursor(NOON, MemoryMapping("mem").scheme, NOON, NOON)


def test_a_run_that_is_interrupted_is_left_to_the_next_daemon(desk, caplog):
    desk.store.schedule.replace(TIMES)
    once(desk, Stopping("now"), "login")
    desk.work(ask(desk, Job.RECONCILE), nothing)
    assert desk.health.known.last_run.outcome == "interrupted"
    assert desk.outcomes == [("reconcile", "interrupted")]
    assert desk.figure("okr_bridge_runs_total", kind="reconcile", outcome="interrupted") == 1
    assert desk.store.schedule.all() == TIMES, "so it makes up for the night"
    assert "reconcile: interrupted" in caplog.text


def test_a_run_that_left_writes_undone_is_left_to_the_next_daemon_too(desk):
    def stop(call: str) -> None:
        if call == "put_values":
            desk.stop.ask()

    desk.store.schedule.replace(TIMES)
    desk.duty.app.stopping = desk.stop.asked
    desk.trouble = stop
    desk.work(ask(desk, Job.RECONCILE), nothing)
    assert desk.outcomes == [("reconcile", "interrupted")]
    assert desk.store.outbox.depth() > 0
    assert desk.store.schedule.all() == TIMES


def test_a_connection_that_fails_fails_alone(desk, caplog):
    once(desk, Transient("mem", "no answer"), "login")
    desk.work(ask(desk, Job.SYNC, "mem", "other"))
    assert desk.outcomes == [("sync", "partial")]
    assert desk.pings == [], "nobody is told that all is well, nor by runs that leave it alone"
    assert sum(at is None for at in desk.health.known.last_good.values()) == 1
    assert "no answer" in caplog.text


def test_a_secret_that_cannot_be_read_stops_its_own_connection_only(desk, caplog):
    once(desk, ConfigError([Misconfigured("connections.mem.token", "cannot be read")]), "connect")
    desk.work(ask(desk, Job.SYNC, "mem", "other"))
    assert desk.outcomes == [("sync", "partial")]
    assert len(desk.opened) == 1
    assert "connections.mem.token: cannot be read" in caplog.text


# --- a database that is away


def test_a_database_that_is_away_is_told_once_left_alone_and_back_again(desk, caplog):
    with ExitStack() as stack:
        away = stack.enter_context(ExitStack())
        away.enter_context(read_only(desk.store))
        seen: list[str] = []
        look = [lambda: seen.append(desk.health.known.store)] * 3
        desk.stop.meanwhile = [*look, away.close]
        desk.work(ask(desk))
    assert desk.stop.naps == [PATIENCE] * 4
    assert all(seen)
    assert events(caplog).count("database") == 1
    assert desk.health.known.store == ""
    assert desk.outcomes == [("sync", "done")]


def test_a_database_that_goes_away_in_the_middle_loses_nothing_that_was_asked(desk, caplog):
    away = ExitStack()
    desk.stop.meanwhile = [away.close, away.close, away.close]
    desk.work(lambda: (away.enter_context(read_only(desk.store)), desk.script.ask("mem", Job.SWEEP)), nothing)
    assert desk.outcomes == [("sweep", "done")]
    assert desk.figure("okr_bridge_runs_total", kind="sweep", outcome="failed") == 1
    assert events(caplog).count("database") == 1


def test_a_database_that_goes_away_right_after_a_run_does_not_end_the_daemon(desk, monkeypatch):
    good, answers = desk.duty.last_good, [StoreError("gone")]

    def last_good():
        if answers:
            raise answers.pop()
        return good()

    monkeypatch.setattr(desk.duty, "last_good", last_good)
    desk.stop.meanwhile = [nothing]
    desk.work(ask(desk), ask(desk))
    assert desk.outcomes == [("sync", "done")] * 2
    assert desk.pings == ["done"] * 2
    assert not desk.health.known.running


# --- connections that keep others waiting, or are to be left alone


def test_a_connection_that_fails_has_a_run_of_its_own_after_the_others(desk):
    def refuse(call: str) -> None:
        if call == "connect" and desk.opened == ["mem"]:
            raise Transient("other", "got no answer", "wait")

    desk.trouble = refuse
    desk.work(ask(desk, Job.SYNC, "mem"), ask(desk, Job.SYNC, "other"), ask(desk, Job.SYNC, "mem", "other"))
    assert [outcome for _, outcome in desk.outcomes] == ["done", "failed", "done", "failed"]


def test_hints_of_a_connection_that_gave_no_answer_become_a_walk_of_all_once_it_does(desk):
    def refuse(_: str) -> None:
        raise Transient("mem", "got no answer", "wait")

    def again() -> None:
        desk.trouble = lambda _: None
        desk.script.ask("mem", Job.SYNC)

    desk.trouble = refuse
    desk.work(lambda: desk.script.hint("mem", ["1"]), again, nothing, nothing)
    assert desk.outcomes == [("sync", "failed"), ("sync", "done"), ("sweep", "done")]


def test_a_connection_that_asked_for_a_pause_is_left_alone_and_walked_when_it_is_over(desk):
    desk.store.holds.put("mem", NOON + timedelta(hours=1), "quota")

    def over() -> None:
        desk.store.holds.drop("mem")
        desk.script.ask("mem", Job.SYNC)

    desk.work(
        lambda: desk.script.hint("mem", ["1"]), ask(desk, Job.SYNC, "mem", "other"), over, nothing, nothing
    )
    assert desk.outcomes == [("sync", "done"), ("sync", "done"), ("sweep", "done")]
