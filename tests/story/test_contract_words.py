"""What the command line says, to whom, and in which order words are taken."""

from __future__ import annotations

import json

import pytest

from bridge.cli import invoke
from tests.story_desk import Desk

NOW = "2026-11-10T09:00:00+08:00"
METRIC = """
[[objectives.key_results]]
id = "M"
title = "Orders from 120 to 80"
kind = "metric"
metric = {{ baseline = 120, target = 80, unit = "orders" }}
anchors = [{{ connection = "acme", key = "{key}" }}]
"""
WORK = """
[[objectives.key_results]]
id = "W"
title = "3 stories"
links = [{{ connection = "acme", keys = ["{key}"] }}]
"""


@pytest.fixture
def metric(cloud_desk: Desk) -> Desk:
    key, _ = cloud_desk.epic("todo")
    cloud_desk.okrs(METRIC.format(key=key))
    return cloud_desk


def test_of_two_reports_at_one_set_instant_the_later_told_stands(metric: Desk) -> None:
    for value in ("100", "110", "90", "85", "95"):
        assert metric.run("checkin", "M", "--value", value, "--by", "ann", "--now", NOW) == 0
        (said,) = metric.sync("--now", NOW)["key_results"]
        assert said["current"] == float(value)


def test_a_set_clock_stamps_what_people_say_with_the_instant_named(metric: Desk) -> None:
    said = metric.json("checkin", "M", "--value", "100", "--by", "ann", "--now", NOW)
    assert said["checkin"]["at"] == "2026-11-10T01:00:00+00:00"


def test_the_explanation_of_a_metric_names_what_was_measured(metric: Desk) -> None:
    metric.run("checkin", "M", "--value", "130", "--by", "ann", "--now", NOW)
    assert metric.run("explain", "M", "--now", NOW) == 0
    assert "Metric: Now 130 orders; from 120 to 80 (-25%)" in metric.out


def test_the_explanation_of_what_has_no_items_shows_no_empty_table(metric: Desk) -> None:
    metric.run("explain", "M")
    assert "Weight" not in metric.out


@pytest.mark.parametrize("width", ["", "abc", "0", "-5", "40"])
def test_no_width_of_the_terminal_is_too_strange(
    metric: Desk, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert metric.run("status") == 0
    assert metric.out


def test_quiet_still_says_on_stderr_what_failed(cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = cloud_desk.epic("todo")
    cloud_desk.okrs(WORK.format(key=key))
    monkeypatch.setenv("STORY_TOKEN", "wrong")
    assert cloud_desk.run("sync", "-q") == 1
    assert "401" in cloud_desk.err
    assert "hint: renew the token" in cloud_desk.err


def test_quiet_says_nothing_on_stderr_when_all_is_well(cloud_desk: Desk) -> None:
    key, _ = cloud_desk.epic("todo")
    cloud_desk.okrs(WORK.format(key=key))
    assert cloud_desk.run("sync", "-q") == 0
    assert cloud_desk.err == ""


def test_twice_verbose_tells_every_request_and_no_secret(cloud_desk: Desk) -> None:
    key, _ = cloud_desk.epic("todo")
    cloud_desk.okrs(WORK.format(key=key))
    cloud_desk.sync()
    report = cloud_desk.sync("-vv")
    told = [line for line in cloud_desk.err.splitlines() if " answered 2" in line]
    assert len(told) == report["run"]["requests"]["acme"]
    assert cloud_desk.sandbox.token not in cloud_desk.err
    assert "alembic" not in cloud_desk.err


def test_a_missing_page_is_told_once_for_all_key_results(cloud_desk: Desk) -> None:
    key, _ = cloud_desk.epic("todo")
    cloud_desk.configure()
    cloud_desk.okrs(WORK.format(key=key) + METRIC.format(key=key))
    found = [one for one in cloud_desk.json("check")["findings"] if "no remote link" in one["message"]]
    assert [one["where"] for one in found] == ["W, M"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[publish]\nfield_names = { progress = "KR" }', "two of the fields have the same name"),
        ('[publish]\nfield_names = { progress = "kr status " }', "two of the fields have the same name"),
    ],
)
def test_two_figures_do_not_share_one_field(cloud_desk: Desk, more: str, told: str) -> None:
    cloud_desk.configure(more=more)
    cloud_desk.okrs("")
    assert cloud_desk.run("lint") == 2
    assert told in cloud_desk.err


def test_a_database_of_another_kind_is_a_mistake_in_the_file(cloud_desk: Desk) -> None:
    cloud_desk.configure(bridge='database = "mysql://host/okr"')
    cloud_desk.okrs("")
    assert cloud_desk.run("status") == 2
    assert "bridge.database" in cloud_desk.err


def test_json_of_a_mistake_is_json(cloud_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert invoke(["-c", str(cloud_desk.folder / "none.toml"), "--json", "status"]) == 2
    assert "none.toml" in json.loads(capsys.readouterr().out)["error"]["message"]
