"""Reading from Jira Cloud: identities by the thousand, then the contents in parallel."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from bridge.errors import PartialRead, Rejected
from bridge.model import Raw, Selector
from connectors.base import Changed
from connectors.http import Answer, Http
from connectors.jira.jql import jql, within
from connectors.jira.login import Login
from connectors.jira.records import OPERANDS, changed, checked, lenient, members, moved, pieces, raw, resolved
from connectors.jira.site import CLOUD_API, PROPERTY, SAFE, Site, wanted_fields

SEARCH, BULKFETCH = f"{CLOUD_API}/search/jql", f"{CLOUD_API}/issue/bulkfetch"
PAGE = 5000
ROUNDS = 4
EMPTY_PAGES = 100


class CloudSource:
    def __init__(self, http: Http, site: Site, login: Login) -> None:
        self._http = http
        self._login = login
        self._fields = wanted_fields(site)
        self._most = site.bulk

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        asked = list(dict.fromkeys(keys))
        return resolved(self._http, CLOUD_API, asked, self._all(asked, ["updated"]))

    def identities(self, selector: Selector) -> frozenset[str]:
        return frozenset(self._walk(jql(selector))[0])

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        def below(piece: list[str]) -> list[str]:
            return list(self._walk(within("parent", piece))[0])

        batches = pieces(dict.fromkeys(parents), OPERANDS)
        found = self._http.parallel(lambda batch: lenient(batch, below, strict=True), batches)
        return frozenset(id for ids in found for id in ids)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        return map(raw, self._all(dict.fromkeys(ids), self._fields, PROPERTY))

    def changed(self, since: datetime) -> Changed:
        return changed(self._http, since, self._walk, self.fetch)

    def holding(self, fields: Iterable[str]) -> CloudSource:
        """The same reader, whose records hold these fields as well."""
        other = copy(self)
        other._fields = list(dict.fromkeys([*self._fields, *fields]))
        return other

    def touched(self, since: datetime) -> frozenset[str]:
        return frozenset(moved(self._http, since, self._walk)[0])

    def bulk(self, ids: Iterable[str]) -> list[Answer]:
        """The records of these ids, asked for by now and decoded while they are read (`issues`)."""
        what = {"fields": self._fields, "properties": [PROPERTY]}
        asked = self._http.parallel(lambda piece: self._bulk(piece, what), self._pieces(ids))
        return [answer for answers in asked for answer in answers]

    def issues(self, answer: Answer) -> Generator[Mapping[str, Any], None, list[str]]:
        """The issues of an answer; returns the ids of those that the server put off."""
        got = False
        for issue in answer.data:
            got = True
            yield checked(self._http, issue)
        later = [str(error["id"]) for error in answer.data.rest.get("issueErrors") or ()]
        if not got and not later:
            self._login.vouch(answer)
        return later

    def _walk(self, query: str) -> tuple[set[str], Answer]:
        """All ids of a query, and the first answer. The token alone tells the end of the list:
        a page may be short or empty before it, and `isLast` is not always right."""
        found: set[str] = set()
        tokens: set[str] = set()
        answer = first = self._page(query, "")
        empty = 0
        while True:
            ids = [str(issue["id"]) for issue in members(self._http, answer, "POST search/jql")]
            found.update(ids)
            empty = 0 if ids else empty + 1
            token = answer.data.get("nextPageToken")
            if not token:
                break
            if token in tokens or empty > EMPTY_PAGES:
                raise self._partial(f"the list goes in circles after {len(found)} issues")
            tokens.add(token)
            answer = self._page(query, token)
        if not found:
            self._login.vouch(answer)
        return found, first

    def _page(self, query: str, token: str) -> Answer:
        body: dict[str, Any] = {"jql": query, "fields": ["id"], "maxResults": PAGE}
        if token:
            body["nextPageToken"] = token
        answer = self._http.call("POST", SEARCH, body=body, repeatable=True)
        if isinstance(answer.data, dict) and answer.data.get("warnings"):
            raise self._partial("the server warns that a list is not complete")
        return answer

    def _all(self, ids: Iterable[str], fields: list[str], *properties: str) -> Iterator[Mapping[str, Any]]:
        """These issues, without those that are gone or hidden: bulkfetch leaves them out silently."""
        what = {"fields": fields, "properties": list(properties)}
        for answers in self._http.parallel(lambda piece: self._bulk(piece, what), self._pieces(ids)):
            for answer in answers:
                later = yield from self.issues(answer)
                yield from self._put_off(later, what)

    def _pieces(self, ids: Iterable[str]) -> Iterator[list[str]]:
        """As large as this site has taken so far."""
        piece: list[str] = []
        for id in ids:
            piece.append(id)
            if len(piece) >= self._most:
                yield piece
                piece = []
        if piece:
            yield piece

    def _bulk(self, ids: list[str], what: Mapping[str, Any]) -> list[Answer]:
        body = {"issueIdsOrKeys": ids} | {name: value for name, value in what.items() if value}
        try:
            return [self._http.listing(BULKFETCH, body, "issues")]
        except Rejected:
            if len(ids) <= SAFE:
                raise
            self._most = SAFE
        return [answer for piece in pieces(ids, SAFE) for answer in self._bulk(piece, what)]

    def _put_off(self, later: list[str], what: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Ask for these alone until they are in: at first together, then one by one."""
        for attempt in range(1, ROUNDS):
            if not later:
                return
            self._http.clock.sleep(2.0**attempt)
            left = []
            for piece in pieces(later, len(later) if attempt == 1 else 1):
                for answer in self._bulk(piece, what):
                    left += yield from self.issues(answer)
            later = left
        if later:
            raise self._partial(f"{len(later)} issues were put off {ROUNDS} times")

    def _partial(self, message: str) -> PartialRead:
        return PartialRead(self._http.system, message, "nothing was concluded from it; run again later")
