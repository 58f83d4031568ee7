"""Asana, as the bridge knows it."""

from __future__ import annotations

from bridge.config import AsanaConnection
from bridge.tool import SHOWN, Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, one: AsanaConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.asana import AsanaSettings, connect
    from connectors.session import log_in, plain_session
    from mappings.asana import AsanaMapping, Vocabulary

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    log_in(session, "bearer", one.token.reveal())
    chosen = {
        "groups": one.group_types,
        "units": one.unit_types,
        "in_progress": one.in_progress_statuses,
        "done": one.done_statuses,
        "cancelled": one.cancelled_statuses,
        "blocked": one.blocked_statuses,
        "type_fields": _named(one.type_field),
        "status_fields": _named(one.status_field),
        "points_fields": _named(one.points_field),
        "time_fields": _named(one.time_field),
        "percent_fields": _named(one.percent_field),
    }
    given = {what: words for what, words in chosen.items() if words}
    words = Vocabulary(**given, time_unit=one.time_unit)
    settings = AsanaSettings(
        name=name,
        url=one.url,
        workspace=one.workspace,
        projects=one.projects,
        field_names=kit.field_names,
        type_fields=words.type_fields,
        group_types=words.groups,
        subtasks=one.subtasks,
        external_data=one.external_data,
        concurrency=one.concurrency,
        timeout=one.timeout,
        tries=kit.tries,
        hide=kit.hide,
        guard=kit.guard,
    )
    asana = connect(settings, session, clock=kit.clock, site=kit.site)
    reading = f"{one.workspace} {sorted(one.projects)} {one.subtasks}"
    return asana, AsanaMapping(name, words, kit.field_names, kit.number_fields, reading)


def _named(given: str) -> tuple[str, ...]:
    return (given,) if given else ()


def unwritten(one: AsanaConnection) -> frozenset[str]:
    """An app may keep a property, a person's token may not."""
    return frozenset() if one.external_data else frozenset({SHOWN[Capability.PROPERTY]})


ASANA = Tool(
    name="asana",
    title="Asana",
    settings=AsanaConnection,
    open=_open,
    hooks=hooks.asana,
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
            Capability.PROPERTY,
            Capability.LINK,
            Capability.MAKE_FIELDS,
            Capability.MAKE_ITEMS,
            Capability.WEBHOOKS,
        }
    ),
    unwritten=unwritten,
    decides=frozenset({"tool", "url", "workspace"}),
)
