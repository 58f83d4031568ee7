"""The connections that have a door, and what is behind it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge import config
from bridge.daemon.doors import Doors, doors
from bridge.daemon.jira_hooks import JIRA
from bridge.hook_form import Greeting
from bridge.tools import built_in, tool_of
from bridge.tools import hooks as tool_hooks
from tests.packages import TOOL, install
from tests.source import ROOT

TOOLS = ("jira", "trello", "clickup", "notion", "asana", "feishu", "redmine")

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
    assert {name for name, tool in built_in().items() if tool.hooks} >= {"jira", "rest"}


def test_the_forms_of_the_tools_are_told_what_they_need():
    base = SimpleNamespace(base="base1", projects=("500",))
    forms = [getattr(tool_hooks, name)(base, "https://okr.example/hooks/x") for name in TOOLS]
    assert [form.lacks for form in forms] == [""] * len(TOOLS)
    assert tool_hooks.trello(base, "").lacks
    other = b'{"header":{"event_type":"drive.file.bitable_record_changed_v1"},"event":{"file_token":"%s"}}'
    assert [tool_hooks.feishu(base, "").items_of(other % token) for token in (b"base1", b"base2")] == [
        (),
        None,
    ]


def test_describing_the_tools_loads_no_webhooks():
    code = "import sys; from bridge.tools import built_in; built_in(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not [
        name for name in run.stdout.split() if name.startswith(("bridge.daemon", "cryptography", "jwt"))
    ]


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


ASANA = '[connections.acme]\ntool = "asana"\ntoken = "env:T"\nprojects = ["500", "501"]\n'


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        ('webhook_secret = "file:hook"', ["acme", "acme/500", "acme/501"]),
        ('webhook_secret = "env:HOOK"', ["acme"]),
        ("", ["acme"]),
    ],
)
def test_where_each_part_has_its_secret_it_has_a_door_too(secret, found, tmp_path):
    (tmp_path / "hook.501").write_text("of 501\n")
    opened = doors(loaded(tmp_path, f"{ASANA}{secret}\n"))
    assert sorted(opened) == found
    if "acme/501" in opened:
        assert opened["acme/501"].secret() == "of 501"
        assert opened["acme/500"].keep is not None


def test_doors_are_made_anew_when_the_settings_are_others(tmp_path):
    now = loaded(tmp_path)
    asked = Doors(lambda: now)
    first = asked()
    assert asked() is first
    now = loaded(tmp_path, "")
    assert asked() == {}


PACKAGE = """

def claims(headers):
    return headers.get("x-board") == "yes"


def hooks(section, address):
    return okr.Form(
        claims=claims,
        proves=lambda headers, body, secret, now: secret == "s3cret",
        identifier=lambda headers, body: "",
        items_of=lambda body: (section.wall, address),
        greets=lambda headers, body, secret: okr.Greeting(body={"hello": section.wall}),
    )


import bridge.plugin as okr
from dataclasses import replace
TOOL = replace(TOOL, hooks=hooks)
"""


def test_a_packages_tool_may_have_webhooks(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "okr_hooked", raising=False)
    install(tmp_path, "okr-hooked", "hooked", TOOL.format(name="hooked") + PACKAGE)
    text = '[bridge]\npublic_url = "https://okr.example"\n[connections.b]\ntool = "hooked"\nwall = "Web"\n'
    door = doors(loaded(tmp_path, text))["b"]
    assert door.form.items_of(b"") == ("Web", "https://okr.example/hooks/b")
    assert door.form.greets
    assert door.form.greets({}, b"", "") == Greeting(body={"hello": "Web"})
    assert (door.secret, door.form.taken, door.form.opens(b"x", "")) == (None, 202, b"x")
    monkeypatch.delitem(sys.modules, "okr_hooked")
