"""Redmine 5.0 and later, by its REST API and an API access key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from bridge.model import Finding
from connectors.base import (
    NO_SCOPE,
    Account,
    CheckScope,
)
from connectors.hook_steps import Hooked
from connectors.http import Clock, Http, HttpOptions
from connectors.lacking import OverHttp
from connectors.parts import OfParts
from connectors.past_roles import Past
from connectors.redmine import site as sites
from connectors.redmine.api import NOBODY, Api
from connectors.redmine.checks import check
from connectors.redmine.filters import Filters
from connectors.redmine.panel import RedminePanel
from connectors.redmine.past import RedminePast
from connectors.redmine.settings import RedmineSettings
from connectors.redmine.source import RedmineSource
from connectors.redmine.webhooks import RedmineHooks

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


class Redmine(OfParts, OverHttp, Hooked):
    """One configured account on one site. What the site is gets asked when first needed. It makes no issues:
    Redmine has no labels to find them again by."""

    def __init__(self, settings: RedmineSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(http)
        self.settings = settings
        self.api = Api(http)
        self._facts = facts

    @cached_property
    def source(self) -> RedmineSource:
        return RedmineSource(self.api, Filters(self.api, self.describe()))

    @cached_property
    def panel(self) -> RedminePanel:
        return RedminePanel(self.api, self.describe(), private=self.settings.private_notes)

    @property
    def hooks(self) -> RedmineHooks:
        return RedmineHooks(self.http)

    def login(self) -> Account:
        return self.api.prove()

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = sites.describe(self.api, self.settings)
        return self._facts

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def glossary(self) -> Mapping[str, Any]:
        return RedminePast(self.api, self.source).glossary(self.describe())

    def touched(self, since: datetime) -> frozenset[str]:
        return self.source.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        """Records hold every field that the account may see, whatever is asked for."""
        return RedminePast(self.api, self.source).pasts(ids)
