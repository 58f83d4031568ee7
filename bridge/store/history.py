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


def _row(point: HistoryPoint) -> dict[str, Any]:
    return {field.name: getattr(point, field.name) for field in fields(point)}


def _same(known: Mapping[str, Any] | None, point: HistoryPoint) -> bool:
    """Whether they say the same; when they were said is no matter."""
    return known is not None and {**known, "at": point.at} == _row(point)


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, point: HistoryPoint) -> bool:
        """Make this the current point of its day and source; older ones stay. False: the current one
        says the same but for its instant, and nothing was added."""
        return self.record_all([point]) > 0

    def record_all(self, points: Iterable[HistoryPoint]) -> int:
        """The same for points of different key results, days or sources; how many were added."""
        with self._database.write() as connection:
            rows = [_row(point) for point in self.news(points)]
            if rows:
                connection.execute(HISTORY.insert(), rows)
        return len(rows)

    def news(self, points: Iterable[HistoryPoint]) -> list[HistoryPoint]:
        """Those of them that say anything else than the current point of their day and source."""
        wanted = list(points)
        if not wanted:
            return []
        krs, days = {point.kr for point in wanted}, {point.day for point in wanted}
        these = HISTORY.c.kr.in_(krs) & HISTORY.c.day.in_(days)
        query = sa.select(*FIELDS).where(HISTORY.c.id.in_(NEWEST.where(these)))
        with self._database.read() as connection:
            known = [dict(row) for row in connection.execute(query).mappings()]
        found = {_whose(row): row for row in known}
        return [point for point in wanted if not _same(found.get(_whose(_row(point))), point)]

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
