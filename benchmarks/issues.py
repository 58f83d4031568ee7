"""Made-up issues of the usual size: twenty fields and about 5.4 kB of JSON each."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

HOST = "https://bench.atlassian.net"
STATUSES = (("1", "To Do", 2, "new"), ("3", "In Progress", 4, "indeterminate"), ("5", "Done", 3, "done"))
FIELDS = (
    "summary",
    "issuetype",
    "status",
    "resolution",
    "labels",
    "project",
    "updated",
    "created",
    "resolutiondate",
    "duedate",
    "assignee",
    "reporter",
    "priority",
    "description",
    "timeoriginalestimate",
    "timespent",
    "customfield_10016",
    "components",
    "fixVersions",
    "environment",
)
TEXT = "As a customer I want to see what I ordered, so that I need not ask. "


def issue(number: int) -> dict[str, Any]:
    """One issue as the REST API has it; the n-th is always the same."""
    id, key = str(100_000 + number), f"BENCH-{number}"
    status, name, category, category_key = STATUSES[number % 3]
    done = category_key == "done"
    person = _person(number % 40)
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog",
        "id": id,
        "self": f"{HOST}/rest/api/3/issue/{id}",
        "key": key,
        "fields": {
            "summary": f"Story {number}: customers see what they ordered",
            "issuetype": _named("issuetype", "10001", "Story") | {"subtask": False, "hierarchyLevel": 0},
            "status": _named("status", status, name)
            | {"statusCategory": {"id": category, "key": category_key, "name": name, "colorName": "green"}},
            "resolution": _named("resolution", "10000", "Done") if done else None,
            "labels": ["bench", f"team-{number % 9}"],
            "project": {"id": "10000", "key": "BENCH", "name": "Bench", "projectTypeKey": "software"},
            "updated": "2026-10-15T10:00:00.000+0200",
            "created": "2026-10-01T10:00:00.000+0200",
            "resolutiondate": "2026-10-15T10:00:00.000+0200" if done else None,
            "duedate": None,
            "assignee": person,
            "reporter": person,
            "priority": _named("priority", "3", "Medium"),
            "description": _document(number),
            "timeoriginalestimate": 28800,
            "timespent": None,
            "customfield_10016": number % 8 + 1,
            "components": [],
            "fixVersions": [],
            "environment": None,
        },
    }


def _named(kind: str, id: str, name: str) -> dict[str, Any]:
    address = f"{HOST}/rest/api/3/{kind}/{id}"
    icon = f"{HOST}/images/icons/{kind}.png"
    return {"self": address, "id": id, "name": name, "description": "", "iconUrl": icon}


def _person(number: int) -> dict[str, Any]:
    sizes = ("48x48", "24x24", "16x16", "32x32")
    avatars = {size: f"{HOST}/avatar/{number}/{size}.png" for size in sizes}
    return {
        "self": f"{HOST}/rest/api/3/user?accountId=user-{number}",
        "accountId": f"user-{number}",
        "displayName": f"User {number}",
        "active": True,
        "timeZone": "Europe/Berlin",
        "accountType": "atlassian",
        "avatarUrls": avatars,
    }


def _document(number: int) -> dict[str, Any]:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": f"{number}. {TEXT * 41}"}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def write(path: Path, count: int) -> int:
    """A file for `okr-bridge sandbox --issues`; the size of one issue in bytes."""
    size = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for number in range(1, count + 1):
            line = json.dumps(issue(number))
            size = len(line)
            file.write(line + "\n")
    return size
