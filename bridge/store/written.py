"""What the bridge wrote, place by place: that is how it knows its own from what people set."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import Written, WrittenKey
from bridge.store.tables import WRITTEN

KEY = (WRITTEN.c.item, WRITTEN.c.kr, WRITTEN.c.what, WRITTEN.c.name)
VALUE = (WRITTEN.c.value, WRITTEN.c.ref, WRITTEN.c.at)


class WrittenValues:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, connection: str) -> Mapping[WrittenKey, Written]:
        query = sa.select(*KEY, *VALUE).where(WRITTEN.c.connection == connection)
        with self._database.read() as database:
            return {WrittenKey(*row[:4]): Written(*row[4:]) for row in database.execute(query)}

    def put(self, connection: str, key: WrittenKey, written: Written) -> None:
        row = {"connection": connection, **key._asdict(), "value": written.value}
        with self._database.write() as database:
            database.execute(self._database.upsert(WRITTEN), {**row, "ref": written.ref, "at": written.at})

    def drop(self, connection: str, key: WrittenKey) -> None:
        """Nothing of ours is there any more."""
        these = [WRITTEN.c[name] == value for name, value in key._asdict().items()]
        with self._database.write() as database:
            database.execute(WRITTEN.delete().where(WRITTEN.c.connection == connection, *these))
