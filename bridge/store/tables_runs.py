"""Tables of what the bridge did: runs, their writes, how connections answered, what is not settled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bridge.store.columns import Json, Table, exact, text

ONCE = {"sqlite_autoincrement": True}


class RunRow(Table, table=True):
    """One run; `finished` is None while it goes on, and for good where it was killed."""

    __tablename__ = "runs"
    __table_args__ = ONCE

    id: int | None = Field(default=None, primary_key=True)
    kind: str = text()
    digest: str = text()
    started: datetime
    finished: datetime | None
    outcome: str = text()
    summary: Any = exact(Json)


class RunWrite(Table, table=True):
    """A change that a run made or decided not to make."""

    __tablename__ = "run_writes"
    __table_args__ = ONCE

    id: int | None = Field(default=None, primary_key=True)
    run: int = Field(foreign_key="runs.id", ondelete="CASCADE", index=True)
    connection: str = text()
    item: str = text()
    key: str = text()
    kr: str = text()
    what: str = text()
    name: str = text()
    before: Any = exact(Json)
    after: Any = exact(Json)
    outcome: str = text()


class ConnectionResultRow(Table, table=True):
    """How a connection answered in a run."""

    __tablename__ = "connection_results"
    __table_args__ = (Index(None, "connection", "ok"), ONCE)

    id: int | None = Field(default=None, primary_key=True)
    run: str = text()
    connection: str = text()
    ok: bool
    message: str = text()
    hint: str = text()
    at: datetime


class OutboxRow(Table, table=True):
    """An intent to write; `outcome` is empty until it is settled."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "outcome"), ONCE)

    id: int | None = Field(default=None, primary_key=True)
    run: str = text()
    connection: str = text()
    item: str = text()
    key: str = text()
    kr: str = text()
    what: str = text()
    name: str = text()
    before: Any = exact(Json)
    after: Any = exact(Json)
    attempts: int
    outcome: str = text()
    detail: str = text()
