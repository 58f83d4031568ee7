"""Tables of what goes on: whose this is, who may write, what waits to be tried again, what the daemon tells.

They belong to this database and this moment, so an export leaves them out.
"""

from __future__ import annotations

from datetime import datetime

from bridge.store.columns import Strings, Table, exact, text


class LeaseRow(Table, table=True):
    """Who may do what only one may do; `holder` is empty while nobody does. `token` only ever grows."""

    __tablename__ = "leases"

    name: str = text(key=True)
    holder: str = text()
    token: int
    since: datetime
    expires: datetime


class ParkedRow(Table, table=True):
    """A write that failed, and when it is tried next; `final`: it was refused for good."""

    __tablename__ = "parked"

    connection: str = text(key=True)
    item: str = text(key=True)
    key: str = text()
    kr: str = text(key=True)
    what: str = text(key=True)
    name: str = text(key=True)
    since: datetime
    attempts: int
    next: datetime
    final: bool
    message: str = text()
    hint: str = text()
    value: str = text()


class HoldRow(Table, table=True):
    """A connection that asked to be left alone until an instant."""

    __tablename__ = "holds"

    connection: str = text(key=True)
    until: datetime
    why: str = text()


class ScheduleRow(Table, table=True):
    """When the active daemon means to do a job next."""

    __tablename__ = "schedule"

    connection: str = text(key=True)
    job: str = text(key=True)
    next: datetime


class NoticeRow(Table, table=True):
    """What the daemon has to tell a person; it stands until it is no longer so."""

    __tablename__ = "notices"

    name: str = text(key=True)
    at: datetime
    message: str = text()
    hint: str = text()


class IdentityRow(Table, table=True):
    """Whose all this is: by which names the site behind a connection goes, and the bridge itself, which
    stands under no connection's name."""

    __tablename__ = "identities"

    connection: str = text(key=True)
    names: tuple[str, ...] = exact(Strings)
