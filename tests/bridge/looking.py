"""Whoever looks back: a store with points of history, an OKR file, and what day it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge import okrs as files
from bridge.facts import Moment
from bridge.history import Chronicle
from bridge.model import Cycle, KeyResult, Objective, Okrs
from bridge.store import HistoryPoint, Store
from tests.bridge.days import START, on

CYCLE = Cycle("2026-Q4", START, on(91))


@dataclass
class Desk:
    store: Store
    okrs: Okrs
    moment: Moment

    @property
    def chronicle(self) -> Chronicle:
        return Chronicle(self)


def okrs(*key_results: KeyResult, **more: Any) -> Okrs:
    return Okrs(CYCLE, (Objective(**{"id": "O1", "title": "Grow", "key_results": key_results} | more),))


def kr(id: str = "KR1", weight: int = 1, **more: Any) -> KeyResult:
    return KeyResult(id=id, title=f"{id} title", weight=Decimal(weight), **more)


def desk(folder: Path, said: Okrs, points: Iterable[HistoryPoint], today: int = 40) -> Desk:
    """At noon of a day of the cycle, in UTC."""
    store = Store.open(f"sqlite:///{folder / 'bridge.db'}")
    for point in points:
        store.history.record(point)
    now = datetime.combine(on(today), time(12), UTC)
    return Desk(store, said, Moment(now, UTC, said.cycle))


def revised(where: Desk, said: Okrs, at: int) -> None:
    """From this day on the OKR file said so."""
    when = datetime.combine(on(at), time(9), UTC)
    where.store.revisions.record(files.digest(said), files.document(said), when)
