"""Tables of what trackers hold, and of how far it has been read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Field

from bridge.store.columns import ExactDecimal, Json, Numbers, PlainText, Strings, Table, exact, text


class Item(Table, table=True):
    """A work item as translated last."""

    __tablename__ = "items"

    connection: str = text(key=True)
    id: str = text(key=True)
    key: str = text()
    title: str = text()
    tier: str = text()
    status: str = text()
    category: str = text()
    updated: datetime
    parent: str | None = text(null=True)
    children: tuple[str, ...] = exact(Strings)
    cancelled: bool
    resolution: str = text()
    points: Decimal | None = exact(ExactDecimal, null=True)
    estimate_seconds: Decimal | None = exact(ExactDecimal, null=True)
    spent_seconds: Decimal | None = exact(ExactDecimal, null=True)
    percent: Decimal | None = exact(ExactDecimal, null=True)
    checks_done: int | None
    checks_total: int | None
    numbers: tuple[tuple[str, Decimal], ...] = exact(Numbers)
    unusable: tuple[str, ...] = exact(Strings)
    type: str = text()
    project: str = text()
    labels: tuple[str, ...] = exact(Strings)
    flagged: bool
    owner: str = text()
    due: date | None
    created: datetime | None
    finished: datetime | None
    url: str = text()


class ItemKey(Table, table=True):
    """A key that an item bears or bore."""

    __tablename__ = "item_keys"

    connection: str = text(key=True)
    key: str = text(key=True)
    id: str = text()


class PanelRow(Table, table=True):
    """The bridge's own fields and property as found on an item last."""

    __tablename__ = "panels"

    connection: str = text(key=True)
    id: str = text(key=True)
    panel: Any = exact(Json)


class LinkRow(Table, table=True):
    """A selector on a connection; `read` is None while its hits were never read."""

    __tablename__ = "links"

    digest: str = text(key=True)
    connection: str = text()
    read: datetime | None
    unreadable: tuple[str, ...] = exact(Strings)


class LinkItem(Table, table=True):
    """A hit of a link."""

    __tablename__ = "link_items"

    digest: str = Field(sa_type=PlainText, primary_key=True, foreign_key="links.digest", ondelete="CASCADE")
    id: str = text(key=True)


class CursorRow(Table, table=True):
    """How far a connection has been read."""

    __tablename__ = "cursors"

    connection: str = text(key=True)
    since: datetime
    scheme: str = text()
    swept: datetime
    read: datetime


class SiteRow(Table, table=True):
    """A site's own facts, as the connector described them."""

    __tablename__ = "sites"

    connection: str = text(key=True)
    facts: Any = exact(Json)
    at: datetime
