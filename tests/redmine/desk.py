"""What people do in a real Redmine, past the connector."""

from __future__ import annotations

import html
import json
import re
import urllib.request
from functools import partial
from itertools import count
from typing import Any
from xml.etree import ElementTree

from bridge.model import Query, Tier
from connectors.http import Clock
from connectors.redmine import Redmine, RedmineSettings, connect
from connectors.session import plain_session
from mappings.redmine import RedmineMapping
from mappings.redmine_text import JOINER
from tests.contract import System
from tests.servers.redmine.server import Server

NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
TRACKERS = {Tier.GROUP: "Epic", Tier.UNIT: "Story", Tier.PART: "Task"}
NUMBERS = count(1)
ATOM = "{http://www.w3.org/2005/Atom}"


class Desk:
    """An administrator, with two fresh projects that the bridge's account is a member of."""

    page = 3

    def __init__(self, server: Server, page: int = 3) -> None:
        self.server, self.page = server, page
        number = next(NUMBERS)
        self.project, self.other_project = f"work-{number}", f"else-{number}"
        lists = ("trackers", "issue_statuses", "custom_fields", "roles", "users")
        ids = [server.known(what, partial(self._ids, what)) for what in lists]
        self.trackers, self.statuses, self.fields, roles, users = ids
        for identifier in (self.project, self.other_project):
            self._project(identifier, users["bridge"], roles["Bridge"])

    def _project(self, identifier: str, user: int, role: int) -> None:
        project = {
            "name": identifier.title(),
            "identifier": identifier,
            "is_public": False,
            "tracker_ids": list(self.trackers.values()),
            "enabled_module_names": ["issue_tracking", "time_tracking"],
        }
        self.ask("POST", "/projects.json", {"project": project})
        membership = {"user_id": user, "role_ids": [role]}
        self.ask("POST", f"/projects/{identifier}/memberships.json", {"membership": membership})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Redmine-API-Key": self.server.admin, "Content-Type": "application/json"}
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content.strip() else None

    def _ids(self, what: str) -> dict[str, int]:
        """By name; accounts by login."""
        listed = self.ask("GET", f"/{what}.json")[what]
        return {one.get("login") or one["name"]: one["id"] for one in listed}

    def issue(self, id: str) -> Any:
        return self.ask("GET", f"/issues/{id}.json?include=journals")["issue"]

    def put(self, id: str, **issue: Any) -> None:
        self.ask("PUT", f"/issues/{id}.json", {"issue": issue})

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, **more):
        issue = {
            "project_id": self.project,
            "tracker_id": self.trackers[TRACKERS[tier]],
            "subject": title,
            **more,
        }
        if parent:
            issue["parent_issue_id"] = int(parent)
        if labels:
            issue["custom_fields"] = [{"id": self.fields["Labels"], "value": list(labels)}]
        return str(self.ask("POST", "/issues.json", {"issue": issue})["issue"]["id"])

    def key(self, id):
        return f"#{id}"

    def edit(self, id, title):
        self.put(id, subject=title)

    def status(self, id, name):
        self.put(id, status_id=self.statuses[name])
        assert self.issue(id)["status"]["name"] == name

    def reparent(self, id, parent):
        self.put(id, parent_issue_id=parent or "")

    def move(self, id):
        project = self.ask("GET", f"/projects/{self.other_project}.json")["project"]["id"]
        self.put(id, project_id=project)
        return self.key(id)

    def delete(self, id):
        self.ask("DELETE", f"/issues/{id}.json")

    def hide(self, id):
        self.put(id, is_private=True)

    def advance(self, seconds):
        self.server.advance(seconds)

    def say(self, id, text):
        self.put(id, notes=text)
        return str(self.issue(id)["journals"][-1]["id"])

    def said(self, id):
        """Notes as people read them."""
        texts = ((note, re.sub(r"<[^>]+>", "", text)) for note, text in self.rendered(id).items())
        return {note: html.unescape(text).replace(JOINER, "").strip() for note, text in texts}

    def rendered(self, id):
        """Notes as Redmine renders them, in its feed of the issue."""
        url = f"{self.server.url}/issues/{id}.atom?key={self.server.admin[:39]}f"
        with urllib.request.urlopen(url, timeout=30) as answer:
            feed = ElementTree.fromstring(answer.read())
        rendered = {}
        for entry in feed.findall(f"{ATOM}entry"):
            number = (entry.findtext(f"{ATOM}id") or "").rpartition("journal_id=")[2]
            # What changed besides stands in a list before the note.
            rendered[number] = (entry.findtext(f"{ATOM}content") or "").partition("</ul>")[2]
        notes = [str(one["id"]) for one in self.issue(id)["journals"] if one.get("notes")]
        return {note: rendered[note] for note in notes}

    def save(self, *, status="*", project=None, private=False, group=None, sort=None):
        """A saved query of the administrator's, its number; REST makes none."""
        number = self.ask("GET", f"/projects/{project}.json")["project"]["id"] if project else None
        return self.server.sql(
            "INSERT INTO queries (filters, project_id, visibility, group_by, sort_criteria, name, user_id,"
            " type) VALUES (?, ?, ?, ?, ?, 'Saved', 1, 'IssueQuery')",
            f"---\nstatus_id:\n  :operator: '{status}'\n  :values:\n  - ''\n",
            number,
            0 if private else 2,
            group,
            sort,
        )

    def query(self, label):
        return Query(f"sort=subject&cf_{self.fields['Labels']}={label}")


def bridge(server: Server, key: str = "", **more: Any) -> Redmine:
    settings = RedmineSettings(
        name="red", url=server.url, token=key or server.bridge, field_names=NAMES, **more
    )
    clock = Clock(server.now, lambda: server.now().timestamp(), lambda _seconds: None, lambda: 0.5)
    return connect(settings, plain_session("red", server.url), clock=clock)


def opened(server: Server, page: int = 3) -> System:
    """An empty Redmine with two projects, and the bridge on it."""
    server.wipe()
    desk = Desk(server, page)
    redmine = bridge(server)
    # Fields are told by issues to whoever is no administrator.
    first = desk.make("What a site has before")
    mapping = RedmineMapping("red", redmine.describe())
    desk.delete(first)
    return System(redmine, desk, mapping)
