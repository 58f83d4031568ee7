"""Which items each link brings. Key results that use the same link share it; with and without what is
below are two, for the one was not read when the other was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from bridge.model import Link
from bridge.store.columns import dumps
from bridge.store.database import Database
from bridge.store.tables import LINK_ITEMS, LINKS


def digest(link: Link) -> str:
    """The same for links that ask the same of a connection, what is below included."""
    selector = link.selector
    asked = dumps([link.connection, type(selector).__name__, asdict(selector), link.below])
    return hashlib.sha256(asked.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What a link brought when it was read last, None where it never was, and what could not be read."""

    ids: frozenset[str] | None = None
    unreadable: tuple[str, ...] = ()


class Membership:
    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, link: Link, ids: frozenset[str], at: datetime) -> None:
        """These are all that the link brings, as of `at`."""
        key = digest(link)
        row = {"digest": key, "connection": link.connection, "read": at, "unreadable": ()}
        with self._database.write() as connection:
            known = self._ids(connection, key)
            if self._unreadable(connection, key) is None:
                connection.execute(LINKS.insert(), row)
            else:
                connection.execute(LINKS.update().where(LINKS.c.digest == key).values(read=at))
            if gone := [{"gone": id} for id in known - ids]:
                these = (LINK_ITEMS.c.digest == key) & (LINK_ITEMS.c.id == sa.bindparam("gone"))
                connection.execute(LINK_ITEMS.delete().where(these), gone)
            if new := [{"digest": key, "id": id} for id in sorted(ids - known)]:
                connection.execute(LINK_ITEMS.insert(), new)

    def ids(self, link: Link) -> frozenset[str] | None:
        """What the link brought when it was read last; None: it was never read."""
        key = digest(link)
        with self._database.read() as connection:
            if connection.scalar(sa.select(LINKS.c.read).where(LINKS.c.digest == key)) is None:
                return None
            return self._ids(connection, key)

    def of(self, links: Iterable[Link]) -> Mapping[Link, Known]:
        """What is known of each of these, all at one look."""
        by_digest = {digest(link): link for link in links}
        with self._database.read(snapshot=True) as connection:
            asked = sa.select(LINKS).where(LINKS.c.digest.in_(by_digest))
            rows = {row.digest: row for row in connection.execute(asked)}
            brought: dict[str, set[str]] = {key: set() for key in by_digest}
            hits = sa.select(LINK_ITEMS.c.digest, LINK_ITEMS.c.id).where(LINK_ITEMS.c.digest.in_(by_digest))
            for key, id in connection.execute(hits):
                brought[key].add(id)
        return {
            link: Known(frozenset(brought[key]) if row.read else None, row.unreadable)
            if (row := rows.get(key))
            else Known()
            for key, link in by_digest.items()
        }

    def unreadable(self, link: Link) -> tuple[str, ...]:
        """The keys of the link that could not be read last."""
        with self._database.read() as connection:
            return self._unreadable(connection, digest(link)) or ()

    def set_unreadable(self, link: Link, keys: Iterable[str]) -> None:
        key, lost = digest(link), tuple(keys)
        with self._database.write() as connection:
            if self._unreadable(connection, key) is None:
                row = {"digest": key, "connection": link.connection, "read": None, "unreadable": lost}
                connection.execute(LINKS.insert(), row)
            else:
                connection.execute(LINKS.update().where(LINKS.c.digest == key).values(unreadable=lost))

    def prune(self, links: Iterable[Link]) -> None:
        """Drop every link but these."""
        kept = {digest(link) for link in links}
        with self._database.write() as connection:
            gone = [{"gone": key} for key in connection.scalars(sa.select(LINKS.c.digest)) if key not in kept]
            if gone:
                connection.execute(LINKS.delete().where(LINKS.c.digest == sa.bindparam("gone")), gone)

    def _ids(self, connection: sa.Connection, key: str) -> frozenset[str]:
        return frozenset(connection.scalars(sa.select(LINK_ITEMS.c.id).where(LINK_ITEMS.c.digest == key)))

    def _unreadable(self, connection: sa.Connection, key: str) -> tuple[str, ...] | None:
        found: tuple[str, ...] | None = connection.scalar(
            sa.select(LINKS.c.unreadable).where(LINKS.c.digest == key)
        )
        return found
