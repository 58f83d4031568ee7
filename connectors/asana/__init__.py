"""Asana, by its REST API and a personal access token or an OAuth app's token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from bridge.errors import Rejected, UnexpectedAnswer
from bridge.model import Finding
from connectors.asana.api import Api, Record
from connectors.asana.checks import check
from connectors.asana.fields import Fields
from connectors.asana.following import Following
from connectors.asana.making import Making
from connectors.asana.panel import AsanaPanel
from connectors.asana.settings import AsanaSettings
from connectors.asana.source import AsanaSource
from connectors.asana.webhooks import AsanaHooks
from connectors.base import (
    NO_SCOPE,
    Account,
    CheckScope,
    FieldResult,
    FieldsPlan,
    NewItem,
    RemoteLink,
)
from connectors.hook_steps import Hooked
from connectors.http import Answer, Clock, Http, HttpOptions
from connectors.lacking import OverHttp
from connectors.parts import OfParts

__all__ = ["Asana", "AsanaSettings", "connect"]

HINTS = {
    401: "make a new personal access token (My apps), or renew the app's token",
    402: "this needs a paid plan of Asana: link by project, label, field or keys instead",
}


def connect(
    settings: AsanaSettings, session: Any, *, clock: Clock, site: Mapping[str, Any] | None = None
) -> Asana:
    """A connection; nothing is sent yet. `session` logs in already, `site` is what `describe()` told
    earlier."""
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints=HINTS,
        hide=settings.hide,
        guard=settings.guard,
        limited="connection",
    )
    return Asana(settings, Http(settings.name, settings.url, session, options, clock), site)


class Asana(OfParts, OverHttp, Hooked):
    """One configured account in one workspace."""

    def __init__(self, settings: AsanaSettings, http: Http, facts: Record | None = None) -> None:
        super().__init__(http)
        self.settings = settings
        self.api = Api(http)
        self._facts = facts
        self._account = ""

    @property
    def hooks(self) -> AsanaHooks:
        return AsanaHooks(self.settings, self.api, self.describe)

    def login(self) -> Account:
        user, answer = self._me()
        name = str(user.get("name") or user["gid"])
        return Account(str(user["gid"]), name, "", answer.date or self.http.clock.now())

    def _me(self) -> tuple[Record, Answer]:
        asked = {"opt_fields": "name,workspaces.name"}
        answer = self.http.call("GET", "users/me", params=asked, repeatable=True)
        user = self.api.one(answer.data, "GET users/me")
        self._account = str(user["gid"])
        return user, answer

    def describe(self) -> Mapping[str, Any]:
        """The workspace. Raises Rejected where it is not said which one."""
        if not self._facts:
            user, _ = self._me()
            self._facts = {"workspace": self._workspace(user)}
        return self._facts

    def _workspace(self, user: Record) -> str:
        told = user.get("workspaces")
        if not isinstance(told, list):
            raise UnexpectedAnswer(self.name, "GET users/me told no workspaces", "the token lacks a scope")
        wanted = self.settings.workspace.strip().casefold()
        named = {str(one["gid"]): str(one.get("name") or "") for one in told}
        found = [g for g, name in named.items() if wanted in ("", g, name.strip().casefold())]
        if len(found) != 1:
            seen = ", ".join(f"{name} ({g})" for g, name in named.items()) or "none"
            message = f"{len(found)} workspaces are meant; the account sees {seen}"
            raise Rejected(self.name, message, "name one in `workspace`, by its number")
        return found[0]

    @cached_property
    def following(self) -> Following:
        workspace, chosen = str(self.describe()["workspace"]), self.settings
        return Following(self.api, workspace, chosen.projects, deep=chosen.subtasks)

    @cached_property
    def source(self) -> AsanaSource:
        return AsanaSource(self.api, str(self.describe()["workspace"]), self.following, self._now)

    def _now(self) -> datetime:
        return self.http.server_now or self.login().now

    @cached_property
    def panel(self) -> AsanaPanel:
        """Whose comments are ours is asked anew: tokens are renewed by other accounts, too."""
        account, external = self._account or self.login().id, self.settings.external_data
        return AsanaPanel(self.api, account, self.settings.field_names, external=external)

    @cached_property
    def fields(self) -> Fields:
        names = self.settings.field_names
        return Fields(self.api, str(self.describe()["workspace"]), self.following, names)

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
        """Asana has no screens but projects."""
        return self.fields.plan(tuple(dict.fromkeys(screens or projects)))

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        return self.fields.apply(plan)

    @cached_property
    def making(self) -> Making:
        workspace, chosen = str(self.describe()["workspace"]), self.settings
        return Making(self.api, workspace, self.following, chosen.type_fields, chosen.group_types)

    def find_made(self, marker: str) -> str | None:
        return self.making.find_made(marker)

    def can_make(self, project: str) -> None:
        self.making.can_make(project)

    def make(self, item: NewItem) -> str:
        return self.making.make(item)

    def put_link(self, item: str, link: RemoteLink) -> None:
        self.panel.links.put(item, link)

    def remove_link(self, item: str, global_id: str) -> None:
        self.panel.links.remove(item, global_id)

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)
