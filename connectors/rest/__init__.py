"""Any REST API that speaks JSON, by what is described of it: paths, parameters, and where things are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.model import Finding
from connectors.base import NO_SCOPE, Account, CheckScope, Past, RemoteLink
from connectors.http import Http
from connectors.lacking import OverHttp
from connectors.parts import OfParts
from connectors.rest.checks import past_trial, trial
from connectors.rest.described import Paging, PastWays, Rest
from connectors.rest.panel import RestPanel
from connectors.rest.past import RestPast
from connectors.rest.source import RestSource

__all__ = ["RestApi", "RestWithPast"]


class RestApi(OfParts, OverHttp):
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

    def put_link(self, item: str, link: RemoteLink) -> None:
        self.panel.put_link(item, link)

    def remove_link(self, item: str, global_id: str) -> None:
        self.panel.remove_link(item, global_id)


class RestWithPast(RestApi):
    """The same where a list of changes is described: a Historian as well."""

    def __init__(self, http: Http, rest: Rest, paging: Paging, past: PastWays) -> None:
        super().__init__(http, rest, paging)
        self._past = RestPast(self.source, past)

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        """And the past of the first item that there is."""
        yield from super().check(scope)
        yield from past_trial(self.source, self._past)

    def glossary(self) -> Mapping[str, Any]:
        """Nothing: the description tells what old entries mean."""
        return {}

    def touched(self, since: datetime) -> frozenset[str]:
        return frozenset(raw.id for raw in self.changed(since).records)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        return self._past.pasts(ids)
