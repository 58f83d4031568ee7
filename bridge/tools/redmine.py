"""Redmine, as the bridge knows it."""

from __future__ import annotations

from bridge.config import RedmineConnection
from bridge.tool import Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, one: RedmineConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.redmine import RedmineSettings, connect
    from connectors.redmine.settings import BLOCKED, LABELS, POINTS
    from connectors.session import plain_session
    from mappings.redmine import RedmineMapping, Vocabulary

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    settings = RedmineSettings(
        name=name,
        url=one.url,
        token=one.token.reveal(),
        number_fields=kit.number_fields,
        field_names=kit.field_names,
        private_notes=one.private_notes,
        concurrency=one.concurrency,
        timeout=one.timeout,
        tries=kit.tries,
        hide=kit.hide,
        guard=kit.guard,
        points_fields=_named(one.points_field, POINTS),
        labels_fields=_named(one.labels_field, LABELS),
        blocked_fields=_named(one.blocked_field, BLOCKED),
    )
    redmine = connect(settings, session, clock=kit.clock, site=kit.site)
    given = {
        "groups": one.group_trackers,
        "units": one.unit_trackers,
        "in_progress": one.in_progress_statuses,
        "cancelled": one.cancelled_statuses,
        "blocked": one.blocked_statuses,
    }
    words = Vocabulary(**{what: words for what, words in given.items() if words})
    return redmine, RedmineMapping(name, redmine.describe(), words)


def _named(given: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if given else usual


REDMINE = Tool(
    name="redmine",
    title="Redmine",
    settings=RedmineConnection,
    open=_open,
    hooks=hooks.redmine,
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
            Capability.HISTORY,
            Capability.WEBHOOKS,
        }
    ),
    decides=frozenset({"tool", "url", "points_field", "labels_field", "blocked_field"}),
)
