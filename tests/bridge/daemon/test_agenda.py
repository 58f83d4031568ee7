"""What is asked for is done: once, together with what came by then, and never lost."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.daemon.agenda import MOST_HINTS, Agenda, Due, Job


class Hands:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def agenda(hands):
    return Agenda(hands, gather=0.5, together=0.05)


def test_nothing_is_due_before_anything_was_asked(agenda):
    assert agenda.take(0) is None


def test_jobs_of_one_moment_are_one_run(agenda, hands):
    for name in ("acme", "globex"):
        agenda.ask(name, Job.SYNC)
    agenda.ask("acme", Job.SWEEP)
    agenda.ask("acme", Job.RECONCILE)
    assert agenda.take(0) is None, "others may fall due at the same second"
    hands.at += 0.05
    due = agenda.take(0)
    assert due == Due(frozenset({"acme", "globex"}), frozenset({"acme"}), frozenset({"acme"}))
    assert agenda.take(0) is None


def test_a_first_hint_waits_for_others_and_a_storm_puts_nothing_off(agenda, hands):
    for number in range(100):
        agenda.hint("acme", [str(number)])
        hands.at += 0.01
        if hands.at < 0.5:
            assert agenda.take(0) is None
        elif due := agenda.take(0):
            break
    assert due.hints == {"acme": frozenset(map(str, range(50)))}


def test_a_job_takes_along_the_hints_that_wait(agenda, hands):
    agenda.hint("acme", ["1"])
    agenda.ask("globex", Job.SYNC)
    hands.at += 0.05
    due = agenda.take(0)
    assert due.connections == {"acme", "globex"}
    assert due.hints == {"acme": frozenset({"1"})}


def test_a_hint_without_an_item_has_the_connection_read(agenda, hands):
    agenda.hint("acme", [])
    hands.at += 0.5
    assert agenda.take(0).connections == {"acme"}


def test_ten_thousand_hints_are_one_sync_and_none_is_lost(agenda, hands):
    for number in range(10_000):
        agenda.hint("acme", [str(number)])
    hands.at += 0.5
    due = agenda.take(0)
    assert due == Due(hints={"acme": frozenset(map(str, range(10_000)))})
    assert agenda.take(0) is None


def test_more_hints_than_can_be_kept_are_a_walk_of_all_identities(agenda, hands):
    agenda.hint("acme", map(str, range(MOST_HINTS)))
    agenda.hint("acme", ["0"])
    agenda.hint("globex", map(str, range(MOST_HINTS + 1)))
    hands.at += 0.5
    due = agenda.take(0)
    assert due.sweep == {"globex"}
    assert {len(ids) for ids in due.hints.values()} == {MOST_HINTS}


def test_a_hint_that_comes_during_a_run_is_in_the_next_one(agenda, hands):
    agenda.hint("acme", ["1"])
    hands.at += 0.5
    assert agenda.take(0).hints == {"acme": frozenset({"1"})}
    agenda.hint("acme", ["1", "2"])
    hands.at += 0.5
    assert agenda.take(0).hints == {"acme": frozenset({"1", "2"})}


def test_what_is_given_back_is_due_again_with_what_has_come_since(agenda, hands):
    agenda.ask("acme", Job.RECONCILE)
    agenda.hint("acme", ["1"])
    hands.at += 0.5
    due = agenda.take(0)
    agenda.hint("acme", ["2"])
    agenda.give_back(due)
    hands.at += 0.05
    again = agenda.take(0)
    assert again.reconcile == {"acme"}
    assert again.hints == {"acme": frozenset({"1", "2"})}


def test_what_is_given_back_beyond_the_bound_still_syncs_its_connection(agenda, hands):
    agenda.give_back(Due(hints={"acme": frozenset({"early"})}))
    agenda.hint("acme", map(str, range(MOST_HINTS)))
    hands.at += 0.05
    due = agenda.take(0)
    assert due.sync == {"acme"}
    assert len(due.hints["acme"]) == MOST_HINTS


def test_only_what_is_configured_is_kept_of_what_is_due():
    due = Due(
        frozenset("ab"), frozenset("bc"), frozenset("c"), {"a": frozenset({"1"}), "c": frozenset({"2"})}
    )
    assert due.among({"a", "b"}) == Due(frozenset("ab"), frozenset("b"), frozenset(), {"a": frozenset({"1"})})
    assert due.among(()).connections == frozenset()


def test_whoever_waits_is_woken_by_what_comes():
    agenda = Agenda(time.monotonic, gather=0.01, together=0.01)
    found: list[Due | None] = []
    waiting = threading.Thread(target=lambda: found.append(agenda.take(30)))
    waiting.start()
    agenda.ask("acme", Job.SYNC)
    waiting.join(10)
    assert found == [Due(sync=frozenset({"acme"}))]


def test_a_wait_ends_although_a_hint_is_not_ripe_and_loses_nothing():
    agenda = Agenda(time.monotonic, gather=0.05)
    agenda.hint("acme", ["1"])
    assert agenda.take(0.001) is None
    assert agenda.take(30).hints == {"acme": frozenset({"1"})}


NAMES = st.sampled_from(["acme", "globex", "initech"])
STEPS = st.one_of(
    st.tuples(st.just("ask"), NAMES, st.sampled_from(list(Job))),
    st.tuples(st.just("hint"), NAMES, st.frozensets(st.sampled_from("12345"), max_size=3)),
    st.tuples(st.just("pass"), st.sampled_from([0.01, 0.05, 0.2, 0.5])),
    st.tuples(st.just("take")),
    st.tuples(st.just("fail")),
)


def told(due: Due) -> set[tuple[str, str]]:
    """Everything a run is for, as pairs."""
    jobs = {(job.value, name) for job in Job for name in getattr(due, job.value)}
    return jobs | {(name, id) for name, ids in due.hints.items() for id in (*ids, "read")}


@settings(deadline=None, max_examples=200)
@given(st.lists(STEPS, max_size=40))
def test_whatever_is_asked_is_taken_once_and_at_the_latest_with_the_next(steps):
    hands = Hands()
    agenda = Agenda(hands, gather=0.5, together=0.05)
    open_ones: set[tuple[str, str]] = set()
    for step, *rest in steps:
        match step:
            case "ask":
                agenda.ask(*rest)
                open_ones.add((rest[1].value, rest[0]))
            case "hint":
                agenda.hint(*rest)
                open_ones |= {(rest[0], id) for id in (*rest[1], "read")}
            case "pass":
                hands.at += rest[0]
            case _:
                if due := agenda.take(0):
                    assert told(due) == open_ones
                    open_ones = set()
                    if step == "fail":
                        agenda.give_back(due)
                        open_ones = told(due) | {("sync", name) for name in due.hints}
    hands.at += 1
    last = agenda.take(0)
    assert (told(last) if last else set()) == open_ones
    assert agenda.take(0) is None


def test_many_threads_lose_nothing_and_double_nothing():
    agenda = Agenda(time.monotonic, gather=0.001, together=0.001)
    taken: Counter[str] = Counter()
    over = threading.Event()

    def take() -> None:
        while (due := agenda.take(0.02)) or not over.is_set():
            taken.update(id for ids in (due.hints.values() if due else ()) for id in ids)

    def tell(thread: int) -> None:
        for number in range(300):
            agenda.hint(f"c{number % 5}", [f"{thread}-{number}"])

    runner = threading.Thread(target=take)
    tellers = [threading.Thread(target=tell, args=(number,)) for number in range(6)]
    for one in (runner, *tellers):
        one.start()
    for one in tellers:
        one.join()
    over.set()
    runner.join()
    assert taken == Counter(f"{thread}-{number}" for thread in range(6) for number in range(300))
