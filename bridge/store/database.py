"""One database, SQLite or PostgreSQL: how it is opened, and what a transaction is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bridge.errors import StoreError
from bridge.store.file import File
from bridge.store.trouble import place, telling

WRITES = "okr_bridge_writes"
WAL_TRIES = 100
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that falls silent is given up within a minute or two, not within hours (libpq's own words)."""
SILENCE = 30.0
"""Seconds after which the server ends a transaction whose holder has fallen silent: a process that was
stopped, or a machine that vanished, would keep its locks for hours, and nobody could take over."""
Guard = Callable[[sa.Connection], None]
DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Database:
    """Connections and transactions. Safe to share between threads: a transaction belongs to its thread."""

    def __init__(self, url: str, wait: float) -> None:
        """`wait`: seconds to wait for another process that writes."""
        parsed = parse(url)
        self.where = place(parsed)
        self._secret = str(parsed.password or parsed.query.get("password") or "")
        self._open = threading.local()
        self._guards: tuple[Guard, ...] = ()
        self._gate = threading.Lock()
        self.engine = engine(parsed, wait)
        self._file = file = file_of(parsed)
        if file:
            event.listen(self.engine, "connect", lambda *_: file.opened())

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction, or the part of one that this thread has open: all of it holds or nothing."""
        with telling(self.where, self._secret):
            if (current := self._current) is not None:
                yield current
                return
            with self._gate:
                pass
            with self._connect({WRITES: True}) as connection, connection.begin():
                for guard in self._guards:
                    guard(connection)
                self._open.connection = connection
                try:
                    yield connection
                finally:
                    self._open.connection = None

    @contextmanager
    def apart(self) -> Iterator[sa.Connection]:
        """A transaction that no guard looks at, and never part of another. It is the next one to come:
        SQLite itself would let a thread that writes again and again go first each time."""
        if self._current is not None:
            raise RuntimeError("this thread has a transaction open: the two would wait for each other")
        with (
            self._gate,
            telling(self.where, self._secret),
            self._connect({WRITES: True}) as made,
            made.begin(),
        ):
            yield made

    @contextmanager
    def guarded(self, guard: Guard) -> Iterator[None]:
        """Every transaction that begins to write meanwhile, on any thread, first passes this guard: if
        it raises, nothing of that transaction holds. For one thread at a time to enter and leave."""
        before = self._guards
        self._guards = (*before, guard)
        try:
            yield
        finally:
            self._guards = before

    @contextmanager
    def read(self, *, snapshot: bool = False) -> Iterator[sa.Connection]:
        """A connection to read from; `snapshot`: all that is read is of one moment."""
        with telling(self.where, self._secret):
            if (current := self._current) is not None:
                yield current
                return
            server = snapshot and self.dialect != "sqlite"
            with self._connect({"isolation_level": "REPEATABLE READ"} if server else {}) as connection:
                if server:  # it is read as slowly as whoever it is for takes it, and locks nobody out
                    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield connection

    def upsert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that replaces the row of the same primary key; one that is the same is left alone."""
        return _upsert(self.dialect, table)

    def unless_there(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that does nothing where the primary key is there already."""
        insert = (sqlite if self.dialect == "sqlite" else postgresql).insert(table)
        made: sqlite.Insert | postgresql.Insert = insert.on_conflict_do_nothing()
        return made

    def close(self) -> None:
        self.engine.dispose()

    @property
    def _current(self) -> sa.Connection | None:
        return getattr(self._open, "connection", None)

    def _connect(self, options: dict[str, Any]) -> sa.Connection:
        if self._file and self._file.changed():
            self.engine.dispose()
        return self.engine.connect().execution_options(**options)


@cache
def _upsert(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Made once: to put it together takes longer than to run it."""
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    values = [column for column in table.columns if not column.primary_key]
    made: sqlite.Insert | postgresql.Insert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={c.name: insert.excluded[c.name] for c in values},
        where=sa.or_(*(c.is_distinct_from(insert.excluded[c.name]) for c in values)),
    )
    return made


def parse(url: str) -> sa.URL:
    """The URL with the driver that the bridge uses. Raises StoreError, never repeating the URL."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("the database URL cannot be read", "for example sqlite:///okr-bridge.db") from error
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError(
            f"{parsed.drivername} databases are not supported", "use sqlite:///FILE or postgresql://HOST/NAME"
        )
    if driver == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("a database in memory forgets between runs", "name a file: sqlite:///okr-bridge.db")
    return parsed.set(drivername=driver)


def file_of(url: sa.URL) -> File | None:
    """The file to keep an eye on; None: there is none, or SQLite itself is to read its name."""
    name = url.database or ""
    return None if url.get_backend_name() != "sqlite" or name.startswith("file:") else File(place(url), name)


def engine(url: sa.URL, wait: float) -> sa.Engine:
    try:
        if url.get_backend_name() == "sqlite":
            made = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": wait})
            event.listen(made, "connect", _prepare_sqlite)
            event.listen(made, "begin", _begin_sqlite)
            return made
        patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
        made = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=patience)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError(
            "the PostgreSQL driver is not installed", "pip install 'okr-bridge[postgresql]'"
        ) from error
    limits = {"lock_timeout": wait, "idle_in_transaction_session_timeout": SILENCE}
    settings = "; ".join(f"SET {name} = {int(seconds * 1000)}" for name, seconds in limits.items())
    event.listen(made, "connect", lambda dbapi, _: _run(dbapi, settings))
    return made


def _prepare_sqlite(dbapi: Any, _record: Any) -> None:
    dbapi.isolation_level = None  # the driver would begin too late, and never for reads
    _use_wal(dbapi)
    dbapi.execute("PRAGMA synchronous = NORMAL")
    dbapi.execute("PRAGMA foreign_keys = ON")


def _use_wal(dbapi: Any) -> None:
    """Let readers go on beside a writer. SQLite does not wait for its turn to change this on a new
    file, as it does for every other lock: so wait for a lock of the other kind, then try again."""
    for _ in range(WAL_TRIES):
        try:
            dbapi.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        dbapi.execute("BEGIN IMMEDIATE")
        dbapi.execute("ROLLBACK")
    dbapi.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _run(dbapi: Any, statement: str) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute(statement)
    dbapi.commit()
