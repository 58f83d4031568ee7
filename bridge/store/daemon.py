"""What the daemon leaves for others to see: pauses that connections asked for, when what is next, notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import Notice
from bridge.store.tables import HOLDS, NOTICES, SCHEDULE


class Holds:
    """Connections that are to be left alone for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, connection: str, until: datetime, why: str) -> None:
        """Leave it alone until then; in place of what was said before."""
        row = {"connection": connection, "until": until, "why": why}
        with self._database.write() as database:
            database.execute(self._database.upsert(HOLDS), row)

    def get(self, connection: str, now: datetime) -> tuple[datetime, str] | None:
        """Until when and why; None: nothing holds it now."""
        return self.all(now).get(connection)

    def all(self, now: datetime) -> Mapping[str, tuple[datetime, str]]:
        """Every connection that is held now: until when and why."""
        with self._database.read() as database:
            rows = database.execute(sa.select(HOLDS).where(HOLDS.c.until > now).order_by(HOLDS.c.connection))
            return {row.connection: (row.until, row.why) for row in rows}

    def drop(self, connection: str) -> None:
        with self._database.write() as database:
            database.execute(HOLDS.delete().where(HOLDS.c.connection == connection))


class Schedule:
    """When each connection's jobs are due next, as the active daemon told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, connection: str, job: str, next: datetime | None) -> None:
        """Due then; None: never again."""
        these = (SCHEDULE.c.connection == connection) & (SCHEDULE.c.job == job)
        with self._database.write() as database:
            if next is None:
                database.execute(SCHEDULE.delete().where(these))
            else:
                row = {"connection": connection, "job": job, "next": next}
                database.execute(self._database.upsert(SCHEDULE), row)

    def all(self) -> Mapping[tuple[str, str], datetime]:
        """By connection and job."""
        with self._database.read() as database:
            rows = database.execute(sa.select(SCHEDULE).order_by(*SCHEDULE.primary_key)).mappings()
            return {(row["connection"], row["job"]): row["next"] for row in rows}

    def replace(self, times: Mapping[tuple[str, str], datetime]) -> None:
        """These are all there are."""
        rows = [{"connection": name, "job": job, "next": next} for (name, job), next in times.items()]
        with self._database.write() as database:
            database.execute(SCHEDULE.delete())
            if rows:
                database.execute(SCHEDULE.insert(), rows)


class Notices:
    """What a person should know of, until it is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, at: datetime, message: str, hint: str) -> None:
        row = {"name": name, "at": at, "message": message, "hint": hint}
        with self._database.write() as database:
            database.execute(self._database.upsert(NOTICES), row)

    def drop(self, name: str) -> None:
        with self._database.write() as database:
            database.execute(NOTICES.delete().where(NOTICES.c.name == name))

    def all(self) -> tuple[Notice, ...]:
        """Oldest first."""
        with self._database.read() as database:
            rows = database.execute(sa.select(NOTICES).order_by(NOTICES.c.at, NOTICES.c.name)).mappings()
            return tuple(Notice(**row) for row in rows)
