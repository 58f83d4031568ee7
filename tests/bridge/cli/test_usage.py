"""What a person typed or wrote wrong: exit code 2, one line and a hint on stderr, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shell import CONFIG, OKRS, Shell

MISTAKES = {
    "an unknown command": (["sink"], "No such command"),
    "an unknown option": (["sync", "--frce"], "--force"),
    "an option without its value": (["sync", "--kr"], "--kr"),
    "a missing argument": (["explain"], "KR"),
    "an argument too many": (["status", "now"], "now"),
    "no word of whom": (["checkin", "METRIC", "--value", "4"], "--by"),
    "a word for a number": (["checkin", "METRIC", "--value", "much", "--by", "ann"], "much"),
    "not a number": (["checkin", "METRIC", "--value", "NaN", "--by", "ann"], "NaN"),
    "a status that there is none of": (["checkin", "METRIC", "--status", "fine", "--by", "ann"], "fine"),
    "a clock that is none": (["status", "--now", "noon"], "ISO"),
    "a clock before all time": (["status", "--now", "0001-01-01"], "--now"),
    "no runs at all": (["runs", "--last", "0"], "--last"),
    "an unknown key result": (["explain", "METRC"], "METRIC"),
    "an unknown key result to choose": (["sync", "--kr", "METRC"], "METRIC"),
    "an unknown one to make an Epic for": (["provision", "--kr", "METRC"], "METRIC"),
    "an unknown schema": (["schema", "world"], "world"),
    "a port that is none": (["sandbox", "--port", "70000"], "--port"),
    "issues that are not there": (["sandbox", "--issues", "none.jsonl.gz"], "none.jsonl.gz"),
    "an import that is not there": (["import", "none.json"], "none.json"),
    "a folder to import": (["import", "."], "."),
    "a folder to export to": (["export", "."], "."),
    "a file in no folder": (["export", "none/all.json"], "none/all.json"),
    "an override without an end": (["override", "WORK", "--value", "0.5", "--by", "ann"], "--until"),
    "two wishes at once": (["override", "WORK", "--clear", "--value", "0.5", "--by", "ann"], "--clear"),
    "nothing to clear": (["override", "WORK", "--clear", "--by", "ann"], "no override"),
}


@pytest.mark.parametrize(("arguments", "named"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_a_line_with_a_hint(shell: Shell, arguments: list[str], named: str) -> None:
    assert shell.plain(*arguments) == 2
    assert shell.out == ""
    first, *rest = shell.err.strip().splitlines()
    assert first.startswith("error: ")
    assert named in shell.err
    assert all(line.startswith("hint: ") for line in rest)
    assert "Traceback" not in shell.err


@pytest.mark.parametrize(("arguments", "named"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_as_json_where_json_was_asked_for(
    shell: Shell, arguments: list[str], named: str
) -> None:
    assert shell.plain("--json", *arguments) == 2
    told = json.loads(shell.out)["error"]
    assert named in told["message"] + told["hint"]


def test_no_command_shows_what_there_is(shell: Shell) -> None:
    assert shell.plain() == 2
    assert "Commands:" in shell.err


FILES = {
    "broken TOML": ("[bridge\nx = 1\n", OKRS, "line 1, column 8"),
    "an unknown key": (CONFIG.replace("timezone", "timezon"), OKRS, "did you mean timezone?"),
    "an unknown zone": (CONFIG.replace("Asia/Shanghai", "Asia/Shanghei"), OKRS, "bridge.timezone"),
    "broken OKRs": (CONFIG, "cycle = {\n", "okrs.toml: line"),
    "an unknown key of a key result": (CONFIG, OKRS.replace("anchors", "anchor"), "did you mean anchors?"),
    "an unknown connection": (CONFIG, OKRS.replace('"mem"', '"mme"'), "did you mean mem?"),
    "a goal that is where it began": (CONFIG, OKRS.replace("target = 3", "target = 9"), "METRIC"),
    "weights of nothing": (
        CONFIG,
        OKRS.replace('id = "LEARN"', 'weight = 0\nid = "LEARN"'),
        "O2",
    ),
}


@pytest.mark.parametrize(("config", "okrs", "named"), FILES.values(), ids=FILES)
def test_a_wrong_file_is_told_with_its_place(shell: Shell, config: str, okrs: str, named: str) -> None:
    shell.write(config, okrs)
    for arguments in (["lint"], ["sync"], ["--json", "status"]):
        assert shell.plain(*arguments) == 2
        assert named in shell.err + shell.out
        assert "Traceback" not in shell.err


def test_several_wrong_things_are_told_at_once(shell: Shell) -> None:
    shell.write(CONFIG.replace("timezone", "timezon").replace("instance", "instanc"))
    assert shell.plain("lint") == 2
    assert "timezon" in shell.err
    assert "instanc" in shell.err


def test_a_file_that_may_not_be_read_or_is_a_folder(shell: Shell) -> None:
    (shell.folder / "okrs.toml").unlink()
    assert shell.plain("lint") == 2
    assert "okrs.toml" in shell.err
    assert shell.plain("-c", str(shell.folder), "lint") == 2
    assert "folder" in shell.err


def test_the_configuration_is_looked_for_in_three_places(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert shell.plain("lint") in (0, 1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert shell.plain("lint") == 2
    assert "okr-bridge.toml" in shell.err
    monkeypatch.setenv("OKR_BRIDGE_CONFIG", "../okr-bridge.toml")
    assert shell.plain("lint") in (0, 1)
    assert shell.plain("-c", "none.toml", "lint") == 2
    assert "none.toml" in shell.err


def test_paths_in_a_configuration_are_meant_beside_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert shell.plain("-c", "../okr-bridge.toml", "status") == 0
    assert (tmp_path / "okr-bridge.db").is_file()
    assert list(elsewhere.iterdir()) == []
