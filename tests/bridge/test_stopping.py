"""A run that must end finishes the write in hand; what is left is not lost from sight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bridge.apply import Run, apply
from bridge.errors import LeaseLost, Stopping, StoreError
from bridge.model import KeyResult, Outcome, Plan
from bridge.store import Store
from tests.engine import Bench, keys, okrs
from tests.written import LATER, NOON, Desk, Ledger, key_result, objective, outcomes, standing

PUTS = ("put_values", "put_comment", "put_link")
MANY = tuple(key_result(f"KR{n}") for n in range(12))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())


def epics(bench: Bench, count: int) -> list[str]:
    made = [bench.epic("done", "todo") for _ in range(count)]
    bench.use(*(KeyResult(id=f"KR{n}", title="T", links=(keys(key),)) for n, (key, _) in enumerate(made)))
    return [bench.id(key) for key, _ in made]


class Count:
    """Counts the writes that a tracker gets."""

    def __init__(self) -> None:
        self.puts = 0
        self._lock = threading.Lock()

    def __call__(self, call: str) -> None:
        with self._lock:
            self.puts += call in PUTS


def run(desk: Desk, **parts: Any) -> Run:
    return Run(**{"panels": {"acme": desk.memory}, "ledger": desk.ledger, "id": "r1", "at": NOON, **parts})


def desk_of_many() -> Desk:
    return Desk([objective(*MANY)])


def all_of_them(done: int = 1) -> list[Any]:
    return [standing(done, 2, kr) for kr in MANY]


# --- asked to stop


@pytest.mark.parametrize("at", range(9))
def test_the_write_in_hand_is_finished_and_the_rest_is_planned_and_kept_in_sight(at: int) -> None:
    desk = Desk([objective(*MANY[:3])])
    todo = desk.plan(all_of_them()[:3])
    desk.memory.after = count = Count()
    done = apply(todo, run(desk, stopping=lambda: count.puts >= at))
    assert count.puts == at
    left = [change for change in done.changes if change.outcome is Outcome.PLANNED]
    assert {change.outcome for change in done.changes} <= {Outcome.WRITTEN, Outcome.PLANNED}
    assert [(one.attempts, one.change.name) for one in desk.ledger.pending()] == [
        (0, one.name) for one in left
    ]
    assert [problem.kind for problem in done.problems] == ["stopping"]
    assert len(desk.ledger.places) == len(done.changes) - len(left)


def test_what_was_never_sent_is_dropped_unseen_and_planned_anew(bench: Bench) -> None:
    items = epics(bench, 4)
    bench.memory.after = count = Count()
    bench.stopping = lambda: count.puts >= 2
    report = bench.sync()
    assert Outcome.PLANNED in {change.outcome for change in report.changes}
    assert report.outcome == "interrupted"
    depth = bench.store.outbox.depth()
    assert depth == sum(change.outcome is Outcome.PLANNED for change in report.changes) > 0
    bench.stopping = lambda: False
    looks: list[str] = []
    bench.memory.before = looks.append
    bench.tracker.add("More", parent=items[3], category="done", status="Done")
    report = bench.sync()
    assert report.outcome == "done"
    assert bench.store.outbox.depth() == 0
    assert [bench.tracker.panels[item]["progress"] for item in items] == [50, 50, 50, 67]
    assert all(len(bench.tracker.comments[item]) == 1 for item in items)
    assert looks.count("look") <= len(items)
    assert bench.sync().changes == ()


def test_a_run_that_is_to_stop_before_it_writes_writes_nothing_and_says_so(bench: Bench) -> None:
    epics(bench, 3)
    looks: list[str] = []
    bench.memory.before = looks.append
    bench.stopping = lambda: "look" in looks
    with pytest.raises(Stopping):
        bench.sync()
    assert not set(PUTS) & set(looks)
    assert bench.store.runs.last(1)[0].outcome == "interrupted"


def test_every_thread_stops(tmp_path: Path) -> None:
    desk = desk_of_many()
    todo = desk.plan(all_of_them())
    desk.memory.after = count = Count()
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store, ThreadPoolExecutor(4) as pool:
        made = run(desk, ledger=store, stopping=lambda: count.puts >= 5)
        done = apply(todo, made, pool.map)
        left = sum(change.outcome is Outcome.PLANNED for change in done.changes)
        assert store.outbox.depth() == left > 0
        assert all(not one.attempts for one in store.outbox.pending())
    assert 5 <= count.puts <= 5 + 3


# --- another process writes now


def guard_that_ends(desk: Desk, at: int) -> tuple[Any, Count]:
    """Before the so-manieth write the lease is lost; from then on the store is fenced too."""
    sent = Count()
    desk.memory.before = sent
    seen = 0
    lock = threading.Lock()

    def guard() -> None:
        nonlocal seen
        with lock:
            seen += 1
            if seen > at:
                raise LeaseLost("another process writes now")

    return guard, sent


@pytest.mark.parametrize("at", [0, 1, 2, 3, 7])
def test_once_the_lease_is_lost_nothing_more_is_sent_and_the_intent_stays(at: int) -> None:
    desk = desk_of_many()
    todo = desk.plan(all_of_them())
    guard, sent = guard_that_ends(desk, at)
    with pytest.raises(LeaseLost):
        apply(todo, run(desk, guard=guard))
    assert sent.puts == at
    assert desk.ledger.pending()
    assert all(one.attempts == 1 for one in desk.ledger.pending())
    desk.memory.before = lambda _: None
    assert set(outcomes(desk.run(all_of_them(), LATER)).values()) <= {Outcome.WRITTEN}
    assert desk.ledger.pending() == ()
    assert [len(comments) for comments in desk.tracker.comments.values()] == [1] * len(MANY)


def test_a_lost_lease_ends_every_thread_and_comes_out(tmp_path: Path) -> None:
    desk = desk_of_many()
    todo = desk.plan(all_of_them())
    guard, sent = guard_that_ends(desk, 6)
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        with ThreadPoolExecutor(4) as pool, pytest.raises(LeaseLost):
            apply(todo, run(desk, ledger=store, guard=guard), pool.map)
        assert sent.puts == 6
        assert {one.attempts for one in store.outbox.pending()} == {1}


def test_the_guard_is_asked_right_before_each_write(bench: Bench) -> None:
    epics(bench, 2)
    calls: list[str] = []
    bench.memory.before = lambda call: calls.append(call) if call in PUTS else None
    bench.guard = lambda: calls.append("guard")
    bench.sync()
    assert calls.count("guard") == 6 == len(calls) - 6


# --- what breaks


@pytest.mark.parametrize("error", [StoreError("disk full"), LeaseLost("deposed"), Stopping("now")], ids=str)
def test_the_first_thing_that_ends_a_run_comes_out_and_nothing_is_written_after_it(error: Exception) -> None:
    desk = desk_of_many()
    todo = desk.plan(all_of_them())
    late, broken = threading.Event(), threading.Event()
    puts: list[str] = []

    class Breaking(Ledger):
        def attempt(self, id: int) -> None:
            if self.intents[id][1].item == todo.changes[-1].item:
                broken.set()
                raise error
            super().attempt(id)

    def wait(call: str) -> None:
        if call in PUTS:
            puts.append(call)
            assert broken.wait(10)
            late.set()

    desk.memory.before = wait
    desk.ledger = Breaking()
    changes = [one for one in todo.changes if one.item in {todo.changes[0].item, todo.changes[-1].item}]
    with ThreadPoolExecutor(2) as pool, pytest.raises(type(error)) as raised:
        apply(Plan(tuple(changes)), run(desk), pool.map)
    assert raised.value is error
    assert late.is_set()
    assert puts == ["put_values"]


def test_ctrl_c_in_one_place_lets_no_thread_write_on() -> None:
    desk = desk_of_many()
    todo = desk.plan(all_of_them())
    sent = Count()

    def interrupt(call: str) -> None:
        sent(call)
        if sent.puts == 4:
            raise KeyboardInterrupt

    desk.memory.before = interrupt
    with ThreadPoolExecutor(4) as pool, pytest.raises(KeyboardInterrupt):
        apply(todo, run(desk), pool.map)
    assert sent.puts <= 4 + 2 * 3
