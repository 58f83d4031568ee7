"""May the bridge do in each project what it is there for; what stands on the anchors already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from bridge.errors import AccessDenied, ConnectorError, NotFound, Rejected
from bridge.model import Finding
from bridge.model import Project as ProjectSelector
from connectors.base import CheckScope, Found
from connectors.http import Http
from connectors.jira.api import Api, part
from connectors.jira.panel import JiraPanel
from connectors.jira.projects import Project
from connectors.jira.settings import JiraSettings
from connectors.jira.trouble import said

BROWSE = ("BROWSE_PROJECTS", "error", "Browse projects", "nothing in it can be read")
CREATE = ("CREATE_ISSUES", "info", "Create issues", "`provision` cannot make Epics")
WRITING = (
    BROWSE,
    ("EDIT_ISSUES", "error", "Edit issues", "no field and no property can be written"),
    ("ADD_COMMENTS", "error", "Add comments", "no comment can be made"),
    ("EDIT_OWN_COMMENTS", "error", "Edit own comments", "the comment cannot be kept up to date"),
    ("LINK_ISSUES", "warning", "Link issues", "no link to the key result can be made"),
    ("DELETE_OWN_COMMENTS", "info", "Delete own comments", "`unpublish` cannot take comments away"),
    CREATE,
    ("ADMINISTER_PROJECTS", "info", "Administer projects", "watchers get a mail when a field changes"),
)
_GLOBAL_ID = re.compile(r"okr-bridge=([^&]*)&kr=")


class Connected(Protocol):
    name: str
    settings: JiraSettings
    http: Http

    @property
    def api(self) -> Api: ...
    @property
    def panel(self) -> JiraPanel: ...


@dataclass(frozen=True, slots=True)
class _Anchor:
    key: str
    project: Project | None
    findings: tuple[Finding, ...]


def check_projects(jira: Connected, scope: CheckScope) -> Iterator[Finding]:
    anchors = sorted(
        jira.http.parallel(lambda key: _anchor(jira, key), dict.fromkeys(scope.anchors)), key=lambda a: a.key
    )
    shown_in = {anchor.project.key: anchor for anchor in reversed(anchors) if anchor.project}
    for anchor in anchors:
        yield from anchor.findings
    for key, anchor in sorted(shown_in.items()):
        yield from _portal(jira, anchor)
        yield from _screen(jira, anchor.key)
        yield from _permissions(jira, key, WRITING)
    for key in sorted(_read_in(scope) - shown_in.keys()):
        yield from _permissions(jira, key, (BROWSE, CREATE))


def _anchor(jira: Connected, key: str) -> _Anchor:
    """What stands on an anchor; trouble with one is a finding and hides no other."""
    try:
        found = jira.panel.look(key)
        project = jira.panel.projects.of(key)
    except NotFound:
        hint = "check the key; or the account may not see the project or the issue"
        return _Anchor(key, None, (Finding("error", jira.name, f"the anchor {key} cannot be read", hint),))
    except ConnectorError as error:
        return _Anchor(key, None, (Finding("error", jira.name, f"{key}: {said(error)}", error.hint),))
    return _Anchor(key, project, tuple(_marks(jira, key, found)))


def _marks(jira: Connected, key: str, found: Found) -> Iterator[Finding]:
    """Another instance's marks are drift: told, never touched."""
    marks = {comment.mark.instance for comment in found.comments}
    marks |= {unquote(match[1]) for link in found.links if (match := _GLOBAL_ID.match(link))}
    if isinstance(found.property, Mapping) and isinstance(found.property.get("instance"), str):
        marks.add(found.property["instance"])
    if others := sorted(marks - {jira.settings.instance}):
        message = f"{key} bears the marks of another bridge: {', '.join(others)}"
        hint = "they are left alone; one bridge per anchor, or the same `instance` if it is the same bridge"
        yield Finding("warning", jira.name, message, hint)


def _portal(jira: Connected, anchor: _Anchor) -> Iterator[Finding]:
    if anchor.project and anchor.project.service:
        message = f"customers read along in {anchor.project.key}: every comment is an internal note"
        yield Finding("info", jira.name, message)


def _screen(jira: Connected, key: str) -> Iterator[Finding]:
    """Fields that the site has and this issue cannot take. Empty metadata say nothing of screens: the
    account may not edit, which is told apart."""
    try:
        fields = jira.api.record(f"issue/{part(key)}/editmeta").get("fields") or {}
    except (AccessDenied, NotFound, Rejected):
        return
    absent = [role for role, id in jira.panel.fields.items() if id not in fields]
    if fields and absent:
        names = ", ".join(jira.settings.field_names.get(role, role) for role in absent)
        message = f"{key} cannot take {names}: not on its screen, or not for its project"
        yield Finding("warning", jira.name, message, "see what is to be done: `okr-bridge fields install`")


def _read_in(scope: CheckScope) -> set[str]:
    selected = {selector.key for selector in scope.selectors if isinstance(selector, ProjectSelector)}
    return selected | set(scope.projects)


def _permissions(jira: Connected, key: str, wanted: tuple[tuple[str, ...], ...]) -> Iterator[Finding]:
    try:
        held = jira.api.permissions((name for name, *_ in wanted), key)
    except NotFound:
        # Items that moved out of it are found all the same: each item and query is looked into by itself.
        hint = 'check the key, and give the account "Browse projects" there'
        yield Finding("warning", jira.name, f"the project {key} cannot be seen", hint)
        return
    for name, level, called, lost in wanted:
        if name not in held:
            hint = f'give the account "{called}" in this project'
            yield Finding(level, jira.name, f'"{called}" is missing in {key}: {lost}', hint)
