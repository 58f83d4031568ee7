"""A long list, page by page, of any REST API: whole, or an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from requests.utils import parse_header_links

from bridge.errors import NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.http import Answer, Http
from connectors.rest.described import Paging, Record, Spot
from connectors.rest.shape import absent, no_list, no_number, no_value, shape

MOST = 100_000
"""Pages of one list: no list is believed to be longer."""
USUAL = {"offset": "offset", "page": "page", "cursor": "cursor"}
Step = tuple[str, Mapping[str, Any]]


class Walker:
    """Walks lists of one system. A total that was reached with the first page may be the page's own count:
    the largest such page of a kind of list is asked beyond once, smaller ones are believed from then on."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self._proven: dict[str, int] = {}

    def walk(self, paging: Paging, path: str, parameters: Mapping[str, Any]) -> Iterator[Record]:
        """Every record of a list once. Raises PartialRead where fewer or more came than there are,
        UnexpectedAnswer where an answer holds no list or the same page comes again."""
        walk = _Walk(self.http, paging, path, {**parameters, **paging.size})
        step: Step | None = walk.first
        while step is not None:
            answer = walk.ask(step)
            yield from walk.page(answer)
            step = walk.next(step, answer)
            if step is None and walk.doubtful:
                self._beyond(walk)
        walk.end()

    def _beyond(self, walk: _Walk) -> None:
        kind, count = walk.paging.found.option, walk.count
        if count <= self._proven.get(kind, 0):
            return
        try:
            more = walk.fresh(walk.ask(walk.beyond))
        except (NotFound, Rejected):
            more = {}
        if more:
            told = f"{walk.paging.total} tells {walk.total}, and there is more on the next page"
            raise walk.partial(told, "it is to tell how many there are in all, not on the page")
        self._proven[kind] = count


@dataclass(slots=True)
class _Walk:
    """One walk: `seen` are the ids that came so far, on `number` pages, the last one of `count`."""

    http: Http
    paging: Paging
    path: str
    sent: Mapping[str, Any]
    seen: set[str] = field(default_factory=set)
    number: int = 0
    count: int = 0
    total: int | None = None

    @property
    def what(self) -> str:
        return f"GET {self.path}" + (f", page {self.number}" if self.number > 1 else "")

    @property
    def parameter(self) -> str:
        return self.paging.parameter or USUAL.get(self.paging.kind, "")

    @property
    def first(self) -> Step:
        start = {"offset": 0, "page": self.paging.first}
        own = {self.parameter: start[self.paging.kind]} if self.paging.kind in start else {}
        return self.path, {**self.sent, **own}

    @property
    def beyond(self) -> Step:
        """The page after the one that came last."""
        place = len(self.seen) if self.paging.kind == "offset" else self.paging.first + self.number
        return self.path, {**self.sent, self.parameter: place}

    @property
    def doubtful(self) -> bool:
        """Whether the total alone says that one page was all."""
        return self.paging.kind in ("offset", "page") and self.number == 1 and len(self.seen) == self.total

    def ask(self, step: Step) -> Answer:
        if self.number == MOST:
            raise self.partial(f"no end after {MOST:,} pages", self._check("does every page differ"))
        self.number += 1
        try:
            return self.http.call("GET", step[0], params=step[1], repeatable=True)
        except NotFound as error:
            hint = "is the path right, and `url` before it? or the account may not see it"
            if self.number > 1:
                hint = f"a system without an empty page at the end needs `{self.paging.option}.total`"
            raise NotFound(self.http.system, said(error), hint) from error

    def page(self, answer: Answer) -> Iterator[Record]:
        """What is new on it, which is now seen."""
        fresh = self.fresh(answer)
        if self.count and not fresh:
            raise self.unexpected("brings again what came before", self._again())
        self.seen |= fresh.keys()
        if self.paging.total is not None:
            self.total = self._total(self.paging.total, answer.data)
        yield from fresh.values()

    def fresh(self, answer: Answer) -> dict[str, Record]:
        """By id; nothing is seen by it."""
        found = self._records(answer.data)
        self.count = len(found)
        by_id = {self._identity(place, record): record for place, record in enumerate(found, 1)}
        return {id: record for id, record in by_id.items() if id not in self.seen}

    def next(self, asked: Step, answer: Answer) -> Step | None:
        """What to ask next, None at the end. Without a total, a list counted by offset or page ends with an
        empty page: a short one may be the system's own limit."""
        step, more = self._step(answer), self._more(answer.data)
        if more is False:
            return None
        if more and step is None:
            told = f"{self.paging.more} tells of more, and there is nothing at {self.paging.next}"
            raise self.unexpected(told, f"the answer is {shape(answer.data)}")
        if step == asked:
            raise self.unexpected("leads to itself", self._check("is the next page where it says"))
        return step

    def _step(self, answer: Answer) -> Step | None:
        match self.paging.kind:
            case "offset" | "page":
                whole = self.total is not None and len(self.seen) >= self.total
                return None if self.count == 0 or whole else self.beyond
            case "cursor" if cursor := self._told(answer.data):
                return self.path, {**self.sent, self.parameter: self._cursor(cursor)}
            case "link" if to := self._told(answer.data) if self.paging.next else _linked(answer):
                return self._within(to)
            case _:
                return None

    def _told(self, data: Any) -> Any:
        """The next cursor or address. A member that the first page lacks may be called otherwise: that only
        a page which is not full can be the last, or something else has to tell."""
        next = self.paging.next
        found = next(data) if next else None
        sizes = [size for size in self.paging.size.values() if isinstance(size, int)]
        full = self.count >= sizes[0] if sizes else self.count > 0
        told = self.paging.total or self.paging.more
        if next and found is None and self.number == 1 and full and not told and absent(next, data):
            hint = f"the answer is {shape(data)}; or name `{self.paging.option}.total` or `.more`"
            raise self.unexpected(f"a full page, and nothing at {next}", hint)
        return found

    def _more(self, data: Any) -> bool | None:
        """None where nothing tells."""
        if self.paging.more is None:
            return None
        found = self.paging.more(data)
        if not isinstance(found, bool):
            told = "nothing" if found is None else shape(found)
            raise self.unexpected(f"{told} at {self.paging.more}", f"it is true or false; {shape(data)} came")
        return found

    def end(self) -> None:
        if self.total is None or len(self.seen) == self.total:
            return
        came = f"{len(self.seen)} of {self.total} came"
        if len(self.seen) > self.total:
            came = f"{len(self.seen)} came, and {self.paging.total} tells {self.total}"
        raise self.partial(came, f"run again; if it stays, check `{self.paging.option}`")

    def unexpected(self, told: str, hint: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(self.http.system, f"{self.what}: {told}", hint)

    def partial(self, told: str, hint: str) -> PartialRead:
        return PartialRead(self.http.system, f"GET {self.path}: {told}", hint)

    def _check(self, question: str) -> str:
        return f"check `{self.paging.option}`: {question}?"

    def _again(self) -> str:
        if self.paging.kind not in USUAL:
            return self._check("is it the next page that it leads to")
        known = f"does the system know the parameter {self.parameter}"
        end = (
            ""
            if self.paging.total
            else f"; one that gives its last page again needs `{self.paging.option}.total`"
        )
        return self._check(known) + end

    def _records(self, data: Any) -> list[Record]:
        found = self.paging.found(data)
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
        raise self.unexpected(*no_list(self.paging.found, data))

    def _identity(self, place: int, record: Record) -> str:
        found = identity(self.paging.identity, record)
        if found is None:
            what, hint = no_value(self.paging.identity, record)
            raise self.unexpected(f"item {place} has {what}", f"{hint}: name what never changes")
        return found

    def _total(self, spot: Spot, data: Any) -> int:
        found = spot(data)
        if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
            return found
        raise self.unexpected(*no_number(spot, data))

    def _cursor(self, cursor: Any) -> str | int:
        if isinstance(cursor, str | int) and not isinstance(cursor, bool):
            return cursor
        raise self.unexpected(f"{shape(cursor)} at {self.paging.next}", "a cursor is a text or a number")

    def _within(self, address: Any) -> Step:
        """The next page, below the base address and nowhere else: our login goes along."""
        base = urlsplit(self.http.base + "/")
        try:
            parts = urlsplit(urljoin(f"{self.http.base}/{self.path}", str(address)))
        except ValueError:
            raise self.unexpected("the next page is no address", self._check("is it an address")) from None
        there = (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
        if not there or not parts.path.startswith(base.path):
            raise self.unexpected("the next page is elsewhere", "only pages below `url` are read")
        told = {name: value for name, value in parse_qsl(parts.query) if name != self.paging.secret}
        return parts.path.removeprefix(base.path), told


def identity(spot: Spot, record: Record) -> str | None:
    """The record's id, None for what is none."""
    found = spot(record)
    return None if not isinstance(found, str | int) or isinstance(found, bool) or found == "" else str(found)


def said(error: NotFound) -> str:
    """The error's words without the connection's name."""
    return error.message.removeprefix(f"{error.system}: ")


def _linked(answer: Answer) -> str:
    links = parse_header_links(answer.headers.get("Link", ""))
    return next((one["url"] for one in links if one.get("rel") == "next"), "")
