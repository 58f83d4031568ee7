"""Running unattended leaves no heap behind: runs that sent nothing go, and nothing they told is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bridge.model import Outcome
from bridge.store import ConnectionResult, Store
from bridge.store.tables import OUTBOX
from tests.stores import NOON, change, fill, fill_passing

DAY = timedelta(days=1)
OLD, NOW = NOON, NOON + 8 * DAY


def run(store: Store, at: datetime, *made: Outcome, outcome: str = "done") -> str:
    id = store.runs.start("sync", at)
    for one in made:
        store.outbox.close(store.outbox.add(id, change(outcome=one)), one)
    store.runs.writes(id, [change(outcome=one) for one in made])
    store.runs.finish(id, at, outcome, {})
    return id


def left(store: Store) -> set[str]:
    return {run.id for run in store.runs.last(99)}


def test_a_run_that_sent_nothing_goes_after_a_week(store: Store) -> None:
    run(store, OLD)
    young, newest = run(store, NOW - 6 * DAY), run(store, NOW)
    assert store.tidy(NOW) == 1
    assert left(store) == {young, newest}
    assert store.tidy(NOW) == 0


SENT = {
    "a write": ((Outcome.DRIFTED, Outcome.WRITTEN), True),
    "perhaps a write": ((Outcome.UNKNOWN,), True),
    "somebody's value left alone": ((Outcome.DRIFTED,), False),
    "a refusal": ((Outcome.REFUSED,), False),
    "a failure": ((Outcome.FAILED,), False),
}


@pytest.mark.parametrize(("made", "stays"), SENT.values(), ids=SENT)
def test_a_run_that_sent_something_stays(store: Store, made: tuple[Outcome, ...], stays: bool) -> None:
    old, newest = run(store, OLD, *made, outcome="partial"), run(store, NOW)
    store.tidy(NOW)
    assert left(store) == ({old, newest} if stays else {newest})


def test_a_run_that_was_killed_stays_for_nobody_knows_what_it_sent(store: Store) -> None:
    killed, newest = store.runs.start("sync", OLD), run(store, NOW)
    store.tidy(NOW)
    assert left(store) == {killed, newest}


def test_the_last_run_and_the_last_good_one_stay(store: Store) -> None:
    run(store, OLD)
    good = run(store, OLD)
    run(store, OLD, outcome="failed")
    last = run(store, OLD, outcome="failed")
    store.tidy(NOW)
    assert left(store) == {good, last}


def test_settled_intents_go_with_their_run_and_open_ones_stay(store: Store) -> None:
    gone = run(store, OLD, Outcome.REFUSED)
    pending = store.outbox.add(gone, change("status"))
    run(store, NOW)
    assert store.tidy(NOW) == 2
    assert [one.id for one in store.outbox.pending()] == [pending]


ANSWERS = {
    "well all the time": "+++++",
    "failing now": "++---",
    "failing since the beginning": "-----",
    "well again": "+---+",
    "on and off": "+-+--+-",
}


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_how_a_connection_does_is_told_as_before(store: Store, answers: str) -> None:
    for number, answer in enumerate(answers):
        at = OLD + timedelta(minutes=number)
        store.connections.put("acme", ConnectionResult(str(number), answer == "+", answer, "", at))
        store.connections.put("other", ConnectionResult(str(number), answer != "+", answer, "", at))

    def told() -> list[object]:
        does = store.connections
        return [(does.last(n), does.last_good(n), does.failing_since(n)) for n in ("acme", "other")]

    before = told()
    dropped = store.tidy(NOW)
    assert told() == before
    assert 2 * len(answers) - dropped <= 6
    assert store.tidy(NOW) == 0


def test_answers_of_the_last_week_stay(store: Store) -> None:
    for hour in range(3):
        store.connections.put("acme", ConnectionResult("1", True, "", "", NOW - timedelta(hours=hour)))
    assert store.tidy(NOW) == 0


def test_tidying_touches_nothing_that_decides(store: Store) -> None:
    fill(store)
    fill_passing(store)
    store.tidy(NOW + 999 * DAY)
    assert len(store.runs.last(9)) == 1
    assert len(store.mirror.ids("acme")) == 3
    assert store.history.points("O1-KR1")
    assert store.written.all("acme")
    assert store.outbox.depth() == 1
    assert store.parked.all()
    assert store.schedule.all()


def test_settled_intents_go_with_the_week_and_what_was_sent_stays_told(store: Store) -> None:
    """Both tell the same of a run that ended: the log of writes would be kept twice for good."""
    old = run(store, OLD, Outcome.WRITTEN)
    killed = store.runs.start("sync", OLD)
    store.outbox.close(store.outbox.add(killed, change()), Outcome.WRITTEN)
    open_still = store.outbox.add(old, change())
    young = run(store, NOW, Outcome.WRITTEN)
    assert store.tidy(NOW) == 1
    with store.database.read() as connection:
        kept = [(row.run, row.outcome) for row in connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.id))]
    assert kept == [(killed, "written"), (old, ""), (young, "written")]
    assert [one.id for one in store.outbox.pending()] == [open_still]
    assert {one.id: len(one.writes) for one in store.runs.last(9)} == {old: 1, killed: 0, young: 1}
