"""Days of history in few words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bridge.model import Override
from bridge.store import HistoryPoint, OverrideRecord
from bridge.timeline import Day

START = date(2026, 10, 1)


def on(at: int) -> date:
    """A day of the cycle; 0 is the first."""
    return START + timedelta(days=at)


def point(at: int, value: str | None, source: str = "sync", *, kr: str = "KR1", **more: Any) -> HistoryPoint:
    facts = {"rule_version": 1, "inputs": "", "at": datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=at)}
    exact = None if value is None else Fraction(value)
    return HistoryPoint(day=on(at), kr=kr, source=source, value=exact, **facts | more)


def day(at: int, value: str | None, **more: Any) -> Day:
    exact = None if value is None else Fraction(value)
    return Day(day=on(at), value=exact, **{"source": "sync", **more})


def given(at: int, value: str, until: int, cleared: int | None = None) -> OverrideRecord:
    """An override that was said on one day and holds until another, taken back on a third."""
    when = datetime(2026, 10, 1, 12, tzinfo=UTC)
    override = Override(
        kr="KR1", value=Decimal(value), why="late", by="ann", until=on(until), at=when + timedelta(days=at)
    )
    taken = None if cleared is None else when + timedelta(days=cleared)
    return OverrideRecord(override, None if cleared is None else "bob", taken)
