"""Only one at a time, by the database's clock, and a token that tells every taking from all others."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from bridge.store import Lease, Store
from bridge.store.tables import LEASES


def run_out(store: Store, name: str = "writer") -> None:
    """As if its time had passed: an hour ago."""
    values = {"expires": datetime.now(UTC) - timedelta(hours=1)}
    with store.database.apart() as connection:
        connection.execute(LEASES.update().where(LEASES.c.name == name).values(values))


def test_a_free_lease_is_taken_and_another_holder_is_refused(store: Store) -> None:
    assert store.leases.record("writer") is None
    assert store.leases.acquire("writer", "one", 60) == Lease("writer", "one", 1)
    assert store.leases.acquire("writer", "two", 60) is None
    assert store.leases.acquire("daemon", "two", 60) == Lease("daemon", "two", 1)


def test_a_record_tells_who_since_when_and_for_how_long(store: Store) -> None:
    store.leases.acquire("writer", "one", 60)
    record = store.leases.record("writer")
    assert record
    assert (record.holder, record.token) == ("one", 1)
    assert 50 < record.left <= 60
    assert abs(datetime.now(UTC) - record.since) < timedelta(seconds=10)


def test_the_same_holder_takes_it_anew_with_a_new_token(store: Store) -> None:
    first = store.leases.acquire("writer", "one", 60)
    assert store.leases.acquire("writer", "one", 60) == Lease("writer", "one", 2)
    assert first
    assert not store.leases.renew(first, 60)


def test_one_that_ran_out_is_anybodys(store: Store) -> None:
    store.leases.acquire("writer", "one", 60)
    run_out(store)
    record = store.leases.record("writer")
    assert record
    assert record.left < 0
    assert store.leases.acquire("writer", "two", 60) == Lease("writer", "two", 2)


def test_renewing_moves_the_end_from_now_on(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 1)
    assert lease
    assert store.leases.renew(lease, 600)
    record = store.leases.record("writer")
    assert record
    assert 590 < record.left <= 600
    assert record.token == 1


def test_one_that_ran_out_and_that_nobody_took_can_be_renewed(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 60)
    run_out(store)
    assert lease
    assert store.leases.renew(lease, 60)
    assert store.leases.acquire("writer", "two", 60) is None


def test_one_that_was_taken_over_can_be_neither_renewed_nor_released(store: Store) -> None:
    old = store.leases.acquire("writer", "one", 60)
    run_out(store)
    new = store.leases.acquire("writer", "two", 60)
    assert old
    assert new
    assert not store.leases.renew(old, 60)
    store.leases.release(old)
    assert store.leases.renew(new, 60)


def test_a_released_one_is_free_at_once_and_its_token_is_not_used_again(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 60)
    assert lease
    store.leases.release(lease)
    assert store.leases.record("writer") is None
    assert not store.leases.renew(lease, 60)
    assert store.leases.acquire("writer", "two", 60) == Lease("writer", "two", 2)


def test_only_the_named_holder_is_evicted(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 60)
    assert not store.leases.evict("writer", "two")
    assert store.leases.evict("writer", "one")
    assert not store.leases.evict("writer", "one")
    assert lease
    assert not store.leases.renew(lease, 60)
    assert store.leases.acquire("writer", "two", 60) == Lease("writer", "two", 2)


def test_a_lease_is_never_part_of_a_transaction(store: Store) -> None:
    with store.transaction(), pytest.raises(RuntimeError, match="wait for each other"):
        store.leases.acquire("writer", "one", 60)


def test_another_thread_renews_while_a_transaction_is_open(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 60)
    assert lease
    told: list[bool] = []
    renewing = threading.Thread(target=lambda: told.append(store.leases.renew(lease, 60)))
    with store.fenced(lease), store.transaction():
        store.notices.put("a", datetime.now(UTC), "", "")
        renewing.start()
        renewing.join(10 if store.database.dialect == "postgresql" else 0.1)
        at_once = list(told)
    renewing.join()
    assert at_once == ([True] if store.database.dialect == "postgresql" else [])
    assert told == [True]


def test_renewing_comes_before_writers_of_the_same_process_that_came_later(store: Store) -> None:
    lease = store.leases.acquire("writer", "one", 60)
    assert lease
    order: list[str] = []

    def renew() -> None:
        store.leases.renew(lease, 60)
        order.append("renewed")

    def write() -> None:
        with store.transaction():
            order.append("wrote")

    threads = [threading.Thread(target=renew), *(threading.Thread(target=write) for _ in range(3))]
    with store.transaction():
        store.notices.put("a", datetime.now(UTC), "", "")
        for thread in threads:
            thread.start()
            thread.join(0.2)
    for thread in threads:
        thread.join()
    assert order[0] == "renewed"
    assert len(order) == 4


RACE = """
import sys
from bridge.store import Store

url, holder = sys.argv[1:]
with Store.open(url) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    while won < 100:
        if lease := store.leases.acquire("writer", holder, 60):
            won += 1
            record = store.leases.record("writer")
            assert record and (record.holder, record.token) == (holder, lease.token), record
            store.leases.release(lease)
            print(lease.token)
"""


@pytest.mark.parametrize(
    "url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)], indirect=True
)
def test_two_that_race_never_both_hold_it(url: str) -> None:
    Store.open(url).close()
    command = [sys.executable, "-c", RACE, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen([*command, name], **pipes) for name in ("one", "two")]
    for racer in racers:
        assert racer.stdout
        racer.stdout.readline()
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    tokens = [[int(line) for line in racer.communicate()[0].splitlines()] for racer in racers]
    assert all(won == sorted(won) for won in tokens)
    assert sorted(tokens[0] + tokens[1]) == list(range(1, 201))
