"""A base (多维表格) of Feishu or Lark, by the platform's API and the credentials of an app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bridge.model import Finding
from connectors.base import (
    NO_SCOPE,
    Account,
    CheckScope,
    FieldResult,
    FieldsPlan,
)
from connectors.feishu.answers import translate
from connectors.feishu.api import Api
from connectors.feishu.checks import check
from connectors.feishu.fields import apply_fields, plan_fields
from connectors.feishu.login import SECRET, Tenant
from connectors.feishu.panel import FeishuPanel
from connectors.feishu.settings import FeishuSettings
from connectors.feishu.source import FeishuSource
from connectors.feishu.tables import Tables
from connectors.feishu.webhooks import FeishuHooks
from connectors.hook_steps import Hooked
from connectors.http import Clock, Http, HttpOptions
from connectors.lacking import OverHttp
from connectors.parts import OfParts

__all__ = ["Feishu", "FeishuSettings", "connect"]

HINTS = {
    401: SECRET,
    403: "give the app the scope bitable:app, release it, and add it to the base (... > More > Add document "
    "app) with the right to edit",
    404: "it does not exist, or the app may not see it",
}


def connect(
    settings: FeishuSettings, session: Any, *, clock: Clock, site: Mapping[str, Any] | None = None
) -> Feishu:
    """A connection; nothing is sent yet. `session` is a plain one, `site` what `describe()` told earlier."""
    tenant = Tenant(session, settings.app_id, settings.secret)
    session.hooks["response"].append(translate)
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints=HINTS,
        hide=lambda text: settings.hide(tenant.hidden(text)),
        guard=settings.guard,
    )
    http = Http(settings.name, settings.api, session, options, clock)
    return Feishu(settings, http, Api(http, tenant, settings.app_id, settings.base), site)


class Feishu(OfParts, OverHttp, Hooked):
    """One app on one base. It makes no records, and keeps neither properties nor links."""

    def __init__(
        self, settings: FeishuSettings, http: Http, api: Api, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(http)
        self.settings = settings
        self.api = api
        self.tables = Tables(api, settings)
        self.source = FeishuSource(self.tables)
        self.panel = FeishuPanel(self.tables, self.source)
        self._facts = facts

    @property
    def hooks(self) -> FeishuHooks:
        return FeishuHooks(self.settings, self.api)

    def login(self) -> Account:
        return self.api.prove()[0]

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = self._told()
        return self._facts

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
        return plan_fields(self.tables, screens, projects)

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        return apply_fields(self.tables, plan)

    def _told(self) -> dict[str, Any]:
        account, app = self.api.prove()
        shapes = self.tables.shapes()
        roles = {role for one in shapes.values() for role in one.panel}
        numbers = {name for one in shapes.values() for name in one.numbers}
        missing = [name for role, name in self.settings.field_names.items() if role not in roles]
        missing += [name for name in self.settings.number_fields if name not in numbers]
        return {
            "base_url": self.settings.url,
            "base": str(app["app_token"]),
            "time_zone": account.time_zone,
            "tables": {table: one.facts for table, one in shapes.items()},
            "missing": missing,
        }
