"""ClickUp, by its API v2 and a personal token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from bridge.model import Finding
from connectors.base import NO_SCOPE, Account, CheckScope, NewItem
from connectors.clickup.api import NOBODY, Api
from connectors.clickup.checks import check
from connectors.clickup.filters import Filters
from connectors.clickup.panel import ClickUpPanel
from connectors.clickup.provision import ClickUpProvisioner
from connectors.clickup.settings import ClickUpSettings
from connectors.clickup.source import ClickUpSource
from connectors.clickup.webhooks import ClickUpHooks
from connectors.hook_steps import Hooked
from connectors.http import Clock, Http, HttpOptions
from connectors.lacking import OverHttp
from connectors.parts import OfParts
from connectors.session import log_in

__all__ = ["ClickUp", "ClickUpSettings", "connect"]

TYPES = {"0": "Task", "1": "Milestone"}
"""Those that every workspace has; its own are asked for."""


def connect(
    settings: ClickUpSettings, session: Any, *, clock: Clock, site: Mapping[str, Any] | None = None
) -> ClickUp:
    """A connection; nothing is sent yet. `session` is a plain one, `site` what `describe()` told earlier."""
    log_in(session, "header", settings.authorization, parameter="Authorization")
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints={401: NOBODY},
        hide=settings.hide,
        guard=settings.guard,
    )
    return ClickUp(settings, Http(settings.name, settings.url, session, options, clock), site)


class ClickUp(OfParts, OverHttp, Hooked):
    """One configured account in one workspace."""

    def __init__(self, settings: ClickUpSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(http)
        self.settings = settings
        self.api = Api(http, settings.workspace)
        self._facts = facts

    @cached_property
    def filters(self) -> Filters:
        return Filters(self.api, self.describe()["types"])

    @cached_property
    def source(self) -> ClickUpSource:
        return ClickUpSource(self.api, self.filters, self.settings.wanted)

    @cached_property
    def provisioner(self) -> ClickUpProvisioner:
        types = self.describe()["types"]
        return ClickUpProvisioner(self.api, self.filters, types, self.settings.group_types)

    @cached_property
    def panel(self) -> ClickUpPanel:
        return ClickUpPanel(self.api, self.settings.field_names)

    @property
    def hooks(self) -> ClickUpHooks:
        return ClickUpHooks(self.api)

    def login(self) -> Account:
        return self.api.login()

    def describe(self) -> Mapping[str, Any]:
        """The workspace's task types and the names of the fields that count: three requests."""
        if self._facts is None:
            settings = self.settings
            account = self.api.login()
            self._facts = {
                "account": account.id,
                "timezone": account.time_zone,
                "workspace": self.api.prove(),
                "types": self._types(),
                "points": settings.points_field,
                "percent": settings.percent_field,
                "numbers": sorted(settings.number_fields),
                "panel": dict(settings.field_names),
            }
        return self._facts

    def _types(self) -> dict[str, str]:
        path = f"team/{self.api.workspace}/custom_item"
        data = self.http.call("GET", path, repeatable=True).data
        # The document's example has it in a list.
        told = data[0] if isinstance(data, list) and data else data
        found = self.api.member(told, "custom_items", list, f"GET {path}")
        return TYPES | {str(one["id"]): str(one["name"]) for one in found}

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def find_made(self, marker: str) -> str | None:
        return self.provisioner.find_made(marker)

    def can_make(self, project: str) -> None:
        self.provisioner.can_make(project)

    def make(self, item: NewItem) -> str:
        return self.provisioner.make(item)
