"""The embedded Trello with a clock that stands, faults, and a driver for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from bridge.model import Query, Tier
from bridge.sandbox.trello import deeds, shapes
from bridge.sandbox.trello.people import ME, PERSON
from bridge.sandbox.trello.refusals import Refusal
from bridge.sandbox.trello.site import Answer, Asked, Board, Trello
from tests.trello.reading import rendered

__all__ = ["KEY", "ME", "NAMES", "PERSON", "TOKEN", "FakeTrello", "Refusal"]
KEY, TOKEN = "k" * 32, "ATTA" + "t" * 60
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
FIELDS = {"KR": "text", "KR progress": "number", "KR status": "list", "KR score": "number",
          "KR updated": "date", "Points": "number", "Team": "list", "Ready": "checkbox"}  # fmt: skip
OPTIONS = {"KR status": ("On track", "At risk", "Pending"), "Team": ("Growth", "核心")}
WINDOW, PER_TOKEN = 10.0, 100
EXCLUDED = {"updateLabel", "deleteLabel", "createCheckItem", "deleteCheckItem", "updateComment",
            "addCustomField", "updateCustomField", "deleteCustomField"}  # fmt: skip
"""Actions that webhooks tell alone: the guide to action types."""


class FakeTrello(Trello):
    """`deaf` fields drop what is written to them; `cut` cuts a page of cards; `limit`: requests a window.
    `old_batch`: errors in a batch come by their code, else as an object that names it."""

    project, other_project = "wrkBoard", "elsBoard"

    def __init__(self, page: int = 3) -> None:
        super().__init__(lambda: self.at, KEY, TOKEN)
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.deaf: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.writes = 0
        self.written: Callable[[int], None] = lambda _count: None
        self.limit: int | None = None
        self.old_batch = True
        self.cut: Callable[[Asked, list[Any]], list[Any]] = lambda _asked, page: page
        self.heard: Callable[..., None] = lambda *_: None
        self._window: list[datetime] = []
        self.home, self.away = self.board("wrkBoard", "Work"), self.board("elsBoard", "Else")
        self.private = self.board("prvBoard", "Private")
        self.private.member = False

    # --- over the wire

    def play(self, request: Any) -> Answer:
        """One request, as requests prepares it."""
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        return self.take(request.method, request.url, dict(request.headers), body)

    def take(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        assert not any(secret in parts.query for secret in (KEY, TOKEN)), "a secret stands in an address"
        with self._lock:
            self.asked.append((method, parts.path))
            status, told, content = super().take(method, url, headers, body)
            target = parts.path.removeprefix("/1") + (f"?{parts.query}" if parts.query else "")
            kind = headers.get("Content-Type", "")
            self.heard(method, target, body, status, content, told["Content-Type"], kind)
        if method != "GET":
            self.written(self.writes)
        return status, told, content

    def admit(self, asked: Asked, headers: dict[str, str]) -> None:
        self._window = [at for at in self._window if (self.at - at).total_seconds() < WINDOW] + [self.at]
        if self.limit is not None and len(self._window) > self.limit:
            code = "API_TOKEN_LIMIT_EXCEEDED"
            raise Refusal(429, code, error=code, message="Rate limit exceeded")
        super().admit(asked, headers)

    def answer(self, method: str, path: str, asked: Asked, body: bytes) -> Any:
        if method != "GET":
            self.writes += 1
        assert not EXCLUDED & set(asked.get("filter", "").split(",")), "no list of actions tells of these"
        told = super().answer(method, path, asked, body)
        cuts = re.fullmatch(r"/boards/[^/]+/cards/.*|/cards/[^/]+/actions", path)
        return self.cut(asked, told) if cuts else told

    def among(self, url: str) -> Any:
        told = super().among(url)
        status = told.get("statusCode", 200)
        if status == 200:
            self.heard("GET", url, b"", 200, orjson.dumps(told["200"]), "application/json", "")
            return told
        self.heard("GET", url, b"", status, told["message"].encode(), "text/plain", "")
        return {str(status): told["message"]} if self.old_batch else told

    def hold(self, card, definition, item, who):
        if definition["name"] not in self.deaf:
            super().hold(card, definition, item, who)

    # --- what people do

    def board(self, short: str, name: str) -> Board:
        made = self.add_board(short, name)
        for title, kind in FIELDS.items():
            self.add_field(made, title, kind, OPTIONS.get(title, ()))
        return made

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, on=None, after=1):
        """A card, so many seconds after the last one: people are no faster."""
        assert parent is None, "a card hangs below nothing"
        self.advance(after)
        board = on or self.home
        card = self.add_card(board, title)
        card |= {"desc": "Long words. " * 20, "labels": [self.label(board, name) for name in labels]}
        return card["id"]

    def put(self, id, **change):
        card = self.cards[id]
        if "list" in change:
            name = change.pop("list")
            lists = self.boards[card["idBoard"]].lists.values()
            change["idList"] = next(one["id"] for one in lists if one["name"] == name)
        deeds.put(self, card, change, PERSON)
        self.touch(card)

    def value(self, id, name, **value):
        """A person sets a custom field."""
        fields = self.boards[self.cards[id]["idBoard"]].fields
        field = next(one for one in fields.values() if one["name"] == name)
        if not value:
            value = {"value": "", "idValue": ""}
        elif "option" in value:
            wanted = value.pop("option")
            value = {"idValue": next(o["id"] for o in field["options"] if o["value"]["text"] == wanted)}
        else:
            value = {"value": value}
        Trello.hold(self, self.cards[id], field, shapes.item(field, id, value, self.number), PERSON)

    def rename(self, board: Board, name: str, to: str) -> None:
        one = next(one for one in board.lists.values() if one["name"] == name)
        deeds.turn(self, board, one, {"name": to}, PERSON)

    def shift(self, list_id: str, to: Board) -> None:
        deeds.shift(self, list_id, to, PERSON)

    def turn(self, board: Board, id: str, **change: Any) -> None:
        deeds.turn(self, board, board.lists[id], change, PERSON)

    def key(self, id):
        return self.cards[id]["shortLink"]

    def edit(self, id, title):
        self.put(id, name=title)

    def move(self, id, to=None):
        deeds.move(self, self.cards[id], to or self.away, PERSON)
        self.touch(self.cards[id])
        return self.key(id)

    def delete(self, id):
        deeds.delete(self, self.cards[id], PERSON)

    def hide(self, id):
        self.move(id, self.private)

    def reparent(self, id, parent):
        raise AssertionError("a card hangs below nothing")

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        return self.comment(self.cards[id], text, PERSON)["id"]

    def said(self, id):
        return {
            one["id"]: rendered(one["data"]["text"])
            for one in self.actions
            if one["type"] == "commentCard" and one["data"]["card"]["id"] == id
        }

    def query(self, label):
        return Query(f'is:open label:"{label}"')
