"""A Trello of a few boards, as the real one answers: shapes and texts from its document and its guides."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from bridge.model import Query, Tier
from tests.trello import shapes

KEY, TOKEN, ME, PERSON = "k" * 32, "ATTA" + "t" * 60, "5f00000000000000000000a1", "5f00000000000000000000b2"
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
FIELDS = {"KR": "text", "KR progress": "number", "KR status": "list", "KR score": "number",
          "KR updated": "date", "Points": "number", "Team": "list", "Ready": "checkbox"}  # fmt: skip
OPTIONS = {"KR status": ("On track", "At risk", "Pending"), "Team": ("Growth", "核心")}
WINDOW, PER_TOKEN = 10.0, 100
EXCLUDED = {"updateLabel", "deleteLabel", "createCheckItem", "deleteCheckItem", "updateComment",
            "addCustomField", "updateCustomField", "deleteCustomField"}  # fmt: skip
"""Actions that webhooks tell alone: the guide to action types."""
Answer = tuple[int, dict[str, str], bytes]
Asked = dict[str, str]


class Refusal(Exception):
    def __init__(self, status: int, said: str, **more: Any) -> None:
        self.status, self.said, self.more = status, said, more


GONE = Refusal(404, "The requested resource was not found.")
HIDDEN = Refusal(401, "unauthorized card permission requested")


@dataclass
class Board:
    id: str
    short: str
    name: str
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    member: bool = True
    observed: bool = False
    closed: bool = False


class FakeTrello:
    """`deaf` fields drop what is written to them; `cut` cuts a page of cards; `limit`: requests a window.
    `old_batch`: errors in a batch come by their code, else as an object that names it."""

    project, other_project = "wrkBoard", "elsBoard"

    def __init__(self, page: int = 3) -> None:
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.boards: dict[str, Board] = {}
        self.cards: dict[str, dict[str, Any]] = {}
        self.actions: list[dict[str, Any]] = []
        self.deaf: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.writes = 0
        self.limit: int | None = None
        self.old_batch = True
        self.cut: Callable[[Asked, list[Any]], list[Any]] = lambda _asked, page: page
        self.heard: Callable[..., None] = lambda *_: None
        self._window: list[datetime] = []
        self._last = 0
        self._lock = threading.RLock()
        self.home, self.away = self.board("wrkBoard", "Work"), self.board("elsBoard", "Else")
        self.private = self.board("prvBoard", "Private")
        self.private.member = False

    # --- over the wire

    def play(self, request: Any) -> Answer:
        """One request, as requests prepares it."""
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        return self.take(request.method, request.url, dict(request.headers), body)

    def take(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            parts = urlsplit(url)
            asked = dict(parse_qsl(parts.query, keep_blank_values=True))
            self.asked.append((method, parts.path))
            try:
                self.admit(parts.query, headers)
                told = self.answer(method, parts.path.removeprefix("/1"), asked, body)
                status, kind, content = 200, "application/json; charset=utf-8", orjson.dumps(told)
            except Refusal as refusal:
                status, kind, content = self.refusal(refusal)
            target = parts.path.removeprefix("/1") + (f"?{parts.query}" if parts.query else "")
            self.heard(method, target, body, status, content, kind, headers.get("Content-Type", ""))
            date = self.at.strftime("%a, %d %b %Y %H:%M:%S GMT")
            return status, {"Content-Type": kind, "Date": date}, content

    def refusal(self, refusal: Refusal) -> tuple[int, str, bytes]:
        if refusal.more:
            return refusal.status, "application/json; charset=utf-8", orjson.dumps(refusal.more)
        return refusal.status, "text/plain; charset=utf-8", refusal.said.encode()

    def admit(self, query: str, headers: dict[str, str]) -> None:
        self._window = [at for at in self._window if (self.at - at).total_seconds() < WINDOW] + [self.at]
        if self.limit is not None and len(self._window) > self.limit:
            code = "API_TOKEN_LIMIT_EXCEEDED"
            raise Refusal(429, code, error=code, message="Rate limit exceeded")
        assert not any(secret in query for secret in (KEY, TOKEN)), "a secret stands in an address"
        told = headers.get("Authorization", "")
        found = re.fullmatch(r'OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"', told)
        if not found or found[1] != KEY:
            raise Refusal(401, "invalid key")
        if found[2] != TOKEN:
            raise Refusal(401, "invalid token")

    # --- what it answers

    def answer(self, method: str, path: str, asked: Asked, body: bytes) -> Any:
        for (verb, pattern), act in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                if method != "GET":
                    self.writes += 1
                given = orjson.loads(body) if body else {}
                return act(self, *found.groups(), {**asked, **given})
        raise Refusal(404, f"Cannot {method} {path}")

    def batch(self, asked: Asked) -> list[Any]:
        urls = asked["urls"].split(",")
        if len(urls) > 10:
            raise Refusal(400, "Maximum of 10 routes allowed")
        return [self.among(url) for url in urls]

    def among(self, url: str) -> Any:
        parts = urlsplit(url)
        try:
            told = self.answer("GET", parts.path, dict(parse_qsl(parts.query)), b"")
        except Refusal as refusal:
            self.heard("GET", url, b"", refusal.status, refusal.said.encode(), "text/plain", "")
            if self.old_batch:
                return {str(refusal.status): refusal.said}
            return {"statusCode": refusal.status, "message": refusal.said, "name": "Error"}
        self.heard("GET", url, b"", 200, orjson.dumps(told), "application/json", "")
        return {"200": told}

    def me(self, _asked: Asked) -> Any:
        return shapes.member(ME, "okrbridge", "OKR bridge")

    def my_boards(self, _asked: Asked) -> list[Any]:
        return [shapes.board(one) for one in self.boards.values() if one.member]

    def one_board(self, id: str, _asked: Asked) -> Any:
        return shapes.board(self.seen(id))

    def board_lists(self, id: str, asked: Asked) -> list[Any]:
        board = self.seen(id)
        every = asked.get("filter") == "all"
        return [shapes.list_of(one, board.id) for one in board.lists.values() if every or not one["closed"]]

    def board_members(self, id: str, _asked: Asked) -> list[Any]:
        self.seen(id)
        return [shapes.member(ME, "okrbridge", "OKR bridge"), shapes.member(PERSON, "mei", "Mei 梅")]

    def board_fields(self, id: str, _asked: Asked) -> list[Any]:
        return list(self.seen(id).fields.values())

    def board_actions(self, id: str, asked: Asked) -> list[Any]:
        board = self.seen(id)
        wanted = asked.get("filter", "all").split(",")
        assert not EXCLUDED & set(wanted), "no list of actions tells of these"
        since = datetime.fromisoformat(asked["since"]) if "since" in asked else None
        hits = [
            one
            for one in reversed(self.actions)
            if one["data"]["board"]["id"] == board.id
            and (one["type"] in wanted or wanted == ["all"])
            and (since is None or datetime.fromisoformat(one["date"]) > since)
        ]
        return hits[: int(asked.get("limit", 50))]

    def board_cards(self, id: str, which: str, asked: Asked) -> list[Any]:
        """The newest ones made before a second, in the order of the board."""
        board = self.seen(id)
        hits = [one for one in self.cards.values() if one["idBoard"] == board.id]
        hits = [one for one in hits if which == "all" or not one["closed"]]
        hits = [one for one in hits if second(one["id"]) < second(asked.get("before", "f" * 24))]
        newest = sorted(hits, key=lambda one: one["id"])[-int(asked.get("limit", 1000)) :]
        places = list(board.lists)
        page = sorted(newest, key=lambda one: (places.index(one["idList"]), one["pos"]))
        return self.cut(asked, [self.shown(one, asked) for one in page])

    def one_card(self, key: str, asked: Asked) -> Any:
        return self.shown(self.card(key), asked)

    def shown(self, card: dict[str, Any], asked: Asked) -> dict[str, Any]:
        board = self.boards[card["idBoard"]]
        actions = [one for one in self.actions if one["type"] == "commentCard"]
        comments = sum(one["data"]["card"]["id"] == card["id"] for one in actions)
        told = shapes.card(card, board, comments)
        wanted = asked.get("fields", "all")
        if wanted != "all":
            told = {name: told[name] for name in dict.fromkeys(["id", *wanted.split(",")])}
        nested = {
            "customFieldItems": lambda: list(card["items"].values()),
            "board": lambda: shapes.board(board),
            "list": lambda: shapes.list_of(board.lists[card["idList"]], board.id),
            "members": lambda: [shapes.member(id, "mei", "Mei 梅") for id in card["idMembers"]],
            "attachments": lambda: list(card["attached"].values()),
        }
        return told | {name: tell() for name, tell in nested.items() if asked.get(name) == "true"}

    def card_actions(self, key: str, asked: Asked) -> list[Any]:
        id = self.card(key)["id"]
        wanted = asked.get("filter", "commentCard,updateCard:idList").split(",")
        hits = [a for a in reversed(self.actions) if a["data"].get("card", {}).get("id") == id]
        hits = [one for one in hits if one["type"] in wanted]
        hits = [one for one in hits if second(one["id"]) < second(asked.get("before", "f" * 24))]
        return self.cut(asked, hits[: int(asked.get("limit", 50))])

    def one_action(self, id: str, _asked: Asked) -> Any:
        return self.action(id)

    def add_comment(self, key: str, asked: Asked) -> Any:
        card = self.open(key)
        return self.comment(card, self.text(asked), ME)

    def edit_comment(self, key: str, id: str, asked: Asked) -> Any:
        self.open(key)
        action = self.mine(id)
        action["data"]["text"] = self.text(asked)
        return action

    def drop_comment(self, key: str, id: str, _asked: Asked) -> Any:
        self.open(key)
        self.actions.remove(self.mine(id))
        return {"_value": None}

    def set_field(self, key: str, id: str, asked: Asked) -> Any:
        card = self.open(key)
        definition = self.boards[card["idBoard"]].fields.get(id)
        if definition is None:
            raise GONE
        item = shapes.item(definition, card["id"], asked, self.number)
        if definition["name"] not in self.deaf:
            if item is None:
                card["items"].pop(id, None)
            else:
                card["items"][id] = item
            self.touch(card)
        return item or {}

    def attach(self, key: str, asked: Asked) -> list[Any]:
        card = self.open(key)
        made = shapes.attachment(
            self.number(), asked["url"], asked.get("name") or asked["url"], ME, self.stamp()
        )
        card["attached"][made["id"]] = made
        self.touch(card)
        return [made]

    def detach(self, key: str, id: str, _asked: Asked) -> Any:
        card = self.open(key)
        if card["attached"].pop(id, None) is None:
            raise GONE
        self.touch(card)
        return {"limits": {}}

    # --- what may be seen and done

    def seen(self, id: str) -> Board:
        found = next((one for one in self.boards.values() if id in (one.id, one.short)), None)
        if found is None:
            raise GONE if re.fullmatch(r"[0-9a-f]{24}|\w{8}", id) else Refusal(400, "invalid id")
        if not found.member:
            raise Refusal(401, "unauthorized permission requested")
        return found

    def card(self, key: str) -> dict[str, Any]:
        found = next((one for one in self.cards.values() if key in (one["id"], one["shortLink"])), None)
        if found is None:
            raise GONE if re.fullmatch(r"[0-9a-f]{24}|\w{8}", key) else Refusal(400, "invalid id")
        if not self.boards[found["idBoard"]].member:
            raise HIDDEN
        return found

    def open(self, key: str) -> dict[str, Any]:
        """The card, for a change."""
        card = self.card(key)
        if self.boards[card["idBoard"]].observed:
            raise HIDDEN
        return card

    def action(self, id: str) -> dict[str, Any]:
        found = next((one for one in self.actions if one["id"] == id), None)
        if found is None:
            raise GONE
        return found

    def mine(self, id: str) -> dict[str, Any]:
        action = self.action(id)
        if action["idMemberCreator"] != ME:
            raise Refusal(401, "unauthorized permission requested")
        return action

    def text(self, asked: Asked) -> str:
        text = asked.get("text", "")
        if not text or len(text.encode("utf-16-le")) > 2 * 16_384:
            raise Refusal(400, "invalid value for text")
        return text

    # --- what people do

    def board(self, short: str, name: str) -> Board:
        made = Board(self.number(), short, name)
        for title in ("To Do", "Doing", "Done 🎉", "Won't do"):
            self.list_on(made, title)
        for title, kind in FIELDS.items():
            id = self.number()
            made.fields[id] = shapes.field(id, made.id, title, kind, OPTIONS.get(title, ()), self.number)
        self.boards[made.id] = made
        return made

    def list_on(self, board: Board, name: str) -> str:
        id = self.number()
        board.lists[id] = {"id": id, "name": name, "closed": False, "pos": len(board.lists) * 1024}
        return id

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, on=None, after=1):
        """A card, so many seconds after the last one: people are no faster."""
        assert parent is None, "a card hangs below nothing"
        self.advance(after)
        board = on or self.home
        id = self.number()
        self.cards[id] = {
            "id": id, "shortLink": short(self._last), "name": title, "idBoard": board.id, "closed": False,
            "idList": next(iter(board.lists)), "due": None, "dueComplete": False, "dateCompleted": None,
            "dateLastActivity": self.stamp(), "pos": self._last, "idMembers": [], "cardRole": None,
            "labels": [self.label(board, name) for name in labels], "checks": [], "items": {}, "attached": {},
        }  # fmt: skip
        return id

    def label(self, board: Board, name: str) -> str:
        known = next((id for id, one in board.labels.items() if one["name"] == name), None)
        if known is None:
            known = self.number()
            board.labels[known] = {"id": known, "idBoard": board.id, "name": name, "color": "green"}
        return known

    def put(self, id, **change):
        card = self.cards[id]
        if "list" in change:
            name = change.pop("list")
            lists = self.boards[card["idBoard"]].lists
            card["idList"] = next(one["id"] for one in lists.values() if one["name"] == name)
        card.update(change)
        self.touch(card)

    def value(self, id, name, **value):
        """A person sets a custom field."""
        fields = self.boards[self.cards[id]["idBoard"]].fields
        field = next(one for one in fields.values() if one["name"] == name)
        if "option" in value:
            wanted = value.pop("option")
            value = {"idValue": next(o["id"] for o in field["options"] if o["value"]["text"] == wanted)}
        else:
            value = {"value": value}
        self.cards[id]["items"][field["id"]] = shapes.item(field, id, value, self.number)
        self.touch(self.cards[id])

    def rename(self, board: Board, name: str, to: str) -> None:
        one = next(one for one in board.lists.values() if one["name"] == name)
        one["name"] = to
        self.act("updateList", board.id, {"list": {"id": one["id"], "name": to}}, PERSON)

    def key(self, id):
        return self.cards[id]["shortLink"]

    def edit(self, id, title):
        self.put(id, name=title)

    def move(self, id, to=None):
        board = to or self.away
        self.put(id, idBoard=board.id, idList=next(iter(board.lists)), items={})
        return self.key(id)

    def delete(self, id):
        del self.cards[id]

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
            one["id"]: shapes.rendered(one["data"]["text"])
            for one in self.actions
            if one["type"] == "commentCard" and one["data"]["card"]["id"] == id
        }

    def query(self, label):
        return Query(f'is:open label:"{label}"')

    def comment(self, card: dict[str, Any], text: str, who: str) -> dict[str, Any]:
        names = {name: card[name] for name in ("id", "name", "shortLink")}
        made = self.act("commentCard", card["idBoard"], {"text": text, "card": names}, who)
        self.touch(card)
        return made

    def act(self, kind: str, board: str, data: dict[str, Any], who: str) -> dict[str, Any]:
        one = self.boards[board]
        place = {"board": {"id": board, "name": one.name, "shortLink": one.short}}
        made = {
            "id": self.number(),
            "idMemberCreator": who,
            "type": kind,
            "date": self.stamp(),
            "data": data | place,
        }
        self.actions.append(made)
        return made

    def touch(self, card: dict[str, Any]) -> None:
        card["dateLastActivity"] = self.stamp()

    def stamp(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%S}.{self.at.microsecond // 1000:03d}Z"

    def number(self) -> str:
        """An id: the second it was made in, and a counter."""
        self._last += 1
        return f"{int(self.at.timestamp()):08x}{self._last:016x}"


def second(told: str) -> int:
    """The second that an id or an instant tells: all that `before` is held against."""
    return int(told[:8], 16) if "-" not in told else int(datetime.fromisoformat(told).timestamp())


def short(number: int) -> str:
    return f"c{number:07d}"


ID = r"([^/]+)"
ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "/batch"): FakeTrello.batch,
    ("GET", "/members/me"): FakeTrello.me,
    ("GET", "/members/me/boards"): FakeTrello.my_boards,
    ("GET", f"/boards/{ID}"): FakeTrello.one_board,
    ("GET", f"/boards/{ID}/lists"): FakeTrello.board_lists,
    ("GET", f"/boards/{ID}/members"): FakeTrello.board_members,
    ("GET", f"/boards/{ID}/customFields"): FakeTrello.board_fields,
    ("GET", f"/boards/{ID}/actions"): FakeTrello.board_actions,
    ("GET", f"/boards/{ID}/cards/(all|visible)"): FakeTrello.board_cards,
    ("GET", f"/cards/{ID}"): FakeTrello.one_card,
    ("GET", f"/cards/{ID}/actions"): FakeTrello.card_actions,
    ("GET", f"/actions/{ID}"): FakeTrello.one_action,
    ("POST", f"/cards/{ID}/actions/comments"): FakeTrello.add_comment,
    ("PUT", f"/cards/{ID}/actions/{ID}/comments"): FakeTrello.edit_comment,
    ("DELETE", f"/cards/{ID}/actions/{ID}/comments"): FakeTrello.drop_comment,
    ("PUT", f"/cards/{ID}/customField/{ID}/item"): FakeTrello.set_field,
    ("POST", f"/cards/{ID}/attachments"): FakeTrello.attach,
    ("DELETE", f"/cards/{ID}/attachments/{ID}"): FakeTrello.detach,
}
