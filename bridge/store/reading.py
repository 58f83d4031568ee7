"""How far each connection has been read, and what its site says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import Cursor
from bridge.store.tables import CURSORS, SITES

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Cursors:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection: str) -> Cursor | None:
        fields = (CURSORS.c.since, CURSORS.c.scheme, CURSORS.c.swept, CURSORS.c.read)
        query = sa.select(*fields).where(CURSORS.c.connection == connection)
        with self._database.read() as database:
            row = database.execute(query).one_or_none()
        return None if row is None else Cursor(*row)

    def put(self, connection: str, cursor: Cursor) -> None:
        with self._database.write() as database:
            database.execute(self._database.upsert(CURSORS), {"connection": connection, **asdict(cursor)})

    def drop(self, connection: str) -> None:
        """The connection is read from its beginning next time."""
        with self._database.write() as database:
            database.execute(CURSORS.delete().where(CURSORS.c.connection == connection))


class Sites:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection: str) -> tuple[dict[str, Any], datetime] | None:
        """A site's facts, and when they were asked for."""
        query = sa.select(SITES.c.facts, SITES.c.at).where(SITES.c.connection == connection)
        with self._database.read() as database:
            row = database.execute(query).one_or_none()
        return None if row is None else (row.facts, row.at)

    def put(self, connection: str, facts: Mapping[str, Any], at: datetime) -> None:
        row = {"connection": connection, "facts": dict(facts), "at": at}
        with self._database.write() as database:
            database.execute(self._database.upsert(SITES), row)

    def doubt(self, connection: str) -> None:
        """They may hold no more: they are kept, and asked for anew as if they were old."""
        told = SITES.update().where(SITES.c.connection == connection)
        with self._database.write() as database:
            database.execute(told.values(at=LONG_AGO))

    def drop(self, connection: str) -> None:
        with self._database.write() as database:
            database.execute(SITES.delete().where(SITES.c.connection == connection))
