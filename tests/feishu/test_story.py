"""The whole job on a base, through the command line: read, rolled up, written, kept, killed in the midst."""

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
from tests.feishu.fake import APP, BASE, OURS, SECRET, WORK, FakeFeishu, columns
from tests.feishu.opened import judged
from tests.feishu.serve import served

TITLE = "上线 <b>{value}</b> {{7*7}} *now* مرحبا"
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"
"""
CONNECTION = """
[connections.base]
tool = "feishu"
url = "{api}/base/{base}"
api = "{api}"
app_id = "{app}"
token = "env:FEISHU_SECRET"
"""
CYCLE = """
[cycle]
id = "Q"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
"""
KR = """
[[objectives.key_results]]
id = "{id}"
title = "{title}"
links = [{{ connection = "base", keys = ["{epic}"] }}]
"""


class Story:
    """An Epic with a done Story, an open one with two parts of which one is done, and a cancelled one."""

    def __init__(self, folder: Path, api: str, fake: FakeFeishu, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.api, self.fake, self.capture = folder, api, fake, capture
        make = fake.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.done = make("One", parent=self.epic, Status="已完成")
        self.open = make(HOSTILE, parent=self.epic, Status="进行中")
        make("三", parent=self.epic, Status="已取消")
        make("Part", parent=self.open, tier=Tier.PART, Status="已完成")
        make("Other part", parent=self.open, tier=Tier.PART)
        self.written = self.out = ""
        self.files({"O1-KR1": self.epic})

    def files(self, key_results: dict[str, str], config: str = CONFIG + CONNECTION) -> None:
        text = config.format(api=self.api, base=BASE, app=APP)
        (self.folder / "okr-bridge.toml").write_text(text, encoding="utf-8")
        told = "".join(KR.format(id=id, title=TITLE, epic=epic) for id, epic in key_results.items())
        (self.folder / "okrs.toml").write_text(CYCLE + told, encoding="utf-8")

    @property
    def command(self) -> list[str]:
        return ["-c", str(self.folder / "okr-bridge.toml"), "--now", self.fake.at.isoformat()]

    def run(self, *arguments: str) -> int:
        self.capture.readouterr()
        code = invoke([*self.command, *arguments])
        self.out = self.capture.readouterr().out
        return code

    def sync(self) -> tuple[Any, int]:
        """What a run told, and how many writes the base saw of it."""
        before = len(self.writes())
        self.run("sync", "--json")
        return json.loads(self.out), len(self.writes()) - before

    def writes(self) -> list[str]:
        return [one.path for one in self.fake.exchanges if one.method == "PUT"]

    def value(self, name: str, item: str = "") -> Any:
        return self.fake.row(item or self.epic)["fields"].get(name)

    def comments(self, item: str = "") -> list[str]:
        return list(self.fake.said(item or self.epic).values())


@pytest.fixture
def story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    monkeypatch.setenv("FEISHU_SECRET", SECRET)
    fake = FakeFeishu()
    with served(fake) as api:
        yield Story(tmp_path, api, fake, capsys)
    assert judged(fake) == []


def test_a_backfill_says_that_there_is_no_history_and_tells_no_day(story):
    assert story.run("backfill", "--json") == PARTIAL
    told = json.loads(story.out)
    assert told["points"]["told"] == 0
    assert {one["used"] for one in told["links"]} == {"nothing"}
    assert [one["message"] for one in told["problems"]] == ["base: this connection cannot tell what was"]
    assert "no points of the past" in told["problems"][0]["hint"]


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    assert story.run("check") == 0, story.out
    report, writes = story.sync()
    assert (report["problems"], writes) == ([], 2)
    # One story is done, half of the other's parts are, the cancelled one is out.
    assert story.value("KR progress") == 75
    assert story.value("KR") == f"O1-KR1: {TITLE}"
    [comment] = story.comments()
    assert TITLE in comment
    moved = story.fake.row(story.epic)["updated"]
    story.fake.advance(600)
    report, writes = story.sync()
    assert (report["problems"], writes) == ([], 0)
    assert story.fake.row(story.epic)["updated"] == moved


def test_columns_are_installed_before_anything_is_shown(story):
    story.fake.columns[WORK] = columns(WORK, shown=False)
    assert story.run("fields", "install", "--screen", "Work") == 0
    assert not set(OURS) & set(story.fake.columns[WORK])
    assert story.run("fields", "install", "--screen", "Work", "--apply") == 0
    assert set(OURS) <= set(story.fake.columns[WORK])
    report, _ = story.sync()
    assert report["problems"] == []
    assert story.value("KR progress") == 75


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_comment(story):
    story.sync()
    story.fake.advance(600)
    story.fake.change(story.done, Status="进行中")
    report, _ = story.sync()
    assert {one["outcome"] for one in report["writes"]} == {"written"}
    assert story.value("KR progress") == 25
    story.fake.advance(600)
    story.fake.delete(story.done)
    story.sync()
    assert story.value("KR progress") == 50
    [comment] = story.comments()
    assert "50%" in comment


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.fake.advance(600)
    story.fake.change(story.epic, **{"KR progress": 12})
    story.fake.change(story.done, Status="进行中")
    report, _ = story.sync()
    assert story.value("KR progress") == 12
    told = {one["name"]: one["outcome"] for one in report["writes"]}
    assert (told["KR progress"], told["KR score"]) == ("drifted", "written")


def lose_the_record(story):
    story.fake.hide(story.epic)


def lose_the_base(story):
    story.fake.shut = True


def lose_the_login(story):
    story.fake.secret = "another"
    story.fake.tokens.clear()


def go_blind(story):
    story.fake.advanced = story.fake.blind = True
    story.fake.hidden |= {f"{WORK}/{id}" for id in story.fake.rows[WORK]}


@pytest.mark.parametrize("lose", [lose_the_record, lose_the_base, lose_the_login, go_blind])
def test_a_permission_that_is_lost_is_told_and_nothing_is_written(story, lose):
    story.sync()
    shown = dict(story.fake.row(story.epic)["fields"])
    story.fake.advance(600)
    story.fake.change(story.done, Status="进行中")
    lose(story)
    report, writes = story.sync()
    assert report["problems"]
    assert writes == 0
    assert story.fake.row(story.epic)["fields"] == shown


@pytest.mark.parametrize("moment", [2, *(pytest.param(n, marks=pytest.mark.prove) for n in (1, 3, 4, 5))])
def test_a_process_killed_in_the_middle_of_its_writes_is_made_up_for(story, moment):
    epics = [story.epic, *(story.fake.make(f"Epic {n}", tier=Tier.GROUP) for n in range(2))]
    for epic in epics[1:]:
        story.fake.make("Story", parent=epic, Status="已完成")
        story.fake.make("Story", parent=epic)
    story.files({f"KR{n}": epic for n, epic in enumerate(epics)})
    victims: list[subprocess.Popen[bytes]] = []
    seen = []

    def see() -> None:
        seen.append(1)
        if len(seen) == moment:
            os.kill(victims[0].pid, signal.SIGKILL)

    story.fake.after = see
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-m", "bridge", *story.command, "sync"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    victims.append(subprocess.Popen(command, **quiet))
    assert victims[0].wait(60) == -signal.SIGKILL
    report, writes = story.sync()
    assert report["problems"] == []
    assert len(seen) == 6, "each write once, before the end or after it"
    assert [story.value("KR progress", epic) for epic in epics] == [75, 50, 50]
    assert [len(story.comments(epic)) for epic in epics] == [1, 1, 1]
    assert writes == 6 - moment
    story.fake.advance(600)
    assert story.sync()[1] == 0


def test_everything_of_ours_is_taken_back(story):
    story.fake.say(story.epic, "60% by my count")
    story.sync()
    assert story.run("unpublish", "--apply") == 0
    left = {name: story.value(name) for name in OURS if story.value(name) is not None}
    assert left == {"KR comment": "60% by my count"}


def test_a_connection_is_asked_for_tried_and_added(story):
    story.files({}, CONFIG)
    options = (f"url={story.api}/base/{BASE}", f"api={story.api}", f"app_id={APP}", "token=env:FEISHU_SECRET")
    given = [part for option in options for part in ("--set", option)]
    assert story.run("connections", "new", "feishu", "--name", "base", "--yes", *given) == 0
    assert f"logged in as app {APP} on 计划" in " ".join(story.out.split())
    assert 'tool = "feishu"' in (story.folder / "okr-bridge.toml").read_text("utf-8")
