"""The whole program on a Redmine before 5.0, and on what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.app import App, clock_at
from bridge.model import Tier
from bridge.sync import Orders
from tests.connectors.redmine.fake import KEY, FakeRedmine
from tests.redmine.serving import serving

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
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "O1-KR1"
title = "上线"
links = [{{ connection = "red", keys = ["#{epic}"] }}]
"""
DAY = 90_000
CLOSED = {"id": 5, "name": "Closed", "is_closed": True}


class Story:
    """An Epic with eight Stories."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.redmine = folder, FakeRedmine()
        self.epic = self.redmine.make("Epic", tier=Tier.GROUP)
        self.stories = [self.redmine.make(f"Story {n}", parent=self.epic) for n in range(8)]

    def done(self, count: int) -> None:
        """So many are closed now."""
        self.redmine.advance(600)
        for id in self.stories[:count]:
            self.redmine.issues[int(id)]["status"] = CLOSED
            self.redmine.touch(int(id))

    def sync(self) -> tuple[Any, int]:
        """What a run told, and how many writes Redmine saw."""
        before, now = self.redmine.writes, self.redmine.at
        file = config.load(self.folder / "okr-bridge.toml", {"REDMINE_KEY": KEY})
        with App.open(file, clock_at(now, now.tzinfo)) as app:
            report = app.sync(Orders())
        return report, self.redmine.writes - before

    def headlines(self) -> list[str]:
        notes = self.redmine.said(self.epic).values()
        return [found[0] for one in notes if (found := re.search(r"\d+%", one))]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    made = Story(tmp_path)
    with serving(made.redmine) as url:
        (tmp_path / "okr-bridge.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
        (tmp_path / "okrs.toml").write_text(OKRS.format(epic=made.epic), encoding="utf-8")
        yield made


def test_before_5_0_each_milestone_has_its_own_note_and_an_update_keeps_the_last_one_up_to_date(story):
    story.redmine.version = 4
    for closed, told in ((3, ["38%"]), (4, ["38%", "50%"]), (5, ["38%", "50%"])):
        story.done(closed)
        report, _ = story.sync()
        assert (report.problems, story.headlines()) == ((), told)
    assert story.sync()[1] == 0
    story.redmine.version = 6
    story.redmine.advance(DAY)
    report, _ = story.sync()
    assert (report.problems, story.headlines()) == ((), ["38%", "63%"])
    assert story.sync()[1] == 0


def test_a_redmine_that_is_put_back_before_5_0_is_found_out_and_loses_no_note(story):
    story.done(3)
    story.sync()
    story.redmine.version = 4
    story.done(4)
    report, _ = story.sync()
    assert ["before 5.0 edits none" in one.message for one in report.problems] == [True]
    report, _ = story.sync()
    assert (report.problems, story.headlines()) == ((), ["38%", "50%"])
    assert story.sync()[1] == 0


def test_the_note_names_the_page_of_its_key_result(story):
    story.sync()
    [note] = story.redmine.said(story.epic).values()
    assert "https://okr.example/kr/O1-KR1" in note
