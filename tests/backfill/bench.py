"""A bridge over a tracker in memory that can ask of the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bridge.backfilling import Asked, BackfillReport, Parts, Unwatched, Watch, backfill
from bridge.clock import Clock
from bridge.model import Okrs
from bridge.replay.days import Window
from bridge.store import HistoryPoint
from tests.engine import Bench

FIRST = datetime(2026, 10, 1, 8, tzinfo=UTC)


@dataclass
class PastBench(Bench):
    """The tracker's clock and the bridge's stand at eight on the first day of the cycle."""

    now: datetime = FIRST
    revisions: list[tuple[datetime, Okrs]] = field(default_factory=list)
    watch: Watch = field(default_factory=Unwatched)
    names: tuple[str, ...] = ("mem",)

    def __post_init__(self) -> None:
        self.tracker = replace(self.tracker, now=self.now)
        super().__post_init__()

    def until(self, day: int, hour: int = 23, minute: int = 0) -> None:
        """It is this time on a day of the quarter, from 1."""
        then = FIRST.replace(hour=hour, minute=minute) + timedelta(days=day - 1)
        self.later(seconds=(then - self.now).total_seconds())

    def backfill(self, last: int, first: int = 1, **asked: Any) -> BackfillReport:
        """Days of the quarter, from 1."""
        clock = Clock(lambda: self.now, lambda: 0.0)
        days = [date(2026, 10, 1) + timedelta(days=day - 1) for day in (first, last)]
        window = Window(*days, time(23, 59), UTC)
        parts = Parts(
            revisions=(*self.revisions, (self.now, self.okrs)),
            store=self.store,
            connect=self.connect,
            names=self.names,
            clock=clock,
            window=window,
            pace=self.rules.pace,
            status_weights=self.rules.status_weights,
            watch=self.watch,
            stopping=self.stopping,
        )
        return backfill(parts, Asked(**asked))

    def points(self, kr: str = "KR1", source: str = "backfill") -> dict[int, HistoryPoint]:
        """By day of the quarter."""
        begin = date(2026, 9, 30)
        return {(one.day - begin).days: one for one in self.store.history.points(kr) if one.source == source}

    def values(self, kr: str = "KR1", source: str = "backfill") -> dict[int, str | None]:
        points = self.points(kr, source).items()
        return {day: None if one.value is None else str(one.value) for day, one in points}
