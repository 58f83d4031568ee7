"""Shared by both faces of Jira: pieces of lists, records out of answers, how far back to ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from typing import Any, TypeVar
from urllib.parse import quote

from bridge.errors import NotFound, Rejected, UnexpectedAnswer
from bridge.model import Raw
from connectors.base import Changed
from connectors.http import Answer, Http

T = TypeVar("T")

LAG = timedelta(minutes=5)
"""Jira's index lags behind by seconds, at times minutes: what changed so lately is asked for again."""
_NAMED = re.compile(r"'([^']+)'")
Walk = Callable[[str], tuple[set[str], Answer]]
OPERANDS = 500
"""How many values one `in (...)` may hold safely: a few thousand are risky, 25,000 always answer 500."""


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def minutes_back(since: datetime, now: datetime) -> int:
    """How far a relative date must reach to cover `since`: JQL knows whole minutes only."""
    return max(ceil((now - since).total_seconds() / 60) + 1, 5)


def members(http: Http, answer: Answer, what: str) -> Sequence[Mapping[str, Any]]:
    """The issues of a page."""
    issues = answer.data.get("issues") if isinstance(answer.data, dict) else None
    if not isinstance(issues, list):
        raise UnexpectedAnswer(http.system, f"{what} answered without a list of issues", "check `url`")
    for issue in issues:
        checked(http, issue)
    return issues


def checked(http: Http, issue: Any) -> Mapping[str, Any]:
    if isinstance(issue, dict) and "id" in issue:
        return issue
    raise UnexpectedAnswer(http.system, "an issue came without its id", "check `url`")


def raw(issue: Mapping[str, Any]) -> Raw:
    return Raw(str(issue["id"]), str((issue.get("fields") or {}).get("updated") or ""), issue)


def changed(
    http: Http, since: datetime, walk: Walk, fetch: Callable[[Iterable[str]], Iterator[Raw]]
) -> Changed:
    """One search while nothing changed. The server's own Date header tells from when to ask next time;
    nothing younger than its index lag is held for seen."""
    ids, now = moved(http, since, walk)
    return Changed(fetch(sorted(ids)), now - LAG)


def moved(http: Http, since: datetime, walk: Walk) -> tuple[set[str], datetime]:
    """Ids of all that was updated since an instant, and when that was asked, by the server's clock. A
    relative date needs no time zone; where our clock is behind the server's, the search reaches too
    short and is asked again."""
    now = http.server_now or http.clock.now()
    while True:
        minutes = minutes_back(since, now)
        ids, first = walk(f'updated >= "-{minutes}m"')
        now = first.date or now
        if minutes_back(since, now) <= minutes:
            return ids, now


def lenient(values: list[str], ask: Callable[[list[str]], list[T]], *, strict: bool = False) -> list[T]:
    """What a list of issues answers, without those that cannot be read.

    One of these spoils a whole query (400): the message may name it, else halves are asked for. What is
    refused by itself is left out; `strict`: only if the message names it.
    """
    try:
        return ask(values)
    except Rejected as error:
        named = set(_NAMED.findall(error.message))
        left = [value for value in values if value not in named]
        if left == values and len(values) < 2 and strict:
            raise
    if len(left) < len(values):
        return lenient(left, ask, strict=strict) if left else []
    middle = len(values) // 2
    halves = (values[:middle], values[middle:]) if middle else ()
    return [one for half in halves for one in lenient(half, ask, strict=strict)]


def resolved(
    http: Http, api: str, keys: Sequence[str], found: Iterable[Mapping[str, Any]]
) -> Mapping[str, str]:
    """Ids by the keys asked for. A key that is not among the answers has moved or is not to be read:
    Jira still finds an issue by its old key, one at a time."""
    ids = {str(issue["key"]).casefold(): str(issue["id"]) for issue in found}
    told = {key: ids[key.casefold()] for key in keys if key.casefold() in ids}
    left = [key for key in keys if key not in told]
    moved = http.parallel(lambda key: (key, _by_key(http, api, key)), left)
    return told | {key: id for key, id in moved if id}


def _by_key(http: Http, api: str, key: str) -> str:
    try:
        path = f"{api}/issue/{quote(key, safe='')}"
        data = http.call("GET", path, params={"fields": "updated"}, repeatable=True).data
    except NotFound:
        return ""
    if not isinstance(data, dict) or "id" not in data:
        raise UnexpectedAnswer(http.system, f"GET issue/{key} answered without an issue", "check `url`")
    return str(data["id"])
