"""The whole job on Asana at the command line: read, rolled up, written, kept, and what people do to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.model import Tier
from tests.asana.fake import TOKEN, FakeAsana
from tests.asana.site import BASE
from tests.contract import HOSTILE

TITLE = "上线 <b>{value}</b> {{7*7}} *now* &amp; 🎉"
CONFIG = f"""
[bridge]
timezone = "UTC"
instance = "story"

[connections.work]
tool = "asana"
url = "{BASE}"
token = "env:ASANA_TOKEN"
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
id = "KR1"
title = "{title}"
links = [{{ connection = "work", keys = ["{epic}"] }}]

[[objectives.key_results]]
id = "KR2"
title = "Everything labelled"
rollup = {{ method = "points" }}
links = [{{ connection = "work", label = "okr" }}]
anchors = [{{ connection = "work", key = "{second}" }}]
"""


class Killed(BaseException):
    """What a kill is to a program: nothing catches it."""


class Story:
    """An Epic with a done Story, an open one with two parts of which one is done, and a cancelled one; and
    two tasks with a tag and points, one of them done."""

    def __init__(self, folder: Path, asana: FakeAsana, capture: pytest.CaptureFixture[str]) -> None:
        self.asana, self.folder, self.capture, self.err = asana, folder, capture, ""
        make = asana.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.done, self.open, self.dropped = (make(t, parent=self.epic) for t in ("One", HOSTILE, "三"))
        parts = [make(f"Part {n}", parent=self.open, tier=Tier.PART) for n in range(2)]
        asana.complete(parts[0])
        asana.complete(self.done)
        asana.section(self.dropped, "已取消")
        self.second, self.big = (make(t, labels=("okr",)) for t in ("Small", "Big"))
        asana.number_in(self.second, "807", 1)
        asana.number_in(self.big, "807", 3)
        asana.complete(self.big)
        (folder / "okr-bridge.toml").write_text(CONFIG, encoding="utf-8")
        okrs = OKRS.format(title=TITLE, epic=self.epic, second=self.second)
        (folder / "okrs.toml").write_text(okrs, encoding="utf-8")
        asana.advance(600)

    def run(self, *command: str) -> Any:
        self.capture.readouterr()
        now = self.asana.at.isoformat(timespec="seconds")
        file = str(self.folder / "okr-bridge.toml")
        self.code = invoke(["-c", file, "--now", now, *command, "--json"])
        out, self.err = self.capture.readouterr()
        assert out, self.err
        return json.loads(out)

    def sync(self, *more: str) -> dict[str, Any]:
        """What a run told, ten minutes on; `writes` is what Asana took of it."""
        self.asana.advance(600)
        before = len(self.writes())
        told = self.run("sync", *more)
        return {**told, "taken": self.writes()[before:]}

    def writes(self) -> list[str]:
        asked = (one for one in self.asana.asked if one.split()[0] in ("PUT", "POST", "DELETE"))
        return [one for one in asked if one != "POST /batch"]

    def shown(self, gid: str, field: str = "802") -> Any:
        [told] = self.asana.tasks[gid]["values"].get(field, {None: None}).values()
        return told

    def notes(self, gid: str) -> list[str]:
        return [text for text in self.asana.said(gid).values() if "okr-bridge/story" in text]


@pytest.fixture
def story(
    tmp_path: Path, asana: FakeAsana, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Story:
    monkeypatch.setenv("ASANA_TOKEN", TOKEN)
    return Story(tmp_path, asana, capsys)


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    told = story.run("check")
    assert [one for one in told["findings"] if one["level"] == "error"] == []
    report = story.sync()
    assert report["problems"] == []
    # One story is done, half of the other's parts are, the cancelled one is out; 3 of 4 points are done.
    assert (story.shown(story.epic), story.shown(story.second)) == (75, 75)
    assert story.shown(story.epic, "801") == f"KR1: {TITLE}"
    [note] = story.notes(story.epic)
    assert TITLE in note
    assert len(report["taken"]) == 4
    moved = story.asana.tasks[story.epic]["modified_at"]
    again = story.sync()
    assert (again["problems"], again["taken"], again["writes"]) == ([], [], [])
    assert story.asana.tasks[story.epic]["modified_at"] == moved


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_comment(story):
    story.sync()
    story.asana.complete(story.done, done=False)
    report = story.sync()
    assert {one["outcome"] for one in report["writes"]} == {"written"}
    assert story.shown(story.epic) == 25
    story.asana.delete(story.done)
    assert story.sync()["problems"] == []
    assert story.shown(story.epic) == 50
    assert len(story.notes(story.epic)) == 1


def test_a_link_that_tells_no_figures_is_no_persons_doing_when_they_move(story):
    file = story.folder / "okr-bridge.toml"
    told = file.read_text(encoding="utf-8").replace(
        "instance =", 'public_url = "https://okr.example"\ninstance ='
    )
    file.write_text(told, encoding="utf-8")
    assert "remote_link" in {one["what"] for one in story.sync()["writes"]}
    story.asana.complete(story.done, done=False)
    assert {one["outcome"] for one in story.sync()["writes"]} == {"written"}


def test_fields_that_are_missing_are_made_and_then_written(story):
    del story.asana.fields["802"]
    told = story.run("fields", "install", "--screen", "500", "--apply")
    assert story.code == 0, told
    [made] = [gid for gid, one in story.asana.fields.items() if one["name"] == "KR progress"]
    story.sync()
    assert story.shown(story.epic, made) == 75


def test_a_key_result_without_work_gets_one_task_however_often_it_is_asked_for(story):
    okrs = story.folder / "okrs.toml"
    more = """
[[objectives.key_results]]
id = "KR3"
title = "Nobody has begun"
links = [{ connection = "work", project = "501" }]
"""
    okrs.write_text(okrs.read_text(encoding="utf-8") + more, encoding="utf-8")
    story.sync()
    for _ in range(2):
        story.run("provision", "--apply")
        assert story.code == 0
    [made] = [one for one in story.asana.tasks.values() if "501" in one["in"]]
    assert "Nobody has begun" in made["name"]
    assert {kr["id"]: kr["percent"] for kr in story.sync()["key_results"]}["KR3"] == 0
    assert len(story.notes(made["gid"])) == 1


def test_work_that_goes_on_deep_below_is_seen(story):
    story.sync()
    [_, part] = [gid for gid, one in story.asana.tasks.items() if one["below"] == story.open]
    story.asana.complete(part)
    story.asana.make("Newly found", parent=story.epic)
    assert story.sync()["problems"] == []
    assert story.shown(story.epic) == 66  # one done, one at 99% until it is itself done, one new


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.asana.number_in(story.epic, "802", 12)
    story.asana.complete(story.done, done=False)
    report = story.sync()
    assert story.shown(story.epic) == 12
    drifted = [one for one in report["writes"] if one["outcome"] == "drifted"]
    assert [(one["item"], one["name"]) for one in drifted] == [(story.epic, "KR progress")]


def test_an_anchor_that_may_not_be_read_any_more_is_told_and_nothing_is_written_there(story):
    story.sync()
    story.asana.hide(story.epic)
    story.asana.complete(story.done, done=False)
    story.asana.complete(story.second)
    report = story.sync()
    assert any(one["kr"] == "KR1" or one["item"] == story.epic for one in report["problems"])
    assert story.shown(story.epic) == 75
    assert story.shown(story.second) == 100


def test_a_permission_lost_to_a_project_keeps_the_last_numbers_and_is_told(story):
    okrs = story.folder / "okrs.toml"
    links = f'project = "500" }}]\nanchors = [{{ connection = "work", key = "{story.epic}" }}]'
    text = okrs.read_text(encoding="utf-8").replace(f'keys = ["{story.epic}"] }}]', links)
    okrs.write_text(text, encoding="utf-8")
    story.sync()
    before = (story.shown(story.epic), story.shown(story.second))
    assert before == (63, 75)
    story.asana.lost.add("500")
    story.asana.complete(story.done, done=False)
    report = story.sync()
    assert report["taken"] == []
    assert (story.shown(story.epic), story.shown(story.second)) == before
    assert {kr["id"]: kr["percent"] for kr in report["key_results"]} == {"KR1": 63, "KR2": 75}
    assert {kr["id"]: kr["counts"]["unreadable"] > 0 for kr in report["key_results"]} == {
        "KR1": True,
        "KR2": True,
    }


def test_a_wrong_token_is_one_line_and_writes_nothing(story, monkeypatch):
    monkeypatch.setenv("ASANA_TOKEN", "wrong-token")
    report = story.sync()
    assert report["taken"] == []
    assert any("401" in one["message"] for one in report["problems"])
    assert "wrong-token" not in json.dumps(report) + story.err


WRITES = 4


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_a_run_that_is_killed_is_made_up_for_and_nothing_stands_twice(story, at, moment):
    count = 0

    def kill(method: str, path: str) -> None:
        nonlocal count
        count += method in ("PUT", "POST", "DELETE") and path != "/batch"
        if count == at:
            raise Killed

    setattr(story.asana, moment, kill)
    with pytest.raises(Killed):
        story.sync()
    setattr(story.asana, moment, lambda *_: None)
    report = story.sync()
    assert report["problems"] == []
    assert (story.shown(story.epic), story.shown(story.second)) == (75, 75)
    assert (len(story.notes(story.epic)), len(story.notes(story.second))) == (1, 1)
    assert len(story.writes()) == WRITES + (moment == "before")
    assert story.sync()["taken"] == []


def test_all_that_the_bridge_made_can_be_taken_away(story):
    story.sync()
    story.run("unpublish", "--apply")
    assert (story.shown(story.epic), story.shown(story.epic, "801")) == (None, None)
    assert (story.notes(story.epic), story.notes(story.second)) == ([], [])
