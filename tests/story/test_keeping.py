"""What is kept and taken back: provided Epics, marks, health, exports; and shapes of every answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.postgresql import database
from tests.story_desk import Desk, kr

COUNTS = {"counted", "done", "excluded", "unestimated", "undefined", "unreadable"}
KEY_RESULT = {
    *("id", "title", "progress", "percent", "score", "colour", "pace", "confidence", "computed"),
    *("override", "work", "current", "raw", "mismatch", "counts", "scope_change", "notes"),
}
OBJECTIVE = {"id", "title", "progress", "percent", "score", "colour", "pace", "known", "total"}
WRITE = {"connection", "item", "kr", "what", "name", "before", "after", "outcome"}
PROBLEM = {"kind", "connection", "kr", "item", "message", "hint"}
ITEM = {"connection", "key", "id", "title", "status", "value", "weight", "counted", "reason", "links"}


def lacks(names: set[str], shape: dict[str, Any]) -> set[str]:
    return names - shape.keys()


@pytest.mark.parametrize("command", ["plan", "sync"])
def test_a_run_has_the_shape_that_was_promised(cloud_desk: Desk, command: str) -> None:
    epic, _ = cloud_desk.epic("done", "todo")
    cloud_desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys="SHOP-99999"))
    report = cloud_desk.json(command)
    assert list(report)[:6] == ["run", "digest", "key_results", "objectives", "writes", "problems"]
    assert lacks({"id", "started", "seconds", "requests"}, report["run"]) == set()
    [first, second] = report["key_results"]
    assert lacks(KEY_RESULT, first) == lacks(KEY_RESULT, second) == set()
    assert set(first["counts"]) == set(first["work"]["counts"]) == COUNTS
    assert set(first["scope_change"]) == {"added", "completed", "removed"}
    assert (second["progress"], second["percent"], second["colour"]) == (None, None, None)
    assert lacks(OBJECTIVE, report["objectives"][0]) == set()
    assert all(set(write) == WRITE for write in report["writes"])
    assert {write["outcome"] for write in report["writes"]} == {"planned" if command == "plan" else "written"}
    assert all(set(problem) == PROBLEM for problem in report["problems"])
    assert report["problems"][0]["item"] == "SHOP-99999"


def test_other_answers_have_the_shapes_that_were_promised(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    told = desk.json("explain", "KR1")
    assert lacks({"id", "progress", "percent", "method", "mode", "items", "notes"}, told) == set()
    assert all(set(item) == ITEM for item in told["items"])
    assert {item["key"]: item["links"] for item in told["items"]}[epic] == [0]
    status = desk.json("status")
    assert lacks({"key_results", "connections", "outbox", "next_run"}, status) == set()
    assert lacks({"name", "last_good", "failing_since", "hint"}, status["connections"][0]) == set()
    for command in ("check", "lint"):
        for finding in desk.json(command)["findings"]:
            assert set(finding) == {"level", "where", "message", "hint"}


def test_every_exit_code_that_a_run_may_have(cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("plan") == 0
    assert desk.run("plan", "--exit-code") == 4
    assert desk.run("sync", "--dry-run") == 0
    assert desk.run("sync", "--expect", "ffff") == 5
    assert desk.run("sync") == 0
    assert desk.run("plan", "--exit-code") == 0
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys="SHOP-99999"))
    assert desk.run("sync") == 3
    assert desk.run("plan", "--exit-code") == 3
    assert desk.run("check") == 1
    monkeypatch.setenv("STORY_TOKEN", "wrong")
    for command in (["sync"], ["plan", "--exit-code"], ["check"], ["provision"], ["unpublish"]):
        assert desk.run(*command) == 1, command
        assert "Traceback" not in desk.err


def test_the_brake_stops_and_force_goes_on(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epics = [desk.epic("done", "todo") for _ in range(10)]
    desk.okrs("".join(kr(f"KR{n}", keys=epic) for n, (epic, _) in enumerate(epics)))
    assert desk.run("sync") == 0
    for _, stories in epics[:4]:
        desk.sandbox.jira.resolve(stories[1])
    desk.asked()
    assert desk.run("plan", "--exit-code") == 5
    assert desk.run("sync") == 5
    assert "--force" in desk.out
    assert desk.written() == []
    assert desk.run("sync", "--kr", "KR0") == 0
    assert desk.run("sync", "--force") == 0


def test_an_epic_is_provided_once_even_when_the_database_was_lost(desk: Desk) -> None:
    epic, _ = desk.epic("done")
    id = f"KR-{desk.sandbox.deployment}"
    desk.okrs(kr("KR1", keys=epic) + kr(id, query="labels = nobody-has-this-label"))
    assert [step["outcome"] for step in desk.json("provision")["steps"]] == ["planned"]
    [made] = desk.json("provision", "--apply")["steps"]
    assert made["outcome"] == "written"
    (desk.folder / "okr-bridge.db").unlink()
    [found] = desk.json("provision", "--apply")["steps"]
    assert (found["outcome"], found["detail"]) == ("kept", made["detail"])
    assert desk.json("provision", "--apply")["steps"] == []
    assert len(desk.sandbox.jira.search(f'summary ~ "{id}"')) == 1
    assert desk.percents()[id] == 0


def test_where_no_project_is_named_the_person_is_asked(cloud_desk: Desk) -> None:
    cloud_desk.okrs(kr("KR1", label="nobody-has-this-label"))
    assert cloud_desk.run("provision", "--apply", "--json") == 3
    [problem] = json.loads(cloud_desk.out)["problems"]
    assert "project" in problem["hint"]


def test_unpublishing_leaves_what_a_person_set(desk: Desk) -> None:
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("fields", "install", "--apply")
    desk.run("sync")
    desk.sandbox.jira.edit(epic, {"KR progress": 99.0})
    desk.asked()
    planned = desk.json("unpublish")
    assert desk.written() == []
    assert {step["outcome"] for step in planned["steps"]} == {"planned", "drifted"}
    assert desk.run("unpublish", "--apply") == 0
    issue = desk.sandbox.jira.issue(epic)
    assert (desk.sandbox.jira.value(epic, "KR progress"), desk.sandbox.jira.value(epic, "KR")) == (99, None)
    assert (issue.properties, issue.comments, issue.remote) == ({}, [], [])
    assert desk.json("unpublish")["steps"] == []


def test_a_failing_connection_is_told_since_when_and_what_to_do(
    cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync", "--now", "2026-11-21T10:00+00:00")
    monkeypatch.setenv("STORY_TOKEN", "wrong")
    for hour in (11, 12):
        assert desk.run("sync", "--now", f"2026-11-21T{hour}:00+00:00") == 1
    [health] = desk.json("status")["connections"]
    assert health["last_good"].startswith("2026-11-21T10:00")
    assert health["failing_since"].startswith("2026-11-21T11:00")
    assert "token" in health["hint"]
    [shown] = desk.json("status")["key_results"]
    assert shown["percent"] == 50
    assert "unreadable" in " ".join(shown["notes"])
    monkeypatch.setenv("STORY_TOKEN", desk.sandbox.token)
    assert desk.run("sync", "--now", "2026-11-21T13:00+00:00") == 0
    assert desk.json("status")["connections"][0]["failing_since"] is None
    assert [run["outcome"] for run in desk.json("runs")["runs"]] == ["done", "failed", "failed", "done"]


def test_a_read_that_fails_midway_is_not_shown_as_a_read(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, stories = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.resolve(stories[1])
    desk.sandbox.faults.on(path="/search", skip=1, times=9).truncated()
    assert desk.run("sync") == 1
    for command in (["status"], ["explain", "KR1"]):
        desk.run(*command)
        assert "50%" in desk.out
        assert "unreadable" in desk.out


@pytest.mark.postgresql
def test_everything_moves_from_sqlite_to_postgresql(
    cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    file = str(desk.folder / "all.json")
    assert desk.run("export", file) == 0
    with database() as url:
        monkeypatch.setenv("STORY_DATABASE", url)
        desk.configure(bridge='public_url = "https://okr.example"\ndatabase = "env:STORY_DATABASE"')
        assert desk.run("import", file) == 0
        assert desk.run("import", file) == 2
        report = desk.sync()
    assert (report["key_results"][0]["percent"], report["writes"]) == (50, [])


def test_status_tells_the_rest_while_the_okr_file_is_broken(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("sync") == 0
    desk.okrs(kr("KR1", keys=epic) + "\nnonsense = = 1\n")
    assert desk.run("status", "--json") == 2
    told = json.loads(desk.out)
    assert (told["key_results"], told["objectives"]) == ([], [])
    assert "okrs.toml" in told["problem"]["message"]
    assert told["connections"][0]["last_good"]
    assert desk.run("status") == 2
    assert desk.out.index("okrs.toml") < desk.out.index("acme: ")
