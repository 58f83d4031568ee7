"""R36 with a real process: killed in the midst of its writes and run again, it leaves one of each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.sandbox import Sandbox
from bridge.sandbox.access import Request
from tests.story_desk import Desk, kr

QUICK = (4,)
"""Of nine writes: property, comment and remote link on three Epics."""


class Hitman:
    """Kills a process when its n-th write has taken effect and before it is answered: the moment at which
    nobody knows the outcome."""

    def __init__(self, sandbox: Sandbox, at: int) -> None:
        self._requests = sandbox.jira.requests
        self._note = self._requests.note
        self._at = at
        self._count = 0
        self._lock = threading.Lock()
        self.victim: subprocess.Popen[bytes] | None = None

    def see(self, request: Request) -> None:
        self._note(request)
        with self._lock:
            writes = request.method in ("PUT", "POST") and "/issue/" in request.path
            self._count += writes and "bulkfetch" not in request.path
            if self._count == self._at and self.victim is not None:
                os.kill(self.victim.pid, signal.SIGKILL)
                self._count += 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._requests.note = self.see  # type: ignore[method-assign]
        try:
            yield
        finally:
            self._requests.note = self._note  # type: ignore[method-assign]


def killed_at(desk: Desk, moment: int) -> int:
    """Run a sync in a process of its own and kill it at that write; what it ended with."""
    command = [sys.executable, "-m", "bridge", "-c", str(desk.folder / "okr-bridge.toml"), "sync"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    hitman = Hitman(desk.sandbox, moment)
    with hitman.watching():
        hitman.victim = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        return hitman.victim.wait(60)


def made_up_for(desk: Desk, moment: int) -> None:
    epics = [desk.epic("done", "todo")[0] for _ in range(3)]
    desk.okrs("".join(kr(f"KR{n}", keys=epic) for n, epic in enumerate(epics)))
    code = killed_at(desk, moment)
    assert code == -signal.SIGKILL
    assert desk.run("sync") == 0, desk.out
    for n, epic in enumerate(epics):
        issue = desk.sandbox.jira.issue(epic)
        assert [one.properties["okr-bridge"]["kr"] for one in issue.comments] == [f"KR{n}"]
        assert [one["percent"] for one in desk.property(epic)["key_results"]] == [50]
        assert len(issue.remote) == 1
    report = desk.sync()
    assert report["writes"] == []
    assert desk.json("status")["outbox"] == 0


@pytest.mark.parametrize("moment", QUICK)
def test_a_process_killed_in_the_middle_of_its_writes_is_made_up_for(cloud_desk: Desk, moment: int) -> None:
    made_up_for(cloud_desk, moment)


@pytest.mark.prove
@pytest.mark.parametrize("moment", [1 + n % 9 for n in range(20)])
def test_a_process_killed_at_any_write_is_made_up_for(desk: Desk, moment: int) -> None:
    """Twenty on each face."""
    made_up_for(desk, moment)
