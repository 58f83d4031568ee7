"""What the bridge did and when, and how each connection answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridge.model import Change
from bridge.store.changes import from_row, to_row
from bridge.store.database import Database
from bridge.store.records import ConnectionResult, RunRecord
from bridge.store.tables import CONNECTION_RESULTS, RUN_WRITES, RUNS

RESULT = (
    CONNECTION_RESULTS.c.run,
    CONNECTION_RESULTS.c.ok,
    CONNECTION_RESULTS.c.message,
    CONNECTION_RESULTS.c.hint,
    CONNECTION_RESULTS.c.at,
)


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, kind: str, at: datetime, digest: str = "") -> str:
        """Begin a run; its id. `digest`: that of the plan, or of the OKR file, it works on."""
        row = {"kind": kind, "digest": digest, "started": at, "outcome": "", "summary": {}}
        with self._database.write() as connection:
            return str(connection.scalar(RUNS.insert().values(row).returning(RUNS.c.id)))

    def finish(self, id: str, at: datetime, outcome: str, summary: Mapping[str, Any]) -> None:
        values = {"finished": at, "outcome": outcome, "summary": dict(summary)}
        with self._database.write() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == int(id)).values(values))

    def writes(self, id: str, changes: Iterable[Change]) -> None:
        """Add what the run wrote or left, with each outcome."""
        rows = [{**to_row(change), "run": int(id)} for change in changes]
        if not rows:
            return
        with self._database.write() as connection:
            connection.execute(RUN_WRITES.insert(), rows)

    def started(self, id: str) -> datetime | None:
        """When this run began; None: nobody knows any more."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(sa.select(RUNS.c.started).where(RUNS.c.id == int(id)))
        return found

    def last(self, n: int) -> tuple[RunRecord, ...]:
        """The latest `n` runs, the newest first."""
        latest = sa.select(RUNS).order_by(RUNS.c.id.desc()).limit(n)
        with self._database.read() as connection:
            runs = connection.execute(latest).mappings().all()
            these = RUN_WRITES.c.run.in_([run["id"] for run in runs])
            writes: dict[int, list[Change]] = {}
            query = sa.select(RUN_WRITES).where(these).order_by(RUN_WRITES.c.id)
            for row in connection.execute(query).mappings():
                writes.setdefault(row["run"], []).append(from_row(row))
        return tuple(
            RunRecord(**{**run, "id": str(run["id"])}, writes=tuple(writes.get(run["id"], ())))
            for run in runs
        )


class ConnectionResults:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, connection: str, result: ConnectionResult) -> None:
        """How a connection answered in a run."""
        row = {"connection": connection, "run": result.run, "ok": result.ok, "at": result.at}
        told = {"message": result.message, "hint": result.hint}
        with self._database.write() as database:
            database.execute(CONNECTION_RESULTS.insert(), {**row, **told})

    def last(self, connection: str) -> ConnectionResult | None:
        """How it answered last."""
        return self._one(CONNECTION_RESULTS.c.connection == connection, newest=True)

    def last_good(self, connection: str) -> datetime | None:
        """When it answered well last; None: never."""
        good = self._one(_of(connection) & CONNECTION_RESULTS.c.ok, newest=True)
        return good.at if good else None

    def failing_since(self, connection: str) -> datetime | None:
        """When the failure that still lasts began; None: it answered well last, or was never asked."""
        good = sa.select(sa.func.max(CONNECTION_RESULTS.c.id)).where(_of(connection), CONNECTION_RESULTS.c.ok)
        after = CONNECTION_RESULTS.c.id > sa.func.coalesce(good.scalar_subquery(), 0)
        first = self._one(_of(connection) & after, newest=False)
        return first.at if first else None

    def _one(self, these: sa.ColumnElement[bool], *, newest: bool) -> ConnectionResult | None:
        order = CONNECTION_RESULTS.c.id.desc() if newest else CONNECTION_RESULTS.c.id
        with self._database.read() as database:
            row = database.execute(sa.select(*RESULT).where(these).order_by(order).limit(1)).one_or_none()
        return None if row is None else ConnectionResult(*row)


def _of(connection: str) -> sa.ColumnElement[bool]:
    return CONNECTION_RESULTS.c.connection == connection
