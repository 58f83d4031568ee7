"""A past that is being read, page by page: what is here is not asked for again. Dropped when it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import Backfill
from bridge.store.tables import BACKFILL_PAGES, BACKFILL_TURNS, BACKFILLS


class Backfills:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, backfill: Backfill) -> None:
        """Read these ids from a connection, from nothing."""
        row = {field.name: getattr(backfill, field.name) for field in fields(backfill)}
        with self._database.write() as database:
            self.drop(backfill.digest)
            database.execute(BACKFILLS.insert(), row)

    def get(self, digest: str) -> Backfill | None:
        """The one that was begun under this digest and not dropped."""
        with self._database.read() as database:
            row = database.execute(sa.select(BACKFILLS).where(BACKFILLS.c.digest == digest)).one_or_none()
        if row is None:
            return None
        gone = None if row.gone is None else tuple(row.gone)
        wanted = tuple(row.wanted)
        return Backfill(row.digest, row.connection, row.started, row.last, row.glossary, wanted, gone)

    def lengthen(self, backfill: Backfill, again: Collection[str]) -> None:
        """Go on with what `backfill` says now, with what is here but for these ids: they are to be asked for
        again. What came about with them on earlier days stays, and comes about the same once more."""
        row = {field.name: getattr(backfill, field.name) for field in fields(backfill)}
        whose = BACKFILL_PAGES.c.digest == backfill.digest
        with self._database.write() as database:
            database.execute(BACKFILLS.update().where(BACKFILLS.c.digest == backfill.digest).values(row))
            for page, ids, untold in database.execute(
                sa.select(BACKFILL_PAGES.c.page, BACKFILL_PAGES.c.ids, BACKFILL_PAGES.c.untold).where(whose)
            ).all():
                if not set(again).isdisjoint(ids):
                    kept = [id for id in ids if id not in again]
                    told = {id: why for id, why in untold.items() if id not in again}
                    these = whose & (BACKFILL_PAGES.c.page == page)
                    database.execute(BACKFILL_PAGES.update().where(these).values(ids=kept, untold=told))

    def put_page(
        self, digest: str, ids: Collection[str], untold: Mapping[str, str], turns: Mapping[int, str]
    ) -> None:
        """Keep a page whole: its ids, why some of them cannot be understood, and by day the text of what
        came about."""
        number = sa.select(sa.func.coalesce(sa.func.max(BACKFILL_PAGES.c.page), 0) + 1).where(
            BACKFILL_PAGES.c.digest == digest
        )
        with self._database.write() as database:
            page = database.scalar(number)
            row = {"digest": digest, "page": page, "ids": sorted(ids), "untold": dict(untold)}
            database.execute(BACKFILL_PAGES.insert(), row)
            rows = [
                {"digest": digest, "day": day, "page": page, "turns": text} for day, text in turns.items()
            ]
            if rows:
                database.execute(BACKFILL_TURNS.insert(), rows)

    def read(self, digest: str) -> tuple[frozenset[str], Mapping[str, str]]:
        """The ids that are here, and those of them that cannot be understood, with the reason."""
        ids: set[str] = set()
        untold: dict[str, str] = {}
        query = sa.select(BACKFILL_PAGES.c.ids, BACKFILL_PAGES.c.untold).where(
            BACKFILL_PAGES.c.digest == digest
        )
        with self._database.read() as database:
            for own, wrong in database.execute(query):
                ids.update(own)
                untold.update(wrong)
        return frozenset(ids), untold

    def end(self, digest: str, gone: Collection[str]) -> None:
        """All is read; these did not come."""
        these = BACKFILLS.c.digest == digest
        with self._database.write() as database:
            database.execute(BACKFILLS.update().where(these).values(gone=sorted(gone)))

    def turns(self, digest: str, day: int) -> Iterator[str]:
        """What came about on a day, page by page, always in the same order."""
        query = (
            sa.select(BACKFILL_TURNS.c.turns)
            .where(BACKFILL_TURNS.c.digest == digest, BACKFILL_TURNS.c.day == day)
            .order_by(BACKFILL_TURNS.c.page)
        )
        with self._database.read() as database:
            yield from database.execution_options(yield_per=20).scalars(query)

    def drop(self, digest: str) -> None:
        with self._database.write() as database:
            for table in (BACKFILL_TURNS, BACKFILL_PAGES, BACKFILLS):
                database.execute(table.delete().where(table.c.digest == digest))

    def clear(self, connection: str, but: str = "") -> None:
        """Drop those of a connection, but this one: what else was begun there is of no use any more."""
        these = (BACKFILLS.c.connection == connection) & (BACKFILLS.c.digest != but)
        with self._database.write() as database:
            for digest in database.scalars(sa.select(BACKFILLS.c.digest).where(these)).all():
                self.drop(digest)
