"""Feishu Base / Lark Base, as the bridge knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config import FeishuConnection
from bridge.tool import Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping

if TYPE_CHECKING:
    from mappings.feishu import Vocabulary

ROLES = (
    "title", "status", "parent", "type", "points", "estimate", "spent", "percent", "labels", "owner", "due",
    "finished", "blocked",
)  # fmt: skip


def _open(name: str, one: FeishuConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from connectors.feishu import FeishuSettings, connect
    from connectors.session import plain_session
    from mappings.feishu import FeishuMapping, zone_of

    words = _vocabulary(one)
    settings = FeishuSettings(
        name=name,
        url=one.url,
        api=one.api,
        base=one.base,
        app_id=one.app_id,
        secret=one.token.reveal(),
        tables=one.tables,
        columns={role: getattr(one, f"{role}_field") for role in ROLES},
        number_fields=kit.number_fields,
        field_names=kit.field_names,
        comment_field=one.comment_field,
        statuses=words.statuses,
        concurrency=one.concurrency,
        timeout=one.timeout,
        tries=kit.tries,
        hide=kit.hide,
        guard=kit.guard,
    )
    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.api, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    feishu = connect(settings, session, clock=kit.clock, site=kit.site)
    site = feishu.describe()
    try:
        zone = ZoneInfo(zone_of(site))
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return feishu, FeishuMapping(name, site, words, zone)


def _vocabulary(one: FeishuConnection) -> Vocabulary:
    from mappings.feishu import Vocabulary

    given = {
        "groups": one.group_types,
        "units": one.unit_types,
        "todo": one.todo_statuses,
        "in_progress": one.in_progress_statuses,
        "done": one.done_statuses,
        "cancelled": one.cancelled_statuses,
        "blocked": one.blocked_statuses,
    }
    return Vocabulary(**{what: words for what, words in given.items() if words})


FEISHU = Tool(
    name="feishu",
    title="Feishu Base / Lark Base (多维表格)",
    settings=FeishuConnection,
    open=_open,
    hooks=hooks.feishu,
    can=frozenset(
        {
            Capability.CONTAINER,
            Capability.FILTER,
            Capability.LABEL,
            Capability.FIELD,
            Capability.HIERARCHY,
            Capability.POINTS,
            Capability.TIME,
            Capability.PERCENT,
            Capability.VALUES,
            Capability.COMMENT,
            Capability.MAKE_FIELDS,
            Capability.WEBHOOKS,
        }
    ),
    decides=frozenset(
        {"tool", "url", "api", "tables", "comment_field", *(f"{role}_field" for role in ROLES)}
    ),
)
