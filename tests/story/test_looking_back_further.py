"""Looking back on days that a backfill told: one line with those that were synced, and their causes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.story.test_backfill import Past, past  # noqa: F401  (the site, on both faces of Jira)
from tests.story_desk import kr


@pytest.fixture
def told(past: Past) -> Past:  # noqa: F811
    """1 of 4 on the 3rd, 1 of 6 from the 5th, 2 of 6 late on the 7th, which was synced at noon."""
    epic, stories = past.desk.epic("todo", "todo", "todo", "todo")
    past.desk.okrs(kr("KR1", keys=epic))
    past.on(3)
    past.jira.resolve(stories[0])
    past.on(5)
    for title in ("Came later", "Came later too"):
        past.jira.add_issue("SHOP", "Story", title, parent=epic)
    past.on(7)
    past.run("sync")
    past.on(7, 20)
    past.jira.resolve(stories[1])
    past.on(10)
    past.run("sync")
    past.run("backfill")
    return past


def course(told: Past, *more: str) -> Any:
    return told.run("history", "KR1", *more)["history"][0]


def test_one_line_goes_through_both_sources(told: Past) -> None:
    points = course(told)["points"]
    assert [(point["day"][-2:], point["exact"], point["source"]) for point in points] == [
        ("01", "0", "backfill"),
        ("02", "0", "backfill"),
        ("03", "1/4", "backfill"),
        ("04", "1/4", "backfill"),
        ("05", "1/6", "backfill"),
        ("06", "1/6", "backfill"),
        ("07", "1/6", "sync"),
        ("08", "1/3", "backfill"),
        ("09", "1/3", "backfill"),
        ("10", "1/3", "sync"),
    ]


def test_where_they_disagree_the_sync_stands_and_the_other_is_told(told: Past) -> None:
    [day] = course(told)["disagreements"]
    assert (day["day"], day["source"], day["progress"]) == ("2026-10-07", "sync", pytest.approx(1 / 6))
    assert day["others"] == {"backfill": pytest.approx(1 / 3)}
    assert told.code("history", "KR1") == 0
    assert "backfill says 33%" in told.desk.out


def test_what_moved_between_told_days_is_taken_apart_like_any_other(told: Past) -> None:
    [found] = told.run("moved", "KR1", "--since", "2026-10-04")["key_results"]
    shares = {one["because"]: Fraction(one["exact"]) for one in found["causes"] if one["share"]}
    assert set(shares) == {"completed", "added"}
    assert sum(shares.values()) == Fraction(1, 3) - Fraction(1, 4)
    titles = {item["title"] for one in found["causes"] if one["because"] == "added" for item in one["items"]}
    assert titles == {"Came later", "Came later too"}


def test_an_objective_says_of_today_what_the_sync_said(told: Past) -> None:
    said = told.run("sync")["objectives"][0]
    [objective] = told.run("history", "O1")["history"]
    assert objective["points"][-1]["progress"] == said["progress"]
    assert (objective["points"][-1]["known"], objective["points"][-1]["total"]) == (
        said["known"],
        said["total"],
    )
