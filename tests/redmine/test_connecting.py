"""A new connection to a real Redmine, and what is said of each that is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from tests.servers.redmine.server import Server, server

pytestmark = pytest.mark.prove
LONGEST = 200
"""Characters of a line that people read at once."""


class Office:
    def __init__(self, folder: Path, running: Server, capture: Any) -> None:
        self.file, self.server, self.capture = folder / "okr-bridge.toml", running, capture
        invoke(["-c", str(self.file), "init", "--yes"])
        self.before = self.file.read_text(encoding="utf-8")

    def new(self, url: str, token: str = "env:RED_KEY") -> tuple[int, list[str]]:
        self.capture.readouterr()
        given = ["--set", f"url={url}", "--set", f"token={token}", "--yes"]
        code = invoke(["-c", str(self.file), "connections", "new", "redmine", *given])
        return code, self.capture.readouterr().err.splitlines()


@pytest.fixture
def office(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    running = server()
    running.wipe()
    monkeypatch.setenv("RED_KEY", running.bridge)
    monkeypatch.setenv("WRONG_KEY", "x" * 40)
    monkeypatch.chdir(tmp_path)
    yield Office(tmp_path, running, capsys)
    running.wipe()


def test_what_is_right_is_written(office: Office) -> None:
    assert office.new(office.server.url)[0] == 0
    assert f'url = "{office.server.url}"' in office.file.read_text(encoding="utf-8")


WRONG = {
    "a wrong key": ("", "env:WRONG_KEY", "answered 401", "make a new API access key"),
    "a project's address": (
        "/projects/work",
        "env:RED_KEY",
        "no Redmine at this address",
        "without /projects",
    ),
    "a list's address": ("/issues", "env:RED_KEY", "no Redmine at this address", "front page"),
    "nothing there": (":1", "env:RED_KEY", "got no answer", "check `url`"),
}


@pytest.mark.parametrize(("more", "token", "message", "hint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_a_line_and_a_hint(
    office: Office, more: str, token: str, message: str, hint: str
) -> None:
    url = f"http://127.0.0.1{more}" if more == ":1" else f"{office.server.url}{more}"
    assert told(office, office.new(url, token), message, hint)


def test_a_rest_api_that_is_switched_off_is_told(office: Office) -> None:
    office.server.set(rest_api_enabled="0")
    wanted = "the REST API is off", "Enable REST web service"
    assert told(office, office.new(office.server.url), *wanted)


def told(office: Office, came: tuple[int, list[str]], message: str, hint: str) -> bool:
    code, [error, what_next] = came
    assert code == 1
    assert (message in error, hint in what_next) == (True, True), came
    assert max(map(len, (error, what_next))) < LONGEST
    assert os.environ["RED_KEY"] not in error
    return office.file.read_text(encoding="utf-8") == office.before
