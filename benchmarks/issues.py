"""Made-up issues of the usual size: twenty fields and about 5.4 kB of JSON each."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
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
DAYS, FEW, MANY = 90, 5, 60
"""Each issue changed a few times within so many days, every twentieth (BUSY) many times."""
BUSY = 20
FIRST = datetime(2026, 7, 16, 8, tzinfo=UTC)
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


def entries(number: int) -> int:
    """How often the n-th issue was changed."""
    return FEW if number % BUSY else MANY


def changelog(number: int) -> dict[str, Any]:
    """What was ever changed in it, over ninety days: statuses, points, labels, in turn."""
    many = entries(number)
    steps = [FIRST + timedelta(days=DAYS) * step / many for step in range(many)]
    histories = [
        {
            "id": str(number * 1000 + step),
            "author": _person((number + step) % 40),
            "created": f"{at:%Y-%m-%dT%H:%M:%S}.{number % 1000:03d}+0000",
            "items": _changed(step),
        }
        for step, at in enumerate(steps)
    ]
    return {"startAt": 0, "maxResults": many, "total": many, "histories": histories}


def _changed(step: int) -> list[dict[str, Any]]:
    old, new = STATUSES[step % 3], STATUSES[(step + 1) % 3]
    match step % 3:
        case 0:
            return [_item("status", "jira", "status", (old[0], old[1]), (new[0], new[1]))]
        case 1:
            points = ("Story point estimate", "custom", "customfield_10016")
            return [_item(*points, (None, str(step)), (None, str(step + 3)))]
        case _:
            labels = _item("labels", "jira", "labels", (None, "bench"), (None, f"bench step-{step}"))
            return [labels, _item("status", "jira", "status", (old[0], old[1]), (new[0], new[1]))]


def _item(
    field: str, kind: str, id: str, old: tuple[str | None, str], new: tuple[str | None, str]
) -> dict[str, Any]:
    ends = {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}
    return {"field": field, "fieldtype": kind, "fieldId": id, **ends}


def write(path: Path, count: int, *, histories: bool = False) -> int:
    """A file for `okr-bridge sandbox --issues`; the size of one issue in bytes."""
    size = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for number in range(1, count + 1):
            line = json.dumps(issue(number) | ({"changelog": changelog(number)} if histories else {}))
            size = len(line)
            file.write(line + "\n")
    return size
