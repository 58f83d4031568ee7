"""Writes that failed, place by place: since when, why, and when they are tried again."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import Parked
from bridge.store.tables import PARKED


class ParkedWrites:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, connection: str | None = None) -> tuple[Parked, ...]:
        """Those of one connection or of all, what fails longest first."""
        query = sa.select(PARKED).order_by(PARKED.c.since, *PARKED.primary_key)
        if connection is not None:
            query = query.where(PARKED.c.connection == connection)
        with self._database.read() as database:
            return tuple(Parked(**row) for row in database.execute(query).mappings())

    def put(self, parked: Parked) -> None:
        """In place of what was parked there."""
        with self._database.write() as database:
            database.execute(self._database.upsert(PARKED), asdict(parked))

    def drop(self, connection: str, item: str, kr: str, what: str, name: str) -> None:
        """The place is as it should be, or no longer ours."""
        values = (connection, item, kr, what, name)
        these = (column == value for column, value in zip(PARKED.primary_key, values, strict=True))
        with self._database.write() as database:
            database.execute(PARKED.delete().where(*these))

    def clear(self, connection: str | None = None) -> None:
        """Forget those of one connection or of all, so that each is tried at once."""
        gone = (
            PARKED.delete()
            if connection is None
            else PARKED.delete().where(PARKED.c.connection == connection)
        )
        with self._database.write() as database:
            database.execute(gone)
