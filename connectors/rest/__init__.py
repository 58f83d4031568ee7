"""Any REST API that speaks JSON, by what is described of it: paths, parameters, and where things are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.model import Document, Finding, Raw, Selector
from connectors.base import NO_SCOPE, Account, Changed, CheckScope, Found, Mark, Past, RemoteLink
from connectors.http import Http
from connectors.lacking import OverHttp
from connectors.rest.checks import trial
from connectors.rest.described import Paging, PastWays, Rest
from connectors.rest.panel import RestPanel
from connectors.rest.past import RestPast
from connectors.rest.source import RestSource

__all__ = ["RestApi", "RestWithPast"]


class RestApi(OverHttp):
    """One account on one described system: reads all, writes what is described."""

    def __init__(self, http: Http, rest: Rest, paging: Paging) -> None:
        super().__init__(http)
        self.source = RestSource(http, rest, paging)
        self.panel = RestPanel(self.source)

    def login(self) -> Account:
        return self.source.login()

    def describe(self) -> Mapping[str, Any]:
        return {"tool": "rest", "roles": sorted(self.source.rest.writes)}

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        """The login, every path of the description on the first items that there are, and the selectors."""
        told, *selectors = super().check(scope)
        yield told
        yield from trial(self.source)
        yield from selectors

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        return self.source.resolve(keys)

    def identities(self, selector: Selector) -> frozenset[str]:
        return self.source.identities(selector)

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        return self.source.children(parents)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        return self.source.fetch(ids)

    def changed(self, since: datetime) -> Changed:
        return self.source.changed(since)

    def look(self, item: str) -> Found:
        return self.panel.look(item)

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        self.panel.put_values(item, fields, property)

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self.panel.put_comment(item, body, mark, comment)

    def put_link(self, item: str, link: RemoteLink) -> None:
        self.panel.put_link(item, link)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        self.panel.remove_values(item, roles, property)

    def remove_comment(self, item: str, comment: str) -> None:
        self.panel.remove_comment(item, comment)

    def remove_link(self, item: str, global_id: str) -> None:
        self.panel.remove_link(item, global_id)


class RestWithPast(RestApi):
    """The same where a list of changes is described: a Historian as well."""

    def __init__(self, http: Http, rest: Rest, paging: Paging, past: PastWays) -> None:
        super().__init__(http, rest, paging)
        self._past = RestPast(self.source, past)

    def glossary(self) -> Mapping[str, Any]:
        """Nothing: the description tells what old entries mean."""
        return {}

    def touched(self, since: datetime) -> frozenset[str]:
        return frozenset(raw.id for raw in self.changed(since).records)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        return self._past.pasts(ids)
