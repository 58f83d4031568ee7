"""The whole job through the command line on a Trello over HTTP: read, rolled up, written, kept, resumed."""

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
from tests.contract import HOSTILE
from tests.source import ROOT
from tests.trello.fake import KEY, ME, TOKEN, FakeTrello
from tests.trello.server import serving

TITLE = "上线 <b>{value}</b> {{7*7}} *now* @all שלום"
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"
public_url = "https://okr.example"

[connections.cards]
tool = "trello"
url = "{url}"
key = "env:TRELLO_KEY"
token = "env:TRELLO_TOKEN"

[brake]
minimum = 10
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
links = [{{ connection = "cards", project = "wrkBoard/To Do" }}, {{ connection = "cards", label = "okr" }}]
anchors = [{{ connection = "cards", key = "{anchor}" }}]
"""
WRITES = 7
"""Five fields, a comment, a link."""


class Story:
    """An anchor elsewhere; cards: one done, one with half of its check items, one archived, one cancelled."""

    def __init__(self, folder: Path, capture: Any) -> None:
        self.trello, self.folder, self.capture = FakeTrello(), folder, capture
        make = self.trello.make
        self.anchor = make("Anchor", on=self.trello.away)
        self.done, self.open = make("One", labels=("okr",)), make(HOSTILE)
        self.archived, self.cancelled = make("三"), make("Four", labels=("okr",))
        self.trello.put(self.done, list="Done 🎉")
        self.trello.put(self.open, checks=[True, False])
        self.trello.put(self.archived, closed=True)
        self.trello.put(self.cancelled, list="Won't do")
        self.killing: tuple[int, int] | None = None
        self.process: subprocess.Popen[str] | None = None

    def written(self, count: int) -> None:
        if self.killing and self.process and count == self.killing[0]:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def files(self, url: str) -> None:
        (self.folder / "okr-bridge.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
        text = OKRS.format(title=TITLE, anchor=self.trello.key(self.anchor))
        (self.folder / "okrs.toml").write_text(text, encoding="utf-8")

    def arguments(self, *command: str) -> list[str]:
        return ["-c", str(self.folder / "okr-bridge.toml"), "--now", self.trello.at.isoformat(), *command]

    def run(self, *command: str) -> tuple[int, Any]:
        self.capture.readouterr()
        code = invoke([*self.arguments(*command), "--json"])
        out, error = self.capture.readouterr()
        assert out, (code, error)
        return code, json.loads(out)

    def sync(self) -> tuple[Any, int]:
        """What a run told, and how many writes Trello saw."""
        self.trello.advance(600)
        before = self.trello.writes
        _, report = self.run("sync")
        return report, self.trello.writes - before

    def value(self, name: str) -> Any:
        fields = self.trello.boards[self.trello.cards[self.anchor]["idBoard"]].fields
        id = next(one["id"] for one in fields.values() if one["name"] == name)
        item = self.trello.cards[self.anchor]["items"].get(id)
        return item and item["value"]

    def progress(self) -> str:
        return str(self.value("KR progress")["number"])

    def comments(self) -> list[str]:
        said = self.trello.said(self.anchor)
        return [
            said[one["id"]]
            for one in self.trello.actions
            if one["id"] in said and one["idMemberCreator"] == ME
        ]


@pytest.fixture
def story(tmp_path: Path, capsys: Any, monkeypatch: Any) -> Iterator[Story]:
    monkeypatch.setenv("TRELLO_KEY", KEY)
    monkeypatch.setenv("TRELLO_TOKEN", TOKEN)
    made = Story(tmp_path, capsys)
    made.trello.boards[made.trello.away.id].fields = {
        id: one for id, one in made.trello.away.fields.items() if one["name"].startswith("KR")
    }
    with serving(made.trello, made.written) as url:
        made.files(url)
        yield made


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    code, told = story.run("check")
    assert (code, [one for one in told["findings"] if one["level"] == "error"]) == (0, [])
    report, writes = story.sync()
    assert (report["problems"], writes) == ([], WRITES)
    # One card is done, half of the other's check items are; the archived and the cancelled one are out.
    assert story.progress() == "75"
    assert story.value("KR") == {"text": f"O1-KR1: {TITLE}"}
    [comment] = story.comments()
    assert TITLE in comment
    [link] = story.trello.cards[story.anchor]["attached"].values()
    assert link["url"].startswith("https://okr.example/")
    report, writes = story.sync()
    assert (report["problems"], writes) == ([], 0)


@pytest.mark.parametrize("at", [3, *(pytest.param(n, marks=pytest.mark.prove) for n in (1, 6, WRITES))])
def test_a_run_that_is_killed_is_gone_on_with_and_nothing_is_written_twice(story, at):
    story.killing = (at, 0)
    command = [sys.executable, "-m", "bridge", *story.arguments("sync")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    story.process = subprocess.Popen(
        command,
        cwd=story.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _ = story.process.communicate(timeout=60)
    assert story.process.returncode == -signal.SIGKILL, said
    assert story.trello.writes == at
    story.killing = None
    report, _ = story.sync()
    assert report["problems"] == []
    assert story.progress() == "75"
    assert len(story.comments()) == len(story.trello.cards[story.anchor]["attached"]) == 1
    assert story.trello.writes == WRITES
    _, writes = story.sync()
    assert writes == 0


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_comment(story):
    story.sync()
    story.trello.put(story.done, list="To Do")
    story.sync()
    assert story.progress() == "25"
    story.trello.delete(story.done)
    story.sync()
    assert story.progress() == "50"
    assert len(story.comments()) == 1


def test_a_renamed_list_changes_what_its_cards_are(story):
    story.sync()
    story.trello.rename(story.trello.home, "Done 🎉", "Later")
    story.sync()
    assert story.progress() == "25"


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.trello.value(story.anchor, "KR progress", number="12")
    story.trello.put(story.done, list="To Do")
    report, _ = story.sync()
    assert story.progress() == "12"
    assert [one["outcome"] for one in report["writes"] if one["name"] == "KR progress"] == ["drifted"]


def test_an_anchor_that_may_not_be_read_any_more_is_told_and_nothing_is_written(story):
    story.sync()
    story.trello.away.member = False
    story.trello.put(story.done, list="To Do")
    report, writes = story.sync()
    assert report["problems"]
    assert writes == 0


def test_work_that_may_not_be_read_any_more_keeps_the_last_value(story):
    story.sync()
    story.trello.home.member = False
    report, writes = story.sync()
    [told] = report["key_results"]
    assert report["problems"]
    assert (told["percent"], writes) == (75, 0)
    assert story.progress() == "75"


def test_without_the_right_to_write_it_is_told_and_can_be_forced_later(story):
    story.trello.away.observed = True
    report, _ = story.sync()
    assert {one["outcome"] for one in report["writes"]} <= {"refused", "failed"}
    assert "as a member, not as an observer" in json.dumps(report["problems"])
    story.trello.away.observed = False
    _, report = story.run("sync", "--force")
    assert (report["problems"], story.progress()) == ([], "75")


def test_a_field_that_no_board_has_is_told_before_a_run_counts_by_it(story):
    path = story.folder / "okrs.toml"
    rollup = 'rollup = { method = "field", field = "Impact" }\n'
    path.write_text(path.read_text(encoding="utf-8") + rollup, encoding="utf-8")
    code, told = story.run("check")
    assert code == 1
    assert "no board has a custom field 'Impact'" in json.dumps(told)
    report, _ = story.sync()
    assert report["key_results"][0]["percent"] is None


def test_everything_is_taken_back_again(story):
    story.sync()
    story.run("unpublish", "--apply")
    card = story.trello.cards[story.anchor]
    assert (card["items"], card["attached"], story.comments()) == ({}, {}, [])


def test_a_wrong_token_is_told_in_one_line_and_stands_nowhere(story, monkeypatch):
    monkeypatch.setenv("TRELLO_TOKEN", "wrong-and-secret")
    code, report = story.run("sync")
    assert code != 0
    assert "make a new token" in json.dumps(report)
    assert "wrong-and-secret" not in json.dumps(report)
