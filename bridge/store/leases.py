"""Who may do what only one process may do: a lease with a term, and a token that fences off the deposed.

All times are the database's own: holders on several machines share no clock but that one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from bridge.errors import LeaseLost
from bridge.store.database import Database
from bridge.store.records import Lease, LeaseRecord
from bridge.store.tables import LEASES

NOBODY = ""
CLOCKS = {
    "sqlite": sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
    "postgresql": sa.text("SELECT clock_timestamp()"),
}


class Leases:
    """Each call is a transaction of its own, whatever this store is fenced with. None may be made by a
    thread in the middle of a transaction; others need not care."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Take it for so many seconds, if it is free, has run out or is this holder's already; every
        taking has a token of its own, higher than all before. None: another one holds it. Waits for
        what the deposed has in hand on PostgreSQL, as any writer waits on SQLite; StoreError after that."""
        if (standing := self.record(name)) and standing.holder != holder and standing.left > 0:
            return None
        with self._database.apart() as connection:
            now = clock(connection)
            free = {"name": name, "holder": NOBODY, "token": 0, "since": now, "expires": now}
            connection.execute(self._database.unless_there(LEASES), free)
            found = connection.execute(_one(name).with_for_update()).one()
            now = clock(connection)
            if found.holder not in (NOBODY, holder) and found.expires > now:
                return None
            taken = {"holder": holder, "token": found.token + 1, "since": now, "expires": _in(now, seconds)}
            connection.execute(LEASES.update().where(LEASES.c.name == name).values(taken))
        return Lease(name, holder, found.token + 1)

    def renew(self, lease: Lease, seconds: float) -> bool:
        """Have it for so many seconds from now, even if it has run out and nobody took it. False: it is
        no longer ours. Never waits for fenced transactions on PostgreSQL; on SQLite as any writer does."""
        with self._database.apart() as connection:
            until = _in(clock(connection), seconds)
            return connection.execute(_ours(lease).values(expires=until)).rowcount > 0

    def release(self, lease: Lease) -> None:
        """Set it free at once, if it is still ours."""
        with self._database.apart() as connection:
            connection.execute(_ours(lease).values(holder=NOBODY, expires=clock(connection)))

    def record(self, name: str) -> LeaseRecord | None:
        """Who holds it, run out or not; None: nobody."""
        with self._database.read() as connection:
            row = connection.execute(_one(name)).one_or_none()
            now = clock(connection)
        if row is None or row.holder == NOBODY:
            return None
        return LeaseRecord(row.holder, row.token, row.since, (row.expires - now).total_seconds())

    def evict(self, name: str, holder: str) -> bool:
        """Set it free from a holder that is known to be dead. False: that one does not hold it."""
        these = (LEASES.c.name == name) & (LEASES.c.holder == holder)
        with self._database.apart() as connection:
            freed = LEASES.update().where(these).values(holder=NOBODY, expires=clock(connection))
            return connection.execute(freed).rowcount > 0

    def check(self, connection: sa.Connection, lease: Lease) -> None:
        """Raise LeaseLost unless it is still ours, and will be until this transaction ends. Renewing
        goes on meanwhile, taking over waits: that is the difference between the two row locks."""
        if connection.execute(_held(lease)).one_or_none() is None:
            raise LeaseLost(
                f"the {lease.name} lease is no longer held by {lease.holder}: nothing more is written",
                "another process took over; `okr-bridge status` names it",
            )

    def holds(self, lease: Lease) -> bool:
        """Whether it is ours and has not run out."""
        found = self.record(lease.name)
        return (
            found is not None
            and (found.holder, found.token) == (lease.holder, lease.token)
            and found.left > 0
        )


def clock(connection: sa.Connection) -> datetime:
    """What time it is for the database, to the millisecond at least."""
    told = connection.scalar(CLOCKS[connection.dialect.name])
    return (datetime.fromisoformat(told) if isinstance(told, str) else told).astimezone(UTC)


def _in(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _one(name: str) -> sa.Select[tuple[str, int, datetime, datetime]]:
    return sa.select(LEASES.c.holder, LEASES.c.token, LEASES.c.since, LEASES.c.expires).where(
        LEASES.c.name == name
    )


@lru_cache(maxsize=8)
def _held(lease: Lease) -> sa.Select[tuple[str, int, datetime, datetime]]:
    """Kept at hand: every transaction of a run asks it."""
    held = _one(lease.name).where(LEASES.c.holder == lease.holder, LEASES.c.token == lease.token)
    return held.with_for_update(read=True, key_share=True)


def _ours(lease: Lease) -> sa.Update:
    return LEASES.update().where(
        LEASES.c.name == lease.name, LEASES.c.holder == lease.holder, LEASES.c.token == lease.token
    )
