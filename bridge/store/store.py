"""The store: everything the bridge remembers between runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType

from bridge.store import retention
from bridge.store.database import Database
from bridge.store.figures import Baselines, Figures
from bridge.store.history import History
from bridge.store.membership import Membership
from bridge.store.mirror import Mirror
from bridge.store.outbox import Outbox
from bridge.store.people import CheckIns, Overrides, Revisions
from bridge.store.reading import Cursors, Sites
from bridge.store.runs import ConnectionResults, Runs
from bridge.store.version import bring_up
from bridge.store.written import WrittenValues


class Store:
    """One database, a file per concern. Every call is a transaction of its own, or part of the one that
    `transaction` opened on this thread. Whatever the database refuses is StoreError."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.mirror = Mirror(database)
        self.membership = Membership(database)
        self.cursors = Cursors(database)
        self.sites = Sites(database)
        self.figures = Figures(database)
        self.history = History(database)
        self.baselines = Baselines(database)
        self.written = WrittenValues(database)
        self.outbox = Outbox(database)
        self.revisions = Revisions(database)
        self.overrides = Overrides(database)
        self.checkins = CheckIns(database)
        self.runs = Runs(database)
        self.connections = ConnectionResults(database)

    @classmethod
    def open(cls, url: str, *, wait: float = 30.0) -> Store:
        """Open the database at a SQLAlchemy URL, making or upgrading its tables. `wait`: seconds to wait
        for another process that writes. Raises StoreError, also for a database of a newer version."""
        database = Database(url, wait)
        try:
            bring_up(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that this thread does in it holds together, or none of it. Keep network calls out of it."""
        with self.database.write():
            yield

    def prune(self, before: datetime) -> int:
        """Drop the log older than this; what decides a number or a write stays. How many rows."""
        return retention.prune(self.database, before)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
