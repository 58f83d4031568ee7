"""Trello's section: what it asks for, what it takes, and how one is added."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bridge import config
from bridge.cli import invoke
from bridge.errors import ConfigError
from bridge.tool import Capability, Kit
from bridge.tools.trello import TRELLO
from connectors.clock import system_clock
from tests.trello.fake import KEY, TOKEN, FakeTrello
from tests.trello.server import serving

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/connectors/trello.md"
BEGUN = '[bridge]\ntimezone = "UTC"\ninstance = "here"\n'
MISSING = {Capability.HIERARCHY, Capability.PROPERTY, Capability.MAKE_ITEMS}


def loaded(tmp_path: Path, section: str) -> config.Settings:
    file = tmp_path / "okr-bridge.toml"
    file.write_text(BEGUN + section, encoding="utf-8")
    return config.load(file, {"TRELLO_KEY": KEY, "TRELLO_TOKEN": TOKEN})


def pasted() -> str:
    return DOCUMENT.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]


def test_the_section_of_the_document_is_taken_as_it_stands(tmp_path):
    one = loaded(tmp_path, pasted()).connections["cards"]
    assert (one.url, one.concurrency) == ("https://api.trello.com/1", 4)
    assert one.boards == ("https://trello.com/b/a1B2c3D4", "Growth")


WRONG = {
    "a literal secret": 'key = "abc"\ntoken = "env:TRELLO_TOKEN"',
    "no key": 'token = "env:TRELLO_TOKEN"',
    "another way to be done": 'key = "env:TRELLO_KEY"\ntoken = "env:TRELLO_TOKEN"\ndone_by = "closed"',
    "an empty list name": 'key = "env:TRELLO_KEY"\ntoken = "env:TRELLO_TOKEN"\ndone_lists = [" "]',
}


@pytest.mark.parametrize("section", WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_section_is_told(tmp_path, section):
    with pytest.raises(ConfigError):
        loaded(tmp_path, f'[connections.cards]\ntool = "trello"\n{section}\n')


def test_the_sections_words_reach_the_mapping_and_the_account_its_header(tmp_path):
    words = 'done_lists = ["Shipped"]\narchived = "open"\npoints_field = "Size"\nestimate_field = "Hours"\n'
    one = loaded(tmp_path, pasted() + words).connections["cards"]
    kit = Kit(clock=system_clock(), number_fields=("Impact",), field_names={"progress": "KR progress"})
    trello, mapping = TRELLO.open("cards", one, kit)
    assert (mapping._chosen.done, mapping._chosen.archived) == (("Shipped",), "open")
    assert (mapping._chosen.points, mapping._chosen.hours) == (("Size",), "Hours")
    assert mapping._chosen.numbers == ("Impact",)
    assert trello.settings.number_fields == ("Impact", "Hours")
    assert trello.requests == 0
    assert KEY not in repr(trello.settings)
    assert TOKEN not in repr(trello.settings)


def test_what_trello_has_not_is_not_declared():
    assert set(Capability) - TRELLO.can == MISSING


def test_a_connection_is_added_and_tried(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRELLO_KEY", KEY)
    monkeypatch.setenv("TRELLO_TOKEN", TOKEN)
    file = tmp_path / "okr-bridge.toml"
    file.write_text(BEGUN, encoding="utf-8")
    with serving(FakeTrello()) as url:
        options = [f"url={url}", "key=env:TRELLO_KEY", "token=env:TRELLO_TOKEN"]
        given = [word for option in options for word in ("--set", option)]
        code = invoke(["-c", str(file), "connections", "new", "trello", "--name", "cards", *given])
    assert code == 0, capsys.readouterr()
    assert "logged in as OKR bridge" in " ".join(capsys.readouterr().out.split())
    assert tomllib.loads(file.read_text(encoding="utf-8"))["connections"]["cards"]["tool"] == "trello"
