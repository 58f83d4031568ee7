"""The past of a quarter, asked of Jira through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.sandbox import Sandbox
from bridge.sandbox.fieldtypes import PLATFORM
from tests.faults.company import catalog
from tests.story_desk import Desk, kr

ZONE = 2
"""Hours that Berlin is ahead in October."""


class Time:
    """The site's clock: it moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 10, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class Past:
    """A desk, and the day that it is there."""

    desk: Desk
    time: Time

    @property
    def jira(self) -> Any:
        return self.desk.sandbox.jira

    def on(self, day: int, hour: int = 12) -> None:
        """It is this hour in Berlin, on a day of October."""
        self.time.at = datetime(2026, 10, day, hour - ZONE, tzinfo=UTC)

    def run(self, command: str, *arguments: str) -> Any:
        return self.desk.json(command, *arguments, "--now", self.time.at.isoformat())

    def code(self, command: str, *arguments: str) -> int:
        return self.desk.run(command, *arguments, "--now", self.time.at.isoformat())

    def told(self, id: str = "KR1", source: str = "backfill") -> dict[int, dict[str, Any]]:
        """What history says from this source, by day of the month."""
        assert self.desk.run("export") == 0
        table = json.loads(self.desk.out)["tables"]["history"]
        rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
        return {int(row["day"][-2:]): row for row in rows if (row["kr"], row["source"]) == (id, source)}

    def values(self, id: str = "KR1", source: str = "backfill") -> dict[int, str | None]:
        return {day: row["value"] for day, row in self.told(id, source).items()}


@pytest.fixture(params=["cloud", "datacenter"])
def past(request: pytest.FixtureRequest, seat: list[Desk]) -> Iterator[Past]:
    time = Time()
    sandbox = Sandbox(request.param, empty=True, now=time.now)
    catalog(sandbox)
    with sandbox:
        request.getfixturevalue("monkeypatch").setenv("STORY_TOKEN", sandbox.token)
        desk = Desk(sandbox, request.getfixturevalue("tmp_path"), request.getfixturevalue("capsys"))
        desk.configure()
        seat.append(desk)
        yield Past(desk, time)


def test_r38_a_backfill_leaves_today_as_it_is(past: Past) -> None:
    """A point in history for three days ago; today stays 60%; one point a day and source."""
    epic, stories = past.desk.epic(*["todo"] * 5)
    past.desk.okrs(kr("KR1", keys=epic))
    past.on(7)
    past.jira.resolve(stories[0])
    past.on(9)
    for story in stories[1:3]:
        past.jira.resolve(story)
    past.on(10)
    assert past.run("sync")["key_results"][0]["percent"] == 60
    past.on(10, 13)
    told = past.run("backfill", "--from", "2026-10-07", "--to", "2026-10-07")
    assert told["points"] == {"days": 1, "told": 1, "added": 1}
    assert past.values() == {7: "1/5"}
    assert past.values(source="sync") == {10: "3/5"}
    (shown,) = past.run("status")["key_results"]
    assert shown["percent"] == 60
    assert past.run("backfill", "--from", "2026-10-07", "--to", "2026-10-07")["points"]["added"] == 0
    assert past.values() == {7: "1/5"}


def test_r39_done_reopened_and_done_again_each_with_the_scope_of_that_day(past: Past) -> None:
    """Done on the 3rd, reopened on the 5th, done on the 9th: 4th done, 6th open, 10th done."""
    epic, (story,) = past.desk.epic("todo")
    past.desk.okrs(kr("KR1", keys=epic))
    past.on(3)
    past.jira.resolve(story)
    past.on(5)
    past.jira.reopen(story)
    past.on(8)
    past.jira.add_issue("SHOP", "Story", "Another", parent=epic)
    past.on(9)
    past.jira.resolve(story)
    past.on(12)
    assert past.run("backfill")["window"] == {"from": "2026-10-01", "to": "2026-10-11", "at": "23:59"}
    values, told = past.values(), past.told()
    assert (values[4], values[6], values[10]) == ("1", "0", "1/2")
    items = {day: row["scope"]["items"] for day, row in told.items()}
    assert items == dict.fromkeys(range(1, 8), 2) | dict.fromkeys(range(8, 12), 3)
    assert [told[day]["counts"]["counted"] for day in (4, 6, 10)] == [1, 1, 2]


def test_r20_growth_lowers_the_days_after_it_alone(past: Past) -> None:
    """8 of 10, later 8 of 16."""
    epic, _ = past.desk.epic(*["done"] * 8, *["todo"] * 2)
    past.desk.okrs(
        kr("KR1", keys=epic) + kr("KR2", keys=epic, more='rollup = { scope = "frozen" }'),
    )
    past.on(4)
    for number in range(6):
        past.jira.add_issue("SHOP", "Story", f"More {number}", parent=epic)
    past.on(6)
    past.run("backfill")
    assert past.values("KR1") == {1: "4/5", 2: "4/5", 3: "4/5", 4: "1/2", 5: "1/2"}
    assert past.values("KR2") == dict.fromkeys(range(1, 6), "4/5")


def test_nothing_is_written_without_publish_and_one_sync_with_it(past: Past) -> None:
    epic, (story, _) = past.desk.epic("todo", "todo")
    past.desk.okrs(kr("KR1", keys=epic))
    past.on(2)
    past.jira.resolve(story)
    past.on(4)
    past.jira.requests.clear()
    assert past.code("backfill") == 0
    assert past.desk.written() == []
    told = past.run("backfill", "--publish")
    assert told["sync"]["key_results"][0]["percent"] == 50
    assert past.desk.property(epic)["key_results"][0]["percent"] == 50
    assert past.values(source="sync") == {4: "1/2"}


def test_labels_moves_and_cancelled_work_are_told_as_they_were(past: Past) -> None:
    jira = past.jira
    one = jira.add_issue("SHOP", "Story", "One", labels=["x"]).key
    two = jira.add_issue("SHOP", "Story", "Two", labels=["x"]).key
    past.desk.okrs(kr("KR1", query="labels = x"))
    past.on(2)
    jira.resolve(one)
    past.on(3)
    jira.resolve(two, "Won't Do")
    past.on(4)
    moved = jira.move(one, "GROW").key
    past.on(5)
    jira.edit(moved, {"labels": []})
    past.on(7)
    report = past.run("backfill")
    assert [(link["rebuilt"], link["reason"]) for link in report["links"]] == [(True, "")]
    assert past.values() == {1: "0", 2: "1/2", 3: "1", 4: "1", 5: None, 6: None}


def test_what_is_gone_is_told_and_a_link_that_names_it_says_nothing(past: Past) -> None:
    epic, (story, other) = past.desk.epic("done", "todo")
    past.desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys=story))
    past.on(3)
    past.run("sync")
    past.on(4)
    past.jira.delete(story)
    past.on(6)
    assert past.code("backfill", "--json") == 3
    told = json.loads(past.desk.out)
    assert [(one["key"], one["key_results"]) for one in told["gone"]] == [(story, ["KR1", "KR2"])]
    assert past.values("KR2") == {}
    assert past.values("KR1")[3] == "0"
    (differing,) = told["disagreements"]
    assert (differing["day"], differing["kr"], differing["why"]) == ("2026-10-03", "KR1", "gone")
    assert (differing["sync"], differing["backfill"]) == (0.5, 0.0)
    assert other


def test_a_query_of_which_no_past_can_be_told_goes_by_today_and_says_so(past: Past) -> None:
    story = past.jira.add_issue("SHOP", "Story", "Find me").key
    past.desk.okrs(kr("KR1", query="text ~ find"))
    past.on(2)
    past.jira.resolve(story)
    past.on(4)
    (link,) = past.run("backfill")["links"]
    assert (link["rebuilt"], link["used"], bool(link["reason"])) == (False, "today", True)
    assert past.values() == {1: "0", 2: "1", 3: "1"}
    assert past.code("backfill") == 0
    assert "text ~ find" in past.desk.out


MISTAKES = {
    "a key result that is not there": (("--kr", "KR9"), "no key result 'KR9'"),
    "a connection that is not there": (("--connection", "other"), "no connection 'other'"),
    "today": (("--to", "2026-10-04"), "is not over yet"),
    "backwards": (("--from", "2026-10-03", "--to", "2026-10-02"), "no day of"),
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_a_line(past: Past, arguments: tuple[str, ...], said: str) -> None:
    past.desk.okrs(kr("KR1", query="project = SHOP"))
    past.on(4)
    assert past.code("backfill", *arguments) == 2
    assert said in past.desk.err
    assert "Traceback" not in past.desk.err


def test_a_connection_that_fails_gets_no_points_until_it_answers(past: Past) -> None:
    epic, _ = past.desk.epic("done", "todo")
    past.desk.okrs(kr("KR1", keys=epic))
    past.on(3)
    past.desk.sandbox.faults.on(path="/resolution", times=99).status(500)
    assert past.code("backfill") == 1
    assert past.values() == {}
    past.desk.sandbox.faults.clear()
    assert past.code("backfill") == 0
    assert past.values() == {1: "1/2", 2: "1/2"}


def test_every_command_foresees_the_same_where_there_are_weeks_enough(past: Past) -> None:
    """A simulation of five weeks in place of the straight line, whoever asks."""
    epic, stories = past.desk.epic(*["todo"] * 20)
    past.desk.okrs(kr("KR1", keys=epic))
    for at, day in enumerate((2, 5, 9, 13, 16, 20, 21, 22)):
        past.on(day)
        past.jira.resolve(past.jira.issue(stories[at]).id)
    past.time.at = datetime(2026, 11, 9, 8, tzinfo=UTC)
    past.run("backfill")
    wet, status, dry = past.run("sync"), past.run("status"), past.run("plan")
    explained = past.run("explain", "KR1")
    [line] = past.run("forecast")["key_results"]
    assert line["how"] == "simulation"
    told = {report["key_results"][0]["forecast"] for report in (dry, wet, status)}
    assert told == {explained["forecast"], line["forecast"]}
    assert line["forecast"] != wet["key_results"][0]["progress"] * 92 / 39


def test_a_link_by_a_custom_field_hits_on_each_day_what_held_its_value_then(past: Past) -> None:
    """One story changes its team on the 5th; both are done on the 3rd and the 8th."""
    team = past.jira.catalog.custom(10500, "Team", PLATFORM + "select").id
    _, (one, two) = past.desk.epic("todo", "todo")
    past.desk.okrs(kr("KR1", query="Team = Growth"))
    past.on(2)
    for story in (one, two):
        past.jira.edit(past.jira.issue(story).id, {team: {"id": "1", "value": "Growth"}})
    past.on(3)
    past.jira.resolve(past.jira.issue(one).id)
    past.on(5)
    past.jira.edit(past.jira.issue(one).id, {team: {"id": "2", "value": "Sales"}})
    past.on(8)
    past.jira.resolve(past.jira.issue(two).id)
    past.on(10)
    report = past.run("backfill", "--from", "2026-10-02")
    assert [(link["rebuilt"], link["reason"]) for link in report["links"]] == [(True, "")]
    assert past.values() == {2: "0", 3: "1/2", 4: "1/2", 5: "0", 6: "0", 7: "0", 8: "1", 9: "1"}
