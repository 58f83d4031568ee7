"""Trello, by its REST API with an API key and a token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.model import Finding
from connectors.base import NO_SCOPE, Account, CheckScope, FieldResult, FieldsPlan, RemoteLink
from connectors.hook_steps import Hooked
from connectors.http import Clock, Http, HttpOptions
from connectors.lacking import OverHttp
from connectors.parts import OfParts
from connectors.past_roles import Past
from connectors.session import log_in
from connectors.trello import site as sites
from connectors.trello.api import NOBODY, Api
from connectors.trello.boards import Boards
from connectors.trello.checks import check
from connectors.trello.dialect import teach
from connectors.trello.fields import Fields
from connectors.trello.panel import TrelloPanel
from connectors.trello.past import TrelloPast
from connectors.trello.settings import TrelloSettings
from connectors.trello.source import TrelloSource
from connectors.trello.webhooks import TrelloHooks

__all__ = ["Trello", "TrelloSettings", "connect"]


def connect(
    settings: TrelloSettings, session: Any, *, clock: Clock, site: Mapping[str, Any] | None = None
) -> Trello:
    """A connection; nothing is sent yet. `session` is a plain one: it gets the login, in a header, since
    addresses stand in logs. `site` is what `describe()` told earlier."""
    login = f'OAuth oauth_consumer_key="{settings.key}", oauth_token="{settings.token}"'
    log_in(session, "header", login, parameter="Authorization")
    teach(session)
    options = HttpOptions(
        timeout=settings.timeout,
        tries=settings.tries,
        concurrency=settings.concurrency,
        hints={401: NOBODY},
        hide=_hiding(settings),
        guard=settings.guard,
    )
    return Trello(settings, Http(settings.name, settings.url, session, options, clock), site)


def _hiding(settings: TrelloSettings) -> Any:
    def hidden(text: str) -> str:
        for secret in filter(None, (settings.key, settings.token)):
            text = text.replace(secret, "***")
        return settings.hide(text)

    return hidden


class Trello(OfParts, OverHttp, Hooked):
    """One account. It makes no cards: nothing says which list of a board they belong in."""

    def __init__(self, settings: TrelloSettings, http: Http, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(http)
        self.settings = settings
        self._facts = facts
        self.api = Api(http)
        self.boards = Boards(self.api, settings.boards)
        self.source = TrelloSource(self.api, self.boards)
        self.panel = TrelloPanel(self.api, self.boards, settings.field_names)

    @property
    def fields(self) -> Fields:
        return Fields(self.api, self.boards, self.settings.field_names)

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
        """Trello has no screens but boards."""
        return self.fields.plan(tuple(dict.fromkeys(screens or projects)))

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        return self.fields.apply(plan)

    @property
    def hooks(self) -> TrelloHooks:
        return TrelloHooks(self.settings, self.api, self.boards)

    @property
    def _past(self) -> TrelloPast:
        """A new one each time: what it read is held no longer than it is used."""
        return TrelloPast(self.api, self.boards, self.source)

    def login(self) -> Account:
        return self.api.prove()

    def describe(self) -> Mapping[str, Any]:
        if self._facts is None:
            self._facts = sites.describe(self.api, self.boards, self.settings)
        return self._facts

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        return check(self, scope)

    def glossary(self) -> Mapping[str, Any]:
        return self._past.glossary()

    def touched(self, since: datetime) -> frozenset[str]:
        return self._past.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        """Records hold every field of their board, whatever is asked for."""
        return self._past.pasts(ids)

    def put_link(self, item: str, link: RemoteLink) -> None:
        self.panel.put_link(item, link)

    def remove_link(self, item: str, global_id: str) -> None:
        self.panel.remove_link(item, global_id)
