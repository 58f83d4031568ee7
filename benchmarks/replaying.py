"""Replaying against decoding: how a million change entries become the days of their issues."""

from __future__ import annotations

import gc
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import issues
from bridge.model import Label, Project, Query, Raw
from mappings.jira import JiraMapping, Vocabulary

ENTRIES, EACH, DISTINCT = 1_000_000, 50, 1_000
START = datetime(2026, 10, 1, tzinfo=UTC)
ENDS = tuple(START + timedelta(days=day, hours=23, minutes=59) for day in range(90))
SITE = {"deployment": "cloud", "base_url": issues.HOST, "points": ["customfield_10016"]}
SELECTORS = (
    Project("BENCH"),
    Label("team-3"),
    Query("project = BENCH AND status != Done AND labels = bench"),
)
QUIET: tuple[tuple[str, str, str], ...] = (
    ("Rank", "customfield_10019", "Ranked higher"),
    ("Sprint", "customfield_10020", "Sprint 41"),
    ("Fix Version", "fixVersions", "2026.4"),
    ("Link", "", "This issue is blocked by BENCH-77"),
    ("description", "description", issues.TEXT * 3),
    ("timeestimate", "timeestimate", "7200"),
    ("RemoteIssueLink", "", 'This issue links to "Page (Confluence)"'),
    ("priority", "priority", "High"),
    ("Attachment", "Attachment", "screenshot.png"),
    ("Component", "components", "Checkout"),
)
LOUD = (0.3, 0.6)
"""The share of entries that a work item is made of: mostly other ones, and as in Apache's and DuraSpace's
real logs."""


def log(number: int, loud: float) -> list[dict[str, Any]]:
    """The entries of one issue, as changelog/bulkfetch tells them without their authors."""
    chance = random.Random(number)
    status, name = issues.STATUSES[number % 3][:2]
    moments = sorted(chance.randrange(90 * 86_400_000) for _ in range(EACH))
    made: list[dict[str, Any]] = []
    for place, after in enumerate(reversed(moments)):
        if chance.random() >= loud:
            field, id, words = chance.choice(QUIET)
            items = [_item(field, id, ("10", words), ("11", words + "."))]
        elif chance.random() < 0.6:
            before, called = chance.choice(issues.STATUSES)[:2]
            items = [_item("status", "status", (before, called), (status, name))]
            status, name = before, called
        else:
            points, person = str(chance.randrange(9)), ("user-3", "User 3")
            items = [_item("Story Points", "customfield_10016", (None, points), (None, "5"))]
            items += [_item("assignee", "assignee", person, ("user-4", "User 4"))]
        at = round(START.timestamp() * 1000) + after
        made.append({"id": str(900_000 - place), "created": at, "items": items})
    return made[::-1]


def _item(field: str, id: str, old: tuple[Any, str], new: tuple[Any, str]) -> dict[str, Any]:
    shape = {"field": field, "fieldtype": "custom" if id.startswith("custom") else "jira"}
    shape |= {"fieldId": id} if id else {}
    return shape | {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}


def glossary() -> dict[str, Any]:
    statuses = [
        {"id": id, "name": name, "statusCategory": {"key": key}} for id, name, _, key in issues.STATUSES
    ]
    return {"statuses": statuses, "fields": [{"id": "customfield_10016", "name": "Story Points"}]}


def timed(loud: float) -> Iterator[tuple[float, float, int]]:
    """(replaying, decoding, stretches) of some issues at a time, until all entries are through."""
    replay = JiraMapping("bench", SITE, Vocabulary()).replay(glossary(), SELECTORS)
    records = [issues.issue(number) for number in range(DISTINCT)]
    raws = [Raw(record["id"], "", record) for record in records]
    texts = [json.dumps(log(number, loud)) for number in range(DISTINCT)]
    for _ in range(ENTRIES // (EACH * DISTINCT)):
        begun = time.process_time()
        logs = [json.loads(text) for text in texts]
        decoded = time.process_time()
        found = [replay.stretches(raw, entries, ENDS) for raw, entries in zip(raws, logs, strict=True)]
        done = time.process_time()
        yield done - decoded, decoded - begun, sum(map(len, found))


def rows() -> list[tuple[str, str, str, str]]:
    found: list[tuple[str, str, str, str]] = []
    for loud in LOUD:
        gc.collect()
        parts = list(timed(loud))
        ours, decoded = sum(part[0] for part in parts), sum(part[1] for part in parts)
        what = f"replay of {ENTRIES:,} change entries, {loud:.0%} of which matter"
        found.append((what, "replay / `json.loads` of them", f"{ours / decoded:.2f}", "under 2"))
        found.append((what, "stretches", f"{sum(part[2] for part in parts):,}", "told"))
    return found


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
