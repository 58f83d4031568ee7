"""A Redmine of a few lines, as the real one answers: what it drops it drops without a word."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bridge.model import Query, Tier
from connectors.http import Clock
from connectors.redmine import Redmine, RedmineSettings, connect
from connectors.session import plain_session
from mappings.redmine_text import JOINER
from tests.connectors.stage import Stage

URL, KEY, BRIDGE, PERSON = "http://red.example", "k" * 40, 4, 1
JSON = "application/json"
BELOW = "/1"
"""It may stand below a path."""
RIGHTS = ("view_issues", "edit_issues", "add_issue_notes", "edit_own_issue_notes", "set_notes_private")
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
FIELDS = dict(enumerate([*NAMES.values(), "Labels", "Story points"], 1))
FILTERED = {6}
TRACKERS = {1: "Epic", 2: "Story", 3: "Task"}
TIERS = {Tier.GROUP: 1, Tier.UNIT: 2, Tier.PART: 3}
PROJECTS = {1: "work", 2: "else"}
STATUSES = {1: ("New", False), 5: ("Closed", True)}


class FakeRedmine:
    """`readonly` fields are dropped from writes, `deaf`: so are notes. `may` are the rights of the bridge's
    role, `version` whose answers are given: 4 has no way to edit notes. `heard` is told every exchange."""

    project, other_project = "work", "else"

    def __init__(self, page: int = 3, version: int = 5) -> None:
        self.version, self.may, self.writes = version, set(RIGHTS), 0
        self.heard: Callable[..., None] = lambda *_: None
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.issues: dict[int, dict[str, Any]] = {}
        self.hidden: set[int] = set()
        self.readonly: set[int] = set()
        self.deaf, self.admin, self.rest, self.asked = False, False, True, list[str]()
        self._last = 0

    def opened(self, **more: Any) -> Redmine:
        session = plain_session("red", URL)
        session.mount(URL, Stage(self.play))
        clock = Clock(lambda: self.at, lambda: self.at.timestamp(), self.advance, lambda: 0.5)
        given = {"name": "red", "url": URL, "token": KEY, "field_names": NAMES} | more
        return connect(RedmineSettings(**given), session, clock=clock)

    # --- what it answers

    def play(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        return self.take(request.method, request.url, dict(request.headers), request.body or b"")

    def take(
        self, method: str, url: str, headers: dict[str, str], content: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        path = parts.path.removeprefix(BELOW)
        self.asked.append(f"{method} {path}")
        self.writes += method != "GET"
        who = BRIDGE if self.rest and headers.get("X-Redmine-API-Key") == KEY else 0
        body = orjson.loads(content) if content else None
        status, data = self.answer(method, path, parse_qs(parts.query), body, who)
        told = b"" if data is None else orjson.dumps(self.shaped(deepcopy(data)))
        self.heard(method, f"{path}?{parts.query}", content, status, told, JSON, JSON)
        return status, {"Content-Type": JSON}, told

    def shaped(self, data: Any) -> Any:
        """As this version tells it: 4 does not say of an issue whether it is closed, 6 says of a note when
        it was changed, and by whom."""
        for issue in [*data.get("issues", ()), *([data["issue"]] if "issue" in data else ())]:
            if self.version < 5:
                issue["status"] = {k: v for k, v in issue["status"].items() if k != "is_closed"}
            for journal in issue.get("journals", ()) if self.version >= 6 else ():
                journal["updated_on"] = journal["created_on"]
        return data

    def answer(
        self, method: str, path: str, asked: dict[str, list[str]], body: Any, who: int
    ) -> tuple[int, Any]:
        found = re.fullmatch(r"/(issues|journals)/(\d+)\.json", path)
        if path == "/users/current.json":
            return (200, {"user": self.user(asked)}) if who else (401 if self.rest else 403, None)
        if path == "/roles/9.json":
            seen = {f"{what}_visibility": "all" for what in ("issues", "time_entries", "users")}
            role = {"id": 9, "name": "Bridge", "assignable": True, **seen, "permissions": sorted(self.may)}
            return 200, {"role": role}
        if path == "/custom_fields.json":
            listed = [{"id": id, "name": name, "customized_type": "issue"} for id, name in FIELDS.items()]
            return (200, {"custom_fields": listed}) if self.admin else (403, None)
        if method == "GET" and path == "/issues.json":
            # The one saved query belongs to a project; another is not there.
            lost = "query_id" in asked and not (
                asked["query_id"] == ["7"] and asked.get("project_id") == ["work"]
            )
            return (404, None) if lost else (200, self.listed(asked, who))
        if found and found[1] == "issues":
            return self.one(method, int(found[2]), body)
        if found:
            return self.journal(int(found[2]), body)
        return (200, SITE[path]) if path in SITE else (404, None)

    def user(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        member = [
            {"id": id, "project": {"id": id, "name": key}, "roles": [{"id": 9, "name": "Bridge"}]}
            for id, key in PROJECTS.items()
        ]
        told = {
            "id": BRIDGE,
            "login": "bridge",
            "admin": self.admin,
            "firstname": "OKR",
            "lastname": "bridge",
        }
        told |= {"created_on": self.stamp(), "updated_on": self.stamp()}
        told |= {"last_login_on": None, "passwd_changed_on": None}
        return told | ({"memberships": member} if asked.get("include") == ["memberships"] else {})

    def listed(self, asked: dict[str, list[str]], who: int) -> dict[str, Any]:
        hits = [
            one for id, one in self.issues.items() if who and id not in self.hidden and matches(one, asked)
        ]
        start, limit = int(asked.get("offset", ["0"])[0]), int(asked.get("limit", ["25"])[0])
        page = [{n: v for n, v in one.items() if n != "journals"} for one in hits[start : start + limit]]
        return {"issues": page, "total_count": len(hits), "offset": start, "limit": limit}

    def one(self, method: str, id: int, body: Any) -> tuple[int, Any]:
        if id not in self.issues:
            return 404, None
        if id in self.hidden:
            return 403, None
        if method == "GET":
            return 200, {"issue": self.issues[id]}
        if not self.may & {"edit_issues", "add_issue_notes"}:
            return 403, None
        given = body["issue"]
        if any(f["id"] == 3 and f["value"] == "Dead" for f in given.get("custom_fields", ())):
            return 422, {"errors": ["Kr status is not included in the list"]}
        for field in given.get("custom_fields", ()):
            held = next((f for f in self.issues[id]["custom_fields"] if f["id"] == field["id"]), None)
            if held is not None and field["id"] not in self.readonly:
                held["value"] = field["value"]
        if given.get("notes") and not self.deaf:
            self.note(id, given["notes"], BRIDGE, private=given.get("private_notes", False))
        self.touch(id)
        return 204, None

    def journal(self, id: int, body: Any) -> tuple[int, Any]:
        for issue in self.issues.values():
            for one in issue["journals"]:
                if one["id"] == id:
                    if self.version < 5:
                        return 404, None
                    if "edit_own_issue_notes" not in self.may:
                        return 403, None
                    one["notes"] = body["journal"]["notes"]
                    issue["journals"] = [j for j in issue["journals"] if j["notes"]]
                    return 204, None
        return 404, None

    # --- what people do

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT):
        id = self.number()
        fields = [
            {"id": f, "name": n, "value": list(labels) if n == "Labels" else None} for f, n in FIELDS.items()
        ]
        self.issues[id] = {
            "id": id, "project": {"id": 1, "name": "Work"}, "subject": title, "custom_fields": fields,
            "tracker": {"id": TIERS[tier], "name": TRACKERS[TIERS[tier]]}, "done_ratio": 0, "journals": [],
            "status": {"id": 1, "name": "New", "is_closed": False}, "created_on": self.stamp(),
            "is_private": False, **EMPTY,
        }  # fmt: skip
        self.reparent(str(id), parent)
        return str(id)

    def key(self, id):
        return f"#{id}"

    def edit(self, id, title):
        self.issues[int(id)]["subject"] = title
        self.touch(int(id))

    def reparent(self, id, parent):
        issue = self.issues[int(id)]
        issue.pop("parent", None)
        if parent:
            issue["parent"] = {"id": int(parent)}
        self.touch(int(id))

    def move(self, id):
        self.issues[int(id)]["project"] = {"id": 2, "name": "Else"}
        self.touch(int(id))
        return self.key(id)

    def delete(self, id):
        del self.issues[int(id)]

    def hide(self, id):
        self.hidden.add(int(id))

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        return self.note(int(id), text, PERSON)

    def said(self, id):
        seen = ((str(one["id"]), html.unescape(one["notes"])) for one in self.issues[int(id)]["journals"])
        return {note: text.replace(JOINER, "") for note, text in seen}

    def query(self, label):
        return Query(f"https://red.example/issues?sort=subject&cf_6={label}")

    def note(self, id: int, text: str, who: int, *, private: bool = False) -> str:
        number = self.number()
        self.issues[id]["journals"].append(
            {
                "id": number, "user": {"id": who, "name": "Somebody"}, "created_on": self.stamp(),
                "notes": text, "private_notes": private, "details": [],
            }
        )  # fmt: skip
        return str(number)

    def touch(self, id: int) -> None:
        self.issues[id]["updated_on"] = self.stamp()

    def stamp(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    def number(self) -> int:
        self._last += 1
        return self._last


BORN = "2026-10-01T08:00:00Z"
EMPTY = dict.fromkeys(
    ("description", "start_date", "due_date", "estimated_hours", "total_estimated_hours", "closed_on")
)
SITE: dict[str, Any] = {
    "/queries.json": {
        "queries": [{"id": 7, "name": "Ours", "is_public": True, "project_id": 1}],
        "total_count": 1,
    },
    "/trackers.json": {
        "trackers": [
            {"id": id, "name": name, "description": None, "enabled_standard_fields": []}
            for id, name in TRACKERS.items()
        ]
    },
    "/issue_statuses.json": {
        "issue_statuses": [
            {"id": id, "name": n, "is_closed": c, "description": None} for id, (n, c) in STATUSES.items()
        ]
    },
    "/projects.json": {
        "projects": [
            {
                "id": id,
                "identifier": key,
                "name": key.title(),
                "description": None,
                "homepage": None,
                "status": 1,
                "is_public": False,
                "inherit_members": False,
                "created_on": BORN,
                "updated_on": BORN,
                "issue_custom_fields": [{"id": f, "name": n} for f, n in FIELDS.items()],
            }
            for id, key in PROJECTS.items()
        ],
        "total_count": len(PROJECTS),
    },
}


def matches(issue: dict[str, Any], asked: dict[str, list[str]]) -> bool:
    """As far as a filter is known: any other is left out."""
    filters = deepcopy(asked)
    for name in asked.get("f[]", ()):
        filters[name] = asked.get(f"v[{name}][]", [""])
    if "status_id" not in filters and issue["status"]["is_closed"]:
        return False
    tests = {
        "project_id": lambda v: PROJECTS[issue["project"]["id"]] == v,
        "tracker_id": lambda v: str(issue["tracker"]["id"]) == v,
        "issue_id": lambda v: str(issue["id"]) in v.split(","),
        "parent_id": lambda v: str(issue.get("parent", {}).get("id")) in v.split(","),
        "updated_on": lambda v: issue["updated_on"] >= v.removeprefix(">="),
    }
    told = all(test(filters[name][0]) for name, test in tests.items() if name in filters)
    return told and all(custom(issue, id, filters[f"cf_{id}"][0]) for id in FILTERED if f"cf_{id}" in filters)


def custom(issue: dict[str, Any], id: int, wanted: str) -> bool:
    held = next(f["value"] for f in issue["custom_fields"] if f["id"] == id)
    return wanted in (held if isinstance(held, list) else [held])
