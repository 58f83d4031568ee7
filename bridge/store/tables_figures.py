"""Tables of numbers: said last, said each day, held against, written."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bridge.store.columns import ExactFraction, Json, Table, exact, text


class FiguresRow(Table, table=True):
    """What was said of a key result last."""

    __tablename__ = "figures"

    kr: str = text(key=True)
    progress: Fraction | None = exact(ExactFraction, null=True)
    at: datetime
    hash: str = text()
    updated: datetime
    read: datetime | None
    pace: str = text()


class HistoryRow(Table, table=True):
    """What a source said of a key result for a day; the row with the highest id is the current one."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "kr", "day", "source"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    day: date
    kr: str = text()
    source: str = text()
    value: Fraction | None = exact(ExactFraction, null=True)
    counts: Any = exact(Json)
    scope: Any = exact(Json)
    rule_version: int
    inputs: str = text()
    at: datetime


class BaselineRow(Table, table=True):
    """The scope that a key result is held against in a cycle: [connection, id, weight, done] each."""

    __tablename__ = "baselines"

    kr: str = text(key=True)
    cycle: str = text(key=True)
    entries: Any = exact(Json)
    at: datetime


class WrittenRow(Table, table=True):
    """What the bridge put in a place last; `ref` is the tracker's id of what it made there."""

    __tablename__ = "written"

    connection: str = text(key=True)
    item: str = text(key=True)
    kr: str = text(key=True)
    what: str = text(key=True)
    name: str = text(key=True)
    value: Any = exact(Json)
    ref: str = text()
    at: datetime
