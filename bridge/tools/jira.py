"""Jira, Cloud and Data Center, as the bridge knows it."""

from __future__ import annotations

from bridge.config import JiraConnection
from bridge.tool import Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, one: JiraConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.jira import JiraSettings, connect
    from mappings.jira import JiraMapping, Vocabulary

    visibility = one.comment_visibility
    jira = connect(
        JiraSettings(
            name=name,
            url=one.url,
            deployment=one.deployment,
            auth=one.auth,
            email=one.email,
            token=one.token.reveal() if one.token else "",
            points_field=one.points_field,
            number_fields=kit.number_fields,
            field_names=kit.field_names,
            instance=kit.instance,
            comment_visibility=visibility.model_dump() if visibility else {},
            concurrency=one.concurrency,
            timeout=one.timeout,
            tries=kit.tries,
            ca_bundle=str(one.ca_bundle or ""),
            proxy=one.proxy_url(),
            hide=kit.hide,
            guard=kit.guard,
        ),
        clock=kit.clock,
        site=kit.site,
    )
    vocabulary = Vocabulary(one.cancelled_resolutions, one.cancelled_statuses)
    return jira, JiraMapping(name, jira.describe(), vocabulary)


JIRA = Tool(
    name="jira",
    title="Jira",
    settings=JiraConnection,
    open=_open,
    can=frozenset(Capability) - {Capability.PERCENT, Capability.CHECKLIST},
    decides=frozenset({"url", "deployment", "points_field", "tool"}),
    hooks=hooks.jira,
)
