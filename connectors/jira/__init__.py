"""Jira, Cloud (REST v3) and Data Center (REST v2), told apart by itself."""

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
    FieldResult,
    FieldsPlan,
    HookResult,
    HookStep,
    HookWish,
    NewItem,
    Past,
    RemoteLink,
    Traffic,
    WorkSource,
)
from connectors.http import Clock, Http, HttpOptions
from connectors.jira import site as sites
from connectors.jira.api import HEADERS, Api
from connectors.jira.checks import check
from connectors.jira.fields import apply_fields, plan_fields
from connectors.jira.login import Login
from connectors.jira.panel import JiraPanel
from connectors.jira.past import glossary
from connectors.jira.past_cloud import CloudPast
from connectors.jira.past_datacenter import DataCenterPast
from connectors.jira.provision import JiraProvisioner
from connectors.jira.session import make_session
from connectors.jira.settings import JiraSettings
from connectors.jira.site import Site
from connectors.jira.source import past, source
from connectors.jira.webhooks import apply_hooks, plan_hooks, refresh_hooks
from connectors.parts import OfParts

__all__ = ["Jira", "JiraSettings", "connect"]

TOKEN_HINT = (
    "renew the token (they live a year at most), check `email`; a scoped token works only through "
    "https://api.atlassian.com/ex/jira/CLOUD_ID"
)


def connect(
    settings: JiraSettings, *, clock: Clock, site: Mapping[str, Any] | None = None, session: Any = None
) -> Jira:
    """A connection; nothing is sent yet. `site` is what `describe()` told earlier, if it did.

    `session` may be a ready `jira.JIRA`, `atlassian.Jira` or `requests.Session`, logged in its own way.
    """
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints={401: TOKEN_HINT},
        headers=HEADERS,
        hide=settings.hide,
        guard=settings.guard,
    )
    http = Http(settings.name, settings.url, make_session(settings, session), options, clock)
    return Jira(settings, http, site)


class Jira(OfParts):
    """One configured account on one site. What the site is gets asked when first needed."""

    def __init__(self, settings: JiraSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        self.name = settings.name
        self.settings = settings
        self.http = http
        self._facts = facts

    @property
    def requests(self) -> int:
        return self.http.requests

    @property
    def traffic(self) -> Traffic:
        return self.http.traffic

    @cached_property
    def site(self) -> Site:
        return Site.of(self.describe())

    @cached_property
    def source(self) -> WorkSource:
        return source(self.http, self.site, self._login)

    @cached_property
    def past(self) -> CloudPast | DataCenterPast:
        return past(self.http, self.site, self._login)

    @cached_property
    def api(self) -> Api:
        return Api(self.http, self.site.cloud)

    @cached_property
    def panel(self) -> JiraPanel:
        return JiraPanel(self.api, self.site.panel, self.settings.comment_visibility)

    @cached_property
    def provisioner(self) -> JiraProvisioner:
        return JiraProvisioner(self.api, self._login.vouch)

    @cached_property
    def _login(self) -> Login:
        if self._facts is None:
            return Login(self.http, sites.detect(self.http, self.settings))
        return Login(self.http, self.site.api, self.site.account)

    def login(self) -> Account:
        return self._login.prove()

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = sites.describe(self.http, self.settings)
        return self._facts

    def close(self) -> None:
        self.http.close()

    def glossary(self) -> Mapping[str, Any]:
        return glossary(self.api, self.site)

    def touched(self, since: datetime) -> frozenset[str]:
        return self.past.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        return self.past.pasts(ids, fields)

    def put_link(self, item: str, link: RemoteLink) -> None:
        self.panel.put_link(item, link)

    def remove_link(self, item: str, global_id: str) -> None:
        self.panel.remove_link(item, global_id)

    def find_made(self, marker: str) -> str | None:
        return self.provisioner.find_made(marker)

    def can_make(self, project: str) -> None:
        self.provisioner.can_make(project)

    def make(self, item: NewItem) -> str:
        return self.provisioner.make(item)

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
        return plan_fields(self, screens, projects)

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        return apply_fields(self, plan)

    def plan_hooks(self, wish: HookWish) -> Sequence[HookStep]:
        return plan_hooks(self, wish)

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> Sequence[HookResult]:
        return apply_hooks(self, wish, steps)

    def refresh_hooks(self, address: str) -> Sequence[HookResult]:
        return refresh_hooks(self, address)
