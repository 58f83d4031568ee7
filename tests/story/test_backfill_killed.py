"""The command itself, killed while a site answers it, and given again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bridge.sandbox import Sandbox
from bridge.sandbox.access import Request
from connectors.jira.past_cloud import CHUNK, FLIGHT
from tests.faults.company import catalog
from tests.story_desk import Desk, kr

ISSUES = 6_000
EPICS = 4
HISTORIES = "getBulkChangelogs"


@dataclass
class Site:
    """A month of so many issues; `asked` are the ids whose histories were asked for, call by call."""

    desk: Desk
    asked: list[list[str]] = field(default_factory=list)
    kill: int = 0
    victim: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def watched(self) -> Iterator[None]:
        requests = self.desk.sandbox.jira.requests
        note = requests.note

        def see(request: Request) -> None:
            note(request)
            if request.operation == HISTORIES:
                self._see(request)

        requests.note = see  # type: ignore[method-assign]
        try:
            yield
        finally:
            requests.note = note  # type: ignore[method-assign]

    def _see(self, request: Request) -> None:
        with self._lock:
            self.asked.append(json.loads(request.body)["issueIdsOrKeys"])
            if self.victim and len(self.asked) == self.kill:
                self.victim.send_signal(signal.SIGKILL)

    def backfill(self, database: str, kill: int = 0) -> int:
        """In a process of its own, killed when so many histories were asked for; what it ended with."""
        self.desk.configure(bridge=f'database = "sqlite:///{database}.db"')
        self.asked, self.kill = [], kill
        here = str(Path(__file__).resolve().parents[2])
        config = str(self.desk.folder / "okr-bridge.toml")
        command = [
            sys.executable,
            "-m",
            "bridge",
            "-c",
            config,
            "backfill",
            "--now",
            "2026-10-31T12:00+00:00",
        ]
        with self.watched():
            self.victim = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": here}
            )
            return self.victim.wait(300)

    def told(self) -> list[Any]:
        """Every point, without the instant at which it was told."""
        assert self.desk.run("export") == 0
        table = json.loads(self.desk.out)["tables"]["history"]
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        return [{name: value for name, value in row.items() if name != "at"} for row in rows]


@pytest.fixture
def site(
    seat: list[Desk], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    now, random = [datetime(2026, 10, 1, 8, tzinfo=UTC)], Random(7)
    sandbox = Sandbox("cloud", empty=True, now=lambda: now[0])
    catalog(sandbox)
    jira = sandbox.jira
    epics = [jira.add_issue("SHOP", "Epic", f"Epic {at}").key for at in range(EPICS)]
    stories = [
        jira.add_issue("SHOP", "Story", f"Story {at}", parent=epics[at % EPICS]).id
        for at in range(ISSUES - EPICS)
    ]
    for at, story in enumerate(random.sample(stories, ISSUES // 2)):
        now[0] = datetime(2026, 10, 2 + 27 * at // (ISSUES // 2), 12, tzinfo=UTC)
        jira.resolve(story)
    now[0] = datetime(2026, 10, 31, 12, tzinfo=UTC)
    with sandbox:
        monkeypatch.setenv("STORY_TOKEN", sandbox.token)
        desk = Desk(sandbox, tmp_path, capsys)
        desk.okrs("".join(kr(f"KR{at}", keys=epic) for at, epic in enumerate(epics)))
        seat.append(desk)
        yield Site(desk)


@pytest.mark.prove
def test_a_backfill_killed_on_the_way_comes_to_the_same_and_reads_again_only_what_was_under_way(
    site: Site,
) -> None:
    assert site.backfill("undisturbed") == 0
    want, calls = site.told(), len(site.asked)
    assert len(want) == 30 * EPICS
    assert calls == ISSUES / CHUNK
    for kill in (1, 3, calls):
        assert site.backfill(f"killed-{kill}", kill) == -signal.SIGKILL
        assert site.backfill(f"killed-{kill}") == 0
        assert sum(map(len, site.asked)) <= ISSUES - (kill - FLIGHT - 1) * CHUNK
        assert site.told() == want
