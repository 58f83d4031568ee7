"""Notion, as the bridge knows it."""

from __future__ import annotations

from bridge.config import NotionConnection
from bridge.tool import Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping

ROLES = ("status", "parent", "type", "points", "estimate", "spent", "percent", "labels", "owner", "due",
         "blocked")  # fmt: skip


def _open(name: str, one: NotionConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.http import Http
    from connectors.notion import Notion, NotionSettings
    from connectors.notion.api import SPEAKS
    from connectors.session import log_in, plain_session
    from mappings.notion import NotionMapping, Vocabulary

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    log_in(session, "bearer", one.token.reveal())
    options = kit.options(timeout=one.timeout, concurrency=one.concurrency, **SPEAKS)
    given = {
        "groups": one.group_types,
        "units": one.unit_types,
        "group_databases": one.group_databases,
        "todo": one.todo_statuses,
        "in_progress": one.in_progress_statuses,
        "done": one.done_statuses,
        "cancelled": one.cancelled_statuses,
        "blocked": one.blocked_statuses,
    }
    words = Vocabulary(**{what: said for what, said in given.items() if said}, time_unit=one.time_unit)
    settings = NotionSettings(
        databases=one.databases,
        shown_in=one.shown_in,
        properties={role: getattr(one, f"{role}_field") for role in ROLES},
        group_types=words.groups,
        number_fields=kit.number_fields,
        field_names=kit.field_names,
    )
    notion = Notion(settings, Http(name, one.url, session, options, kit.clock), kit.site)
    return notion, NotionMapping(name, notion.describe(), words)


NOTION = Tool(
    name="notion",
    title="Notion",
    settings=NotionConnection,
    open=_open,
    hooks=hooks.notion,
    can=frozenset(
        {
            Capability.CONTAINER,
            Capability.FILTER,
            Capability.LABEL,
            Capability.FIELD,
            Capability.HIERARCHY,
            Capability.CHANGED,
            Capability.POINTS,
            Capability.TIME,
            Capability.PERCENT,
            Capability.VALUES,
            Capability.COMMENT,
            Capability.MAKE_FIELDS,
            Capability.MAKE_ITEMS,
            Capability.WEBHOOKS,
        }
    ),
    decides=frozenset({"tool", "url", "databases", "shown_in", *(f"{role}_field" for role in ROLES)}),
)
