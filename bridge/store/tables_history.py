"""Tables of what numbers were made of, and of a past that is being read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from bridge.store.columns import Json, PlainText, Table, exact, text


class ItemStateRow(Table, table=True):
    """How an item stood, as far as it decides anything; known by what it says. Only ever added to."""

    __tablename__ = "item_states"

    digest: str = text(key=True)
    state: str = text()


class InputsRow(Table, table=True):
    """What numbers were made of, and parts of that; known by digest. Only ever added to."""

    __tablename__ = "inputs"

    digest: str = text(key=True)
    document: str = text()


class BackfillRow(Table, table=True):
    """A past that is being read from a connection, to the day `last`: `wanted` are the ids to ask for, `gone`
    those that did not come though all was read (None before that), `glossary` is what old entries are
    understood by."""

    __tablename__ = "backfills"

    digest: str = text(key=True)
    connection: str = text()
    started: datetime
    last: date
    glossary: Any = exact(Json)
    wanted: Any = exact(Json)
    gone: Any = exact(Json)


class BackfillPageRow(Table, table=True):
    """A page of it that is here: the ids on it, and why some of them cannot be understood."""

    __tablename__ = "backfill_pages"

    digest: str = Field(
        sa_type=PlainText, primary_key=True, foreign_key="backfills.digest", ondelete="CASCADE"
    )
    page: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    ids: Any = exact(Json)
    untold: Any = exact(Json)


class BackfillTurnsRow(Table, table=True):
    """What came about on a day (by its place in the window) with the items of a page."""

    __tablename__ = "backfill_turns"

    digest: str = Field(
        sa_type=PlainText, primary_key=True, foreign_key="backfills.digest", ondelete="CASCADE"
    )
    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    page: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    turns: str = text()
