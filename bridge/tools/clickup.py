"""ClickUp, as the bridge knows it."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge.config import ClickUpConnection
from bridge.tool import Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, one: ClickUpConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.clickup import ClickUpSettings, connect
    from connectors.session import plain_session
    from mappings.clickup import GROUPS, ClickUpMapping, Vocabulary

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    settings = ClickUpSettings(
        name=name,
        url=one.url,
        token=one.token.reveal(),
        workspace=one.workspace,
        points_field=one.points_field,
        percent_field=one.percent_field,
        number_fields=kit.number_fields,
        field_names=kit.field_names,
        group_types=one.group_types or GROUPS,
        concurrency=one.concurrency,
        timeout=one.timeout,
        tries=kit.tries,
        hide=kit.hide,
        guard=kit.guard,
    )
    clickup = connect(settings, session, clock=kit.clock, site=kit.site)
    given = {
        "groups": one.group_types,
        "units": one.unit_types,
        "todo": one.todo_statuses,
        "cancelled": one.cancelled_statuses,
        "blocked": one.blocked_statuses,
    }
    words = Vocabulary(**{what: told for what, told in given.items() if told})
    site = clickup.describe()
    return clickup, ClickUpMapping(name, site, words, zone_of(one.timezone or site.get("timezone", "")))


def zone_of(name: str) -> tzinfo:
    """UTC where ClickUp names a zone that nobody knows."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return UTC


CLICKUP = Tool(
    name="clickup",
    title="ClickUp",
    settings=ClickUpConnection,
    open=_open,
    hooks=hooks.clickup,
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
            Capability.CHECKLIST,
            Capability.VALUES,
            Capability.COMMENT,
            Capability.MAKE_ITEMS,
            Capability.HISTORY,
            Capability.WEBHOOKS,
        }
    ),
    decides=frozenset({"tool", "url", "workspace", "points_field", "percent_field"}),
)
