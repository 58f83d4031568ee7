"""Notion's REST calls: who we are, pages that are there, and lists to their end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bridge.errors import NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.base import Account
from connectors.http import Http

VERSION = "2025-09-03"
"""The first with data sources. Later ones rename what is only read here, and both names are read."""
PAGE = 100
"""Notion grants no more entries a page."""
RESTARTS = 3
NOBODY = "copy the secret again from the connection's page at notion.so/profile/integrations"
UNSHARED = "it does not exist, is in the trash, or is not shared with the connection (page menu, Connections)"
AGAIN = "nothing was concluded from it; run again later"
_ID = re.compile(r"([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\Z", re.IGNORECASE)
SPEAKS: dict[str, Any] = {
    "headers": {"Notion-Version": VERSION},
    "hints": {401: NOBODY, 404: UNSHARED},
    "limited": "connection",
}
"""Options of every call. A connection's requests have one budget, whatever they ask."""
Entry = Mapping[str, Any]


def identity(text: str, *, page: bool = True) -> str:
    """The id in an address, or the id itself, in one spelling; empty for neither. A `page` that is opened
    beside its database's view is the `p` of the address."""
    parts = urlsplit(text.strip())
    beside = parse_qs(parts.query).get("p", [""])[0] if page else ""
    found = _ID.search(beside or parts.path.rstrip("/"))
    return "-".join(found.groups()).lower() if found else ""


def trashed(entry: Entry) -> bool:
    """Told as `archived` before, as `in_trash` later."""
    return bool(entry.get("in_trash") or entry.get("archived"))


class Api:
    def __init__(self, http: Http) -> None:
        self.http = http
        self._owners: frozenset[str] = frozenset()

    def prove(self) -> Account:
        """Who we are, in one request."""
        answer = self.http.call("GET", "users/me", repeatable=True)
        user = self._object(answer.data, "user", "GET users/me")
        self._owners = frozenset(_whose(user))
        now = answer.date or self.http.clock.now()
        return Account(str(user["id"]), str(user.get("name") or user["id"]), "", now)

    @property
    def owners(self) -> frozenset[str]:
        """Whose name our comments bear: the connection's, or that of the person whose token it is."""
        if not self._owners:
            self.prove()
        return self._owners

    def read(self, path: str, kind: str) -> Entry:
        """One object. NotFound where it is not shared with us, too."""
        data = self.http.call("GET", path, repeatable=True).data
        return self._object(data, kind, f"GET {path}")

    def page(self, item: str) -> Entry:
        """A page that is not in the trash, with its properties."""
        found = self.read(f"pages/{item}", "page")
        if trashed(found):
            raise NotFound(self.http.system, f"page {item} is in the trash", UNSHARED)
        if not isinstance(found.get("properties"), dict):
            raise self._hidden(f"page {item}")
        return found

    def comments(self, item: str) -> list[Entry]:
        """All open comments on a page, oldest first."""

        def ask(cursor: str | None) -> Any:
            params = {"block_id": item, "page_size": PAGE, **({"start_cursor": cursor} if cursor else {})}
            return self.http.call("GET", "comments", params=params, repeatable=True).data

        found: list[Entry] = []
        for answer in self._pages("GET comments", ask):
            if _cut(answer):
                raise self.partial("GET comments told a part only")
            found += answer["results"]
        return found

    def query(
        self, source: str, filter: Entry | None = None, *, newest: bool = False
    ) -> Iterator[list[Entry]]:
        """Pages of a data source, each once, by the time they were made: that order never moves while it is
        read. Where Notion lists no further (10,000 entries), or has lost the place because a page went
        away, it is asked anew from the last time on. Raises PartialRead where that leads nowhere.

        That the list is cut off any page may tell, and the rest of what is granted follows all the same
        (developers.notion.com/guides/data-apis/query-large-data-sources)."""
        seen: set[str] = set()
        edge, stuck = "", 0
        while True:
            last, lost, cut = edge, False, False
            try:
                for answer in self._walk(source, narrowed(filter, edge, newest), newest):
                    fresh = [one for one in answer["results"] if one["id"] not in seen]
                    seen.update(one["id"] for one in fresh)
                    pages = [one for one in fresh if one.get("object") == "page" and not trashed(one)]
                    self._whole(pages)
                    yield pages
                    last = fresh[-1].get("created_time", last) if fresh else last
                    cut = cut or _cut(answer)
            except Lost:
                lost = True
            if not (cut or lost):
                return
            stuck = stuck + 1 if last == edge else 0
            if stuck > (RESTARTS if lost else 0):
                raise self.partial(f"POST data_sources/{source}/query could not be read to its end")
            edge = last

    def partial(self, message: str) -> PartialRead:
        return PartialRead(self.http.system, message, AGAIN)

    def _walk(self, source: str, filter: Entry | None, newest: bool) -> Iterator[Entry]:
        path = f"data_sources/{source}/query"
        order = {"timestamp": "created_time", "direction": "descending" if newest else "ascending"}
        asked = {"page_size": PAGE, "sorts": [order], **({"filter": filter} if filter else {})}

        def ask(cursor: str | None) -> Any:
            body = {**asked, **({"start_cursor": cursor} if cursor else {})}
            try:
                return self.http.call("POST", path, body=body, repeatable=True).data
            except Rejected as error:
                # The place is told by an entry: one that is gone since is no place any more.
                if cursor and "cursor" in error.message:
                    raise Lost from error
                raise

        return self._pages(f"POST {path}", ask)

    def _pages(self, what: str, ask: Callable[[str | None], Any]) -> Iterator[Entry]:
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            answer = self._object(ask(cursor), "list", what)
            entries = answer.get("results")
            if not isinstance(entries, list) or not all(
                isinstance(one, dict) and one.get("id") for one in entries
            ):
                raise UnexpectedAnswer(self.http.system, f"{what} listed what has no id", "check `url`")
            yield answer
            if not answer.get("has_more"):
                return
            cursor = answer.get("next_cursor")
            if not cursor or cursor in seen:
                raise self.partial(f"{what} promised more and led nowhere new")
            seen.add(cursor)

    def _object(self, data: Any, kind: str, what: str) -> Entry:
        if not isinstance(data, dict) or data.get("object") != kind:
            raise UnexpectedAnswer(self.http.system, f"{what} answered with no {kind}", "check `url`")
        return data

    def _whole(self, pages: list[Entry]) -> None:
        if not all(isinstance(one.get("properties"), dict) for one in pages):
            raise self._hidden("a page")

    def _hidden(self, what: str) -> UnexpectedAnswer:
        hint = 'give the connection the capability "Read content"'
        return UnexpectedAnswer(self.http.system, f"{what} came without its properties", hint)


class Lost(Exception):
    """The list has no such place any more."""


def _cut(answer: Entry) -> bool:
    status = answer.get("request_status")
    return isinstance(status, dict) and status.get("type") == "incomplete"


def _whose(user: Entry) -> Iterator[str]:
    yield str(user["id"])
    owner = (user.get("bot") or {}).get("owner") or {}
    if owner.get("type") == "user" and (id := (owner.get("user") or {}).get("id")):
        yield str(id)


def narrowed(filter: Entry | None, edge: str, newest: bool) -> Entry | None:
    """The same filter for what was made at this time and after it (before it, newest first)."""
    if not edge:
        return filter
    side = {"timestamp": "created_time", "created_time": {"on_or_before" if newest else "on_or_after": edge}}
    if filter is None:
        return side
    return {"and": [*filter["and"], side]} if "and" in filter else {"and": [filter, side]}
