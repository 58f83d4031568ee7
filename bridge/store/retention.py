"""What may go after `keep_days`: the log of runs. What decides a number or a write always stays."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.history import NEWEST
from bridge.store.tables import CONNECTION_RESULTS, HISTORY, OUTBOX, RUNS


def prune(database: Database, before: datetime) -> int:
    """Drop runs that began before this instant with what they wrote, settled intents of runs that are
    gone, connection results older than both it and the last good one, and history that a later point
    of the same day replaced before it; how many rows, a run's writes not counted."""
    results = CONNECTION_RESULTS.alias()
    good = (
        sa.select(sa.func.max(results.c.id))
        .where(results.c.connection == CONNECTION_RESULTS.c.connection, results.c.ok)
        .scalar_subquery()
    )
    runs = sa.select(sa.cast(RUNS.c.id, sa.Text))
    statements = (
        RUNS.delete().where(RUNS.c.started < before),
        OUTBOX.delete().where(OUTBOX.c.outcome != "", OUTBOX.c.run.not_in(runs)),
        CONNECTION_RESULTS.delete().where(CONNECTION_RESULTS.c.at < before, CONNECTION_RESULTS.c.id < good),
        HISTORY.delete().where(HISTORY.c.at < before, HISTORY.c.id.not_in(NEWEST)),
    )
    with database.write() as connection:
        return sum(connection.execute(statement).rowcount for statement in statements)
