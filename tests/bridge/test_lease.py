"""One writer: a lease that is kept up, noticed when lost, waited for, and taken from the dead alone."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.errors import LeaseLost, Stopping, StoreError
from bridge.lease import BEATS, DAEMON, PATIENCE, WRITER, Held, take, writing
from bridge.processes import this_process
from bridge.store import Lease, Store

ELSEWHERE = "elsewhere pid 7, started 1, in 2"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as opened:
        yield opened


def until(holds: Callable[[], object]) -> None:
    """Wait for what other threads do; a minute is a failure."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


class Beats:
    """The store's leases, with something in between: `beat` is called before each renewal."""

    def __init__(self, store: Store, beat: Callable[[], object]) -> None:
        self._leases = store.leases
        self._beat = beat
        self.count = 0

    def renew(self, lease: Lease, seconds: float) -> bool:
        self.count += 1
        self._beat()
        return self._leases.renew(lease, seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._leases, name)


def over(store: Store, beat: Callable[[], object]) -> Any:
    return SimpleNamespace(leases=Beats(store, beat), database=store.database)


def away() -> None:
    raise StoreError("no answer")


def dead() -> str:
    """Who is known to have ended."""
    code = "from bridge.processes import this_process; print(this_process())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


# --- kept up


def test_it_is_renewed_several_times_in_its_term_until_it_is_let_go(store):
    beaten = over(store, lambda: None)
    held = take(beaten, DAEMON, "me", 1)
    assert held is not None
    until(lambda: beaten.leases.count > BEATS)
    assert not held.lost
    assert take(store, DAEMON, ELSEWHERE, 60) is None, "its term is over, and it is still held"
    held.let_go()
    assert store.leases.record(DAEMON) is None
    assert not any(one.name == "lease daemon" for one in threading.enumerate())


def test_another_takes_it_at_once_when_it_is_let_go(store):
    held = take(store, DAEMON, "me", 60)
    assert held is not None
    assert take(store, DAEMON, ELSEWHERE, 60) is None
    held.let_go()
    other = take(store, DAEMON, ELSEWHERE, 60)
    assert other is not None
    other.let_go()


def test_a_database_that_is_away_for_a_moment_loses_nothing(store, caplog):
    trouble = iter([away, away])
    beaten = over(store, lambda: next(trouble, lambda: None)())
    held = take(beaten, DAEMON, "me", 2)
    assert held is not None
    until(lambda: beaten.leases.count >= 3)
    held.guard()
    held.let_go()
    assert "the daemon lease was not renewed: no answer" in caplog.text


# --- lost


def test_what_another_took_is_noticed_at_the_next_beat(store):
    held = take(store, WRITER, "me", 3)
    assert held is not None
    store.leases.evict(WRITER, "me")
    other = store.leases.acquire(WRITER, ELSEWHERE, 60)
    until(lambda: not any(one.name == "lease writer" for one in threading.enumerate()))
    assert held.lost, "long before its term is over"
    with pytest.raises(LeaseLost, match="writer lease was lost"):
        held.guard()
    held.let_go()
    assert store.leases.holds(other), "what is another's is not set free"


def test_a_database_that_is_silent_for_the_whole_term_is_a_loss(store):
    held = take(over(store, away), WRITER, "me", 0.3)
    assert held is not None
    held.guard()
    until(lambda: held.lost)
    with pytest.raises(LeaseLost):
        held.guard()
    held.let_go()


def test_a_silence_that_ends_before_anybody_took_it_is_no_loss(store):
    silent = threading.Event()
    beaten = over(store, lambda: away() if not silent.is_set() else None)
    held = take(beaten, WRITER, "me", 0.2)
    assert held is not None
    until(lambda: held.lost)
    silent.set()
    until(lambda: not held.lost)
    held.guard()
    held.let_go()


def test_the_term_counts_from_the_moment_of_asking(store):
    """A database that took its time may have granted it long ago."""
    lease = store.leases.acquire(WRITER, "me", 60)
    assert lease is not None
    held = Held(store, lease, 60, time.monotonic() - 61)
    assert held.lost
    held.let_go()


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system does not tell of its sleep")
def test_a_lease_runs_out_while_the_machine_sleeps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held = take(store, WRITER, "one", 60)
    assert held
    assert not held.lost
    awake = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: awake(clock) + 61)
    assert held.lost
    held.let_go()


def test_a_database_that_is_gone_does_not_keep_anybody_from_letting_go(store):
    held = take(store, WRITER, "me", 60)
    assert held is not None
    store.close()
    Path(str(store.database.engine.url.database)).unlink()
    held.let_go()


# --- taken


def test_a_dead_holder_is_not_waited_for(store, caplog):
    caplog.set_level(logging.INFO)
    gone = dead()
    assert store.leases.acquire(DAEMON, gone, 3600)
    held = take(store, DAEMON, this_process(), 60)
    assert held is not None
    assert held.lease.token == 2
    assert f"{gone.partition(',')[0]} has ended" in caplog.text
    held.let_go()


@pytest.mark.parametrize(
    "holder", [ELSEWHERE, "words of another version", this_process()], ids=["elsewhere", "strange", "alive"]
)
def test_whoever_may_be_alive_keeps_it(store, holder):
    assert store.leases.acquire(DAEMON, holder, 3600)
    assert take(store, DAEMON, "me", 60) is None


def test_what_has_run_out_is_free(store):
    assert store.leases.acquire(DAEMON, ELSEWHERE, -1)
    held = take(store, DAEMON, "me", 60)
    assert held is not None
    held.let_go()


# --- the writer's turn


def test_within_the_turn_writes_are_fenced_and_afterwards_it_is_free(store):
    with writing(store, "me", 60) as held:
        store.notices.drop("x")
        store.leases.evict(WRITER, "me")
        store.leases.acquire(WRITER, ELSEWHERE, 60)
        with pytest.raises(LeaseLost):
            store.notices.drop("x")
        assert held.lease.name == WRITER
    store.notices.drop("x")


def test_the_turn_is_given_back_when_the_work_fails(store):
    with pytest.raises(RuntimeError), writing(store, "me", 60):
        raise RuntimeError
    assert store.leases.record(WRITER) is None


def test_whoever_waits_says_whom_for_once_and_goes_on_when_it_is_free(store, caplog):
    lease = store.leases.acquire(WRITER, ELSEWHERE, 60)
    assert lease is not None
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            store.leases.release(lease)

    with writing(store, "me", 60, wait=wait):
        pass
    assert pauses == [1.0] * 5
    [line] = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert line.getMessage() == "waiting for elsewhere pid 7, which writes just now"


def test_it_gives_up_after_ten_minutes_and_says_who_wrote(store):
    assert store.leases.acquire(WRITER, ELSEWHERE, 3600)
    pauses: list[float] = []
    with (
        pytest.raises(StoreError, match="elsewhere pid 7 has been writing for 600 s"),
        writing(store, "me", 60, wait=pauses.append),
    ):
        pytest.fail("nobody may write now")
    assert sum(pauses) == PATIENCE
    assert store.leases.record(WRITER).holder == ELSEWHERE


def test_whoever_is_asked_to_end_while_waiting_holds_nothing(store):
    assert store.leases.acquire(WRITER, ELSEWHERE, 3600)

    def wait(_: float) -> None:
        raise Stopping("now")

    before = threading.active_count()
    with pytest.raises(Stopping), writing(store, "me", 60, wait=wait):
        pytest.fail("nobody may write now")
    assert store.leases.record(WRITER).holder == ELSEWHERE
    assert threading.active_count() == before


def test_a_short_lease_is_asked_for_more_often(store):
    lease = store.leases.acquire(WRITER, ELSEWHERE, 60)
    assert lease is not None
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        store.leases.release(lease)

    with writing(store, "me", 2, wait=wait):
        pass
    assert pauses == [0.2]
