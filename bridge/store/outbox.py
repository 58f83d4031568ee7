"""Intents to write: recorded before the write is made, settled after, so that a crash loses none."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bridge.model import Change, Outcome
from bridge.store.changes import from_row, to_row
from bridge.store.database import Database
from bridge.store.records import Pending
from bridge.store.tables import OUTBOX

OPEN = OUTBOX.c.outcome == ""
UNSETTLED = frozenset({Outcome.PLANNED, Outcome.UNKNOWN})


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: str, change: Change) -> int:
        """Record the intent to make a change; its id. The order of adding is the order of making."""
        row = {**to_row(change), "run": run, "attempts": 0, "outcome": "", "detail": ""}
        with self._database.write() as connection:
            made = connection.scalar(OUTBOX.insert().values(row).returning(OUTBOX.c.id))
        return int(made or 0)

    def attempt(self, id: int) -> None:
        """A write is about to be sent: from here on it may have arrived."""
        self._set(id, attempts=OUTBOX.c.attempts + 1)

    def close(self, id: int, outcome: Outcome, detail: str = "") -> None:
        """Settle an intent. An unknown outcome settles nothing: it stays pending, with its detail."""
        self._set(id, outcome="" if outcome in UNSETTLED else outcome, detail=detail)

    def reopen(self, ids: Sequence[int]) -> None:
        """Pending again, whoever settled them: a write that left before its lease was lost may have arrived
        after another holder looked for it. The one call that a deposed holder may still make."""
        with self._database.apart() as connection:
            connection.execute(OUTBOX.update().where(OUTBOX.c.id.in_(ids)).values(outcome=""))

    def pending(self, connection: str | None = None) -> tuple[Pending, ...]:
        """What is not settled, oldest first."""
        query = sa.select(OUTBOX).where(OPEN).order_by(OUTBOX.c.id)
        if connection is not None:
            query = query.where(OUTBOX.c.connection == connection)
        with self._database.read() as database:
            return tuple(
                Pending(row["id"], row["run"], from_row(row), row["attempts"], row["detail"])
                for row in database.execute(query).mappings()
            )

    def depth(self) -> int:
        """How many intents are not settled."""
        with self._database.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(OUTBOX).where(OPEN)) or 0

    def _set(self, id: int, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(OUTBOX.update().where(OUTBOX.c.id == id).values(**values))
