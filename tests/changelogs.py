"""Change logs in Jira's shape, and what a site calls things, for tests of the past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.model import Raw, Selector, Stretch
from mappings.jira import JiraMapping, Vocabulary
from mappings.jira_past import JiraReplay

SITE = {
    "deployment": "cloud",
    "base_url": "https://acme.atlassian.net",
    "points": ["customfield_16"],
    "epic_link": "customfield_14",
    "parent_link": "customfield_15",
    "epic_name": "customfield_11",
    "flagged": "customfield_21",
    "sprint": "customfield_20",
    "numbers": {"Effort": "customfield_31"},
}
STATUSES = {"1": ("Open", "new"), "3": ("In Progress", "indeterminate"), "5": ("Done", "done")}
TYPES = {"7": ("Story", 0), "8": ("Sub-task", -1), "9": ("Epic", 1)}
RESOLUTIONS = {"20": "Fixed", "21": "Won't Do"}
FIELDS = {
    "customfield_11": "Epic Name",
    "customfield_14": "Epic Link",
    "customfield_15": "Parent Link",
    "customfield_16": "Story Points",
    "customfield_20": "Sprint",
    "customfield_21": "Flagged",
    "customfield_31": "Effort",
    "customfield_40": "Team",
    "customfield_41": "Rating",
    "customfield_42": "Twin",
    "customfield_43": "Twin",
    "labels": "Labels",
    "summary": "Summary",
    "watches": "Watchers",
}
HELD = ("fixVersions", "components", "priority", "customfield_40", "customfield_41")


def status(id: str) -> dict[str, Any]:
    name, category = STATUSES[id]
    return {"id": id, "name": name, "statusCategory": {"key": category}}


def kind(id: str) -> dict[str, Any]:
    name, level = TYPES[id]
    return {"id": id, "name": name, "subtask": level < 0, "hierarchyLevel": level}


def resolution(id: str) -> dict[str, Any]:
    return {"id": id, "name": RESOLUTIONS[id]}


GLOSSARY: dict[str, Any] = {
    "statuses": [status(id) for id in STATUSES],
    "issuetypes": [kind(id) for id in TYPES],
    "resolutions": [resolution(id) for id in RESOLUTIONS],
    "fields": [{"id": id, "name": name} for id, name in FIELDS.items()],
    "projects": [{"id": "100", "key": "SHOP", "name": "Shop"}, {"id": "200", "key": "NEW", "name": "News"}],
    "held": list(HELD),
}
ISSUE: dict[str, Any] = {
    "summary": "Pay by card",
    "issuetype": kind("7"),
    "status": status("1"),
    "project": {"id": "100", "key": "SHOP", "name": "Shop"},
    "created": "2026-10-01T08:00:00.000+0000",
    "updated": "2026-10-30T08:00:00.000+0000",
}
ENDS = tuple(datetime(2026, 10, 1, 23, 59, tzinfo=UTC) + timedelta(days=n) for n in range(10))
"""The first ten days of October, at one minute to midnight."""


def at(day: int, clock: str = "12:00:00.000") -> str:
    return f"2026-10-{day:02}T{clock}+0000"


def entry(when: str | float, *items: dict[str, Any], id: str = "") -> dict[str, Any]:
    return {"created": when, "items": list(items)} | ({"id": id} if id else {})


def item(
    field: str, old: tuple[Any, Any], new: tuple[Any, Any], id: str = "", fieldtype: str = "jira"
) -> dict[str, Any]:
    """`old` and `new` as (id, words); `id` is the fieldId, left out where empty."""
    shape = {"field": field, "fieldtype": fieldtype} | ({"fieldId": id} if id else {})
    return shape | {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}


def of_status(old: str, new: str) -> dict[str, Any]:
    return item("status", (old, STATUSES[old][0]), (new, STATUSES[new][0]), "status")


def of_resolution(old: str | None, new: str | None) -> dict[str, Any]:
    names: dict[str | None, str | None] = {None: None, **RESOLUTIONS}
    return item("resolution", (old, names[old]), (new, names[new]), "resolution")


def raw(key: str = "SHOP-1", **fields: Any) -> Raw:
    return Raw("10012", "v", {"id": "10012", "key": key, "fields": ISSUE | fields})


def replay(
    selectors: Iterable[Selector] = (),
    site: dict[str, Any] = SITE,
    glossary: dict[str, Any] = GLOSSARY,
    vocabulary: Vocabulary | None = None,
) -> JiraReplay:
    return JiraMapping("acme", site, vocabulary or Vocabulary()).replay(glossary, selectors)


def day_by_day(stretches: Iterable[Stretch], count: int = len(ENDS)) -> list[Stretch]:
    """The stretch that holds on each day."""
    held = {stretch.first: stretch for stretch in stretches}
    found: list[Stretch] = []
    for place in range(count):
        found.append(held.get(place) or found[-1])
    return found
