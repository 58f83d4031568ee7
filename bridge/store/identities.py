"""Whose the database is, and whose what it remembers of each connection: nothing of two is mixed in it."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.model import Outcome
from bridge.store.database import Database
from bridge.store.outbox import OPEN
from bridge.store.tables import (
    BASELINES,
    CURSORS,
    IDENTITIES,
    ITEM_KEYS,
    ITEMS,
    LINKS,
    OUTBOX,
    PANELS,
    PARKED,
    WRITTEN,
)

BRIDGE = ""
ANOTHER_SITE = "its connection leads to another site by now"


class Identities:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection: str = BRIDGE) -> tuple[str, ...]:
        """The names of the site that is remembered under this connection, or of the bridge that the
        database belongs to; empty where that was never told."""
        query = sa.select(IDENTITIES.c.names).where(IDENTITIES.c.connection == connection)
        with self._database.read() as database:
            return database.scalar(query) or ()

    def put(self, names: tuple[str, ...], connection: str = BRIDGE) -> None:
        row = {"connection": connection, "names": names}
        with self._database.write() as database:
            database.execute(self._database.upsert(IDENTITIES), row)

    def replace(self, connection: str, names: tuple[str, ...]) -> None:
        """Another site: all that was read and written under this connection's name is forgotten, and the
        scopes that key results with items there were held against. What was said of key results stays."""
        with self._database.write() as database:
            for table in (CURSORS, ITEMS, ITEM_KEYS, PANELS, LINKS, WRITTEN, PARKED):
                database.execute(table.delete().where(table.c.connection == connection))
            database.execute(
                OUTBOX.update()
                .where(OUTBOX.c.connection == connection, OPEN)
                .values(outcome=Outcome.FAILED, detail=ANOTHER_SITE)
            )
            for row in database.execute(sa.select(BASELINES)).all():
                if any(entry[0] == connection for entry in row.entries):
                    these = (BASELINES.c.kr == row.kr) & (BASELINES.c.cycle == row.cycle)
                    database.execute(BASELINES.delete().where(these))
            known = {"connection": connection, "names": names}
            database.execute(self._database.upsert(IDENTITIES), known)
