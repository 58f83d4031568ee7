"""Notion, by its REST API and the secret of a connection (integration)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from bridge.model import Finding
from connectors.base import (
    NO_SCOPE,
    Account,
    CheckScope,
    FieldResult,
    FieldsPlan,
    NewItem,
)
from connectors.hook_steps import Hooked
from connectors.http import Http
from connectors.lacking import OverHttp
from connectors.notion import schema
from connectors.notion.api import Api
from connectors.notion.checks import check
from connectors.notion.fields import NotionFields
from connectors.notion.making import NotionMaker
from connectors.notion.panel import NotionPanel
from connectors.notion.settings import NotionSettings
from connectors.notion.source import NotionSource
from connectors.notion.webhooks import NotionHooks
from connectors.parts import OfParts

__all__ = ["Notion", "NotionSettings"]


class Notion(OfParts, OverHttp, Hooked):
    """One connection and the databases that are shared with it. What they are gets asked when first needed.
    It links to nothing outside."""

    def __init__(self, settings: NotionSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(http)
        self.settings = settings
        self.api = Api(http)
        self._facts = facts

    @cached_property
    def source(self) -> NotionSource:
        return NotionSource(self.api, self.describe()["sources"])

    @cached_property
    def panel(self) -> NotionPanel:
        return NotionPanel(self.api, self.describe()["sources"])

    @property
    def fields(self) -> NotionFields:
        return NotionFields(self.api, self.describe()["sources"], self.settings.field_names)

    @property
    def maker(self) -> NotionMaker:
        return NotionMaker(self.api, self.describe()["sources"], self.source, self.settings.group_types)

    @property
    def hooks(self) -> NotionHooks:
        return NotionHooks()

    def login(self) -> Account:
        return self.api.prove()

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = schema.describe(self.api, self.settings)
        return self._facts

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def find_made(self, marker: str) -> str | None:
        return self.maker.find_made(marker)

    def can_make(self, project: str) -> None:
        self.maker.place(project)

    def make(self, item: NewItem) -> str:
        return self.maker.make(item)

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:  # noqa: ARG002
        return self.fields.plan(screens)

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        return self.fields.apply(plan)
