"""Redmine 5.0 and later, by its REST API and an API access key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from bridge.model import Document, Finding, Raw, Selector
from connectors.base import (
    NO_SCOPE,
    Account,
    Changed,
    CheckScope,
    Found,
    Mark,
    RemoteLink,
    Traffic,
)
from connectors.http import Clock, Http, HttpOptions
from connectors.lacking import Lacking
from connectors.past_roles import Past
from connectors.redmine import site as sites
from connectors.redmine.api import NOBODY, Api
from connectors.redmine.checks import check
from connectors.redmine.filters import Filters
from connectors.redmine.panel import RedminePanel
from connectors.redmine.past import RedminePast
from connectors.redmine.settings import RedmineSettings
from connectors.redmine.source import RedmineSource

__all__ = ["Redmine", "RedmineSettings", "connect"]


def connect(
    settings: RedmineSettings, session: Any, *, clock: Clock, site: Mapping[str, Any] | None = None
) -> Redmine:
    """A connection; nothing is sent yet. `session` is a plain one, `site` what `describe()` told earlier."""
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints={401: NOBODY},
        headers={"X-Redmine-API-Key": settings.token},
        hide=settings.hide,
        guard=settings.guard,
    )
    return Redmine(settings, Http(settings.name, settings.url, session, options, clock), site)


class Redmine(Lacking):
    """One configured account on one site. What the site is gets asked when first needed. It makes no issues:
    Redmine has no labels to find them again by."""

    def __init__(self, settings: RedmineSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        self.name = settings.name
        self.settings = settings
        self.http = http
        self.api = Api(http)
        self._facts = facts

    @property
    def requests(self) -> int:
        return self.http.requests

    @property
    def traffic(self) -> Traffic:
        return self.http.traffic

    @cached_property
    def source(self) -> RedmineSource:
        return RedmineSource(self.api, Filters(self.api, self.describe()))

    @cached_property
    def panel(self) -> RedminePanel:
        return RedminePanel(self.api, self.describe(), private=self.settings.private_notes)

    def login(self) -> Account:
        return self.api.prove()

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = sites.describe(self.api, self.settings)
        return self._facts

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def close(self) -> None:
        self.http.close()

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

    def glossary(self) -> Mapping[str, Any]:
        return RedminePast(self.api, self.source).glossary(self.describe())

    def touched(self, since: datetime) -> frozenset[str]:
        return self.source.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        """Records hold every field that the account may see, whatever is asked for."""
        return RedminePast(self.api, self.source).pasts(ids)

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
