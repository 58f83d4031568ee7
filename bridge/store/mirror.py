"""The mirror of the work items: what trackers hold, so that views and roll-ups need no network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridge.model import ItemRef, WorkItem
from bridge.store.database import Database
from bridge.store.mirror_rows import COLUMNS, Reader, to_row
from bridge.store.tables import ITEM_KEYS, ITEMS, PANELS

BATCH = 2_000
CHUNK = 500
"""So many ids in one question."""


class Mirror:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, items: Iterable[WorkItem], panels: Mapping[ItemRef, Mapping[str, Any]]) -> int:
        """Keep these items in place of what was known of them; how many. Streams: batch by batch, each
        batch whole. A panel is looked up when its item comes; an item without an entry keeps the panel
        it has. Every key seen is remembered as the item's."""
        source, count = iter(items), 0
        while batch := list(islice(source, BATCH)):
            self._save(batch, {i.ref: panels[i.ref] for i in batch if i.ref in panels})
            count += len(batch)
        return count

    def _save(self, items: list[WorkItem], panels: Mapping[ItemRef, Mapping[str, Any]]) -> None:
        keys = [{"connection": i.connection, "key": i.key, "id": i.id} for i in items]
        found = [{"connection": r.connection, "id": r.id, "panel": dict(p)} for r, p in panels.items()]
        with self._database.write() as connection:
            connection.execute(self._database.upsert(ITEMS), [to_row(i) for i in items])
            connection.execute(self._database.upsert(ITEM_KEYS), keys)
            if found:
                connection.execute(self._database.upsert(PANELS), found)

    def load(self, connection: str | None = None) -> Iterator[WorkItem]:
        """Every item, of one connection or of all, in no order. Strings that repeat are shared."""
        query = sa.select(*COLUMNS)
        if connection is not None:
            query = query.where(ITEMS.c.connection == connection)
        reader = Reader()
        with self._database.read() as database:
            rows: Iterable[Any] = database.execution_options(yield_per=BATCH).execute(query)
            yield from map(reader.item, rows)

    def ids(self, connection: str) -> frozenset[str]:
        query = sa.select(ITEMS.c.id).where(ITEMS.c.connection == connection)
        with self._database.read() as database:
            return frozenset(database.scalars(query))

    def titles(self, refs: Iterable[ItemRef]) -> Mapping[ItemRef, str]:
        """What these items are called, as far as they are there."""
        wanted: dict[str, list[str]] = {}
        for ref in dict.fromkeys(refs):
            wanted.setdefault(ref.connection, []).append(ref.id)
        found: dict[ItemRef, str] = {}
        with self._database.read() as database:
            for connection, ids in wanted.items():
                for at in range(0, len(ids), CHUNK):
                    these = (ITEMS.c.connection == connection) & ITEMS.c.id.in_(ids[at : at + CHUNK])
                    rows = database.execute(sa.select(ITEMS.c.id, ITEMS.c.title).where(these))
                    found |= {ItemRef(connection, id): title for id, title in rows}
        return found

    def aliases(self, connection: str) -> Mapping[str, str]:
        """Permanent ids by every key ever seen; where two items had a key, the one that has it now."""
        known = sa.select(ITEM_KEYS.c.key, ITEM_KEYS.c.id).where(ITEM_KEYS.c.connection == connection)
        current = sa.select(ITEMS.c.key, ITEMS.c.id).where(ITEMS.c.connection == connection)
        with self._database.read() as database:
            return {key: id for query in (known, current) for key, id in database.execute(query)}

    def panels(self, connection: str, ids: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        """The panels of these items, by permanent id; those never seen are absent."""
        wanted = set(ids)
        query = sa.select(PANELS.c.id, sa.type_coerce(PANELS.c.panel, sa.Text)).where(
            PANELS.c.connection == connection
        )
        with self._database.read() as database:
            return {id: json.loads(panel) for id, panel in database.execute(query) if id in wanted}

    def set_panel(self, connection: str, id: str, panel: Mapping[str, Any]) -> None:
        row = {"connection": connection, "id": id, "panel": dict(panel)}
        with self._database.write() as database:
            database.execute(self._database.upsert(PANELS), row)

    def forget(self, connection: str, ids: Iterable[str]) -> None:
        """Drop items that are gone: deleted, or hidden from us. Their keys stay theirs."""
        gone = [{"gone": id} for id in ids]
        if not gone:
            return
        with self._database.write() as database:
            for table in (ITEMS, PANELS):
                these = (table.c.connection == connection) & (table.c.id == sa.bindparam("gone"))
                database.execute(table.delete().where(these), gone)

    def clear(self, connection: str) -> None:
        """Drop all that is known of a connection's items, to read it anew; keys stay known."""
        with self._database.write() as database:
            for table in (ITEMS, PANELS):
                database.execute(table.delete().where(table.c.connection == connection))
