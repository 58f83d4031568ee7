"""What a transaction holds, and what a person is told when the database does not work."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bridge.errors import StoreError
from bridge.store import Store
from bridge.store.database import parse
from bridge.store.trouble import place, told
from tests import postgresql
from tests.stores import FIGURES, NOON, QUERY, item, urls

SECRET = "hunter2"


def test_a_transaction_holds_together(store: Store) -> None:
    with store.transaction():
        store.figures.put("a", FIGURES)
        store.membership.replace(QUERY, frozenset({"1"}), NOON)
    assert store.figures.all() == {"a": FIGURES}


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.figures.put("a", FIGURES)
            with store.transaction():
                store.mirror.save([item(1)], {})
            assert store.figures.all() == {"a": FIGURES}
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.figures.all() == {}
    assert store.mirror.ids("acme") == frozenset()
    store.figures.put("b", FIGURES)
    assert store.figures.all() == {"b": FIGURES}


def test_a_transaction_belongs_to_its_thread(store: Store) -> None:
    seen: list[object] = []
    with store.transaction():
        store.figures.put("a", FIGURES)
        other = threading.Thread(target=lambda: seen.append(store.figures.all()))
        other.start()
        other.join()
    assert seen == [{}]


def test_who_reads_and_then_writes_is_not_overtaken(store: Store) -> None:
    other = threading.Thread(target=lambda: store.figures.put("b", FIGURES))
    with store.transaction():
        assert store.figures.all() == {}
        other.start()
        other.join(0.2)
        store.figures.put("a", FIGURES)
    other.join()
    assert store.figures.all().keys() == {"a", "b"}


def test_threads_write_one_after_the_other(store: Store) -> None:
    def count_up(start: int) -> None:
        for number in range(start, start + 20):
            store.figures.put(str(number), FIGURES)

    threads = [threading.Thread(target=count_up, args=(n * 20,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.figures.all()) == 60


def test_a_snapshot_does_not_see_what_is_written_meanwhile(store: Store) -> None:
    count = sa.text("SELECT count(*) FROM figures")
    with store.database.read(snapshot=True) as connection:
        assert connection.scalar(count) == 0
        store.figures.put("a", FIGURES)
        assert connection.scalar(count) == 0


def pragma(store: Store, name: str) -> object:
    with store.database.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_is_set_up_for_readers_beside_a_writer(tmp_path: Path) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        found = {name: pragma(store, name) for name in names}
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30_000}


def refusal(url: str, wait: float = 0.1) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(url, wait=wait)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert SECRET not in caught.value.message + caught.value.hint
    return caught.value


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url, wait=0.05) as store:
        with closing(sqlite3.connect(tmp_path / "okr-bridge.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="database is locked") as caught:
                store.figures.put("a", FIGURES)
        assert "another process" in caught.value.hint
        store.figures.put("a", FIGURES)


def test_a_lock_on_the_server_is_waited_for_and_told(tmp_path: Path) -> None:
    with urls("postgresql", tmp_path, made=True) as url, Store.open(url, wait=0.05) as store:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE figures")
            with pytest.raises(StoreError, match="lock timeout") as caught:
                store.figures.put("a", FIGURES)
            other.rollback()
        assert "another process" in caught.value.hint
        store.figures.put("a", FIGURES)


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        store.figures.put("a", FIGURES)
        store.close()
        event.listen(store.database.engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(StoreError, match="full") as caught:
            store.mirror.save([item(n, title="x" * 500) for n in range(500)], {})
        assert "space" in caught.value.hint
        assert store.figures.all() == {"a": FIGURES}
        assert store.mirror.ids("acme") == frozenset()


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"shopping list\n" * 100)
    assert "not a database" in refusal(f"sqlite:///{path}").message
    assert path.read_bytes() == b"shopping list\n" * 100


def test_a_missing_folder_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "unable to open" in refusal(f"sqlite:///{tmp_path}/missing/okr-bridge.db").message
    assert "unable to open" in refusal(f"sqlite:///{tmp_path}").message


URLS = {
    "no URL": SECRET,
    "a port that is none": f"postgresql://u:{SECRET}@host:port/name",
    "another kind": f"mysql://u:{SECRET}@host/name",
    "an unknown driver": f"postgresql+psycopg2://u:{SECRET}@host/name",
    "memory": "sqlite://",
    "memory by name": "sqlite:///:memory:",
}


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    assert "//" not in refusal(url).message


def test_a_server_that_is_not_there_is_told() -> None:
    error = refusal(f"postgresql://u:{SECRET}@127.0.0.1:1/okr")
    assert error.message.startswith("database okr on 127.0.0.1:1: ")
    assert "refused" in error.message


def test_a_wrong_password_is_told_and_not_repeated() -> None:
    server = postgresql.server().removeprefix("postgresql://postgres@")
    postgresql.command("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    error = refusal(f"postgresql://guarded:{SECRET}@{server}/postgres")
    assert "password authentication failed" in error.message
    assert "check the user and the password" in error.hint


def test_a_database_and_a_role_that_are_missing_are_told() -> None:
    server = postgresql.server()
    assert "createdb" in refusal(f"{server}/missing").hint
    assert "user" in refusal(server.replace("postgres@", "nobody@") + "/postgres").hint


def test_a_driver_that_repeats_the_password_is_cut() -> None:
    error = told("database okr on db", sqlite3.OperationalError(f"cannot use {SECRET} here"), SECRET)
    assert error.message == "database okr on db: cannot use *** here"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_takes_the_driver_we_ship(scheme: str) -> None:
    url = parse(f"{scheme}://u:{SECRET}@db:5433/okr?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert place(url) == "database okr on db:5433"


def test_a_server_that_came_back_is_used_again(tmp_path: Path) -> None:
    with urls("postgresql", tmp_path, made=True) as url, Store.open(url) as store:
        store.figures.put("a", FIGURES)
        postgresql.command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'made'")
        assert store.figures.all() == {"a": FIGURES}


def test_importing_the_store_does_not_bring_alembic_in() -> None:
    code = "import sys, bridge.store, bridge.exchange; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
