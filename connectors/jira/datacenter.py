"""Reading from Jira Data Center: pages by position, behind which the list may move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge.errors import PartialRead, Rejected
from bridge.model import Raw, Selector
from connectors.base import Changed
from connectors.http import Answer, Http
from connectors.jira.jql import field, jql, within
from connectors.jira.login import Login
from connectors.jira.records import OPERANDS, changed, lenient, members, moved, pieces, raw, resolved
from connectors.jira.site import DATACENTER_API, Site, wanted_fields

SEARCH = f"{DATACENTER_API}/search"
PAGE = 5000
"""Asked for; the server grants what its administrator set (1000 by default)."""
WINDOW = 10_000
"""Nothing behind this position can be read since Jira 10 (jira.search.platform.max.result.window)."""
RESTARTS = 3
DATED = {"fields": ["created"]}


class _Moved(Exception):
    """The list shifted between two pages."""


class DataCenterSource:
    def __init__(self, http: Http, site: Site, login: Login) -> None:
        self._http = http
        self._site = site
        self._login = login
        self._fields = wanted_fields(site)

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        asked = list(dict.fromkeys(keys))
        return resolved(self._http, DATACENTER_API, asked, self._all("key", asked, ["updated"]))

    def identities(self, selector: Selector) -> frozenset[str]:
        return frozenset(self._walk(jql(selector))[0])

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        """By Epic Link, by Parent Link and by `parent`, which here holds sub-tasks only. Epic Link is
        documented for keys: where one is refused, they are asked for anew, by id."""
        try:
            return self._below(parents.values())
        except Rejected:
            return self._below(str(issue["key"]) for issue in self._all("id", parents, ["updated"]))

    def _below(self, keys: Iterable[str]) -> frozenset[str]:
        links = [field(name) for name in (self._site.epic_link, self._site.parent_link) if name]
        queries = [
            " OR ".join(within(name, piece) for name in (*links, "parent"))
            for piece in pieces(sorted(keys), OPERANDS)
        ]
        return frozenset().union(*self._http.parallel(lambda query: self._walk(query)[0], queries))

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        yield from map(raw, self._all("id", ids, self._fields))

    def changed(self, since: datetime) -> Changed:
        return changed(self._http, since, self._walk, self.fetch)

    def holding(self, fields: Iterable[str]) -> DataCenterSource:
        """The same reader, whose records hold these fields as well."""
        other = copy(self)
        other._fields = list(dict.fromkeys([*self._fields, *fields]))
        return other

    def touched(self, since: datetime) -> frozenset[str]:
        return frozenset(moved(self._http, since, self._walk)[0])

    def with_history(self, ids: list[str]) -> list[Mapping[str, Any]]:
        """These issues with their change logs, without those that are gone or hidden."""

        def ask(batch: list[str]) -> list[Mapping[str, Any]]:
            return self._pages(within("id", batch), {"fields": self._fields, "expand": ["changelog"]})

        return lenient(ids, ask)

    def _all(self, name: str, values: Iterable[str], fields: list[str]) -> Iterator[Mapping[str, Any]]:
        def ask(batch: list[str]) -> list[Mapping[str, Any]]:
            return self._pages(within(name, batch), {"fields": fields})

        batches = pieces(dict.fromkeys(values), OPERANDS)
        for issues in self._http.parallel(lambda batch: lenient(batch, ask), batches):
            yield from issues

    def _pages(self, query: str, what: Mapping[str, list[str]]) -> list[Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        start = 0
        while True:
            answer = self._page(f"{query} ORDER BY key ASC", start, OPERANDS, what)
            issues = members(self._http, answer, "POST search")
            found.update((str(issue["id"]), issue) for issue in issues)
            start += len(issues)
            total = self._total(answer)
            if start >= total:
                break
            if not issues:
                raise self._partial(f"a list ended after {start} of {total}")
        if not found:
            self._login.vouch(answer)
        return list(found.values())

    def _walk(self, query: str) -> tuple[set[str], Answer]:
        """All ids of a query, and the first answer."""
        for _ in range(RESTARTS):
            try:
                return self._windows(query)
            except _Moved:
                continue
        raise self._partial(f"the list kept moving through {RESTARTS} readings")

    def _windows(self, query: str) -> tuple[set[str], Answer]:
        """Creation dates never change: where the result window ends, the walk goes on from the minute
        in which the last issue read was made."""
        found: set[str] = set()
        first, last = self._window(f"{query} ORDER BY created ASC, key ASC", found)
        since = ""
        while last:
            following = self._minute(last)
            if following == since:
                raise self._partial("more issues were made within a minute than this server lists")
            since = following
            clause = f'({query}) AND created >= "{since}"'
            _, last = self._window(f"{clause} ORDER BY created ASC, key ASC", found)
        if not found:
            self._login.vouch(first)
        return found, first

    def _window(self, query: str, found: set[str]) -> tuple[Answer, str]:
        """Read on to the window's end. The last creation date there, or nothing at the list's end.

        Each page begins with the last issue of the one before: if it does not, the list has moved.
        """
        answer = first = self._page(query, 0, PAGE, DATED)
        start, last = 0, ""
        while True:
            issues = members(self._http, answer, "POST search")
            ids = [str(issue["id"]) for issue in issues]
            if last and ids[:1] != [last]:
                raise _Moved
            found.update(ids)
            read = start + len(ids)
            if read >= self._total(answer):
                return first, ""
            if len(ids) <= bool(last):
                raise _Moved
            start, last, made = read - 1, ids[-1], str(issues[-1]["fields"]["created"])
            if WINDOW - start < 2:
                return first, made
            try:
                answer = self._page(query, start, min(PAGE, WINDOW - start), DATED)
            except Rejected:  # an administrator may have set a smaller window
                return first, made

    def _page(self, query: str, start: int, size: int, what: Mapping[str, list[str]]) -> Answer:
        body = {"jql": query, "startAt": start, "maxResults": size, **what}
        answer = self._http.call("POST", SEARCH, body=body, repeatable=True)
        if isinstance(answer.data, dict) and answer.data.get("warningMessages"):
            raise self._partial("the server warns that a list is not complete")
        return answer

    def _minute(self, created: str) -> str:
        """A date in JQL is read in the account's own zone. Where that is unknown, or an hour repeats in
        autumn, the literal lies earlier than needed: issues read twice are the same ids."""
        at = datetime.fromisoformat(created)
        try:
            zone = ZoneInfo(self._site.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return f"{at.astimezone(UTC) - timedelta(hours=12):%Y-%m-%d %H:%M}"
        local = at.astimezone(zone)
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            local -= timedelta(hours=1)
        return f"{local:%Y-%m-%d %H:%M}"

    def _partial(self, message: str) -> PartialRead:
        return PartialRead(self._http.system, message, "nothing was concluded from it; run again later")

    def _total(self, answer: Answer) -> int:
        total = answer.data.get("total")
        if not isinstance(total, int):
            raise self._partial("a list came without its length")
        return total
