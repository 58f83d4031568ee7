"""Redmine's issues as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.numbers import estimate
from mappings.redmine_fields import UNTOLD, custom_of, held, instant
from mappings.redmine_past import RedmineReplay

GROUPS = ("Epic", "Initiative", "Theme", "史诗")
UNITS = ("Story", "User story", "故事", "用户故事")
IN_PROGRESS = ("In Progress", "Resolved", "Feedback", "进行中", "已解决", "反馈")
CANCELLED = (
    "Rejected", "Cancelled", "Canceled", "Won't Do", "Won't Fix", "Duplicate", "Invalid", "Obsolete",
    "已拒绝", "已取消", "重复", "无效", "已废弃",
)  # fmt: skip
EDITION = 1
"""Goes up whenever the same record would be translated differently."""
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the site's words mean. Trackers in `groups` are Epics and above, in `units` Stories wherever they
    hang. Open statuses in `in_progress` are under way, statuses in `cancelled` mean the work was given up,
    those in `blocked` that it is stuck."""

    groups: tuple[str, ...] = GROUPS
    units: tuple[str, ...] = UNITS
    in_progress: tuple[str, ...] = IN_PROGRESS
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = ("Blocked", "阻塞")

    def folded(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(_fold, words)) for name, words in asdict(self).items()}


DEFAULTS = Vocabulary()


class RedmineMapping:
    """`site` is what the Redmine connector's `describe()` tells."""

    def __init__(self, connection: str, site: Mapping[str, Any], chosen: Vocabulary = DEFAULTS) -> None:
        self._connection = connection
        self._words = chosen.folded()
        self.cancelled = chosen.cancelled
        self._projects = site.get("projects", {})
        self._statuses = site.get("statuses", {})
        self._points, self._labels, self._blocked = (site.get(n, "") for n in ("points", "labels", "blocked"))
        self._numbers = tuple(sorted(site.get("numbers", {}).items()))
        self._panel = dict(sorted(site.get("panel", {}).items()))
        self._browse = f"{site.get('base_url', '')}/issues/"

    @property
    def scheme(self) -> str:
        decisive = {n: v for n, v in vars(self).items() if n not in ("_connection", "cancelled")}
        text = json.dumps([EDITION, decisive], sort_keys=True, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names the field that cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise self._blame(raw, error) from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": held(raw.data, self._panel)}

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> RedmineReplay:
        """The past of issues, told from their journals; `glossary` is what the connector's one tells."""
        return RedmineReplay(self.item, glossary, selectors)

    def _item(self, raw: Raw) -> WorkItem:
        data, unusable = raw.data, list[str]()
        custom = custom_of(data)
        status, tracker = data["status"], data["tracker"]["name"]
        category = self._category(data)
        points = custom.get(self._points)
        closed = data.get("closed_on")
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=f"#{raw.id}",
            title=data.get("subject") or "",
            tier=self._tier(data),
            status=status["name"],
            category=category,
            updated=instant(data["updated_on"]),
            parent=str(data["parent"]["id"]) if data.get("parent") else None,
            children=tuple(map(str, data.get("children") or ())),
            cancelled=_fold(status["name"]) in self._words["cancelled"],
            points=estimate("points", points, unusable),
            estimate_seconds=_seconds("estimate", data.get("estimated_hours"), unusable),
            spent_seconds=_seconds("spent", data.get("spent_hours"), unusable),
            percent=_percent(data.get("done_ratio")),
            numbers=self._all_numbers(custom, unusable),
            unusable=tuple(unusable),
            type=tracker,
            project=self._project(data.get("project") or {}),
            labels=_labels(custom.get(self._labels)),
            flagged=custom.get(self._blocked) == "1" or _fold(status["name"]) in self._words["blocked"],
            owner=(data.get("assigned_to") or {}).get("name") or "",
            due=date.fromisoformat(data["due_date"]) if data.get("due_date") else None,
            created=instant(data["created_on"]) if data.get("created_on") else None,
            # It stays after a reopening.
            finished=instant(closed) if closed and category is Category.DONE else None,
            url=f"{self._browse}{raw.id}",
        )

    def _tier(self, data: Mapping[str, Any]) -> Tier:
        """Redmine has no levels but parents. What hangs below anything and is called neither group nor unit
        is a part: straight under a group the roll-up takes it for a unit."""
        tracker = _fold(data["tracker"]["name"])
        if tracker in self._words["groups"]:
            return Tier.GROUP
        return Tier.UNIT if tracker in self._words["units"] or not data.get("parent") else Tier.PART

    def _category(self, data: Mapping[str, Any]) -> Category:
        status = data["status"]
        closed = status.get("is_closed")
        if closed is None:
            known = self._statuses.get(str(status["id"]))
            if known is None:
                return Category.UNDEFINED
            closed = known[1]
        if closed:
            return Category.DONE
        begun = _fold(status["name"]) in self._words["in_progress"] or (data.get("done_ratio") or 0) > 0
        return Category.IN_PROGRESS if begun else Category.TODO

    def _all_numbers(self, custom: Mapping[str, Any], unusable: list[str]) -> tuple[tuple[str, Decimal], ...]:
        found = ((name, estimate(name, custom.get(id), unusable)) for name, id in self._numbers)
        return tuple((name, value) for name, value in found if value is not None)

    def _project(self, project: Mapping[str, Any]) -> str:
        return str(self._projects.get(str(project.get("id")), project.get("name") or ""))

    def _blame(self, raw: Raw, error: Exception) -> MappingError:
        for field in ("status", "tracker", "updated_on", "created_on", "closed_on", "due_date", "parent"):
            try:
                _readable(field, raw.data.get(field))
            except UNTOLD as cause:
                missing = raw.data.get(field) is None
                what = "is missing" if missing else f"cannot be read ({type(cause).__name__})"
                return MappingError(f"#{raw.id}", field, what)
        return MappingError(f"#{raw.id}", "issue", f"cannot be read ({type(error).__name__})")


def _labels(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    return tuple(str(one) for one in found if one)


def _seconds(name: str, hours: Any, unusable: list[str]) -> Decimal | None:
    told = estimate(name, hours, unusable)
    return None if told is None else Decimal(round(told * SECONDS))


def _percent(ratio: Any) -> Decimal | None:
    return Decimal(ratio) if isinstance(ratio, int) and 0 <= ratio <= 100 else None


def _readable(field: str, value: Any) -> object:
    match field:
        case "status" | "tracker":
            return _fold(value["name"])
        case "updated_on":
            return instant(value)
        case "parent":
            return value and value["id"]
        case "due_date":
            return value and date.fromisoformat(value)
        case _:
            return value and instant(value)


def _fold(word: str) -> str:
    return word.strip().casefold()
