"""The small Trello that comes along: what it answers, by Trello's own document, and what people do in it."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from bridge.cli import invoke
from bridge.sandbox.loopback import Loopback
from bridge.sandbox.trello.people import ME, PERSON
from bridge.sandbox.trello.quarter import CARDS, fill
from bridge.sandbox.trello.site import KEY, PATH, TOKEN, Trello
from tests.bridge.sandbox.test_serve import process, ready
from tests.shared import FOLDER
from tests.source import ROOT
from tests.trello import spec

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
BY_CHANCE = re.compile(r"T10:\d\d:\d\d|plan [0-9a-f]{16}|\d+\.\d s\b")
"""The server's clock goes on, and a plan has a digest of when; how long it took."""
LOGIN = {"key": KEY, "token": TOKEN}


class Desk:
    """A person with `curl`; all is held against Trello's document, where that lies beside the checkout."""

    def __init__(self) -> None:
        self.trello = Trello(lambda: NOW)
        fill(self.trello)
        self.judge = spec.Judge() if (FOLDER / "specs/trello.json").exists() else None

    def ask(self, method: str, path: str, body: Any = None, **asked: Any) -> tuple[int, Any]:
        content = json.dumps(body).encode() if body is not None else b""
        url = f"http://127.0.0.1/1{path}?{urlencode({**asked, **LOGIN})}"
        status, headers, answer = self.trello.take(method, url, {}, content)
        kind = headers["Content-Type"]
        if self.judge and status == 200:
            target = path + (f"?{urlencode(asked)}" if asked else "")
            self.judge.heard(method, target, content, status, answer, kind, "application/json")
        return status, json.loads(answer) if kind.startswith("application/json") else answer.decode()

    def list(self, name: str) -> str:
        [board] = [one for one in self.trello.boards.values() if one.name == "Growth"]
        return next(id for id, one in board.lists.items() if one["name"] == name)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    if made.judge:
        assert made.judge.unexcused() == []


def test_people_make_move_finish_archive_and_delete_cards(desk):
    _, made = desk.ask("POST", "/cards", idList=desk.list("To Do"), name="新 card")
    key = made["shortLink"]
    _, told = desk.ask("PUT", f"/cards/{key}", idList=desk.list("Doing"), due="2026-12-01T00:00:00.000Z")
    assert (told["idList"], told["due"]) == (desk.list("Doing"), "2026-12-01T00:00:00.000Z")
    _, told = desk.ask("PUT", f"/cards/{key}", dueComplete="true", closed="true", due="null")
    assert (told["dueComplete"], told["closed"], told["due"]) == (True, True, None)
    kinds = [one["type"] for one in desk.ask("GET", f"/cards/{key}/actions", filter="all")[1]]
    assert kinds == ["updateCard"] * 5 + ["createCard"]
    assert desk.ask("DELETE", f"/cards/{key}")[0] == 200
    assert desk.ask("GET", f"/cards/{key}")[0] == 404


def test_a_card_goes_to_a_list_of_another_board(desk):
    other = desk.trello.add_board("newBoard", "New")
    wanted = list(other.lists)[2]
    _, told = desk.ask("PUT", "/cards/import01", idList=wanted)
    assert (told["idBoard"], told["idList"]) == (other.id, wanted)
    assert [one["name"] for one in told["labels"]] == ["onboarding"]


REFUSED = {
    "a wrong key": ("GET", "/members/me", {"key": "x"}, 401, "invalid key"),
    "a wrong token": ("GET", "/members/me", {"token": "x"}, 401, "invalid token"),
    "a card that nobody has": ("GET", "/cards/nowhere0", {}, 404, "not found"),
    "what is no id": ("GET", "/cards/x", {}, 400, "invalid id"),
    "a call that is none": ("PUT", "/members/me", {}, 404, "Cannot PUT"),
    "a list that nobody has": ("PUT", "/cards/import01", {"idList": "x"}, 400, "idList"),
    "an instant that is none": ("GET", "/boards/grwBoard/actions", {"before": "x"}, 400, "before"),
    "an empty comment": ("POST", "/cards/import01/actions/comments", {"text": ""}, 400, "text"),
    "too long a comment": ("POST", "/cards/import01/actions/comments", {"text": "x" * 16_385}, 400, "text"),
    "eleven reads in one": ("GET", "/batch", {"urls": ",".join(["/members/me"] * 11)}, 400, "Maximum of 10"),
    "another field": ("PUT", "/cards/import01/customField/x/item", {"value": "3"}, 404, "not found"),
}


@pytest.mark.parametrize(("method", "path", "asked", "status", "said"), REFUSED.values(), ids=REFUSED)
def test_what_trello_refuses_is_refused(method, path, asked, status, said):
    url = f"http://127.0.0.1/1{path}?{urlencode({**LOGIN, **asked})}"
    told, _, content = lived_in().take(method, url, {}, b"")
    assert (told, said in content.decode()) == (status, True)


def lived_in() -> Trello:
    made = Trello(lambda: NOW)
    fill(made)
    return made


def test_the_body_counts_like_the_address_and_broken_json_is_refused(desk):
    assert desk.trello.take("PUT", f"http://x/1/cards/import01?{urlencode(LOGIN)}", {}, b"{")[0] == 400
    url = f"http://x/1/cards/import01?{urlencode(LOGIN)}"
    status, _, content = desk.trello.take("PUT", url, {}, b'{"name": "Other", "closed": true}')
    assert (status, json.loads(content)["name"], json.loads(content)["closed"]) == (200, "Other", True)


def test_what_happened_is_told_in_its_order_and_nothing_of_it_lies_ahead(desk):
    dates = [one["date"] for one in desk.trello.actions]
    assert dates == sorted(dates)
    assert max(dates) < NOW.isoformat()
    assert min(dates) > (NOW - timedelta(days=40)).isoformat()
    assert {one["idMemberCreator"] for one in desk.trello.actions} == {PERSON}
    assert ME not in str(desk.trello.actions)
    assert len({one["shortLink"] for one in desk.trello.cards.values()}) == len(CARDS) + 2


def test_a_process_announces_itself_serves_and_ends_on_a_signal():
    with process("--tool", "trello", "--port", "0") as made:
        line = ready(made)
        assert line == {"url": line["url"], "key": KEY, "token": TOKEN, "deployment": "trello"}
        answer = requests.get(f"{line['url']}/members/me", params=LOGIN, timeout=5)
        assert answer.json()["username"] == "okrbridge"
        assert answer.headers["Date"].startswith("Mon, 02 Nov 2026 09:3")
        made.send_signal(signal.SIGTERM)
        out, err = made.communicate(timeout=10)
        assert (made.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("option", ["--deployment=cloud", "--seed=1", "--rate-limit=0", "--host=x"])
def test_an_option_of_the_jira_is_refused_in_one_line(option, capsys):
    assert invoke(["sandbox", "--tool", "trello", option]) == 2
    assert f"{option.split('=')[0]} is of the embedded Jira alone" in capsys.readouterr().err


def test_a_taken_port_is_told(capsys):
    with Loopback(Trello().take, path=PATH) as listener:
        port = listener.url.split(":")[2].partition("/")[0]
        assert invoke(["sandbox", "--tool", "trello", "--port", port]) == 2
    assert "--port 0 picks a free one" in capsys.readouterr().err


@pytest.mark.prove
def test_the_document_shows_what_happens(monkeypatch):
    """Every command of the page once more, on another port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    spec = importlib.util.spec_from_file_location("docs_record", ROOT / "docs/record.py")
    assert spec
    assert spec.loader
    record = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, record)
    spec.loader.exec_module(record)
    monkeypatch.setattr(record, "PORT", port)
    page = (ROOT / "docs/connectors/trello.md").read_text("utf-8").replace(":8300", f":{port}")
    assert BY_CHANCE.sub("", record.recorded(page)) == BY_CHANCE.sub("", page)
