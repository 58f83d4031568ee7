"""Trello, as the bridge knows it."""

from __future__ import annotations

from bridge.config import TrelloConnection
from bridge.tool import PLAIN_LINK, Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, one: TrelloConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.session import plain_session
    from connectors.trello import TrelloSettings, connect
    from connectors.trello.settings import POINTS
    from mappings.trello import TrelloMapping, Vocabulary

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    hours = (one.estimate_field, one.spent_field, one.percent_field)
    settings = TrelloSettings(
        name=name,
        instance=kit.instance,
        url=one.url,
        key=one.key.reveal(),
        token=one.token.reveal(),
        boards=one.boards,
        points_fields=(one.points_field,) if one.points_field else POINTS,
        number_fields=(*kit.number_fields, *filter(None, hours)),
        field_names=kit.field_names,
        concurrency=one.concurrency,
        timeout=one.timeout,
        tries=kit.tries,
        hide=kit.hide,
        guard=kit.guard,
    )
    given = {
        "done": one.done_lists,
        "in_progress": one.in_progress_lists,
        "cancelled": one.cancelled,
        "blocked": one.blocked,
        "points": settings.points_fields,
    }
    words = Vocabulary(
        **{what: words for what, words in given.items() if words},
        done_by=one.done_by,
        archived=one.archived,
        points_in_title=one.points_in_title,
        hours=one.estimate_field,
        spent=one.spent_field,
        percent=one.percent_field,
        numbers=kit.number_fields,
    )
    trello = connect(settings, session, clock=kit.clock, site=kit.site)
    return trello, TrelloMapping(name, kit.field_names, words)


def unwritten(_one: TrelloConnection) -> frozenset[str]:
    """The link is an attachment."""
    return PLAIN_LINK


TRELLO = Tool(
    name="trello",
    title="Trello",
    settings=TrelloConnection,
    open=_open,
    hooks=hooks.trello,
    can=frozenset(
        {
            Capability.CONTAINER,
            Capability.FILTER,
            Capability.LABEL,
            Capability.FIELD,
            Capability.CHANGED,
            Capability.POINTS,
            Capability.TIME,
            Capability.PERCENT,
            Capability.CHECKLIST,
            Capability.VALUES,
            Capability.COMMENT,
            Capability.LINK,
            Capability.MAKE_FIELDS,
            Capability.WEBHOOKS,
            Capability.HISTORY,
        }
    ),
    unwritten=unwritten,
    decides=frozenset(
        {"tool", "url", "boards", "points_field", "estimate_field", "spent_field", "percent_field"}
    ),
)
