"""The whole job on a system that is described in the file alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge import config
from bridge.app import App, clock_at
from bridge.model import Tier
from bridge.sync import Orders
from tests.contract import HOSTILE
from tests.inhouse import TOKEN, TOML, Tracker

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
title = "上线 <b>{value}</b> {{7*7}} *now*"
links = [{ connection = "inhouse", keys = ["WEB-101"] }]
"""
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    found = Tracker()
    epic = found.make("Epic", tier=Tier.GROUP)
    for title in ("One", HOSTILE, "三", "Dropped"):
        found.make(title, parent=epic)
    found.change("102", state={"name": "已完成"})
    found.change("105", state={"name": "已取消"})
    with found.serves():
        yield found


@pytest.fixture
def app(tmp_path: Path, tracker: Tracker) -> Iterator[App]:
    file = tmp_path / "okr-bridge.toml"
    file.write_text(TOML, encoding="utf-8")
    (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
    tracker.now = NOON
    settings = config.load(file, {"TRACKER_KEY": TOKEN})
    with App.open(settings, clock_at(NOON, UTC)) as app:
        yield app


def writes(tracker: Tracker) -> list[str]:
    return [one.method for one in tracker.asked if one.method != "GET"]


def test_it_is_checked_read_rolled_up_and_written_and_the_second_run_writes_nothing(app, tracker):
    assert [one for one in app.check() if one.level == "error"] == []
    report = app.sync(Orders())
    assert report.problems == ()
    shown = tracker.tasks["101"]["custom"]
    assert shown["okr_progress"] == 33
    assert shown["okr"] == "O1-KR1: 上线 <b>{value}</b> {{7*7}} *now*"
    assert shown["okr_status"]
    before = len(writes(tracker))
    assert before == 3
    [said] = tracker.said("101").values()
    assert said.endswith("/O1-KR1/" + said.rpartition("/")[2])
    assert "上线 <b>{value}</b> {{7*7}} *now*" in said
    again = app.sync(Orders())
    assert again.problems == ()
    assert len(writes(tracker)) == before


def test_work_that_goes_on_is_seen_and_what_a_person_set_is_kept(app, tracker):
    app.sync(Orders())
    tracker.now = datetime(2026, 10, 20, 13, tzinfo=UTC)
    tracker.change("103", state={"name": "已完成"})
    app.sync(Orders())
    assert tracker.tasks["101"]["custom"]["okr_progress"] == 67
    tracker.change("101", custom={**tracker.tasks["101"]["custom"], "okr_progress": 5})
    tracker.change("104", state={"name": "已完成"})
    report = app.sync(Orders())
    assert tracker.tasks["101"]["custom"]["okr_progress"] == 5
    assert any(one.outcome.value == "drifted" for one in report.changes)


def test_a_list_cut_short_writes_nothing(app, tracker):
    app.sync(Orders())
    held, count = dict(tracker.tasks["101"]["custom"]), len(writes(tracker))
    tracker.change("103", state={"name": "已完成"})
    for n in range(5):
        tracker.make(f"More {n}", parent="101")
    tracker.short = 3
    report = app.sync(Orders(full=True))
    assert report.problems
    assert tracker.tasks["101"]["custom"] == held
    assert len(writes(tracker)) == count
