"""What was said of a key result, day by day: only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.records import HistoryPoint
from bridge.store.tables import HISTORY

FIELDS = tuple(HISTORY.c[field.name] for field in fields(HistoryPoint))
NEWEST = sa.select(sa.func.max(HISTORY.c.id)).group_by(HISTORY.c.kr, HISTORY.c.day, HISTORY.c.source)


def _whose(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return row["kr"], row["day"], row["source"]


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, point: HistoryPoint) -> bool:
        """Make this the current point of its day and source; older ones stay. False: the current one
        says the same but for its instant, and nothing was added."""
        return self.record_all([point]) > 0

    def record_all(self, points: Iterable[HistoryPoint]) -> int:
        """The same for points of different key results; how many were added."""
        rows = [{field.name: getattr(point, field.name) for field in fields(point)} for point in points]
        these = HISTORY.c.kr.in_({row["kr"] for row in rows}) & HISTORY.c.day.in_(
            {row["day"] for row in rows}
        )
        with self._database.write() as connection:
            query = sa.select(*FIELDS).where(HISTORY.c.id.in_(NEWEST.where(these)))
            known = [dict(row) for row in connection.execute(query).mappings()]
            found = {_whose(row): row for row in known}
            new = [row for row in rows if {**found.get(_whose(row), {}), "at": row["at"]} != row]
            if new:
                connection.execute(HISTORY.insert(), new)
        return len(new)

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
