"""The whole job on a system that is described in the file alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.app import App, clock_at
from bridge.backfilling import Asked, Unwatched
from bridge.backfilling.wiring import Days, backfill_of
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


# --- a comment, a link, and what the system cannot do


def opened(folder: Path, text: str, public: str = "", now: datetime = NOON) -> App:
    file = folder / "okr-bridge.toml"
    bridge = f'[bridge]\npublic_url = "{public}"\n' if public else ""
    file.write_text(bridge + text, encoding="utf-8")
    (folder / "okrs.toml").write_text(OKRS, encoding="utf-8")
    return App.open(config.load(file, {"TRACKER_KEY": TOKEN}), clock_at(now, UTC))


def test_the_comment_and_the_link_go_along_with_the_work_and_stay_one(tmp_path, tracker):
    tracker.now = NOON
    with opened(tmp_path, TOML, "https://okr.example") as app:
        assert app.sync(Orders()).problems == ()
        [link] = tracker.beside["links"].values()
        assert (link["href"], link["external_id"][-6:]) == ("https://okr.example/kr/O1-KR1", "O1-KR1")
        assert "33%" in link["note"]
        tracker.change("103", state={"name": "已完成"})
        report = app.sync(Orders(full=True))
        assert (report.problems, len(tracker.said("101"))) == ((), 1)
        assert not [one for one in report.changes if one.outcome.value == "drifted"]
        [again] = tracker.beside["links"].values()
        assert "67%" in again["note"]
        before = len(writes(tracker))
        assert app.sync(Orders(full=True)).problems == ()
        assert len(writes(tracker)) == before


def test_an_answer_that_is_lost_makes_no_second_comment_and_no_second_link(tmp_path, tracker):
    tracker.now = NOON
    tracker.breaks = 2
    with opened(tmp_path, TOML, "https://okr.example") as app:
        assert app.sync(Orders()).problems
        app.sync(Orders())
        assert app.sync(Orders(full=True)).problems == ()
    assert [len(held) for held in tracker.beside.values()] == [1, 1]


def test_one_that_can_only_add_gets_a_comment_at_each_milestone_and_no_more(tmp_path, tracker):
    tracker.now = NOON
    with opened(tmp_path, TOML.replace('change = { path = "comments/{comment}" }\n', "")) as app:
        app.sync(Orders())
        first = set(tracker.said("101"))
        app.sync(Orders(full=True))
        assert set(tracker.said("101")) == first
        tracker.change("103", state={"name": "已完成"})
        assert app.sync(Orders(full=True)).problems == ()
        assert len(tracker.said("101")) == 2
        assert first < set(tracker.said("101"))
        tracker.change("104", title="no milestone")
        app.sync(Orders(full=True))
        assert len(tracker.said("101")) == 2


def backfilled(app: App, tracker: Tracker, days: int) -> Any:
    today = tracker.now.date()
    window = Days(today - timedelta(days=days), today - timedelta(days=1))
    return backfill_of(app, window, Asked(), Unwatched())


def test_the_days_so_far_are_told_from_the_changes_that_are_described(tmp_path, tracker):
    tracker.now = NOON
    tracker.change("102", state={"name": "进行中"})
    tracker.advance(86_400)
    tracker.change("103", state={"name": "已完成"})
    tracker.advance(86_400)
    tracker.change("102", state={"name": "已完成"})
    tracker.advance(86_400)
    with opened(tmp_path, TOML, now=tracker.now) as app:
        assert backfilled(app, tracker, 4).problems == ()
        points = {point.day: point.value for point in app.store.history.points("O1-KR1")}
    today = tracker.now.date()
    told = [points[today - timedelta(days=ago)] for ago in (4, 3, 2, 1)]
    assert told == [Fraction(1, 3), 0, Fraction(1, 3), Fraction(2, 3)]


def test_where_no_past_is_described_the_backfill_says_so(tmp_path, tracker):
    tracker.now = NOON
    with opened(tmp_path, TOML.partition("[connections.inhouse.past]")[0]) as app:
        [problem] = backfilled(app, tracker, 2).problems
    assert problem.kind == "no_past"
    assert problem.message.startswith("inhouse: ")
    assert problem.hint
