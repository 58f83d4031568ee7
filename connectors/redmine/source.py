"""Reading work from Redmine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

import orjson

from bridge.errors import AccessDenied, NotFound
from bridge.model import Raw, Selector
from connectors.base import Changed
from connectors.redmine import api as pages
from connectors.redmine.api import Api, number
from connectors.redmine.filters import EVERY, Filters
from connectors.redmine.lost import lost

T = TypeVar("T")
LAG = timedelta(minutes=5)
"""Redmine sets the time of a change before it commits it, and our clock may be ahead of its."""
KEPT = (
    "id", "project", "tracker", "status", "parent", "assigned_to", "category", "fixed_version", "subject",
    "due_date", "done_ratio", "estimated_hours", "spent_hours", "custom_fields", "created_on", "updated_on",
    "closed_on",
)  # fmt: skip
"""What is kept of an issue: descriptions are most of its size."""


class RedmineSource:
    def __init__(self, api: Api, filters: Filters) -> None:
        self._api = api
        self._filters = filters

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Issues keep their number wherever they move."""
        numbers = {key: number(key) for key in keys}
        asked = [one for one in numbers.values() if one.isascii() and one.isdecimal() and len(one) < 19]
        found = {str(issue["id"]) for issue in self._by_id(asked)}
        return {key: str(int(one)) for key, one in numbers.items() if one in asked and str(int(one)) in found}

    def identities(self, selector: Selector) -> frozenset[str]:
        return frozenset(str(one["id"]) for one in self.hits(selector))

    def hits(self, selector: Selector) -> Iterator[Mapping[str, Any]]:
        """The issues that a selector hits now; the key has proved to be good when they end."""
        params = self._filters.params(selector)
        try:
            yield from self._api.issues(params)
        except (AccessDenied, NotFound) as error:
            self._api.prove()
            raise lost(self._api, self._filters.projects, params, error) from error
        self._api.prove()

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        found: set[str] = set()
        for piece in pieces(sorted(parents), pages.PAGE):
            params = {**EVERY, "parent_id": ",".join(piece)}
            found.update(str(one["id"]) for one in self._api.issues(params))
        if parents:
            self._api.prove()
        return frozenset(found)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        return self._told(self._by_id(ids))

    def changed(self, since: datetime) -> Changed:
        """By `updated_on`, in whole seconds. Redmine does not move it where a note is edited or time is
        logged; the sweep sees the latter."""
        until = (self._api.http.server_now or self._api.http.clock.now()) - LAG
        return Changed(self._since(since - LAG), max(since, until))

    def touched(self, since: datetime) -> frozenset[str]:
        found = frozenset(str(one["id"]) for one in self._api.issues(_updated(since)))
        self._api.prove()
        return found

    def _since(self, since: datetime) -> Iterator[Raw]:
        yield from self._told(self._api.issues(_updated(since)))
        self._api.prove()

    def _told(self, issues: Iterable[Mapping[str, Any]]) -> Iterator[Raw]:
        """The records with the numbers of their direct children, which no list tells: another look a page."""
        for page in pieces(issues, pages.PAGE):
            below: dict[str, list[int]] = {}
            params = {**EVERY, "parent_id": ",".join(str(one["id"]) for one in page)}
            for child in self._api.issues(params):
                below.setdefault(str(child["parent"]["id"]), []).append(child["id"])
            yield from (raw(one, below.get(str(one["id"]), ())) for one in page)

    def _by_id(self, ids: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """A page an answer. What is hidden or gone is left out, once the key has proved to be good."""
        asked = 0
        for chunk in self._api.http.parallel(self._chunk, pieces(dict.fromkeys(ids), pages.PAGE)):
            asked += 1
            yield from chunk
        if asked:
            self._api.prove()

    def _chunk(self, ids: list[str]) -> list[Mapping[str, Any]]:
        params = {**EVERY, "issue_id": ",".join(ids)}
        return list({one["id"]: one for one in self._api.issues(params)}.values())


def _updated(since: datetime) -> dict[str, Any]:
    """Only UTC with Z and without fractions is understood."""
    return {**EVERY, "updated_on": f">={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def raw(issue: Mapping[str, Any], below: Iterable[int] = ()) -> Raw:
    """The record, cut to what is used. Its version takes in all of that: two changes may fall into one
    second, and logged time does not move `updated_on`."""
    kept = {name: issue[name] for name in KEPT if name in issue} | {"children": sorted(set(below))}
    digest = sha256(orjson.dumps(kept)).hexdigest()[:12]
    return Raw(str(issue["id"]), f"{issue.get('updated_on') or ''} {digest}", kept)
