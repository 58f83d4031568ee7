"""A whole bridge over a tracker in memory, for tests of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bridge.brake import BrakeRules
from bridge.clock import Clock
from bridge.errors import BridgeError
from bridge.model import Cycle, KeyResult, Keys, Link, Objective, Okrs, Query
from bridge.pace import PaceRules
from bridge.publish import Publishing
from bridge.publish import Rules as PublishRules
from bridge.reading import Connection
from bridge.report.run import RunReport
from bridge.store import Store
from bridge.sync import Orders, Parts, Rules, sync
from bridge.trees import Trees
from bridge.wording import Words
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping

CYCLE = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def keys(*names: str, below: bool = True, on: str = "mem") -> Link:
    return Link(on, Keys(names), below)


def query(text: str, below: bool = True, on: str = "mem") -> Link:
    return Link(on, Query(text), below)


def okrs(*key_results: KeyResult) -> Okrs:
    return Okrs(CYCLE, (Objective(id="O1", title="Happy users", key_results=key_results),))


@dataclass
class Bench:
    """A bridge at a bench: `tracker` is what people do, `sync()` is a run of the bridge."""

    store: Store
    okrs: Okrs
    tracker: Tracker = field(default_factory=lambda: Tracker(now=NOON))
    now: datetime = NOON
    rules: Rules = field(
        default_factory=lambda: Rules(zone=UTC, pace=PaceRules(), brake=BrakeRules(), status_weights={})
    )
    publishing: Publishing = field(
        default_factory=lambda: Publishing(
            "test", {"mem": Words("en")}, PublishRules(), "https://okr.example"
        )
    )
    refuses: BridgeError | None = None
    stopping: Callable[[], bool] = lambda: False
    guard: Callable[[], None] = lambda: None
    told: dict[str, tuple[object, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = Memory("mem", self.tracker)

    def connect(self, name: str) -> Connection:
        if self.refuses:
            raise self.refuses
        return Connection(name, self.memory, MemoryMapping(name))

    def sync(self, **orders: Any) -> RunReport:
        ticks = itertools.count()
        clock = Clock(lambda: self.now, lambda: float(next(ticks)))
        parts = Parts(
            okrs=self.okrs,
            store=self.store,
            connect=self.connect,
            clock=clock,
            rules=self.rules,
            publishing=self.publishing,
            trees=Trees(self.store),
            told=self.told,
            stopping=self.stopping,
            guard=self.guard,
        )
        return sync(parts, Orders(**orders))

    def later(self, **span: float) -> None:
        """Time passes, for the tracker and for the bridge."""
        self.now += timedelta(**span)
        self.tracker.now += timedelta(**span)

    def use(self, *key_results: KeyResult) -> None:
        self.okrs = replace(self.okrs, objectives=okrs(*key_results).objectives)

    def epic(self, *states: str, project: str = "MEM") -> tuple[str, list[str]]:
        """An Epic with a story for each of these categories; the Epic's key and the stories' ids."""
        epic = self.tracker.add("An Epic", tier="group", project=project)
        stories = [
            self.tracker.add(f"Story {state}", parent=epic, category=state, project=project)
            for state in states
        ]
        return self.tracker.items[epic]["key"], stories

    def id(self, key: str) -> str:
        found = self.tracker.find(key)
        assert found is not None
        return found

    def finish(self, id: str) -> None:
        self.tracker.change(id, category="done", status="Done")

    def percents(self, report: RunReport) -> dict[str, float | None]:
        return {
            standing.kr.id: None if standing.progress is None else round(float(standing.progress) * 100, 1)
            for standing in report.standings
        }
