"""The main job through the command line, on both faces of Jira."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.sandbox import Sandbox
from tests.story_desk import Desk, kr


@pytest.fixture(params=["cloud", "datacenter"])
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    with Sandbox(deployment=request.param) as sandbox:
        monkeypatch.setenv("STORY_TOKEN", sandbox.token)
        made = Desk(sandbox, tmp_path, capsys)
        made.configure(bridge='public_url = "https://okr.example"')
        yield made


def test_fields_are_installed_once_and_filled_by_a_sync(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    assert desk.run("fields", "install", "--apply") == 0
    again = desk.json("fields", "install", "--apply")
    assert {step["outcome"] for step in again["steps"]} <= {"kept", "by hand"}
    report = desk.sync()
    assert report["problems"] == []
    told = {write["name"]: write["after"] for write in report["writes"] if write["what"] == "field"}
    assert told["KR progress"] == report["key_results"][0]["percent"]
    assert told["KR"].startswith("KR1: ")


def test_a_second_run_writes_nothing_and_asks_little(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1") + kr("KR2", query="project = GROW"))
    desk.run("fields", "install", "--apply")
    assert desk.run("sync") == 0
    report = desk.sync()
    assert report["writes"] == []
    assert report["run"]["requests"]["acme"] <= 4
    assert desk.run("plan", "--exit-code") == 0


def test_a_plan_is_what_a_sync_does(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    assert desk.run("plan", "--exit-code") == 4
    plan = desk.json("plan", "--now", "2026-11-21T12:00")
    dry = desk.json("--now", "2026-11-21T12:00", "sync", "--dry-run")
    assert dry["digest"] == plan["digest"]
    assert dry["writes"] == plan["writes"]
    assert desk.run("sync", "--expect", "0000") == 5
    made = desk.sync("--expect", plan["digest"])
    assert [write["name"] for write in made["writes"]] == [write["name"] for write in plan["writes"]]
    assert {write["outcome"] for write in made["writes"]} == {"written"}


def test_every_number_can_be_explained(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1", more='rollup = { method = "points" }'))
    desk.run("sync")
    told = desk.json("explain", "KR1")
    counted = [item for item in told["items"] if item["counted"]]
    total = sum(item["weight"] for item in counted)
    assert sum(item["value"] * item["weight"] for item in counted) / total == pytest.approx(told["progress"])
    assert all(item["reason"] for item in told["items"])


def test_unpublish_takes_back_only_what_the_bridge_made(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("fields", "install", "--apply")
    desk.run("sync")
    planned = desk.json("unpublish")
    assert {step["outcome"] for step in planned["steps"]} == {"planned"}
    assert desk.run("unpublish", "--apply") == 0
    assert desk.json("unpublish")["steps"] == []
    assert {write["outcome"] for write in desk.sync()["writes"]} == {"written"}


def test_an_override_stands_beside_the_computed_value(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    computed = desk.sync()["key_results"][0]["progress"]
    arguments = ("override", "KR1", "--value", "0.7", "--until", "2099-01-01", "--why", "late", "--by", "ann")
    assert desk.run(*arguments) == 0
    shown = desk.sync()["key_results"][0]
    assert (shown["progress"], shown["computed"]) == (0.7, computed)
    assert shown["override"]["by"] == "ann"
    assert desk.run("override", "KR1", "--clear", "--by", "ann") == 0
    assert desk.sync()["key_results"][0]["progress"] == computed


def test_a_missing_epic_is_planned_then_made_once(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1") + kr("KR2", label="nothing-has-this-label"))
    planned = desk.json("provision")
    assert [step["outcome"] for step in planned["steps"]] == ["planned"]
    made = desk.json("provision", "--apply")
    assert [step["outcome"] for step in made["steps"]] == ["written"], made
    assert desk.json("provision", "--apply")["steps"] == []
    report = desk.sync()
    assert {standing["id"]: standing["percent"] for standing in report["key_results"]}["KR2"] == 0


def test_check_finds_nothing_wrong_with_a_healthy_site(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("fields", "install", "--apply")
    findings = desk.json("check")["findings"]
    assert [finding for finding in findings if finding["level"] == "error"] == []


def test_a_wrong_token_is_one_line_and_a_hint(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    monkeypatch.setenv("STORY_TOKEN", "wrong")
    report = desk.sync()
    assert report["run"]["outcome"] == "failed"
    assert "401" in report["problems"][0]["message"]
    assert "token" in report["problems"][0]["hint"]
    assert desk.run("check") == 1
    assert "Traceback" not in desk.err


def test_everything_exports_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("sync")
    file = tmp_path / "all.json"
    assert desk.run("export", str(file)) == 0
    assert desk.run("import", str(file)) == 2
    assert desk.run("import", str(file), "--replace") == 0
    assert desk.run("export") == 0
    assert desk.out.strip() == file.read_text(encoding="utf-8").strip()


def test_what_the_okr_file_shows_no_longer_is_told_and_taken_away_on_demand(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1") + kr("KR2", keys="SHOP-1") + kr("KR3", keys="SHOP-2"))
    desk.run("fields", "install", "--apply")
    desk.run("sync")
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("sync")
    told = [finding["message"] for finding in desk.json("check")["findings"]]
    assert sum("no longer" in message for message in told) == 2
    assert desk.run("unpublish", "--stale", "--apply") == 0
    taken = {(step["what"], step["name"]) for step in desk.json("unpublish", "--stale", "--apply")["steps"]}
    assert taken == set()
    left = {(step["what"], step["name"]) for step in desk.json("unpublish")["steps"]}
    assert {name for _, name in left} == {"SHOP-1"}
    assert desk.sync()["writes"] == []


def test_an_epic_that_is_only_hidden_is_nothing_left_over(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("sync")
    desk.sandbox.jira.hide("SHOP-1")
    desk.run("sync", "--full")
    assert not any("no longer" in finding["message"] for finding in desk.json("check")["findings"])
    assert desk.json("unpublish", "--stale", "--apply")["steps"] == []


def test_a_full_sync_makes_a_comment_again_that_a_person_deleted(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    desk.run("sync")
    issue = desk.sandbox.jira.issue("SHOP-1")
    issue.comments.clear()
    assert desk.sync()["writes"] == []
    assert [write["what"] for write in desk.sync("--full")["writes"]] == ["comment"]
    assert desk.sync("--full")["writes"] == []


def test_milestones_and_the_last_report_are_explained(desk: Desk) -> None:
    more = (
        'kind = "milestone"\nmilestones = [{ title = "Signed", weight = 1 }, { title = "Live", weight = 3 }]'
    )
    desk.okrs(kr("KR1", more=more))
    said = ("checkin", "KR1", "--done", "Signed", "--obstacle", "no test site", "--by", "ann")
    assert desk.run(*said) == 0
    told = desk.json("explain", "KR1")
    assert [(one["title"], one["reached"]) for one in told["milestones"]] == [
        ("Signed", True),
        ("Live", False),
    ]
    assert (told["progress"], told["checkin"]["by"]) == (0.25, "ann")
    desk.run("explain", "KR1")
    assert "Milestone open: Live" in desk.out
    assert "no test site" in desk.out


def test_a_sync_tells_that_the_fields_are_not_there_yet(desk: Desk) -> None:
    desk.okrs(kr("KR1", keys="SHOP-1"))
    assert desk.sync()["without_fields"] == {
        "acme": ["KR", "KR progress", "KR status", "KR score", "KR updated"]
    }
    assert desk.run("sync") == 0
    assert "okr-bridge fields install" in desk.out
    desk.run("fields", "install", "--apply")
    assert desk.sync()["without_fields"] == {}


def test_a_misspelt_field_never_turns_points_into_a_count(desk: Desk) -> None:
    points = 'rollup = { method = "points" }'
    desk.okrs(kr("KR1", keys="SHOP-1", more=points) + kr("KR2", keys="SHOP-1"))
    by_points, by_count = desk.sync()["key_results"]
    assert by_points["progress"] != by_count["progress"]
    page = 'public_url = "https://okr.example"'
    desk.configure(bridge=page, connection='points_field = "Storypoints"')
    report = desk.sync()
    assert [one["progress"] for one in report["key_results"]] == [by_points["progress"], by_count["progress"]]
    assert [(one["kind"], one["kr"]) for one in report["problems"]] == [("field", "KR1")]
    assert "points_field" in report["problems"][0]["hint"]
    assert report["writes"] == []
    assert desk.json("explain", "KR1")["computed"] is None
    desk.configure(bridge=page)
    assert desk.sync()["problems"] == []


def test_a_sum_over_a_field_that_is_not_there_is_no_zero(desk: Desk) -> None:
    source = '{ connection = "acme", query = "project = SHOP", aggregate = "sum", field = "Revenue" }'
    metric = f'kind = "metric"\nmetric = {{ baseline = 100, target = 0, source = {source} }}'
    field = 'rollup = { method = "field", field = "Value" }'
    desk.okrs(kr("KR1", more=metric) + kr("KR2", keys="SHOP-1", more=field))
    report = desk.sync()
    assert [one["progress"] for one in report["key_results"]] == [None, None]
    assert {one["kr"] for one in report["problems"]} == {"KR1", "KR2"}
    assert desk.run("sync") == 3
