"""The whole job on a Notion, as a person types it: read, rolled up, written, kept, killed, and what people
do in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.cli.options import PARTIAL
from bridge.model import Tier
from tests.contract import HOSTILE
from tests.notion.desk import objections
from tests.notion.fake import TOKEN, FakeNotion
from tests.notion.spec import document
from tests.source import ROOT

TITLE = "上线 <b>{value}</b> {{7*7}} *now*"
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"

[connections.no]
tool = "notion"
url = "{url}"
token = "env:NOTION_TOKEN"
databases = ["{database}"]
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
"""
KEY_RESULT = """
[[objectives.key_results]]
id = "O1-KR{number}"
title = "{title}"
links = [{{ connection = "no", keys = ["{key}"] }}]
"""


class Story:
    """Two Epics. Below the first a Story that is done, an open one with two Tasks of which one is done, and
    one that was cancelled."""

    def __init__(self, folder: Path, notion: FakeNotion, url: str, capture: Any) -> None:
        self.notion, self.folder, self.capture = notion, folder, capture
        make = notion.make
        self.epic, self.other = (make(title, tier=Tier.GROUP) for title in ("Epic", "Other"))
        self.done = make("One", parent=self.epic, Status="Done")
        self.open = make(HOSTILE, parent=self.epic)
        make("三", parent=self.epic, Status="Cancelled")
        for status in ("Done", "Not started"):
            make("Task", parent=self.open, tier=Tier.PART, Status=status)
        make("Below", parent=self.other, Status="Done")
        config = CONFIG.format(url=url, database=notion.owner(notion.work))
        (folder / "okr-bridge.toml").write_text(config, encoding="utf-8")
        krs = [
            KEY_RESULT.format(number=n, title=TITLE, key=notion.key(epic))
            for n, epic in ((1, self.epic), (2, self.other))
        ]
        (folder / "okrs.toml").write_text(OKRS + "".join(krs), encoding="utf-8")

    def arguments(self, *more: str) -> list[str]:
        return ["-c", str(self.folder / "okr-bridge.toml"), "--now", self.notion.at.isoformat(), *more]

    def run(self, *more: str) -> tuple[int, Any]:
        self.capture.readouterr()
        code = invoke(self.arguments(*more, "--json"))
        out, err = self.capture.readouterr()
        assert out, (code, err)
        return code, json.loads(out)

    def sync(self, *more: str) -> tuple[Any, list[str]]:
        """What a run told, and the writes that Notion saw."""
        before = len(self.notion.written_to)
        _, report = self.run("sync", *more)
        return report, self.notion.written_to[before:]

    def progress(self) -> object:
        return self.notion.value(self.epic, "KR progress")

    def comments(self, item: str) -> list[str]:
        return [text for text in self.notion.said(item).values() if "okr-bridge/" in text]


@pytest.fixture
def story(tmp_path, capfd, monkeypatch) -> Iterator[Story]:
    judge = document()
    monkeypatch.setenv("NOTION_TOKEN", TOKEN)
    notion = FakeNotion()
    notion.advance(3600)
    with notion.listening() as url:
        yield Story(tmp_path, notion, url, capfd)
    assert objections(notion, judge) == []


def test_a_backfill_says_that_there_is_no_history_and_tells_no_day(story):
    code, told = story.run("backfill")
    assert code == PARTIAL
    assert told["points"]["told"] == 0
    assert {one["used"] for one in told["links"]} == {"nothing"}
    assert [one["message"] for one in told["problems"]] == ["no: this connection cannot tell what was"]
    assert "no points of the past" in told["problems"][0]["hint"]


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    code, told = story.run("check")
    assert (code, [one for one in told["findings"] if one["level"] == "error"]) == (0, [])
    report, writes = story.sync()
    assert report["problems"] == []
    # One story is done, half of the other's tasks are, the cancelled one is out.
    assert story.progress() == 75
    assert story.notion.value(story.epic, "KR") == f"O1-KR1: {TITLE}"
    [comment] = story.comments(story.epic)
    assert TITLE in comment
    assert len(writes) == 4
    story.notion.advance(300)
    report, writes = story.sync()
    assert (report["problems"], report["writes"], writes) == ([], [], [])


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_comment(story):
    story.sync()
    story.notion.advance(300)
    story.notion.set(story.done, Status="In progress")
    report, _ = story.sync()
    assert {one["outcome"] for one in report["writes"]} == {"written"}
    assert story.progress() == 25
    story.notion.advance(300)
    story.notion.delete(story.done)
    story.sync()
    assert story.progress() == 50
    assert len(story.comments(story.epic)) == 1


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.notion.advance(300)
    story.notion.set(story.epic, **{"KR progress": 12})
    story.notion.set(story.done, Status="In progress")
    report, _ = story.sync()
    assert story.progress() == 12
    assert [one["outcome"] for one in report["writes"] if one["name"] == "KR progress"] == ["drifted"]


def test_an_anchor_that_is_shared_no_more_is_told_and_nothing_is_written_on_it(story):
    story.sync()
    story.notion.advance(300)
    story.notion.hide(story.epic)
    story.notion.set(story.done, Status="In progress")
    report, writes = story.sync()
    assert report["problems"]
    assert writes == []
    assert story.progress() == 75


def test_a_token_that_was_withdrawn_is_told_in_one_line(story, monkeypatch):
    story.sync()
    story.notion.advance(300)
    monkeypatch.setenv("NOTION_TOKEN", "withdrawn")
    report, writes = story.sync()
    assert writes == []
    assert any("401" in one["message"] and "integrations" in one["hint"] for one in report["problems"])
    assert "withdrawn" not in json.dumps(report)


@pytest.mark.parametrize("moment", [2, *(pytest.param(n, marks=pytest.mark.prove) for n in (1, 4))])
def test_a_run_that_is_killed_in_the_midst_of_its_writes_is_made_up_for(story, moment):
    command = [sys.executable, "-m", "bridge", *story.arguments("sync")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    victims: list[subprocess.Popen[bytes]] = []

    def witness() -> None:
        if len(story.notion.written_to) == moment:
            os.kill(victims[0].pid, signal.SIGKILL)

    with story.notion._lock:
        victim = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        victims.append(victim)
        story.notion.witness = witness
    assert victim.wait(60) == -signal.SIGKILL
    story.notion.witness = lambda: None
    story.notion.advance(300)
    report, _ = story.sync()
    assert report["problems"] == []
    assert (story.progress(), story.notion.value(story.other, "KR progress")) == (75, 100)
    assert [len(story.comments(item)) for item in (story.epic, story.other)] == [1, 1]
    story.notion.advance(300)
    report, writes = story.sync()
    assert (report["writes"], writes) == ([], [])


def test_what_the_bridge_made_can_be_taken_away(story):
    story.sync()
    story.notion.advance(300)
    code, _ = story.run("unpublish", "--apply")
    assert code == 0
    assert (story.progress(), story.comments(story.epic)) == (None, [])


def test_a_new_connection_is_asked_for_tried_and_added(story):
    database = story.notion.owner(story.notion.elsewhere)
    url = (story.folder / "okr-bridge.toml").read_text("utf-8").partition('url = "')[2].partition('"')[0]
    options = ("--set", f"url={url}", "--set", "token=env:NOTION_TOKEN", "--set", f'databases=["{database}"]')
    code = invoke(story.arguments("connections", "new", "notion", "--name", "second", *options))
    assert code == 0
    added = (story.folder / "okr-bridge.toml").read_text("utf-8")
    assert f'[connections.second]\ntool = "notion"\nurl = "{url}"' in added
    assert database in added


@pytest.fixture
def bare(tmp_path, capfd, monkeypatch) -> Iterator[Story]:
    """A workspace without the bridge's properties."""
    judge = document()
    monkeypatch.setenv("NOTION_TOKEN", TOKEN)
    notion = FakeNotion(installed=False)
    with notion.listening() as url:
        yield Story(tmp_path, notion, url, capfd)
    assert objections(notion, judge) == []


def test_the_properties_are_made_and_used_from_then_on(bare):
    report, _ = bare.sync()
    assert [one["what"] for one in report["writes"]] == ["comment", "comment"]
    _, told = bare.run("fields", "install")
    assert {one["outcome"] for one in told["steps"]} == {"planned"}
    _, told = bare.run("fields", "install", "--apply")
    assert {one["outcome"] for one in told["steps"]} == {"written"}
    bare.notion.advance(60)
    bare.sync()
    assert bare.progress() == 75


def test_the_epic_of_a_key_result_without_work_is_made_once(story):
    link = 'links = [{ connection = "no", project = "Work" }]'
    text = OKRS + KEY_RESULT.format(number=3, title=TITLE, key="")
    lines = [link if line.startswith("links") else line for line in text.splitlines()]
    (story.folder / "okrs.toml").write_text("\n".join(lines), encoding="utf-8")
    for id in story.notion.pages:
        story.notion.delete(id)
    steps = [story.run("provision", "--apply")[1]["steps"] for _ in range(2)]
    assert [one["outcome"] for told in steps for one in told] == ["written"]
    [made] = [one for one in story.notion.pages.values() if not one["in_trash"]]
    assert story.notion.value(made["id"], "Name") == TITLE
    report, _ = story.sync()
    assert [one["percent"] for one in report["key_results"]] == [0]
