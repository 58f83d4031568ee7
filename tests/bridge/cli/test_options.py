"""Options in common, before and after the command; where answers and logs go; exit codes of one's own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.shell import NOON, OKRS, Shell


@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_common_options_stand_before_and_after_the_command(shell: Shell, place: str) -> None:
    options = ["-c", str(shell.folder / "okr-bridge.toml"), "--json", "--now", NOON, "-v"]
    before = options if place == "before" else options[:2] if place == "both" else []
    after = options if place == "after" else options[2:] if place == "both" else []
    assert shell.plain(*before, "status", *after) == 0
    assert [one["id"] for one in json.loads(shell.out)["key_results"]] == [
        "WORK",
        "METRIC",
        "STONES",
        "LEARN",
    ]


def test_options_stand_behind_a_command_of_a_command(shell: Shell) -> None:
    assert shell.plain("fields", "install", "--json") == 0
    assert json.loads(shell.out) == {"steps": [], "problems": []}
    assert shell.plain("--json", "fields", "install") == 0
    assert shell.plain("fields", "--json", "install") == 0
    assert json.loads(shell.out)["steps"] == []


def test_the_clock_can_be_set(shell: Shell) -> None:
    assert shell.json("sync", now="2026-11-21T12:00")["run"]["started"].startswith("2026-11-21T04:00")
    assert shell.json("sync", now="2026-11-21T12:00Z")["run"]["started"].startswith("2026-11-21T12:00")


def test_the_same_clock_gives_the_same_plan(shell: Shell) -> None:
    shell.run("checkin", "METRIC", "--value", "6", "--by", "ann")
    first, second = (shell.json("plan", now="2026-11-21T13:00") for _ in range(2))
    assert first["digest"] == second["digest"]
    assert first["key_results"] == second["key_results"]


def test_a_plan_leaves_no_run_behind(shell: Shell) -> None:
    shell.run("plan")
    assert shell.json("runs") == {"runs": []}
    shell.run("sync")
    [run] = shell.json("runs")["runs"]
    assert (run["kind"], run["outcome"], run["writes"]) == ("sync", "done", [])


def test_init_writes_once_and_what_it_writes_loads(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    new = shell.folder / "new"
    monkeypatch.setenv("JIRA_TOKEN", "planted")
    assert shell.plain("init", "--yes", "-c", str(new / "okr-bridge.toml")) == 0
    before = (new / "okr-bridge.toml").read_text("utf-8")
    assert shell.plain("-c", str(new / "okr-bridge.toml"), "lint") == 0
    assert shell.plain("init", "--yes", "-c", str(new / "okr-bridge.toml")) == 2
    assert "already" in shell.err
    assert (new / "okr-bridge.toml").read_text("utf-8") == before


@pytest.mark.parametrize("which", ["config", "okrs"])
def test_schemas_are_json(shell: Shell, which: str) -> None:
    assert shell.plain("schema", which) == 0
    assert json.loads(shell.out)["type"] == "object"


def test_lint_fails_for_an_error_alone(shell: Shell) -> None:
    assert shell.run("lint") == 0
    levels = {finding["level"] for finding in shell.json("lint")["findings"]}
    assert "error" not in levels
    assert set(shell.json("lint")["findings"][0]) == {"level", "where", "message", "hint"}


def test_changed_weights_and_links_stay_on_record(shell: Shell) -> None:
    shell.run("sync")
    changed = OKRS.replace('id = "WORK"', 'weight = 2\nid = "WORK"').replace("label = x", "label = y")
    shell.write(okrs=changed)
    told = {one["what"]: (one["was"], one["now"]) for one in shell.json("explain", "WORK")["amended"]}
    assert told["weight"] == ("1", "2")
    assert "label = x" in told["links"][0]
    assert "label = y" in told["links"][1]
    assert shell.json("explain", "METRIC")["amended"] == []
    assert shell.run("status") == 0
    assert "weight" in shell.out


def test_everything_goes_out_and_comes_back(shell: Shell) -> None:
    shell.run("checkin", "METRIC", "--value", "6", "--by", "ann")
    shell.run("sync")
    assert shell.plain("export", "all.json") == 0
    assert shell.out == ""
    assert shell.plain("import", "all.json") == 2
    assert "--replace" in shell.err
    (shell.folder / "okr-bridge.db").unlink()
    assert shell.plain("import", "all.json") == 0
    assert shell.plain("export") == 0
    assert shell.out == (shell.folder / "all.json").read_text("utf-8")
    assert shell.standing("METRIC")["progress"] == 0.5


def test_a_reader_who_has_seen_enough_is_no_failure(shell: Shell) -> None:
    command = f"{sys.executable} -m bridge schema config | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "{"
    assert "Traceback" not in done.stderr


def test_what_is_asked_for_goes_to_stdout_and_the_rest_to_stderr(shell: Shell) -> None:
    shell.write(okrs=OKRS.replace('query = "label = x"', 'keys = ["MEM-9"]'))
    assert shell.run("sync") == 3
    assert "MEM-9" in shell.out
    assert shell.run("sync", "--json", "-vv") == 3
    assert json.loads(shell.out)["problems"][0]["item"] == "MEM-9"
    assert shell.run("sync", "-q") == 3
    assert [line.split(":")[0] for line in shell.err.splitlines()] == ["error", "hint"]
    assert "MEM-9" in shell.err
