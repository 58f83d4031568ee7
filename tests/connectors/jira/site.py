"""An embedded Jira with two small projects and a person in it, to hold the connector to its promises."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from bridge.model import Query, Tier
from bridge.sandbox import Sandbox, seed
from bridge.sandbox.adf import document, plain
from bridge.sandbox.catalog import Project
from bridge.sandbox.fieldtypes import PLATFORM
from connectors.http import Clock
from connectors.jira import JiraSettings

NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
KINDS = {"key_result": "textfield", "progress": "float", "status": "textfield", "score": "float",
         "updated": "datetime"}  # fmt: skip
TYPES = {Tier.GROUP: "Epic", Tier.UNIT: "Story", Tier.PART: "Sub-task"}
ESCAPED = re.compile(r"\\([-#*_+?^~|%{}\[\]()!@])")


class Time:
    """One clock for the site and for the connector; sleeping moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def clock(self) -> Clock:
        return Clock(self.now, lambda: self.at.timestamp(), self.advance, lambda: 0.5)


def make_site(deployment: str, time: Time, installed: bool = True) -> Sandbox:
    """Two projects of one workflow; with `installed` the bridge's fields stand on the screen."""
    sandbox = Sandbox(deployment, empty=True, now=time.now)
    catalog = sandbox.jira.catalog
    seed.software_fields(catalog)
    statuses = {"1": ("To Do", "new"), "2": ("In Progress", "indeterminate"), "3": ("Done", "done")}
    for id, (name, category) in statuses.items():
        catalog.status(id, name, category)
    for number, (tier, name) in enumerate(TYPES.items(), 1):
        catalog.type(str(number), name, {Tier.GROUP: 1, Tier.UNIT: 0, Tier.PART: -1}[tier])
    catalog.resolution("1", "Done")
    catalog.priority("3", "Medium")
    for number, key in enumerate(("WORK", "ELSE"), 1):
        catalog.project(Project(str(number), key, key.title(), types=["1", "2", "3"], statuses=[*statuses]))
    if installed:
        for number, (role, name) in enumerate(NAMES.items(), 10300):
            field = catalog.custom(number, name, PLATFORM + KINDS[role])
            screen = catalog.screens[seed.DEFAULT_SCREEN]
            catalog.put_on_screen(field, screen, screen.tabs[0][0])
    return sandbox


def settings(sandbox: Sandbox, url: str = "") -> JiraSettings:
    return JiraSettings(
        name="acme",
        url=url or sandbox.url,
        email=sandbox.email if sandbox.deployment == "cloud" else "",
        token=sandbox.token,
        field_names=NAMES,
        instance="here",
    )


class JiraDriver:
    """What people do in the embedded Jira, past the connector."""

    project, other_project = "WORK", "ELSE"

    def __init__(self, sandbox: Sandbox, time: Time, page: int) -> None:
        self.jira, self.time, self.page = sandbox.jira, time, page
        self.person = self.jira.catalog.user("ann", "Ann")

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT):
        above = self.key(parent) if parent else ""
        made = self.jira.add_issue(
            self.project, TYPES[tier], title, parent=above, labels=list(labels), creator=self.person
        )
        return str(made.id)

    def key(self, id):
        return self.jira.issue(id).key

    def edit(self, id, title):
        self.jira.edit(id, {"summary": title}, by=self.person)

    def reparent(self, id, parent):
        self.jira.reparent(id, parent, by=self.person)

    def move(self, id):
        return self.jira.move(id, self.other_project, by=self.person).key

    def delete(self, id):
        self.jira.delete(id)

    def hide(self, id):
        self.jira.hide(id)

    def advance(self, seconds):
        self.time.advance(seconds)

    def say(self, id, text):
        body = document(text) if self.jira.cloud else text
        return str(self.jira.comment(id, body, by=self.person).id)

    def said(self, id):
        return {str(comment.id): shown(comment.body) for comment in self.jira.issue(id).comments}

    def query(self, label):
        return Query(f'labels = "{label}" ORDER BY summary')


def shown(body):
    """A comment as people read it: the words of a document, or wiki text without its escapes."""
    return html.unescape(ESCAPED.sub(r"\1", body)) if isinstance(body, str) else plain(body)
