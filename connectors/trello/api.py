"""Trello's REST calls: whose answers they are, ten reads in one, and lists to their end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from bridge.errors import AccessDenied, ConnectorError, NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.base import Account
from connectors.http import Http
from connectors.trello.dialect import about_one_thing

T = TypeVar("T")
BATCH = 10
"""Trello takes no more reads in one."""
PAGE, NESTED = 1000, 250
"""Cards a page: Trello's most, and with their custom fields (more are refused as too many)."""
NEVER = 1 << 32
"""A second that no id begins with."""
NOBODY = "make a new token with this API key, and check that `key` and `token` belong together"
HIDDEN = "it does not exist, or this account may not see it"
READ_ONLY = (
    "invite the account to the board as a member, not as an observer, and give the token scope=read,write"
)
Params = Mapping[str, Any]
_ID = re.compile(r"[0-9a-f]{24}")
_SHORT = re.compile(r"[0-9A-Za-z]{8}")


class Api:
    """Calls of one account."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self._account = ""

    def prove(self) -> Account:
        """Who we are, in one request."""
        answer = self.http.call("GET", "members/me", repeatable=True)
        user = self.record(answer.data, "GET members/me")
        self._account = user["id"]
        name = str(user.get("fullName") or user.get("username") or user["id"])
        return Account(user["id"], name, "", answer.date or self.http.clock.now())

    def account(self) -> str:
        return self._account or self.prove().id

    def one(self, path: str, params: Params | None = None) -> Mapping[str, Any]:
        """A record. NotFound where it is hidden, too."""
        return self.record(self._read(path, params), f"GET {path}")

    def many(self, path: str, params: Params | None = None) -> list[Mapping[str, Any]]:
        """A list that Trello gives whole. NotFound where it is hidden."""
        return self.records(self._read(path, params), f"GET {path}")

    def _read(self, path: str, params: Params | None) -> Any:
        try:
            return self.http.call("GET", path, params=params, repeatable=True).data
        except AccessDenied as error:
            if error.login:
                raise
            raise NotFound(error.system, said(error), HIDDEN) from error

    def batch(self, wanted: Sequence[tuple[str, Params]]) -> list[Any]:
        """The answers to at most ten reads, in their order; None for what is gone or hidden. No value may
        hold a comma: it parts the reads."""
        urls = ",".join(f"/{path}?{urlencode(params)}" if params else f"/{path}" for path, params in wanted)
        told = self.http.call("GET", "batch", params={"urls": urls}, repeatable=True).data
        if not isinstance(told, list) or len(told) != len(wanted):
            raise self.unexpected(f"GET batch answered otherwise than {len(wanted)} reads ask for")
        return [self._among(answer, *ask) for answer, ask in zip(told, wanted, strict=True)]

    def _among(self, answer: Any, path: str, params: Params) -> Any:
        """One answer of a batch. What was only postponed is asked for again by itself."""
        status, said_so = _status(answer)
        match status:
            case 200:
                return answer["200"]
            case 404 | 410:
                return None
            case 400 if "invalid id" in said_so.lower():
                return None
            case 401 | 403 if status == 403 or about_one_thing(said_so):
                return None
            case _ if status == 429 or status >= 500:
                return self._again(path, params)
            case _:
                raise self.unexpected(f"GET batch answered {status or 'nothing'} for {path}")

    def _again(self, path: str, params: Params) -> Any:
        try:
            return self._read(path, params)
        except NotFound:
            return None

    def cards(self, board: str, fields: str, *, custom: bool = False) -> Iterator[Mapping[str, Any]]:
        """All cards of a board, archived ones too, while they are read. NotFound where it is hidden."""
        limit = min(PAGE, NESTED) if custom else PAGE
        params = {"fields": fields, "limit": limit} | ({"customFieldItems": "true"} if custom else {})
        return self.walk(f"boards/{board}/cards/all", params, limit)

    def walk(self, path: str, params: Params, limit: int) -> Iterator[Mapping[str, Any]]:
        """A list to its end, newest first by pages, each entry once. A short page is not the last one: an
        empty page is.

        `before` is held against the second in which an entry was made, even where an id is given
        (github.com/trello-archive/api-docs/issues/68): by the id of the last entry the others of its second
        would be passed over. So a full page is followed by the one that begins with its last second. Raises
        PartialRead where more were made in one second than a page holds.
        """
        seen: set[str] = set()
        before = NEVER
        while page := self.many(path, {**params, "limit": limit, **_until(before)}):
            if not all(is_id(one["id"]) and made(one) < before for one in page):
                raise self.unexpected(f"GET {path} gave a page again instead of the next one")
            fresh = [one for one in page if one["id"] not in seen]
            seen.update(one["id"] for one in fresh)
            yield from fresh
            before = min(map(made, page)) + (len(page) >= limit)
            if not fresh and len(page) >= limit:
                message = f"GET {path}: more than {limit} were made in one second, and cannot be told apart"
                raise PartialRead(self.http.system, message, "link by a list, or by keys")

    def record(self, found: Any, what: str) -> Mapping[str, Any]:
        if not isinstance(found, dict) or not isinstance(found.get("id"), str):
            raise self.unexpected(f"{what} answered without an id")
        return found

    def records(self, found: Any, what: str) -> list[Mapping[str, Any]]:
        if not isinstance(found, list):
            raise self.unexpected(f"{what} answered without a list")
        return [self.record(one, what) for one in found]

    def write(
        self, method: str, path: str, item: str, *, body: Any = None, params: Params | None = None
    ) -> Any:
        """A change that may be made twice, unless it makes something. NotFound where the card is hidden."""
        repeatable = method != "POST"
        try:
            return self.http.call(
                method, path, body=body, params=params, repeatable=repeatable, item=item
            ).data
        except AccessDenied as error:
            if error.login:
                raise
            self.one(f"cards/{item}")
            raise AccessDenied(error.system, said(error), READ_ONLY) from error

    def unexpected(self, message: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(self.http.system, message, "run again; if it stays, check `url`")

    def refused(self, message: str, hint: str) -> Rejected:
        return Rejected(self.http.system, message, hint)


def _status(answer: Any) -> tuple[int, str]:
    """Of one answer in a batch: `{"200": ...}`, or the code with the error, or an error that names it."""
    if not isinstance(answer, dict):
        return 0, ""
    code = next((name for name in answer if name.isdecimal()), str(answer.get("statusCode") or 0))
    inner = answer.get(code, answer)
    text = inner.get("message") if isinstance(inner, dict) else inner
    return (int(code) if code.isdecimal() else 0), str(text or "")


def made(one: Mapping[str, Any]) -> int:
    """The second in which it was made, which its id begins with."""
    return int(one["id"][:8], 16)


def _until(second: int) -> dict[str, str]:
    at = datetime.fromtimestamp(second, UTC)
    return {} if second == NEVER else {"before": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"}


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_short(text: str) -> bool:
    return _SHORT.fullmatch(text) is not None


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def said(error: ConnectorError) -> str:
    """The line without the connection's name."""
    return str(error.message).removeprefix(f"{error.system}: ")
