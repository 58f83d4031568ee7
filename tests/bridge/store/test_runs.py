"""What the bridge did, how connections answered, and what goes after a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from bridge.model import Outcome
from bridge.store import ConnectionResult, RunRecord, Store
from tests.stores import HISTORY, NOON, change, fill

HOUR = timedelta(hours=1)


def result(ok: bool, at: datetime, run: str = "1") -> ConnectionResult:
    return ConnectionResult(run, ok, "" if ok else "acme: 503", "" if ok else "later", at)


def test_a_run_is_told_with_its_writes_in_order(store: Store) -> None:
    run = store.runs.start("sync", NOON, "d1")
    made = [change(outcome=Outcome.WRITTEN, after=[1]), change("status", outcome=Outcome.DRIFTED)]
    store.runs.writes(run, made[:1])
    store.runs.writes(run, made[1:])
    store.runs.writes(run, [])
    store.runs.finish(run, NOON + HOUR, "done", {"writes": 2})
    wanted = RunRecord(run, "sync", "d1", NOON, NOON + HOUR, "done", {"writes": 2}, tuple(made))
    assert store.runs.last(5) == (wanted,)


def test_the_latest_runs_come_newest_first(store: Store) -> None:
    ids = [store.runs.start("sync", NOON) for _ in range(3)]
    store.runs.writes(ids[0], [change()])
    assert [run.id for run in store.runs.last(2)] == [ids[2], ids[1]]
    assert [run.writes for run in store.runs.last(2)] == [(), ()]


def test_a_run_that_was_killed_has_no_end(store: Store) -> None:
    store.runs.start("sync", NOON)
    (run,) = store.runs.last(1)
    assert (run.finished, run.outcome, run.summary) == (None, "", {})


ANSWERS = {
    "never asked": ([], None, None),
    "well": ([True], 0, None),
    "failing from the first": ([False, False], None, 0),
    "failing since the second failure": ([False, True, False, False], 1, 2),
    "well again": ([True, False, True], 2, None),
}


@pytest.mark.parametrize(("answers", "good", "since"), ANSWERS.values(), ids=ANSWERS)
def test_how_a_connection_does(
    store: Store, answers: list[bool], good: int | None, since: int | None
) -> None:
    for hour, ok in enumerate(answers):
        store.connections.put("acme", result(ok, NOON + hour * HOUR))
        store.connections.put("other", result(not ok, NOON))
    assert store.connections.last_good("acme") == (None if good is None else NOON + good * HOUR)
    assert store.connections.failing_since("acme") == (None if since is None else NOON + since * HOUR)


def test_the_last_answer_says_why(store: Store) -> None:
    assert store.connections.last("acme") is None
    store.connections.put("acme", result(True, NOON))
    store.connections.put("acme", result(False, NOON + HOUR, "2"))
    assert store.connections.last("acme") == ConnectionResult("2", False, "acme: 503", "later", NOON + HOUR)


def test_pruning_drops_old_runs_and_their_settled_intents(store: Store) -> None:
    old, new = store.runs.start("sync", NOON), store.runs.start("sync", NOON + HOUR)
    for run in (old, new):
        store.runs.writes(run, [change()])
        store.outbox.close(store.outbox.add(run, change()), Outcome.WRITTEN)
    store.outbox.add(old, change("status"))
    assert store.prune(NOON + HOUR) == 2
    assert [run.id for run in store.runs.last(9)] == [new]
    assert [pending.change.name for pending in store.outbox.pending()] == ["status"]
    assert store.prune(NOON + HOUR) == 0


def test_pruning_keeps_how_a_connection_does(store: Store) -> None:
    for hour, ok in enumerate([True, False, True, False]):
        store.connections.put("acme", result(ok, NOON + hour * HOUR))
    assert store.prune(NOON + 9 * HOUR) == 2
    assert store.connections.last_good("acme") == NOON + 2 * HOUR
    assert store.connections.failing_since("acme") == NOON + 3 * HOUR


def test_pruning_keeps_the_failures_of_a_connection_that_never_answered(store: Store) -> None:
    store.connections.put("acme", result(False, NOON))
    store.prune(NOON + 9 * HOUR)
    assert store.connections.failing_since("acme") == NOON


def test_pruning_drops_replaced_history_only(store: Store) -> None:
    newer = replace(HISTORY, value=Fraction(1), at=NOON + HOUR)
    store.history.record(HISTORY)
    store.history.record(newer)
    assert store.prune(NOON) == 0
    assert store.prune(NOON + 9 * HOUR) == 1
    assert store.history.points("O1-KR1") == (newer,)


def test_pruning_touches_nothing_that_decides(store: Store) -> None:
    fill(store)
    store.prune(NOON + timedelta(days=999))
    assert store.runs.last(9) == ()
    assert len(store.mirror.ids("acme")) == 3
    assert store.written.all("acme")
    assert store.figures.all()
    assert store.baselines.get("O1-KR1", "2026-Q4")
    assert store.revisions.all()
    assert len(store.overrides.log("O1-KR1")) == 2
    assert store.checkins.all()
    assert store.outbox.depth() == 1
    assert store.cursors.get("acme")
