"""A tracker that makes up its items when they are asked for, and so is as large as anyone likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bridge.model import KeyResult, Label, Link, Project, Raw, Selector
from bridge.reading import Connection, System
from bridge.store import Store
from connectors.base import Account, Changed, Past
from mappings.memory import MemoryMapping
from tests.backfill.bench import FIRST, PastBench
from tests.engine import okrs

DAYS, LABELS = 30, 30
CHANGES = 3


@dataclass
class Endless:
    """Connector, work source and historian of `size` stories under hundreds of Epics."""

    size: int
    requests: int = 0

    def login(self) -> Account:
        return Account("bridge", "Bridge", "UTC", FIRST + timedelta(days=DAYS))

    def identities(self, selector: Selector) -> frozenset[str]:
        match selector:
            case Label(name):
                return frozenset(map(str, range(int(name), self.size, LABELS)))
            case _:
                return frozenset(map(str, range(self.size)))

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        return {key: key.removeprefix("MEM-") for key in keys}

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        return frozenset(str(at) for at in range(self.size) if at >= 500 and str(at % 500) in parents)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        return (self._raw(int(id)) for id in ids)

    def changed(self, since: datetime) -> Changed:
        return Changed(iter(()), since)

    def glossary(self) -> Mapping[str, Any]:
        return {}

    def touched(self, since: datetime) -> frozenset[str]:
        return self.identities(Project("MEM"))

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        return (Past(self._raw(int(id)), tuple(self._changes(int(id)))) for id in ids)

    def _changes(self, at: int) -> Iterator[Mapping[str, Any]]:
        states = ["todo", "in_progress", "todo", "done"]
        for n in range(CHANGES):
            when = FIRST + timedelta(
                hours=(at * 7 + n * 251) % (DAYS * 24 // CHANGES) + n * DAYS * 24 // CHANGES
            )
            facts = [{"category": one, "status": one} for one in states[n : n + 2]]
            yield {"at": when.isoformat(), "from": facts[0], "to": facts[1]}

    def _raw(self, at: int) -> Raw:
        group = at < 500
        data = {
            "id": str(at), "key": f"MEM-{at}", "project": "MEM", "title": f"Story {at} of a very large firm",
            "tier": "group" if group else "unit", "status": "done", "category": "done",
            "parent": None if group else str(at % 500), "labels": [str(at % LABELS)],
            "created": FIRST.isoformat(), "updated": (FIRST + timedelta(days=DAYS)).isoformat(),
        }  # fmt: skip
        return Raw(str(at), data["updated"], data)


def backfill(store: Store, size: int) -> int:
    """A month of it, told of every thirtieth part; how many points."""
    krs = [KeyResult(id=f"KR{n}", title="", links=(Link("mem", Label(str(n))),)) for n in range(LABELS)]
    bench = PastBench(store, okrs(*krs))
    bench.now = datetime(2026, 10, DAYS + 1, 12, tzinfo=UTC)
    system = cast("System", Endless(size))
    bench.connect = lambda name: Connection(name, system, MemoryMapping(name))  # type: ignore[method-assign]
    report = bench.backfill(DAYS)
    assert not report.problems, report.problems
    return report.points.told
