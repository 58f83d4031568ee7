"""The connections that have a door, and what is behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.daemon.doors import Doors, doors
from bridge.daemon.jira_hooks import JIRA
from bridge.tools import built_in, tool_of

ACME = '[connections.acme]\ntool = "jira"\nurl = "https://a.example"\nemail = "a@b.c"\ntoken = "env:T"\n'


def loaded(folder: Path, text: str = ACME) -> config.Settings:
    (folder / "okr-bridge.toml").write_text(text)
    return config.load(folder / "okr-bridge.toml", {})


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts other webhooks in the place of those of the tools."""

    def put(answer: Any) -> None:
        changed = lambda one: replace(tool_of(one), hooks=answer)  # noqa: E731
        monkeypatch.setattr("bridge.daemon.doors.tool_of", changed)

    return put


def test_a_tool_says_how_its_webhooks_speak():
    assert {name for name, tool in built_in().items() if tool.hooks} >= {"jira"}


@pytest.mark.parametrize(
    ("public", "address"),
    [("", ""), ("https://okr.example/x/", "https://okr.example/x/hooks/acme")],
)
def test_it_is_told_its_section_and_where_they_arrive(public, address, tmp_path, hooks):
    told: list[Any] = []
    hooks(lambda section, at: told.append((section.url, at)) or JIRA)
    assert list(doors(loaded(tmp_path, f'[bridge]\npublic_url = "{public}"\n{ACME}'))) == ["acme"]
    assert told == [("https://a.example", address)]


def broken(*_: Any) -> Any:
    raise RuntimeError("defect of the package")


@pytest.mark.parametrize(
    "answer", [broken, lambda *_: "a form"], ids=["it raises", "it gives something else"]
)
def test_a_tool_that_cannot_say_it_closes_its_own_door_and_is_told(answer, tmp_path, hooks, caplog):
    hooks(answer)
    assert doors(loaded(tmp_path)) == {}
    assert "acme: its tool does not say how its webhooks speak" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("reference", "keeps"), [("file:hook", True), ("env:HOOK", False), ("keyring:okr/hook", False)]
)
def test_a_secret_is_kept_in_a_file_or_not_at_all(reference, keeps, tmp_path):
    door = doors(loaded(tmp_path, f'{ACME}webhook_secret = "{reference}"\n'))["acme"]
    assert (door.keep is not None) is keeps


def test_doors_are_made_anew_when_the_settings_are_others(tmp_path):
    now = loaded(tmp_path)
    asked = Doors(lambda: now)
    first = asked()
    assert asked() is first
    now = loaded(tmp_path, "")
    assert asked() == {}
