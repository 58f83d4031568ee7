"""The whole job on a ClickUp, by the command line: read, rolled up, written and kept, whatever people do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bridge.cli import invoke
from bridge.model import Tier
from bridge.sandbox.loopback import Answer, Loopback
from tests.clickup.fake import TOKEN, FakeClickUp
from tests.clickup.judge import judged
from tests.contract import HOSTILE

TITLE = "上线 <b>{value}</b> {{7*7}} *now* `x`"
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"

[connections.cu]
tool = "clickup"
url = "{url}"
token = "env:CLICKUP_TOKEN"
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "O1-KR1"
title = "{title}"
links = [{{ connection = "cu", keys = ["{epic}"] }}]
"""
WRITES = 6
"""Five fields and a comment."""


class Story:
    """An Epic with a done Story, an open one with two subtasks of which one is done, and a cancelled one."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.clickup, self.folder, self._capture = FakeClickUp(), folder, capture
        self.written: Callable[[int], None] = lambda _count: None
        make = self.clickup.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.done, self.open, self.dropped = (make(t, parent=self.epic) for t in ("One", HOSTILE, "三"))
        tasks = [make(f"Task {n}", parent=self.open, tier=Tier.PART) for n in range(2)]
        self.clickup.set(tasks[0], "accepted")
        self.clickup.set(self.done, "complete")
        self.clickup.set(self.dropped, "cancelled")
        self.clickup.advance(60)

    def take(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        told = self.clickup.serve(method, target, headers, body)
        if method != "GET":
            self.written(len(self.clickup.writes))
        return told

    def configure(self, url: str) -> None:
        self.url = url
        (self.folder / "okr-bridge.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
        okrs = OKRS.format(title=TITLE, epic=f"#{self.epic}")
        (self.folder / "okrs.toml").write_text(okrs, encoding="utf-8")

    @property
    def command(self) -> list[str]:
        return ["-c", str(self.folder / "okr-bridge.toml"), "--now", self.clickup.at.isoformat()]

    def run(self, *arguments: str) -> Any:
        self._capture.readouterr()
        self.code = invoke([*self.command, *arguments, "--json"])
        out, error = self._capture.readouterr()
        assert out, error
        return json.loads(out)

    def sync(self, *arguments: str) -> tuple[Any, int]:
        """What a run told, and how many writes ClickUp saw."""
        before = len(self.clickup.writes)
        told = self.run("sync", *arguments)
        return told, len(self.clickup.writes) - before

    def shown(self) -> tuple[Any, list[str]]:
        comments = list(self.clickup.said(self.epic).values())
        return self.clickup.value(self.epic, "KR progress"), comments


@pytest.fixture
def story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    monkeypatch.setenv("CLICKUP_TOKEN", TOKEN)
    found = Story(tmp_path, capsys)

    with Loopback(found.take, path="/api/v2") as listener:
        found.configure(listener.url)
        yield found
    assert judged(found.clickup.heard) == []


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    assert [one for one in story.run("check")["findings"] if one["level"] == "error"] == []
    told, writes = story.sync()
    assert (told["problems"], writes) == ([], WRITES)
    # One story is done, half of the other's subtasks are, the cancelled one is out.
    progress, [comment] = story.shown()
    assert progress == "75"
    assert story.clickup.value(story.epic, "KR") == f"O1-KR1: {TITLE}"
    assert TITLE.replace("`", "ˋ") in comment
    story.clickup.advance(60)
    told, writes = story.sync()
    assert (told["problems"], writes) == ([], 0)
    told, writes = story.sync("--full")
    assert (told["problems"], writes) == ([], 0)


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_comment(story):
    story.sync()
    _, [first] = story.shown()
    story.clickup.advance(600)
    story.clickup.set(story.done, "in progress")
    report, _ = story.sync()
    assert {one["outcome"] for one in report["writes"]} == {"written"}
    progress, [second] = story.shown()
    assert progress == "25"
    assert first != second
    story.clickup.advance(7200)
    story.clickup.delete(story.done)
    story.sync()
    progress, comments = story.shown()
    assert (progress, len(comments)) == ("50", 1)


def test_new_work_below_is_seen(story):
    story.sync()
    story.clickup.advance(600)
    late = story.clickup.make("Late", parent=story.epic)
    story.clickup.set(late, "complete")
    story.sync()
    assert story.shown()[0] == "83"


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.clickup.advance(600)
    story.clickup.fill(story.epic, "KR progress", "12")
    story.clickup.set(story.done, "in progress")
    told, _ = story.sync()
    assert story.shown()[0] == "12"
    assert ("KR progress", "drifted") in {(one["name"], one["outcome"]) for one in told["writes"]}


@pytest.mark.parametrize("lose", ["anchor", "part", "workspace"])
def test_what_may_not_be_read_any_more_is_told_and_nothing_is_written(story, lose):
    story.sync()
    before = story.shown()
    story.clickup.advance(7200)
    story.clickup.set(story.done, "in progress")
    if lose == "workspace":
        story.clickup.lost = True
    else:
        story.clickup.hide(story.epic)
    if lose == "part":
        story.clickup.hide(story.open)
    told, writes = story.sync()
    assert told["problems"]
    assert writes == 0
    assert story.shown() == before


@pytest.mark.parametrize("moment", [4, *(pytest.param(n, marks=pytest.mark.prove) for n in (1, 6))])
def test_a_run_killed_in_the_midst_of_its_writes_is_made_up_for(story, moment):
    """Each write has taken effect, and nobody was told: the fields that stand are not written again, and
    the comment is found by its mark."""
    command = [sys.executable, "-m", "bridge", *story.command, "sync"]
    root = str(Path(__file__).resolve().parents[2])
    gate = threading.Event()

    def kill(count: int) -> None:
        if count == moment:
            gate.wait(30)
            os.kill(victim.pid, signal.SIGKILL)

    story.written = kill
    victim = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
    )
    gate.set()
    assert victim.wait(60) == -signal.SIGKILL
    story.written = lambda _count: None
    assert len(story.clickup.writes) == moment
    told, writes = story.sync()
    assert told["problems"] == []
    assert writes == WRITES - moment
    progress, comments = story.shown()
    assert (progress, len(comments)) == ("75", 1)
    assert story.sync()[1] == 0


def test_a_connection_is_made_by_asking_for_the_token_alone(story):
    file = story.folder / "okr-bridge.toml"
    file.write_text('[bridge]\ntimezone = "UTC"\n', encoding="utf-8")
    said = ["--yes", "--set", "token=env:CLICKUP_TOKEN", "--set", f"url={story.url}"]
    told = story.run("connections", "new", "clickup", *said)
    assert (story.code, told["account"]) == (0, "OKR bridge")
    assert '[connections.clickup]\ntool = "clickup"\ntoken = "env:CLICKUP_TOKEN"' in file.read_text("utf-8")
