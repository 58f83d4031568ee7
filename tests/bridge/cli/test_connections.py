"""A new connection is asked for, tried and written, and nothing that stands there is touched."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.tools import built_in
from bridge.tools.newcomer import answered, needed, options, section, without_secrets
from tests.inhouse import BASE, TOKEN, Tracker

HELD = '# by hand\n[bridge]\ninstance = "here"\n\n[connections.old]\ntool = "memory"\n'
GIVEN = {
    "url": BASE,
    "auth": "header",
    "parameter": "X-Api-Key",
    "token": "env:TRACKER_KEY",
    "read.items": "tasks",
    "read.found": "data.items",
    "read.login": "me",
    "read.account": "data.id",
    "item.id": "id",
    "item.title": "'\"标题\"'",
    "item.status": "state.name",
    "item.updated": "updated_at",
    "status.done": '["已完成", "a \\"quoted\\" one"]',
    "pages": '{ kind = "offset", size = 50 }',
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "okr-bridge.toml"
    path.write_text(HELD, encoding="utf-8")
    monkeypatch.setenv("OKR_BRIDGE_CONFIG", str(path))
    monkeypatch.setenv("TRACKER_KEY", TOKEN)
    return path


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    found = Tracker()
    with found.serves():
        yield found


def new(*more: str, **changed: str) -> int:
    given = {**GIVEN, **changed}
    said = [part for name, value in given.items() if value for part in ("--set", f"{name}={value}")]
    return invoke(["connections", "new", "rest", "--yes", *said, *more])


def test_it_is_tried_and_added_below_what_stands_there(file, tracker, capsys):
    assert new("--name", "inhouse", "--json") == 0
    assert json.loads(capsys.readouterr().out)["account"] == "bridge"
    text = file.read_text("utf-8")
    assert text.startswith(HELD)
    found: dict[str, Any] = tomllib.loads(text)["connections"]
    assert found["inhouse"]["status"] == {"done": ["已完成", 'a "quoted" one']}
    assert found["inhouse"]["item"]["title"] == '"标题"'
    assert TOKEN not in text
    assert {one.method for one in tracker.asked} == {"GET"}


def test_what_the_description_gets_wrong_is_told_and_the_section_is_there_to_be_mended(file, tracker, capsys):
    tracker.make("Work", state={"name": "挂起"})
    assert new(**{"read.found": "data.tasks"}) == 0
    told = capsys.readouterr().err
    assert 'error: rest: GET tasks: nothing at "data.tasks" (read.found)' in told
    assert 'there is a list of items at "data.items"' in told
    assert "[connections.rest]" in file.read_text("utf-8")
    assert new("--name", "other", **{"item.title": "title"}) == 0
    assert "warning: status 挂起 stands nowhere" in capsys.readouterr().err


def test_a_name_that_is_taken_is_refused_and_nothing_is_written(file, capsys):
    assert new("--name", "old") == 2
    assert "has a connection 'old' already" in capsys.readouterr().err
    assert file.read_text("utf-8") == HELD


def test_a_login_that_is_refused_writes_nothing(file, tracker, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_KEY", "wr0ng-token-here")
    assert new() == 1
    told = capsys.readouterr().err
    assert "401" in told
    assert "wr0ng" not in told
    assert file.read_text("utf-8") == HELD


def test_without_a_test_nothing_is_asked_of_the_system(file, tracker):
    assert new("--no-test") == 0
    assert tracker.asked == []
    assert "[connections.rest]" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("changed", "told"),
    {
        "what is missing": ({"read.items": ""}, "connections.rest.read.items: is missing (Path of the list"),
        "a secret itself": ({"token": "abcdefgh"}, "a secret must not stand in this file"),
        "an unknown option": ({"urll": "x"}, "did you mean url?"),
    }.values(),
    ids=["what is missing", "a secret itself", "an unknown option"],
)
def test_what_is_wrong_is_told_like_in_the_file_and_nothing_is_written(file, capsys, changed, told):
    assert new(**changed) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "abcdefgh" not in error
    assert file.read_text("utf-8") == HELD


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nosuch", "--yes"], "no tool 'nosuch'"),
        (["rest", "--yes", "--set", "url"], "--set takes OPTION=VALUE"),
        (["rest", "--yes", "--set", "a=1", "--set", "a.b=2"], "a is given twice"),
    ],
)
def test_a_slip_on_the_command_line_is_one_line(file, capsys, arguments, told):
    assert invoke(["connections", "new", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert file.read_text("utf-8") == HELD


def test_what_has_no_default_is_asked_for_in_words():
    asked = {one.place: one.told for one in needed(built_in()["rest"], options(["url=https://x.example"]))}
    assert {"token", "read.items", "item.id", "status.done"} <= set(asked)
    assert "url" not in asked
    assert all(asked.values())
    assert answered(built_in()["rest"], "status.done", "Closed, Done,") == ["Closed", "Done"]
    assert answered(built_in()["rest"], "url", "a, b") == "a, b"
    assert {one.place for one in needed(built_in()["jira"], {})} == {"url", "token"}


@pytest.mark.parametrize(
    ("given", "asked", "not_asked"),
    [
        ({}, {"auth", "token", "read.found", "pages.kind"}, {"parameter", "user", "pages.next"}),
        ({"auth": "header"}, {"parameter", "token"}, {"auth", "user"}),
        ({"auth": "basic"}, {"user", "token"}, {"parameter"}),
        ({"auth": "none", "pages": {"kind": "cursor"}}, {"pages.next"}, {"token", "pages.kind"}),
    ],
)
def test_what_is_asked_depends_on_what_is_known(given, asked, not_asked):
    places = {one.place: one for one in needed(built_in()["rest"], given)}
    assert asked <= places.keys()
    assert not not_asked & places.keys()
    assert "bearer, basic, header" in places["auth"].told if "auth" in places else True


def test_what_is_shown_of_what_was_typed_holds_no_secret():
    chosen = {"url": "u", "token": "abcdefgh", "webhook_secret": "env:HOOK"}
    assert without_secrets(chosen) == {"url": "u", "webhook_secret": "env:HOOK"}


def test_a_section_is_toml_whatever_was_typed():
    chosen = {"a": 'x"\n]\u007f', "n": 1, "yes": True, "t": {"标题 1": {"b c": [1.5, "z"]}}}
    made = tomllib.loads(section("n", "rest", chosen))["connections"]["n"]
    assert made == {"tool": "rest", **chosen}
