"""A run that is killed while it writes on a real Redmine is gone on with, and nothing is written twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bridge.sandbox.loopback import Answer
from tests.redmine.serving import serving
from tests.redmine.test_story import Story
from tests.servers.redmine.server import Server, server
from tests.source import ROOT

pytestmark = pytest.mark.prove
WRITES = 2
"""All fields at once, and the note."""


class Gate:
    """Hands everything on to Redmine, and counts the writes."""

    def __init__(self, running: Server) -> None:
        self.server, self.writes = running, 0

    def take(self, method: str, url: str, headers: dict[str, str], content: bytes) -> Answer:
        self.writes += method != "GET"
        _, _, path = url.partition("/1/")
        kept = {name: value for name, value in headers.items() if name not in ("Host", "Accept-Encoding")}
        request = urllib.request.Request(f"{self.server.url}/{path}", content or None, kept, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, {"Content-Type": "application/json"}, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, {}, refusal.read()


@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_a_killed_run_is_gone_on_with(tmp_path: Path, at: int) -> None:
    running = server()
    running.advance(60)
    story, gate = Story(tmp_path, running), Gate(running)
    process: subprocess.Popen[bytes] | None = None

    def written(count: int) -> None:
        if count == at and process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    with serving(gate, written) as url:
        story.files(url)
        file = tmp_path / "okr-bridge.toml"
        command = [
            sys.executable,
            "-m",
            "bridge",
            "-c",
            str(file),
            "--now",
            running.now().isoformat(),
            "sync",
        ]
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "REDMINE_KEY": running.bridge}
        process = subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL)
        assert process.wait(120) == -signal.SIGKILL
    assert gate.writes == at
    report, _ = story.sync()
    assert (report.problems, float(story.value("KR progress")), len(story.notes())) == ((), 75, 1)
    # A second PUT of the same fields leaves no journal; a second note would.
    assert story.sync()[1] == 0
