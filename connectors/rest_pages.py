"""A long list, page by page, of any REST API: whole, or an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from requests.utils import parse_header_links

from bridge.errors import PartialRead, UnexpectedAnswer
from connectors.http import Answer, Http

MOST = 100_000
"""Pages of one list: no list is believed to be longer."""
Find = Callable[[Any], Any]
Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """`kind` is none, offset, page, cursor or link; `found` reads the list out of an answer, `next` the next
    cursor or address, `total` how many there are; `identity` tells a record's id."""

    kind: str
    found: Find
    identity: Find
    next: Find | None = None
    total: Find | None = None
    parameter: str = ""
    first: int = 1
    size: Mapping[str, Any]
    secret: str = ""


def walk(http: Http, paging: Paging, path: str, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every record of a list once. Raises PartialRead where fewer came than there are, UnexpectedAnswer
    where an answer holds no list or the same page comes again."""
    seen: set[str] = set()
    sent = {**parameters, **paging.size}
    step: Step | None = (path, {**sent, **_start(paging)})
    total = None
    for number in range(MOST):
        if step is None:
            break
        answer = http.call("GET", step[0], params=step[1], repeatable=True)
        page = _records(http, paging, path, answer)
        fresh = {_identity(http, paging, path, record): record for record in page}
        fresh = {id: record for id, record in fresh.items() if id not in seen}
        if page and not fresh:
            raise UnexpectedAnswer(
                http.system, f"GET {path}: page {number + 1} brings what came before", "check `pages`"
            )
        yield from fresh.values()
        seen |= fresh.keys()
        total, asked = _total(http, paging, path, answer), step
        step = _next(http, paging, path, sent, answer, (len(page), number, len(seen), total))
        if step == asked:
            raise UnexpectedAnswer(http.system, f"GET {path}: a page leads to itself", "check `pages`")
    if step is not None:
        raise PartialRead(http.system, f"GET {path}: no end after {MOST:,} pages", "check `pages`")
    if total is not None and len(seen) < total:
        raise PartialRead(
            http.system, f"GET {path}: {len(seen)} of {total} came", "run again; if it stays, check `pages`"
        )


def _start(paging: Paging) -> Mapping[str, Any]:
    match paging.kind:
        case "offset":
            return {paging.parameter or "offset": 0}
        case "page":
            return {paging.parameter or "page": paging.first}
        case _:
            return {}


def _records(http: Http, paging: Paging, path: str, answer: Answer) -> list[Mapping[str, Any]]:
    found = paging.found(answer.data)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnexpectedAnswer(http.system, f"GET {path}: no list where it should be", "check `read.found`")
    return found


def _identity(http: Http, paging: Paging, path: str, record: Mapping[str, Any]) -> str:
    found = paging.identity(record)
    if not isinstance(found, str | int) or isinstance(found, bool) or found == "":
        raise UnexpectedAnswer(http.system, f"GET {path}: an item without an id", "check `item.id`")
    return str(found)


def _total(http: Http, paging: Paging, path: str, answer: Answer) -> int | None:
    if paging.total is None:
        return None
    found = paging.total(answer.data)
    if not isinstance(found, int) or isinstance(found, bool):
        raise UnexpectedAnswer(http.system, f"GET {path}: no total where it should be", "check `pages.total`")
    return found


def _next(
    http: Http,
    paging: Paging,
    path: str,
    sent: Mapping[str, Any],
    answer: Answer,
    came: tuple[int, int, int, int | None],
) -> Step | None:
    """What to ask next, None at the end. Without a total, a list counted by offset or page ends with an
    empty page: a short one may be the system's own limit."""
    count, number, seen, total = came
    match paging.kind:
        case "offset" | "page" if count == 0 or (total is not None and seen >= total):
            return None
        case "offset":
            return path, {**sent, paging.parameter or "offset": seen}
        case "page":
            return path, {**sent, paging.parameter or "page": paging.first + number + 1}
        case "cursor":
            cursor = paging.next(answer.data) if paging.next else None
            return (path, {**sent, paging.parameter or "cursor": cursor}) if cursor else None
        case "link":
            address = paging.next(answer.data) if paging.next else _linked(answer)
            return _within(http, paging, path, address) if address else None
        case _:
            return None


def _linked(answer: Answer) -> str:
    links = parse_header_links(answer.headers.get("Link", ""))
    return next((one["url"] for one in links if one.get("rel") == "next"), "")


def _within(http: Http, paging: Paging, path: str, address: Any) -> Step:
    """The next page, below the base address and nowhere else: our login goes along."""
    base = urlsplit(http.base + "/")
    parts = urlsplit(urljoin(f"{http.base}/{path}", str(address)))
    if (parts.scheme, parts.netloc) != (base.scheme, base.netloc) or not parts.path.startswith(base.path):
        raise UnexpectedAnswer(http.system, f"GET {path}: the next page is elsewhere", "check `url`")
    told = {name: value for name, value in parse_qsl(parts.query) if name != paging.secret}
    return parts.path.removeprefix(base.path), told
