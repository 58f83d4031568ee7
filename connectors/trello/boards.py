"""Trello's boards: which are read, their lists, their custom fields. What was read is kept for this run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bridge.errors import NotFound, PartialRead
from connectors.trello.api import BATCH, Api, is_id, is_short, pieces
from mappings.trello_query import named

Definition = Mapping[str, Any]


class Boards:
    """`chosen` are boards by id, short link, address or name; none: all open ones of the account."""

    def __init__(self, api: Api, chosen: Iterable[str]) -> None:
        self._api = api
        self._chosen = tuple(chosen)
        self._lock = threading.Lock()
        self._own: list[Mapping[str, Any]] | None = None
        self._fields: dict[str, list[Definition]] = {}

    def all(self) -> list[str]:
        """Ids of the boards that are looked through. NotFound where a chosen one cannot be read."""
        if self._chosen:
            return list(dict.fromkeys(self.find(one) for one in self._chosen))
        return [board["id"] for board in self._account() if not board.get("closed")]

    def find(self, wanted: str) -> str:
        """The id of one board. Raises NotFound, and Rejected where two of the account bear the name."""
        found = self.known(wanted)
        if found is None:
            raise NotFound(
                self._api.http.system, f"no board {wanted!r}", "name it by its address or short link"
            )
        return found

    def known(self, wanted: str) -> str | None:
        name = named(wanted, "b")
        own = self._account()
        hits = [b["id"] for b in own if name in (b["id"], b.get("shortLink"))]
        hits = hits or [b["id"] for b in own if b.get("name") == name]
        if len(hits) > 1:
            raise self._api.refused(f"{len(hits)} boards are called {name!r}", "name it by its short link")
        if hits or not (is_id(name) or is_short(name)):
            return hits[0] if hits else None
        try:
            return str(self._api.one(f"boards/{name}")["id"])
        except NotFound:
            return None

    def names(self, board: str) -> tuple[str, ...]:
        """What the board is called: its name, short link and id."""
        told = next((one for one in self._account() if one["id"] == board), None)
        told = told or self._api.one(f"boards/{board}")
        return tuple(_names(told))

    def known_names(self) -> dict[str, list[str]]:
        """What each board of the account is called, closed ones too, and those chosen besides."""
        names = {one["id"]: _names(one) for one in self._account()}
        return names | {id: list(self.names(id)) for id in self.all() if id not in names}

    def lists(self, board: str) -> dict[str, str]:
        """Names of all lists, archived ones too, by id."""
        found = self._api.many(f"boards/{board}/lists", {"filter": "all"})
        return {one["id"]: str(one.get("name") or "") for one in found}

    def members(self, board: str) -> dict[str, tuple[str, ...]]:
        """What people are called, by id: user name and full name."""
        found = self._api.many(f"boards/{board}/members")
        return {one["id"]: (str(one.get("username")), str(one.get("fullName"))) for one in found}

    def known_fields(self, boards: Iterable[str]) -> dict[str, list[Definition]]:
        """The custom fields of those of these boards that can be read."""
        return {board: self._defined(board, found) for board, found in self.each(boards, "customFields")}

    def each(self, boards: Iterable[str], what: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
        """Lists of these boards, ten in a request; those of hidden boards are left out."""
        for piece in pieces(boards, BATCH):
            told = self._api.batch([(f"boards/{board}/{what}", {}) for board in piece])
            for board, found in zip(piece, told, strict=True):
                if found is not None:
                    yield board, self._api.records(found, f"GET boards/{board}/{what}")

    def fields(self, boards: Iterable[str], *, anew: bool = False) -> dict[str, list[Definition]]:
        """The custom fields of these boards. Raises PartialRead where those of one cannot be read."""
        wanted = set(boards)
        with self._lock:
            missing = sorted(wanted if anew else wanted - self._fields.keys())
            for piece in pieces(missing, BATCH):
                told = self._api.batch([(f"boards/{board}/customFields", {}) for board in piece])
                for board, found in zip(piece, told, strict=True):
                    self._fields[board] = self._defined(board, found)
            return {board: self._fields[board] for board in wanted}

    def _defined(self, board: str, found: Any) -> list[Definition]:
        if found is None:
            message = f"the custom fields of board {board} cannot be read"
            raise PartialRead(
                self._api.http.system, message, "nothing was concluded from it; run again later"
            )
        told = self._api.records(found, f"GET boards/{board}/customFields")
        return [_definition(one) for one in told if one.get("modelType", "card") != "member"]

    def _account(self) -> list[Mapping[str, Any]]:
        if self._own is None:
            self._own = self._api.many("members/me/boards", {"filter": "all"})
        return self._own


def _names(board: Mapping[str, Any]) -> list[str]:
    return [str(board[name]) for name in ("name", "shortLink", "id") if board.get(name)]


def _definition(told: Mapping[str, Any]) -> Definition:
    """Trello's document has name and options below `display`; its answers have them beside it."""
    display = told.get("display") or {}
    options = told.get("options") or display.get("options") or ()
    texts = {str(one["id"]): str((one.get("value") or {}).get("text") or "") for one in options}
    name = told.get("name") or display.get("name") or ""
    return {"id": told["id"], "name": str(name), "type": str(told.get("type") or "text"), "options": texts}
