"""The store: everything the bridge remembers between runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType

from bridge.store import retention
from bridge.store.backfills import Backfills
from bridge.store.daemon import Holds, Notices, Schedule
from bridge.store.database import Database
from bridge.store.figures import Baselines, Figures
from bridge.store.history import History
from bridge.store.identities import Identities
from bridge.store.inputs import Inputs
from bridge.store.leases import Leases
from bridge.store.membership import Membership
from bridge.store.mirror import Mirror
from bridge.store.outbox import Outbox
from bridge.store.parked import ParkedWrites
from bridge.store.people import CheckIns, Overrides, Revisions
from bridge.store.reading import Cursors, Sites
from bridge.store.records import Lease
from bridge.store.runs import ConnectionResults, Runs
from bridge.store.version import bring_up
from bridge.store.written import WrittenValues

IDLE = timedelta(days=7)
"""How long a run that sent nothing is kept."""


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
        self.inputs = Inputs(database)
        self.backfills = Backfills(database)
        self.baselines = Baselines(database)
        self.written = WrittenValues(database)
        self.outbox = Outbox(database)
        self.revisions = Revisions(database)
        self.overrides = Overrides(database)
        self.checkins = CheckIns(database)
        self.runs = Runs(database)
        self.connections = ConnectionResults(database)
        self.leases = Leases(database)
        self.parked = ParkedWrites(database)
        self.holds = Holds(database)
        self.schedule = Schedule(database)
        self.notices = Notices(database)
        self.identities = Identities(database)
        self._fences: tuple[Lease, ...] = ()

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

    @contextmanager
    def fenced(self, lease: Lease) -> Iterator[None]:
        """Meanwhile nothing is written through this store, by any thread, once the lease is another's:
        such a write raises LeaseLost, and nothing of its transaction holds. What is written is written
        before another can take the lease over. For one thread at a time to enter and leave."""
        before = self._fences
        self._fences = (*before, lease)
        try:
            with self.database.guarded(partial(self.leases.check, lease=lease)):
                yield
        finally:
            self._fences = before

    def fence_holds(self) -> bool:
        """Whether whoever writes through this store still may: every lease it is fenced with is ours and
        has not run out. True without a fence. To be asked just before a write is sent elsewhere."""
        return all(self.leases.holds(lease) for lease in self._fences)

    def prune(self, before: datetime) -> int:
        """Drop the log older than this; what decides a number or a write stays. How many rows."""
        return retention.prune(self.database, before)

    def tidy(self, now: datetime) -> int:
        """Drop what tells nothing any more: of a week ago and before, runs that sent nothing and answers
        that no state is told from. To be called now and then, whatever `keep_days` says. How many rows."""
        return retention.thin(self.database, now - IDLE)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
