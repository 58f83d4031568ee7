"""An embedded Trello's boards and cards, who may see and change them, and what is remembered of it."""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from bridge.sandbox.clock import Now, system_now
from bridge.sandbox.trello import answers, deeds, shapes
from bridge.sandbox.trello.people import ME, PERSON
from bridge.sandbox.trello.refusals import Refusal, gone, hidden, invalid, unknown
from bridge.sandbox.trello.shapes import Record

KEY, TOKEN = "sandbox-key", "sandbox-token"
PATH = "/1"
"""Before everything that can be asked."""
LISTS = ("To Do", "Doing", "Done 🎉", "Won't do")
COMMENT = 16_384
"""Characters that a comment holds."""
BATCH = 10
Answer = tuple[int, dict[str, str], bytes]
Asked = dict[str, Any]


@dataclass
class Board:
    """`member`: whether the account sees it; `observed`: and changes nothing."""

    id: str
    short: str
    name: str
    lists: dict[str, Record] = field(default_factory=dict)
    fields: dict[str, Record] = field(default_factory=dict)
    labels: dict[str, Record] = field(default_factory=dict)
    member: bool = True
    observed: bool = False
    closed: bool = False


class Trello:
    """One account's Trello; `now` is its clock. Whatever goes over the wire goes one by one."""

    def __init__(self, now: Now = system_now, key: str = KEY, token: str = TOKEN) -> None:
        self.now, self.key_of_app, self.token = now, key, token
        self.boards: dict[str, Board] = {}
        self.cards: dict[str, Record] = {}
        self.actions: list[Record] = []
        self._last = 0
        self._lock = threading.RLock()

    # --- over the wire

    def take(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """A request by its whole address."""
        with self._lock:
            parts = urlsplit(url)
            asked = dict(parse_qsl(parts.query, keep_blank_values=True))
            try:
                self.admit(asked, headers)
                told = self.answer(method, parts.path.removeprefix("/1"), asked, body)
                status, kind, content = 200, "application/json; charset=utf-8", orjson.dumps(told)
            except Refusal as refusal:
                status, (kind, content) = refusal.status, refusal.content()
            date = self.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
            return status, {"Content-Type": kind, "Date": date}, content

    def admit(self, asked: Asked, headers: dict[str, str]) -> None:
        """The login, in the header or in the address; it is taken out of what was asked."""
        told = headers.get("Authorization", "")
        found = re.fullmatch(r'OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"', told)
        named = (asked.pop("key", ""), asked.pop("token", ""))
        key, token = found.groups() if found else named
        if key != self.key_of_app:
            raise Refusal(401, "invalid key")
        if token != self.token:
            raise Refusal(401, "invalid token")

    def answer(self, method: str, path: str, asked: Asked, body: bytes) -> Any:
        for (verb, pattern), act in answers.ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                return act(self, *found.groups(), {**asked, **_given(body)})
        raise Refusal(404, f"Cannot {method} {path}")

    def batch(self, urls: list[str]) -> list[Any]:
        if len(urls) > BATCH:
            raise Refusal(400, f"Maximum of {BATCH} routes allowed")
        return [self.among(url) for url in urls]

    def among(self, url: str) -> Any:
        """One read of a batch."""
        parts = urlsplit(url)
        try:
            return {"200": self.answer("GET", parts.path, dict(parse_qsl(parts.query)), b"")}
        except Refusal as refusal:
            return {"statusCode": refusal.status, "message": refusal.said, "name": "Error"}

    # --- what may be seen and done

    def seen(self, id: str) -> Board:
        found = next((one for one in self.boards.values() if id in (one.id, one.short)), None)
        if found is None:
            raise unknown(id)
        if not found.member:
            raise Refusal(401, "unauthorized permission requested")
        return found

    def card(self, key: str) -> Record:
        found = next((one for one in self.cards.values() if key in (one["id"], one["shortLink"])), None)
        if found is None:
            raise unknown(key)
        if not self.boards[found["idBoard"]].member:
            raise hidden()
        return found

    def open(self, key: str) -> Record:
        """The card, for a change."""
        card = self.card(key)
        if self.boards[card["idBoard"]].observed:
            raise hidden()
        return card

    def place(self, list_id: str) -> tuple[Board, Record]:
        """A list and its board, for a change."""
        for board in self.boards.values():
            if list_id in board.lists and board.member and not board.observed:
                return board, board.lists[list_id]
        raise invalid("idList")

    def action(self, id: str) -> Record:
        found = next((one for one in self.actions if one["id"] == id), None)
        if found is None:
            raise gone()
        return found

    def mine(self, id: str) -> Record:
        action = self.action(id)
        if action["idMemberCreator"] != ME:
            raise Refusal(401, "unauthorized permission requested")
        return action

    def text(self, asked: Asked) -> str:
        text = str(asked.get("text", ""))
        if not text or len(text.encode("utf-16-le")) > 2 * COMMENT:
            raise invalid("text")
        return text

    # --- what there is

    def add_board(self, short: str, name: str, lists: Iterable[str] = LISTS) -> Board:
        made = Board(self.number(), short, name)
        for title in lists:
            self.add_list(made, title)
        self.boards[made.id] = made
        return made

    def add_list(self, board: Board, name: str) -> str:
        id = self.number()
        board.lists[id] = {"id": id, "name": name, "closed": False, "pos": len(board.lists) * 1024}
        return id

    def add_field(self, board: Board, name: str, kind: str, options: tuple[str, ...] = ()) -> Record:
        id = self.number()
        made = board.fields[id] = shapes.field(id, board.id, name, kind, options, self.number)
        return made

    def add_card(self, board: Board, title: str, list_id: str = "", short: str = "") -> Record:
        """At the end of a list, by default the first."""
        id = self.number()
        card = self.cards[id] = {
            "id": id, "shortLink": short or f"c{self._last:07d}", "name": title, "idBoard": board.id,
            "idList": list_id or next(iter(board.lists)), "closed": False, "due": None, "dueComplete": False,
            "dateCompleted": None, "dateLastActivity": self.stamp(), "pos": self._last, "idMembers": [],
            "cardRole": None, "desc": "", "labels": [], "checks": [], "items": {}, "attached": {},
        }  # fmt: skip
        self.act("createCard", board.id, {"card": deeds.named(card), "list": deeds.where(self, card)}, PERSON)
        return card

    def label(self, board: Board, name: str) -> str:
        known = next((id for id, one in board.labels.items() if one["name"] == name), None)
        if known is None:
            known = self.number()
            board.labels[known] = {"id": known, "idBoard": board.id, "name": name, "color": "green"}
        return known

    def hold(self, card: Record, definition: Record, item: Record | None, who: str) -> None:
        """A custom field of a card holds this from now on."""
        deeds.value(self, card, definition, item, who)
        self.touch(card)

    def comment(self, card: Record, text: str, who: str) -> Record:
        made = self.act("commentCard", card["idBoard"], {"text": text, "card": deeds.named(card)}, who)
        self.touch(card)
        return made

    def act(self, kind: str, board: str, data: Record, who: str) -> Record:
        """Remember what was done."""
        one = self.boards[board]
        place = {"board": {"id": board, "name": one.name, "shortLink": one.short}}
        made = {"id": self.number(), "idMemberCreator": who, "type": kind, "date": self.stamp(),
                "data": data | place}  # fmt: skip
        self.actions.append(made)
        return made

    def touch(self, card: Record) -> None:
        card["dateLastActivity"] = self.stamp()

    def stamp(self) -> str:
        now = self.now()
        return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"

    def number(self) -> str:
        """An id: the second it was made in, and a counter."""
        self._last += 1
        return f"{int(self.now().timestamp()):08x}{self._last:016x}"


def _given(body: bytes) -> Asked:
    try:
        told = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise Refusal(400, "Error parsing body") from None
    return told if isinstance(told, dict) else {}
