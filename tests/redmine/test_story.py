"""The whole job on a real Redmine: read, rolled up, written, kept, and what people do to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge import config
from bridge.app import App, clock_at
from bridge.model import Tier
from bridge.sync import Orders
from tests.contract import HOSTILE
from tests.redmine.desk import Desk
from tests.servers.redmine.server import Server, server

pytestmark = pytest.mark.prove
TITLE = "上线 <b>{value}</b> {{7*7}} *now* @admin #1 שלום 🚀"
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"
public_url = "https://okr.example"

[connections.red]
tool = "redmine"
url = "{url}"
token = "env:REDMINE_KEY"
"""
OKRS = """
[cycle]
id = "Q"
start = {start}
end = {end}

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "O1-KR1"
title = "{title}"
links = [{{ connection = "red", keys = ["#{epic}"] }}]
"""


class Story:
    """An Epic with a closed Story, an open one with two Tasks of which one is closed, and a rejected one."""

    def __init__(self, folder: Path, running: Server) -> None:
        running.wipe()
        self.desk, self.folder, self.server = Desk(running), folder, running
        make = self.desk.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.done, self.open, self.rejected = (make(t, parent=self.epic) for t in ("One", HOSTILE, "三"))
        tasks = [make(f"Task {n}", parent=self.open, tier=Tier.PART) for n in range(2)]
        self.desk.status(tasks[0], "Closed")
        self.desk.status(self.done, "Closed")
        self.desk.status(self.rejected, "Rejected")

    def app(self) -> App:
        now = self.server.now()
        file = self.files(self.server.url)
        return App.open(config.load(file, {"REDMINE_KEY": self.server.bridge}), clock_at(now, now.tzinfo))

    def files(self, url: str) -> Path:
        now, file = self.server.now(), self.folder / "okr-bridge.toml"
        file.write_text(CONFIG.format(url=url), encoding="utf-8")
        days = {"start": f"{now:%Y}-01-01", "end": f"{now:%Y}-12-31"}
        okrs = OKRS.format(title=TITLE, epic=self.epic, **days)
        (self.folder / "okrs.toml").write_text(okrs, encoding="utf-8")
        return file

    def sync(self) -> tuple[object, int]:
        """What a run told, and how many writes Redmine saw of the bridge."""
        before = self.versions()
        with self.app() as app:
            report = app.sync(Orders())
        return report, self.versions() - before

    def versions(self) -> int:
        """Journals are what a write leaves: of values and of notes."""
        return len(self.desk.issue(self.epic)["journals"])

    def value(self, name: str) -> object:
        fields = self.desk.issue(self.epic)["custom_fields"]
        return next(one["value"] for one in fields if one["name"] == name)

    def notes(self) -> list[str]:
        return [text for text in self.desk.said(self.epic).values() if "okr-bridge/" in text]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    running = server()
    running.advance(60)
    return Story(tmp_path, running)


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(story):
    with story.app() as app:
        assert [one for one in app.check() if one.level == "error"] == []
    report, _ = story.sync()
    assert report.problems == ()
    # One story is done, half of the other's tasks are, the rejected one is out.
    assert float(story.value("KR progress")) == 75
    assert story.value("KR") == f"O1-KR1: {TITLE}"
    [note] = story.notes()
    assert TITLE in note
    assert "https://okr.example/kr/O1-KR1" in note
    moved = story.desk.issue(story.epic)["updated_on"]
    story.desk.advance(60)
    report, writes = story.sync()
    assert (report.problems, writes) == ((), 0)
    assert story.desk.issue(story.epic)["updated_on"] == moved


def test_work_that_is_reopened_or_deleted_changes_the_number_and_the_one_note(story):
    story.sync()
    story.desk.advance(60)
    story.desk.status(story.done, "In Progress")
    story.sync()
    assert float(story.value("KR progress")) == 25
    story.desk.advance(60)
    story.desk.delete(story.done)
    story.sync()
    assert float(story.value("KR progress")) == 50
    assert len(story.notes()) == 1


def test_what_a_person_set_is_kept_and_told(story):
    story.sync()
    story.desk.advance(60)
    field = {"id": story.desk.fields["KR progress"], "value": "12"}
    story.desk.put(story.epic, custom_fields=[field])
    story.desk.status(story.done, "In Progress")
    report, _ = story.sync()
    assert float(story.value("KR progress")) == 12
    assert [one.outcome.value for one in report.changes if one.name == "progress"] == ["drifted"]


def test_an_anchor_that_may_not_be_read_any_more_is_told_and_nothing_is_written(story):
    story.sync()
    story.desk.advance(60)
    story.desk.hide(story.epic)
    story.desk.status(story.done, "In Progress")
    report, writes = story.sync()
    assert report.problems
    assert writes == 0
    assert len(story.notes()) == 1


def test_everything_is_taken_back_again(story):
    before = story.desk.issue(story.epic)["custom_fields"]
    story.sync()
    assert story.notes()
    with story.app() as app:
        app.unpublish(really=True, stale=False)
    empty = {one["name"]: one["value"] or None for one in story.desk.issue(story.epic)["custom_fields"]}
    assert (story.notes(), empty) == ([], {one["name"]: one["value"] or None for one in before})
