"""How the webhooks of the tools described here speak; each is loaded when the daemon asks, and not before."""

from __future__ import annotations

from typing import Any

from bridge.hook_form import Form


def jira(_section: Any, _address: str) -> Form:
    from bridge.daemon.jira_hooks import JIRA

    return JIRA


def trello(_section: Any, address: str) -> Form:
    from bridge.daemon.trello_hooks import trello

    return trello(address)


def clickup(_section: Any, _address: str) -> Form:
    from bridge.daemon.clickup_hooks import CLICKUP

    return CLICKUP


def notion(_section: Any, _address: str) -> Form:
    from bridge.daemon.notion_hooks import NOTION

    return NOTION


def asana(section: Any, _address: str) -> Form:
    from bridge.daemon.asana_hooks import asana

    return asana(section.projects)


def feishu(section: Any, _address: str) -> Form:
    from bridge.daemon.feishu_hooks import feishu

    return feishu(section.base)


def redmine(_section: Any, _address: str) -> Form:
    from bridge.daemon.redmine_hooks import REDMINE

    return REDMINE


def rest(section: Any, _address: str) -> Form | None:
    told = section.hooks
    if told is None:
        return None
    from bridge.daemon.rest_hooks import Sender
    from bridge.tools.rest import path

    return Sender(
        header=told.header,
        kind=told.kind,
        encoding=told.encoding,
        prefix=told.prefix,
        items=tuple(map(path, told.items)),
        event=path(told.event) if told.event else None,
        status=told.status,
    ).form()
