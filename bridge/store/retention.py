"""What may go: after `keep_days` the log of runs, and long before that what tells nothing any more. What
decides a number or a write always stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bridge.model import Outcome
from bridge.store.database import Database
from bridge.store.history import NEWEST
from bridge.store.tables import CONNECTION_RESULTS, HISTORY, OUTBOX, RUN_WRITES, RUNS

SENT = (Outcome.WRITTEN, Outcome.UNKNOWN)


def prune(database: Database, before: datetime) -> int:
    """Drop runs that began before this instant with what they wrote, settled intents of runs that are
    gone, how connections answered before it but for what their state is told from, and history that a
    later point of the same day replaced before it; how many rows, a run's writes not counted."""
    return _drop(
        database,
        RUNS.delete().where(RUNS.c.started < before),
        _settled(),
        _answers(before),
        HISTORY.delete().where(HISTORY.c.at < before, HISTORY.c.id.not_in(NEWEST)),
    )


def thin(database: Database, before: datetime) -> int:
    """Drop runs that began and ended before this instant without sending anything, but the last one
    and the last good one, the settled intents of every run that began and ended by then (what it made is
    told by the run itself), and how connections answered, as `prune` does."""
    sent = sa.exists().where(RUN_WRITES.c.run == RUNS.c.id, RUN_WRITES.c.outcome.in_(SENT))
    others = RUNS.alias()
    last = sa.select(sa.func.max(others.c.id))
    return _drop(
        database,
        RUNS.delete().where(
            RUNS.c.started < before,
            RUNS.c.finished.is_not(None),
            ~sent,
            RUNS.c.id < last.scalar_subquery(),
            RUNS.c.id != sa.func.coalesce(last.where(others.c.outcome == "done").scalar_subquery(), 0),
        ),
        _settled(RUNS.c.finished.is_(None) | (RUNS.c.started >= before)),
        _answers(before),
    )


def _drop(database: Database, *statements: sa.Delete) -> int:
    with database.write() as connection:
        return sum(connection.execute(statement).rowcount for statement in statements)


def _settled(*keeping: sa.ColumnElement[bool]) -> sa.Delete:
    """Settled intents of runs that are gone, or not among those to keep them of."""
    runs = sa.select(sa.cast(RUNS.c.id, sa.Text)).where(*keeping)
    return OUTBOX.delete().where(OUTBOX.c.outcome != "", OUTBOX.c.run.not_in(runs))


def _answers(before: datetime) -> sa.Delete:
    """How connections answered before this, but for the last answer, the last good one, and the first
    failure after that."""
    every = CONNECTION_RESULTS.alias()
    newest = sa.select(every.c.connection, sa.func.max(every.c.id).label("id")).group_by(every.c.connection)
    good = newest.where(every.c.ok).subquery()
    failing = (
        sa.select(sa.func.min(every.c.id))
        .select_from(every.outerjoin(good, good.c.connection == every.c.connection))
        .where(every.c.id > sa.func.coalesce(good.c.id, 0))
        .group_by(every.c.connection)
    )
    kept: Iterable[sa.Select[tuple[int]]] = (sa.select(newest.subquery().c.id), sa.select(good.c.id), failing)
    telling = sa.union_all(*kept).subquery()
    return CONNECTION_RESULTS.delete().where(
        CONNECTION_RESULTS.c.at < before, CONNECTION_RESULTS.c.id.not_in(sa.select(telling))
    )
