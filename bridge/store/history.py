"""What was said of a key result, day by day: only ever added to."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import HistoryPoint
from bridge.store.tables import HISTORY

FIELDS = tuple(HISTORY.c[field.name] for field in fields(HistoryPoint))
NEWEST = sa.select(sa.func.max(HISTORY.c.id)).group_by(HISTORY.c.kr, HISTORY.c.day, HISTORY.c.source)


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, point: HistoryPoint) -> bool:
        """Make this the current point of its day and source; older ones stay. False: the current one
        says the same but for its instant, and nothing was added."""
        row = {field.name: getattr(point, field.name) for field in fields(point)}
        same = sa.and_(*(HISTORY.c[name] == row[name] for name in ("kr", "day", "source")))
        current = sa.select(*FIELDS).where(same).order_by(HISTORY.c.id.desc()).limit(1)
        with self._database.write() as connection:
            found = connection.execute(current).mappings().one_or_none()
            if found is not None and {**found, "at": point.at} == row:
                return False
            connection.execute(HISTORY.insert(), row)
        return True

    def points(
        self, kr: str, first: date | None = None, last: date | None = None
    ) -> tuple[HistoryPoint, ...]:
        """The current point of each day and source, by day; both ends inclusive."""
        query = sa.select(*FIELDS).where(HISTORY.c.id.in_(NEWEST.where(HISTORY.c.kr == kr)))
        if first is not None:
            query = query.where(HISTORY.c.day >= first)
        if last is not None:
            query = query.where(HISTORY.c.day <= last)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(HISTORY.c.day, HISTORY.c.id)).mappings()
            return tuple(HistoryPoint(**row) for row in rows)
