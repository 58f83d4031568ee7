"""The days before, told by the command line from what Asana's stories say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.cli.options import PARTIAL
from bridge.model import Tier
from connectors.asana.past import ASSUMED
from tests.asana.fake import TOKEN, FakeAsana
from tests.asana.test_story import CONFIG

DAY = 86_400
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-20
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "KR1"
title = "All of the Epic"
links = [{{ connection = "work", keys = ["{epic}"] }}]

[[objectives.key_results]]
id = "KR2"
title = "All with a tag, by points"
rollup = {{ method = "points" }}
links = [{{ connection = "work", label = "okr" }}]
"""


class Past:
    """An Epic with two Stories, and two tasks of one and three points, of which one has a tag."""

    def __init__(self, folder: Path, asana: FakeAsana, capture: pytest.CaptureFixture[str]) -> None:
        self.asana, self._folder, self._capture = asana, folder, capture
        make = asana.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.one, self.two = (make(name, parent=self.epic) for name in "12")
        self.small, self.big = make("Small", labels=("okr",)), make("Big")
        asana.number_in(self.small, "807", 1)
        asana.number_in(self.big, "807", 3)
        (folder / "okr-bridge.toml").write_text(CONFIG, encoding="utf-8")
        (folder / "okrs.toml").write_text(OKRS.format(epic=self.epic), encoding="utf-8")

    def run(self, *arguments: str) -> Any:
        self.asana.advance(1)
        self._capture.readouterr()
        now = self.asana.at.isoformat(timespec="seconds")
        self.code = invoke(["-c", str(self._folder / "okr-bridge.toml"), "--now", now, *arguments, "--json"])
        out, error = self._capture.readouterr()
        assert out, error
        return json.loads(out)

    def values(self, kr: str) -> list[str]:
        [told] = self.run("history", kr)["history"]
        return [f"{point['day'][8:]} {point['exact']}" for point in told["points"]]


@pytest.fixture
def past(
    tmp_path: Path, asana: FakeAsana, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Past:
    monkeypatch.setenv("ASANA_TOKEN", TOKEN)
    return Past(tmp_path, asana, capsys)


def test_done_reopened_scope_points_and_tags_count_on_each_day_as_they_were_then(past):
    asana = past.asana
    asana.advance(DAY)
    asana.complete(past.one)
    asana.complete(past.small)
    asana.advance(DAY)
    asana.complete(past.one, done=False)
    asana.label(past.big, "okr")
    asana.advance(DAY)
    asana.make("Late", parent=past.epic)
    asana.number_in(past.small, "807", 2)
    asana.advance(DAY)
    asana.complete(past.one)
    asana.section(past.two, "已取消")
    asana.label(past.small, "okr", on=False)
    asana.advance(DAY)
    told = past.run("backfill")
    assert (past.code, told["problems"]) == (0, [])
    assert past.values("KR1") == ["20 0", "21 1/2", "22 0", "23 0", "24 1/2"]
    assert past.values("KR2") == ["20 0", "21 1", "22 1/4", "23 2/5", "24 0"]
    assert [(one["kr"], one["used"]) for one in told["links"]] == [("KR1", "past"), ("KR2", "past")]
    assert told["assumed"] == {"work": ASSUMED}
    assert [one for one in asana.asked if one.split()[0] in ("PUT", "POST") and one != "POST /batch"] == []


def test_days_that_the_stories_leave_open_have_no_point_and_it_is_said(past):
    past.asana.advance(DAY)
    past.asana.complete(past.one)
    past.asana.advance(DAY)
    past.asana.complete(past.one, done=False)
    [lost] = (g for g, one in past.asana.stories.items() if one["resource_subtype"] == "marked_incomplete")
    del past.asana.stories[lost]
    past.asana.advance(DAY)
    told = past.run("backfill")
    assert past.code == PARTIAL
    assert past.values("KR1") == ["20 0"]
    assert past.values("KR2") == ["20 0", "21 0", "22 0"]
    assert told["links"][0]["reason"] == (
        f"no points for 2 of 3 days: {past.one}: its stories leave open whether it was complete"
    )


def test_stories_that_may_not_be_read_leave_no_points_and_it_is_said(past, monkeypatch):
    """A token without the scope of stories."""
    past.asana.advance(DAY)
    past.asana.complete(past.one)
    past.asana.advance(DAY)
    refusal = (403, {"errors": [{"message": "Your token lacks the scope stories:read"}]})
    real = past.asana.answer

    def answer(method, path, asked, body):
        return refusal if path.endswith("/stories") else real(method, path, asked, body)

    monkeypatch.setattr(past.asana, "answer", answer)
    told = past.run("backfill")
    assert past.code != 0
    assert told["points"]["told"] == 0
    assert any("stories:read" in one["message"] for one in told["problems"])
