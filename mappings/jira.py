"""Jira's issues as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.jira_entries import instant
from mappings.jira_past import JiraReplay
from mappings.jira_undo import Wanted
from mappings.numbers import estimate

CANCELLED = (
    "Won't Do",
    "Won't Fix",
    "Duplicate",
    "Invalid",
    "Cannot Reproduce",
    "Incomplete",
    "Needs more info",
    "Not a Bug",
    "Not Our Bug",
    "Not a Problem",
    "Declined",
    "Rejected",
    "Abandoned",
    "Obsolete",
    "Withdrawn",
    "Cancelled",
    "Canceled",
    "不做",
    "不修复",
    "不予处理",
    "重复",
    "无效",
    "无法重现",
    "不完整",
    "已拒绝",
    "已取消",
    "已废弃",
    "已关闭不处理",
)
"""Resolutions that mean the work was given up, unless others are configured."""

# By key: names are localised. The newer /statuses family spells the keys the other way.
CATEGORIES = {
    "new": Category.TODO,
    "indeterminate": Category.IN_PROGRESS,
    "done": Category.DONE,
    "TODO": Category.TODO,
    "IN_PROGRESS": Category.IN_PROGRESS,
    "DONE": Category.DONE,
}
EPICS = frozenset({"epic", "史诗", "initiative"})
"""Data Center tells no hierarchy level: an Epic (or the level above) is known by its name there, or by
having an Epic Name. A group with nothing below it counts as a unit, so a name too many does no harm."""
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
EDITION = 1
"""Goes up whenever the same record would be translated differently."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the site's words mean; no cancelled resolutions: the usual ones. `base_url` is where people
    browse; empty: what the site says of itself."""

    cancelled_resolutions: tuple[str, ...] = ()
    cancelled_statuses: tuple[str, ...] = ()
    base_url: str = ""


class JiraMapping:
    """`site` is what the Jira connector's `describe()` tells."""

    def __init__(self, connection: str, site: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self._connection = connection
        self._site = site
        self._points = tuple(site.get("points", ()))
        self._links = tuple(site[name] for name in ("epic_link", "parent_link") if site.get(name))
        self._epic_name = site.get("epic_name") or ""
        self._flagged = site.get("flagged") or ""
        self._numbers = tuple(sorted(site.get("numbers", {}).items()))
        self._panel = tuple(sorted(site.get("panel", {}).items()))
        self.cancelled = vocabulary.cancelled_resolutions or CANCELLED
        self._resolutions = _folded(self.cancelled)
        self._statuses = _folded(vocabulary.cancelled_statuses)
        self._browse = (vocabulary.base_url or site.get("base_url", "")).rstrip("/") + "/browse/"

    @property
    def scheme(self) -> str:
        apart = ("_connection", "_site", "cancelled")
        decisive = {name: value for name, value in vars(self).items() if name not in apart}
        text = json.dumps([EDITION, decisive], sort_keys=True, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names the field that cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise self._blame(raw) from error

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> JiraReplay:
        """The past of issues, told from their change logs; `glossary` is what the connector's one tells."""
        numbers = (*self._points, *(field for _, field in self._numbers))
        marks = tuple(field for field in (self._flagged, self._epic_name) if field)
        return JiraReplay(self.item, Wanted(numbers, self._links, marks), glossary, selectors, self._site)

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        fields = raw.data.get("fields") or {}
        told: dict[str, Any] = {"fields": {role: fields[id] for role, id in self._panel if id in fields}}
        properties = raw.data.get("properties")
        if isinstance(properties, dict):
            told["property"] = properties.get("okr-bridge")
        return told

    def _item(self, raw: Raw) -> WorkItem:
        key = raw.data["key"]
        fields = raw.data["fields"]
        get = fields.get
        status, kind = fields["status"], fields["issuetype"]
        name, category = status["name"], _category(status)
        ending, owner, project = get("resolution"), get("assignee"), get("project")
        resolution = ending["name"] if ending else ""
        made, ended, due = get("created"), get("resolutiondate"), get("duedate")
        planned, spent, labels, subtasks = (
            get("timeoriginalestimate"),
            get("timespent"),
            get("labels"),
            get("subtasks"),
        )
        unusable: list[str] = []
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=key,
            title=get("summary") or "",
            tier=self._tier(kind, fields),
            status=name,
            category=category,
            updated=instant(fields["updated"]),
            parent=self._parent(fields),
            children=tuple([child["id"] for child in subtasks]) if subtasks else (),
            cancelled=self._cancelled(name, category, resolution),
            resolution=resolution,
            points=self._first_points(fields, unusable),
            estimate_seconds=None if planned is None else estimate("estimate", planned, unusable),
            spent_seconds=None if spent is None else estimate("spent", spent, unusable),
            numbers=self._all_numbers(fields, unusable) if self._numbers else (),
            unusable=tuple(unusable) if unusable else (),
            type=kind["name"],
            project=project["key"] if project else key.rpartition("-")[0],
            labels=tuple(labels) if labels else (),
            flagged=bool(self._flagged and get(self._flagged)),
            owner=owner.get("displayName") or "" if owner else "",
            due=date.fromisoformat(due) if due else None,
            created=instant(made) if made else None,
            finished=instant(ended) if ended else None,
            url=self._browse + key,
        )

    def _tier(self, kind: Mapping[str, Any], fields: Mapping[str, Any]) -> Tier:
        level = kind.get("hierarchyLevel")
        if level is not None:
            return Tier.UNIT if level == 0 else Tier.GROUP if level > 0 else Tier.PART
        if kind.get("subtask"):
            return Tier.PART
        if kind["name"].casefold() in EPICS or (self._epic_name and fields.get(self._epic_name)):
            return Tier.GROUP
        return Tier.UNIT

    def _parent(self, fields: Mapping[str, Any]) -> str | None:
        """`parent` on every level on Cloud and for sub-tasks on Data Center; there, Epic Link holds a key."""
        parent = fields.get("parent")
        if parent:
            return str(parent.get("id") or parent["key"])
        for field in self._links:
            if link := fields.get(field):
                return _linked(link)
        return None

    def _cancelled(self, status: str, category: Category, resolution: str) -> bool:
        """A resolution that was left on a reopened item does not count."""
        if self._statuses and status.strip().casefold() in self._statuses:
            return True
        if not resolution or category is not Category.DONE:
            return False
        return resolution.strip().casefold() in self._resolutions

    def _first_points(self, fields: Mapping[str, Any], unusable: list[str]) -> Decimal | None:
        """One site may have several points fields: of each issue the first that holds anything."""
        for field in self._points:
            value = fields.get(field)
            if value is not None:
                return estimate("points", value, unusable)
        return None

    def _all_numbers(self, fields: Mapping[str, Any], unusable: list[str]) -> tuple[tuple[str, Decimal], ...]:
        found = ((name, estimate(name, fields.get(field), unusable)) for name, field in self._numbers)
        return tuple((name, value) for name, value in found if value is not None)

    def _blame(self, raw: Raw) -> MappingError:
        """The slow way round, once translation failed: which field it was."""
        data = raw.data
        record = str(data.get("key") or raw.id)
        fields = data.get("fields")
        if not isinstance(fields, Mapping) or not isinstance(data.get("key"), str):
            return MappingError(record, "key" if isinstance(fields, Mapping) else "fields", "is missing")
        for field, part in self._parts().items():
            try:
                part(fields)
            except UNTOLD as error:
                value = fields.get(field)
                what = "is missing" if value is None else f"cannot be read ({type(error).__name__})"
                return MappingError(record, field, what)
        return MappingError(record, "fields", "cannot be read")

    def _parts(self) -> dict[str, Callable[[Mapping[str, Any]], object]]:
        return {
            "status": lambda f: (f["status"]["name"].strip(), _category(f["status"])),
            "resolution": lambda f: f.get("resolution") and f["resolution"]["name"].strip(),
            "issuetype": lambda f: (f["issuetype"]["name"], self._tier(f["issuetype"], f)),
            "updated": lambda f: instant(f["updated"]),
            "parent": self._parent,
            "subtasks": lambda f: [child["id"] for child in f.get("subtasks") or ()],
            "project": lambda f: f.get("project") and f["project"]["key"],
            "labels": lambda f: tuple(f.get("labels") or ()),
            "assignee": lambda f: f.get("assignee") and f["assignee"].get("displayName"),
            "duedate": lambda f: f.get("duedate") and date.fromisoformat(f["duedate"]),
            "created": lambda f: f.get("created") and instant(f["created"]),
            "resolutiondate": lambda f: f.get("resolutiondate") and instant(f["resolutiondate"]),
        }


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words)


def _category(status: Mapping[str, Any]) -> Category:
    category = status.get("statusCategory")
    return CATEGORIES.get(category["key"], Category.UNDEFINED) if category else Category.UNDEFINED


def _linked(link: Any) -> str:
    """A key; Parent Link may be an object around the parent's data."""
    if isinstance(link, str):
        return link
    data = link.get("data") or link
    return str(data.get("id") or data["key"])
