"""What people say: revisions of the OKR file, numbers of their own, reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from bridge.model import CheckIn, Override
from bridge.store.database import Database
from bridge.store.records import OverrideRecord, Revision
from bridge.store.tables import CHECK_INS, OVERRIDES, REVISIONS

REVISION = tuple(REVISIONS.c[field.name] for field in fields(Revision))
OVERRIDE = tuple(OVERRIDES.c[field.name] for field in fields(Override))
CHECK_IN = tuple(CHECK_INS.c[field.name] for field in fields(CheckIn))


class Revisions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, digest: str, document: str, at: datetime) -> bool:
        """Keep the file as it stands now. False: it is the latest one already."""
        with self._database.write() as connection:
            newest = sa.select(REVISIONS.c.digest).order_by(REVISIONS.c.id.desc()).limit(1)
            if connection.scalar(newest) == digest:
                return False
            connection.execute(REVISIONS.insert(), {"digest": digest, "document": document, "at": at})
        return True

    def first(self) -> Revision | None:
        return self._one(sa.select(*REVISION).order_by(REVISIONS.c.id).limit(1))

    def latest(self) -> Revision | None:
        return self._one(sa.select(*REVISION).order_by(REVISIONS.c.id.desc()).limit(1))

    def all(self) -> tuple[Revision, ...]:
        """Oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*REVISION).order_by(REVISIONS.c.id))
            return tuple(Revision(*row) for row in rows)

    def _one(self, query: sa.Select[tuple[object, ...]]) -> Revision | None:
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else Revision(**row)


class Overrides:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, override: Override) -> None:
        """From now on this one stands for its key result; whether it is still valid is judged elsewhere."""
        row = {**asdict(override), "cleared_by": None, "cleared_at": None}
        with self._database.write() as connection:
            connection.execute(OVERRIDES.insert(), row)

    def clear(self, kr: str, by: str, at: datetime) -> bool:
        """Take back what stands for a key result; it stays on record. False: nothing stood."""
        standing = (OVERRIDES.c.kr == kr) & OVERRIDES.c.cleared_at.is_(None)
        with self._database.write() as connection:
            done = connection.execute(OVERRIDES.update().where(standing).values(cleared_by=by, cleared_at=at))
        return done.rowcount > 0

    def current(self, kr: str) -> Override | None:
        """The latest that was not taken back, whatever its last day."""
        return self.all().get(kr)

    def all(self) -> Mapping[str, Override]:
        """What stands for each key result that has one."""
        query = sa.select(*OVERRIDE).where(OVERRIDES.c.cleared_at.is_(None)).order_by(OVERRIDES.c.id)
        with self._database.read() as connection:
            return {row["kr"]: Override(**row) for row in connection.execute(query).mappings()}

    def log(self, kr: str) -> tuple[OverrideRecord, ...]:
        """Every override that a key result ever had, oldest first."""
        query = sa.select(OVERRIDES).where(OVERRIDES.c.kr == kr).order_by(OVERRIDES.c.id)
        with self._database.read() as connection:
            return tuple(
                OverrideRecord(
                    Override(**{c.name: row[c.name] for c in OVERRIDE}), row["cleared_by"], row["cleared_at"]
                )
                for row in connection.execute(query).mappings()
            )


class CheckIns:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, check_in: CheckIn) -> None:
        with self._database.write() as connection:
            connection.execute(CHECK_INS.insert(), asdict(check_in))

    def of(self, kr: str) -> tuple[CheckIn, ...]:
        """A key result's reports, oldest first; of the same instant, in the order of telling."""
        return self._select(CHECK_INS.c.kr == kr)

    def all(self) -> Mapping[str, tuple[CheckIn, ...]]:
        """Every report by key result, each oldest first."""
        grouped: dict[str, list[CheckIn]] = {}
        for check_in in self._select(sa.true()):
            grouped.setdefault(check_in.kr, []).append(check_in)
        return {kr: tuple(those) for kr, those in grouped.items()}

    def _select(self, these: sa.ColumnElement[bool]) -> tuple[CheckIn, ...]:
        query = sa.select(*CHECK_IN).where(these).order_by(CHECK_INS.c.at, CHECK_INS.c.id)
        with self._database.read() as connection:
            return tuple(CheckIn(**row) for row in connection.execute(query).mappings())
