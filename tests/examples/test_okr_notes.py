"""The connector of the tutorial keeps the promises of every other, installed as a package would be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import responses

from bridge import config
from bridge.errors import MappingError, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Query, Raw, Tier
from bridge.tool import Kit
from bridge.tools import tool_of
from connectors.clock import Clock
from tests.contract import System, WorkSourceContract
from tests.packages import install
from tests.source import ROOT

TEXT = (ROOT / "examples/okr_notes.py").read_text("utf-8")
BASE = "https://notes.example"
SECTION = f'[connections.n]\ntool = "notes"\nurl = "{BASE}"\ntoken = "env:NOTES"\n'


class Board:
    """The system: pages of three, and old keys that still lead to a note."""

    project, other_project, page = "WEB", "OPS", 3

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, 8, tzinfo=UTC)
        self.notes: dict[str, dict[str, Any]] = {}
        self.former: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.stuck = False

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT):
        id = str(1000 + len(self.notes))
        kind = {Tier.GROUP: "goal", Tier.UNIT: "note", Tier.PART: "step"}[tier]
        self.notes[id] = {
            "id": id, "key": f"WEB-{id}", "title": title, "kind": kind, "state": "open", "board": "WEB",
            "parent": parent, "tags": list(labels), "changed": self.now.timestamp(),
        }  # fmt: skip
        return id

    def change(self, id, **facts):
        self.notes[id] |= facts | {"changed": self.now.timestamp()}

    def key(self, id):
        return self.notes[id]["key"]

    def edit(self, id, title):
        self.change(id, title=title)

    def reparent(self, id, parent):
        self.change(id, parent=parent)

    def move(self, id):
        self.former[self.key(id)] = id
        self.change(id, board="OPS", key=f"OPS-{id}")
        return self.key(id)

    def delete(self, id):
        self.hidden.add(id)

    hide = delete

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def query(self, label):
        return Query(label)

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(request.url)
        found = self.found(unquote(parts.path).strip("/").split("/"), parse_qs(parts.query))
        headers = {"Date": format_datetime(self.now, usegmt=True)}
        return (404 if found is None else 200), headers, json.dumps(found)

    def found(self, path: list[str], asked: dict[str, list[str]]) -> Any:
        seen = {id: note for id, note in self.notes.items() if id not in self.hidden}
        match path:
            case ["me"]:
                return {"name": "bridge"}
            case ["notes"]:
                after = "" if self.stuck else asked.get("after", [""])[0]
                later = [note for id, note in seen.items() if id > after]
                return {"notes": later[: self.page], "more": len(later) > self.page}
            case ["notes", name]:
                keys = {note["key"]: id for id, note in seen.items()}
                return seen.get(keys.get(name) or self.former.get(name) or name)
            case _:
                return None


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, "okr-notes", "notes", TEXT)
    one = config.validated(
        {"connections": {"n": {"tool": "notes", "url": BASE, "token": "env:NOTES"}}},
        tmp_path / "okr-bridge.toml",
        {"NOTES": "s3cret"},
    ).connections["n"]
    board, passed = Board(), [0.0]
    clock = Clock(lambda: board.now, lambda: passed[0], lambda _: None, lambda: 0.5)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback("GET", re.compile(BASE + ".*"), callback=board.answer)
        connector, mapping = tool_of(one).open("n", one, Kit(clock=clock))
        yield System(connector, board, mapping)


class TestNotes(WorkSourceContract):
    pass


def test_a_page_that_comes_again_is_refused(system):
    for n in range(5):
        system.driver.make(f"Work {n}")
    system.driver.stuck = True
    with pytest.raises(UnexpectedAnswer):
        system.connector.identities(Query("x"))


def test_what_it_cannot_do_is_refused_in_words(system):
    with pytest.raises(Rejected, match="no such fields"):
        system.connector.identities(FieldValue("Team", "Growth"))
    with pytest.raises(Rejected, match="takes no figures"):
        system.connector.put_values("1", {"progress": 1})
    with pytest.raises(MappingError):
        system.mapping.item(Raw("1", "v", {}))
    assert system.connector.look("1").fields == {}


def test_the_tutorial_shows_the_connector_as_it_is_and_it_is_short():
    page = (ROOT / "docs/write-a-connector.md").read_text("utf-8")
    assert TEXT in page
    assert len(TEXT.splitlines()) < 100
