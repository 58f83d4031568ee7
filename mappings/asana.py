"""Asana's tasks as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier, WorkItem
from mappings.asana_fields import Field, fields_of, fold, held, value_of
from mappings.numbers import estimate

CANCELLED = (
    "Cancelled", "Canceled", "Won't Do", "Won't Fix", "Rejected", "Declined", "Duplicate", "Invalid",
    "Obsolete", "Abandoned", "Withdrawn", "已取消", "不做", "已拒绝", "重复", "无效", "已废弃",
)  # fmt: skip
IN_PROGRESS = (
    "In Progress", "Doing", "Started", "Working on it", "In Review", "Review", "Testing",
    "进行中", "处理中", "开发中", "评审中", "测试中",
)  # fmt: skip
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
SECONDS = {"minutes": 60, "hours": 3600}
APPROVALS = {"rejected": "Rejected", "changes_requested": "Changes requested"}
"""Answers of an approval that are no consent. Asana calls the task completed all the same (`approval_status`
in its document)."""
EDITION = 2
"""Goes up whenever the same record would be translated differently."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words mean, and in which custom fields they stand (of each the first name that a task has).

    A task of a type in `groups` is an Epic, of one in `units` a Story wherever it hangs. A status is the
    value of a status field, else the section. `done` makes tasks done that are not marked complete.
    `time_unit` is of time fields that are not of Asana's own duration format."""

    groups: tuple[str, ...] = ("Epic", "Initiative", "Theme", "史诗")
    units: tuple[str, ...] = ("Story", "User story", "故事", "用户故事")
    in_progress: tuple[str, ...] = IN_PROGRESS
    done: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = ("Blocked", "Stuck", "阻塞", "受阻")
    type_fields: tuple[str, ...] = ("Type", "Task type", "Issue type", "类型", "任务类型")
    status_fields: tuple[str, ...] = ("Status", "Task status", "状态", "任务状态")
    points_fields: tuple[str, ...] = ("Story points", "Points", "故事点", "故事点数")
    time_fields: tuple[str, ...] = ("Estimated time", "预计时间", "预估时间")
    percent_fields: tuple[str, ...] = ("Progress", "Percent complete", "% complete", "进度", "完成度")
    time_unit: str = "hours"


DEFAULTS = Vocabulary()


@dataclass(frozen=True, slots=True)
class AsanaMapping:
    """`panel_names` are the bridge's own fields by role, `number_fields` those that key results count by.
    `reading` tells how far records are read: where that changes, what is known does not hold."""

    connection: str
    words: Vocabulary = DEFAULTS
    panel_names: Mapping[str, str] = field(default_factory=dict)
    number_fields: tuple[str, ...] = ()
    reading: str = ""

    @property
    def cancelled(self) -> tuple[str, ...]:
        return self.words.cancelled

    @property
    def scheme(self) -> str:
        names = [sorted(self.panel_names.items()), sorted(self.number_fields)]
        decisive = [EDITION, asdict(self.words), names, self.reading]
        return f"asana-{hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]}"

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names the field that cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise _blame(raw, error) from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": held(raw.data, self.panel_names)}

    def _item(self, raw: Raw) -> WorkItem:
        data, unusable, fields = raw.data, list[str](), fields_of(raw.data)
        status, type = self._status(data, fields), self._type(data, fields)
        again = data.get("approval_status") == "changes_requested"
        completed = _truth(data["completed"]) and not again
        category = Category.IN_PROGRESS if again else self._category(completed, status)
        finished = instant(data["completed_at"]) if completed and data.get("completed_at") else None
        return WorkItem(
            connection=self.connection,
            id=raw.id,
            key=raw.id,
            title=data.get("name") or "",
            tier=self._tier(data, type),
            status=status or ("Complete" if completed else "Incomplete"),
            category=category,
            updated=instant(data["modified_at"]),
            parent=str(data["parent"]["gid"]) if data.get("parent") else None,
            children=tuple(map(str, data.get("children") or ())),
            cancelled=self._is(status, "cancelled"),
            points=estimate("points", _first(fields, self.words.points_fields), unusable),
            estimate_seconds=self._estimate(fields, unusable),
            spent_seconds=_seconds("spent", data.get("actual_time_minutes"), 60, unusable),
            percent=_percent(_first(fields, self.words.percent_fields)),
            numbers=tuple(self._numbers(data, fields, unusable)),
            unusable=tuple(unusable),
            type=type,
            project=next((one["project"]["gid"] for one in _memberships(data)), ""),
            labels=tuple(str(tag["name"]) for tag in data.get("tags") or ()),
            flagged=self._is(status, "blocked"),
            owner=(data.get("assignee") or {}).get("name") or "",
            due=date.fromisoformat(data["due_on"]) if data.get("due_on") else None,
            created=instant(data["created_at"]) if data.get("created_at") else None,
            finished=finished,
            url=data.get("permalink_url") or "",
        )

    def _type(self, data: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
        own = (data.get("custom_type") or {}).get("name")
        return str(own or _text(fields, self.words.type_fields) or data.get("resource_subtype") or "")

    def _tier(self, data: Mapping[str, Any], type: str) -> Tier:
        """Asana has no levels but subtasks. A subtask that is called neither group nor unit is a part:
        straight under a group the roll-up takes it for a unit."""
        if self._is(type, "groups"):
            return Tier.GROUP
        return Tier.UNIT if self._is(type, "units") or not data.get("parent") else Tier.PART

    def _status(self, data: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
        """Of the sections of several projects the first that means anything counts."""
        own = (data.get("custom_type_status_option") or {}).get("name")
        answer = APPROVALS.get(data.get("approval_status") or "")
        if told := answer or _text(fields, self.words.status_fields) or own:
            return str(told)
        sections = [(one.get("section") or {}).get("name") or "" for one in _memberships(data)]
        known = (s for what in ("cancelled", "done", "blocked", "in_progress") for s in sections
                 if self._is(s, what))  # fmt: skip
        return next(known, next(filter(None, sections), ""))

    def _category(self, completed: bool, status: str) -> Category:
        if completed or self._is(status, "done"):
            return Category.DONE
        begun = self._is(status, "in_progress") or self._is(status, "blocked")
        return Category.IN_PROGRESS if begun else Category.TODO

    def _is(self, word: str, what: str) -> bool:
        return bool(word) and fold(word) in map(fold, getattr(self.words, what))

    def _estimate(self, fields: Mapping[str, Field], unusable: list[str]) -> Decimal | None:
        """Asana keeps durations in minutes."""
        names = filter(fields.__contains__, map(fold, self.words.time_fields))
        found = next((fields[name] for name in names), {})
        unit = "minutes" if found.get("format") == "duration" else self.words.time_unit
        return _seconds("estimate", value_of(found), SECONDS[unit], unusable)

    def _numbers(
        self, data: Mapping[str, Any], fields: Mapping[str, Field], unusable: list[str]
    ) -> Iterator[tuple[str, Decimal]]:
        by_gid = {str(one.get("gid")): one for one in data.get("custom_fields") or ()}
        for name in sorted(self.number_fields):
            told = fields.get(fold(name)) or by_gid.get(name.strip())
            if (value := estimate(name, value_of(told), unusable)) is not None:
                yield name, value


def instant(told: str) -> datetime:
    """Asana tells UTC with Z, in milliseconds."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError(f"no zone: {told}")
    return at


def _truth(told: Any) -> bool:
    if not isinstance(told, bool):
        raise TypeError("neither true nor false")
    return told


def _memberships(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """In an order that does not change."""
    found = [one for one in data.get("memberships") or () if one.get("project")]
    return sorted(found, key=lambda one: str(one["project"]["gid"]))


def _first(fields: Mapping[str, Field], names: tuple[str, ...]) -> Any:
    """What stands in the first of these fields that the task has."""
    return next((value_of(fields[fold(name)]) for name in names if fold(name) in fields), None)


def _text(fields: Mapping[str, Field], names: tuple[str, ...]) -> str:
    found = _first(fields, names)
    return found.strip() if isinstance(found, str) else ""


def _seconds(name: str, told: Any, unit: int, unusable: list[str]) -> Decimal | None:
    value = estimate(name, told, unusable)
    return None if value is None else Decimal(round(value * unit))


def _percent(told: Any) -> Decimal | None:
    """0 to 100; anything else is none, for nobody asked that the field be a percentage."""
    value = estimate("percent", told, [])
    return value if value is not None and value <= 100 else None


def _blame(raw: Raw, error: Exception) -> MappingError:
    for name in ("completed", "modified_at", "created_at", "completed_at", "due_on", "parent", "memberships"):
        try:
            _readable(name, raw.data)
        except UNTOLD as cause:
            missing = raw.data.get(name) is None
            what = "is missing" if missing else f"cannot be read ({type(cause).__name__})"
            return MappingError(raw.id, name, what)
    return MappingError(raw.id, "task", f"cannot be read ({type(error).__name__})")


def _readable(name: str, data: Mapping[str, Any]) -> object:
    value = data.get(name)
    match name:
        case "completed":
            return _truth(value)
        case "modified_at":
            return instant(data[name])
        case "parent":
            return value and value["gid"]
        case "due_on":
            return value and date.fromisoformat(value)
        case "memberships":
            return _memberships(data)
        case _:
            return value and instant(value)
