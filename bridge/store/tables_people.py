"""Tables of what people say: the OKR files, their own numbers, their reports."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field

from bridge.store.columns import ExactDecimal, Strings, Table, exact, text

ONCE = {"sqlite_autoincrement": True}


class RevisionRow(Table, table=True):
    """The OKR file as it stood from a moment on."""

    __tablename__ = "revisions"
    __table_args__ = ONCE

    id: int | None = Field(default=None, primary_key=True)
    digest: str = text()
    document: str = text()
    at: datetime


class OverrideRow(Table, table=True):
    """A person's number; cleared ones stay on record."""

    __tablename__ = "overrides"
    __table_args__ = ONCE

    id: int | None = Field(default=None, primary_key=True)
    kr: str = text(index=True)
    value: Decimal = exact(ExactDecimal)
    why: str = text()
    by: str = text()
    until: date
    at: datetime
    cleared_by: str | None = text(null=True)
    cleared_at: datetime | None


class CheckInRow(Table, table=True):
    """A person's report."""

    __tablename__ = "check_ins"
    __table_args__ = ONCE

    id: int | None = Field(default=None, primary_key=True)
    kr: str = text(index=True)
    at: datetime
    by: str = text()
    value: Decimal | None = exact(ExactDecimal, null=True)
    confidence: Decimal | None = exact(ExactDecimal, null=True)
    status: str = text()
    note: str = text()
    obstacle: str = text()
    help_needed: str = text()
    milestones: tuple[str, ...] = exact(Strings)
