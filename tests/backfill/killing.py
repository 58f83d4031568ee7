"""Backfills in processes of their own, killed at a chosen statement to the database."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bridge.model import KeyResult, Label, Link, RollupRules
from bridge.store import Store
from bridge.store.tables import HISTORY, INPUTS, ITEM_STATES, READING
from connectors.memory import Memory, Tracker
from tests.backfill.bench import FIRST, PastBench
from tests.engine import keys, okrs

DAYS = 28
EPICS = 20
Table = list[tuple[Any, ...]]


def tracker_of(issues: int, random: Random) -> Tracker:
    """So many issues under Epics, and a month in which each changes once or twice."""
    tracker = Tracker(now=FIRST)
    for number in range(EPICS):
        tracker.add(f"Epic {number}", tier="group")
    stories = [tracker.add(f"Story {at}", parent=str(at % EPICS + 1)) for at in range(issues - EPICS)]
    moments = sorted((random.random() * DAYS * 86_400, random.choice(stories)) for _ in range(2 * issues))
    for seconds, story in moments:
        tracker.now = datetime.fromtimestamp(FIRST.timestamp() + seconds, UTC)
        match random.randrange(4):
            case 0:
                tracker.change(story, labels=random.choice([["x"], []]))
            case 1:
                tracker.change(story, parent=str(random.randrange(EPICS) + 1))
            case _:
                category = random.choice(["todo", "in_progress", "done", "done"])
                tracker.change(story, category=category, status=category)
    tracker.now = datetime(2026, 10, DAYS + 1, 12, tzinfo=UTC)
    return tracker


def key_results() -> tuple[KeyResult, ...]:
    own = [
        KeyResult(id=f"KR{at}", title="", links=(keys(f"MEM-{at}"),), rollup=RollupRules(mode=mode))
        for at, mode in zip(range(1, EPICS + 1), ["story", "leaf", "level"] * EPICS, strict=False)
    ]
    return *own, KeyResult(id="label", title="", links=(Link("mem", Label("x")),))


def points(tracker: Tracker, store: Store, note: Callable[[str], None] = lambda _: None) -> None:
    """A whole backfill; `note` hears of every request."""
    bench = PastBench(store, okrs(*key_results()))
    bench.tracker, bench.now = tracker, tracker.now
    bench.memory = Memory("mem", tracker, before=note)
    report = bench.backfill(DAYS)
    assert not report.problems, report.problems


def outcome(store: Store) -> dict[str, Table]:
    """What is left of it, without instants: rows in the order in which they came."""
    wanted = {
        "history": sa.select(*(c for c in HISTORY.c if c.name != "at")).order_by(HISTORY.c.id),
        "inputs": sa.select(INPUTS).order_by(INPUTS.c.digest),
        "states": sa.select(ITEM_STATES).order_by(ITEM_STATES.c.digest),
        **{table.name: sa.select(table) for table in READING},
    }
    with store.database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in wanted.items()}


@dataclass
class Attempt:
    """One backfill in a child process over the store of a folder. It dies at its statement number `kill`;
    0: it comes to its end. `asked`: a line for every request it made."""

    tracker: Tracker
    folder: Path
    kill: int = 0

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/okr-bridge.db"

    def run(self) -> bool:
        """Whether it came to its end."""
        child = os.fork()
        if child == 0:
            self._live()
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
        return not os.WIFSIGNALED(status)

    def requests(self, call: str) -> int:
        file = self.folder / "asked"
        return file.read_text().split().count(call) if file.exists() else 0

    def statements(self) -> int:
        """How many statements the attempts in this folder have made."""
        return len((self.folder / "statements").read_bytes())

    def _live(self) -> None:
        code = 1
        try:
            logging.disable(logging.CRITICAL)
            with Store.open(self.url) as store, (self.folder / "statements").open("ab", 0) as told:
                left = [self.kill]

                def count(*_: object) -> None:
                    told.write(b".")
                    left[0] -= 1
                    if left[0] == 0:
                        os.kill(os.getpid(), signal.SIGKILL)

                event.listen(store.database.engine, "before_cursor_execute", count)
                event.listen(store.database.engine, "commit", count)
                with (self.folder / "asked").open("a", 1) as asked:
                    points(self.tracker, store, lambda call: print(call, file=asked, flush=True))
            code = 0
        finally:
            os._exit(code)
