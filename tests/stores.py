"""Stores for tests: empty ones, and one that holds something of everything."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Integer, event

from bridge.model import (
    BaselineEntry,
    Category,
    Change,
    CheckIn,
    ItemRef,
    Keys,
    Link,
    Outcome,
    Override,
    Query,
    Tier,
    What,
    WorkItem,
)
from bridge.store import (
    Backfill,
    ConnectionResult,
    Cursor,
    HistoryPoint,
    LastFigures,
    Parked,
    Store,
    Written,
    WrittenKey,
)
from bridge.store.tables import METADATA
from tests import postgresql

NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 2)
KEYS = Link("acme", Keys(("SHOP-1", "SHOP-9")))
QUERY = Link("acme", Query("labels = onboarding"))
PANEL = {"fields": {"progress": 40, "status": "正常"}, "property": {"version": 1, "key_results": []}}
HISTORY = HistoryPoint(
    day=DAY,
    kr="O1-KR1",
    source="sync",
    value=Fraction(1, 3),
    counts={"counted": 3, "done": 1},
    scope={"added": ["10001"]},
    rule_version=1,
    inputs="abc",
    at=NOON,
)
CHECK_IN = CheckIn(
    kr="O1-KR2",
    at=NOON,
    by="li@acme.example",
    value=Decimal("6.50"),
    confidence=Decimal("0.7"),
    status="at_risk",
    note="晚了一周",
    milestones=("Pilot", "Launch"),
)
OVERRIDE = Override(
    kr="O1-KR1", value=Decimal("0.70"), why="counted by hand", by="li", until=date(2026, 11, 6), at=NOON
)
BACKFILL = Backfill("b1", "acme", NOON, DAY, {"statuses": []}, ("10001", "10002"), None)
FIGURES = LastFigures(Fraction(2, 7), NOON, "h1", NOON - timedelta(days=1), None, "at_risk")
CURSOR = Cursor(NOON, "scheme-1", NOON - timedelta(hours=3), NOON)
BASELINE = {
    ItemRef("acme", "10001"): BaselineEntry(Fraction(20, 3), False),
    ItemRef("acme", "10002"): BaselineEntry(Fraction(0), True),
}

PARKED = Parked(
    connection="acme",
    item="10001",
    key="SHOP-1",
    kr="O1-KR1",
    what="field",
    name="progress",
    since=NOON,
    attempts=2,
    next=NOON + timedelta(minutes=4),
    final=False,
    message="acme: 503 for SHOP-1",
    hint="later",
    value="40",
)

EMPTY = "".join(f"DELETE FROM {table.name};" for table in reversed(METADATA.sorted_tables)) + "".join(
    f"ALTER SEQUENCE {table.name}_id_seq RESTART;"
    for table in METADATA.sorted_tables
    if isinstance(table.columns[0].type, Integer)
)


def item(number: int = 1, **changes: Any) -> WorkItem:
    values: dict[str, Any] = {
        "connection": "acme",
        "id": str(10000 + number),
        "key": f"SHOP-{number}",
        "title": f"Checkout {number}",
        "tier": Tier.UNIT,
        "status": "In Progress",
        "category": Category.IN_PROGRESS,
        "updated": NOON,
    }
    return WorkItem(**{**values, **changes})


FULL = item(
    7,
    title="结账 <b>*bold*</b> 'quoted' \N{PILE OF POO}",
    tier=Tier.GROUP,
    category=Category.DONE,
    updated=datetime(2026, 3, 1, 23, 59, 59, 999000, tzinfo=UTC),
    parent="10001",
    children=("10002", "10003"),
    cancelled=True,
    resolution="不做",
    points=Decimal("0.50"),
    estimate_seconds=Decimal(28800),
    spent_seconds=Decimal("43200"),
    percent=Decimal("33.3"),
    checks=(0, 4),
    numbers=(("Business value", Decimal("1E+3")), ("额", Decimal("0.1"))),
    unusable=("points: -1",),
    type="Epic",
    project="SHOP",
    labels=("onboarding", "q4"),
    flagged=True,
    owner="li@acme.example",
    due=date(2026, 12, 15),
    created=NOON - timedelta(days=90),
    finished=NOON,
    url="https://acme.atlassian.net/browse/SHOP-7",
)


def change(name: str = "progress", **changes: Any) -> Change:
    values: dict[str, Any] = {
        "connection": "acme",
        "item": "10001",
        "key": "SHOP-1",
        "kr": "O1-KR1",
        "what": What.FIELD,
        "name": name,
        "before": None,
        "after": 40,
    }
    return Change(**{**values, **changes})


def fill(store: Store) -> None:
    """Something in every table, the awkward things too."""
    store.mirror.save([item(1), item(2), FULL], {FULL.ref: PANEL})
    store.mirror.save([item(1, key="NEW-1")], {})
    store.membership.replace(KEYS, frozenset({"10001"}), NOON)
    store.membership.set_unreadable(KEYS, ("SHOP-9",))
    store.membership.set_unreadable(QUERY, ("AccessDenied",))
    store.cursors.put("acme", CURSOR)
    store.sites.put("acme", {"fields": [{"id": "customfield_10016", "ratio": 1.0, "many": 2**60}]}, NOON)
    store.figures.put("O1-KR1", FIGURES)
    store.history.record(HISTORY)
    store.baselines.put("O1-KR1", "2026-Q4", BASELINE, NOON)
    store.written.put("acme", WrittenKey("10001", "O1-KR1", "comment", ""), Written("hash", "20001", NOON))
    store.revisions.record("d1", "[cycle]\nid = '2026-Q4'\n", NOON)
    store.overrides.put(OVERRIDE)
    store.overrides.clear("O1-KR1", "wang", NOON)
    store.overrides.put(OVERRIDE)
    store.checkins.add(CHECK_IN)
    run = store.runs.start("sync", NOON, "digest")
    store.runs.writes(run, [change(outcome=Outcome.WRITTEN), change("status", after=["\ud800", "\0", 0.1])])
    store.runs.finish(run, NOON, "done", {"requests": {"acme": 3}})
    store.connections.put("acme", ConnectionResult(run, False, "acme: 503", "later", NOON))
    store.outbox.close(store.outbox.add(run, change()), Outcome.WRITTEN)
    store.outbox.attempt(store.outbox.add(run, change("status", before={"a": [1, 2]})))


def fill_inputs(store: Store) -> None:
    """Something of what numbers were made of: tables that older stores do not have."""
    store.inputs.keep({"s1": '{"id":"10001","status":"\\u6b63"}'}, {"abc": '{"items":["s1"],"value":null}'})


def fill_passing(store: Store) -> None:
    """Something in every table that an export leaves behind."""
    store.leases.acquire("daemon", "one", 60)
    store.parked.put(PARKED)
    store.holds.put("acme", NOON + timedelta(hours=1), "hourly quota")
    store.schedule.put("acme", "sync", NOON + timedelta(minutes=5))
    store.notices.put("configuration", NOON, "okrs.toml: line 3", "mend it")
    store.identities.put(("acme.example", "jira.acme.example"), "acme")
    store.backfills.begin(BACKFILL)
    store.backfills.put_page("b1", ["10001"], {}, {0: "[]"})


@contextmanager
def full(store: Store) -> Iterator[None]:
    """The disk that a SQLite store is on takes no more meanwhile."""
    with _each_connection(store, "PRAGMA max_page_count = 1"):
        yield


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """A store that can be read and not be written to meanwhile, as on a file system that went read-only."""
    sqlite = store.database.dialect == "sqlite"
    refuse = "PRAGMA query_only = 1" if sqlite else "SET default_transaction_read_only = on"
    with _each_connection(store, refuse):
        yield


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process is in the middle of writing meanwhile, everywhere at once."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        with closing(other):
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as server:
            server.execute(f"LOCK TABLE {', '.join(METADATA.tables)} IN EXCLUSIVE MODE".encode())
            yield
            server.rollback()


@contextmanager
def _each_connection(store: Store, statement: str) -> Iterator[None]:
    engine = store.database.engine

    def limit(connection: Any, *_: object) -> None:
        connection.execute(statement)
        connection.commit()

    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        engine.dispose()


@contextmanager
def urls(kind: str, folder: Path, *, made: bool = False) -> Iterator[str]:
    """A database of one kind: empty, or with the tables `made`."""
    if kind == "sqlite":
        path = folder / "okr-bridge.db"
        if made:
            shutil.copyfile(_made_sqlite(), path)
        yield f"sqlite:///{path}"
    elif made:
        yield _made_postgresql()
        postgresql.command(EMPTY, "made")
    else:
        with postgresql.database() as url:
            yield url


@functools.cache
def _made_sqlite() -> Path:
    """Tables are made once and copied: that takes a tenth of the time."""
    path = Path(tempfile.mkdtemp(prefix="okr-bridge-store-")) / "made.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@functools.cache
def _made_postgresql() -> str:
    """One database, emptied after each test: making a fresh one takes longer than most tests."""
    postgresql.command("CREATE DATABASE made TEMPLATE template0")
    url = f"{postgresql.server()}/made"
    Store.open(url).close()
    return url
