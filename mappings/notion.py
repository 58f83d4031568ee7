"""Notion's pages as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier, WorkItem
from mappings.notion_fields import held, key_of
from mappings.numbers import estimate

EDITION = 1
"""Goes up whenever the same record would be translated differently."""
GROUPS = ("Epic", "Initiative", "Theme", "Project", "史诗", "项目")
UNITS = ("Story", "User story", "故事", "用户故事")
TODO = ("To do", "To-do", "Not started", "Backlog", "Open", "New", "待办", "未开始", "待处理", "待开始")
IN_PROGRESS = ("In progress", "Doing", "Started", "In review", "进行中", "处理中", "评审中")
DONE = ("Done", "Complete", "Completed", "Closed", "完成", "已完成", "已关闭")
CANCELLED = (
    "Rejected", "Cancelled", "Canceled", "Won't Do", "Won't Fix", "Duplicate", "Invalid", "Obsolete",
    "Abandoned", "已拒绝", "已取消", "重复", "无效", "已废弃", "取消",
)  # fmt: skip
BLOCKED = ("Blocked", "阻塞", "受阻")
BY_GROUP = {
    "to-do": Category.TODO, "to do": Category.TODO, "待办": Category.TODO, "待办事项": Category.TODO,
    "in progress": Category.IN_PROGRESS, "进行中": Category.IN_PROGRESS,
    "complete": Category.DONE, "完成": Category.DONE, "已完成": Category.DONE,
}  # fmt: skip
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
UNITS_OF_TIME = {"minutes": 60, "hours": 3600, "days": 8 * 3600}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the site's words mean. Types in `groups` are Epics and above, in `units` Stories wherever they
    hang; every page of a database in `group_databases` is a group. Statuses in `todo`, `in_progress` and
    `done` beat the group that the status property puts them in; where it has no groups (a select) and
    nobody gave names the usual ones count. `time_unit` is that of the numbers of the time properties, a
    day of 8 hours."""

    groups: tuple[str, ...] = GROUPS
    units: tuple[str, ...] = UNITS
    group_databases: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()
    in_progress: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = BLOCKED
    time_unit: str = "hours"

    def folded(self) -> dict[str, frozenset[str]]:
        told = {name: words for name, words in asdict(self).items() if name != "time_unit"}
        return {name: frozenset(map(_fold, words)) for name, words in told.items()}


DEFAULTS = Vocabulary()


class NotionMapping:
    """`site` is what the Notion connector's `describe()` tells."""

    def __init__(self, connection: str, site: Mapping[str, Any], chosen: Vocabulary = DEFAULTS) -> None:
        self._connection = connection
        self._words = chosen.folded()
        self._second = UNITS_OF_TIME[chosen.time_unit]
        self._sources = site.get("sources", {})
        self._usual = {
            "todo": frozenset(map(_fold, TODO)),
            "in_progress": frozenset(map(_fold, IN_PROGRESS)),
            "done": frozenset(map(_fold, DONE)),
        }
        self.cancelled = chosen.cancelled

    @property
    def scheme(self) -> str:
        decisive = [EDITION, self._words, self._second, self._sources]
        text = json.dumps(decisive, sort_keys=True, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names what cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise self._blame(raw, error) from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        source = self._sources.get(raw.data.get("source"), {})
        return {"fields": held(raw.data["values"], source.get("panel", {}))}

    def _item(self, raw: Raw) -> WorkItem:
        data, unusable = raw.data, list[str]()
        source = self._sources[data["source"]]
        told = _Told(source["roles"], data["values"])
        status, kind = told.word("status"), told.word("type")
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=key_of(source, data["values"], raw.id),
            title=data["values"].get(source["title"]) or "",
            tier=self._tier(data, source, kind),
            status=status,
            category=self._category(data, told),
            updated=instant(data["last_edited_time"]),
            parent=data.get("parent") or None,
            children=tuple(data.get("children") or ()),
            cancelled=_fold(status) in self._words["cancelled"],
            points=estimate("points", told.value("points"), unusable),
            estimate_seconds=self._seconds("estimate", told, unusable),
            spent_seconds=self._seconds("spent", told, unusable),
            percent=_percent(told.value("percent"), told.format("percent")),
            numbers=_numbers(source["numbers"], data["values"], unusable),
            unusable=tuple(unusable),
            type=kind,
            project=source["name"],
            labels=told.words("labels"),
            flagged=told.value("blocked") is True or _fold(status) in self._words["blocked"],
            owner=", ".join(filter(None, told.value("owner") or ())),
            due=_due(told.value("due")),
            created=instant(data["created_time"]) if data.get("created_time") else None,
            url=data.get("url") or "",
        )

    def _tier(self, data: Mapping[str, Any], source: Mapping[str, Any], kind: str) -> Tier:
        """By type; without one, what others hang on from another database is a group, and what hangs on a
        page of its own database is a part: straight under a group the roll-up takes it for a unit."""
        names = {_fold(source["name"]), _fold(data["source"]), _fold(source["database"])}
        if _fold(kind) in self._words["groups"] or names & self._words["group_databases"]:
            return Tier.GROUP
        if _fold(kind) in self._words["units"]:
            return Tier.UNIT
        if not kind and self._bears_others(data["source"]):
            return Tier.GROUP
        return Tier.PART if data.get("parent") and data.get("parent_source") == data["source"] else Tier.UNIT

    def _bears_others(self, source: str) -> bool:
        return any(
            one["target"] == source
            for id, facts in self._sources.items()
            for one in facts["parents"]
            if id != source
        )

    def _category(self, data: Mapping[str, Any], told: _Told) -> Category:
        status = told.value("status")
        if isinstance(status, bool):
            return Category.DONE if status else Category.TODO
        if not status:
            return Category.UNDEFINED
        name, group = _fold(status["name"]), data.get("group") or told.group(status["id"])
        given = any(self._words[one] for one in self._usual)
        words = self._usual if not (group or given) else self._words
        for category in (Category.DONE, Category.IN_PROGRESS, Category.TODO):
            if name in words[category.value]:
                return category
        if group:
            return _grouped(*group)
        return Category.DONE if name in self._words["cancelled"] else Category.UNDEFINED

    def _seconds(self, role: str, told: _Told, unusable: list[str]) -> Decimal | None:
        found = estimate(role, told.value(role), unusable)
        return None if found is None else Decimal(round(found * self._second))

    def _blame(self, raw: Raw, error: Exception) -> MappingError:
        data = raw.data
        what = f"cannot be read ({type(error).__name__})"
        if data.get("source") not in self._sources:
            return MappingError(raw.id, "database", "is none of the connection's")
        for field in ("last_edited_time", "created_time"):
            try:
                instant(data[field])
            except UNTOLD:
                return MappingError(raw.id, field, what if data.get(field) else "is missing")
        for role, one in self._sources[data["source"]]["roles"].items():
            if role == "due" and not _dated((data.get("values") or {}).get(one["id"])):
                return MappingError(raw.id, "due", what)
        return MappingError(raw.id, "page", what)


@dataclass(frozen=True, slots=True)
class _Told:
    """A page's values by role."""

    roles: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, Any]

    def value(self, role: str) -> Any:
        return self.values.get(self.roles[role]["id"]) if role in self.roles else None

    def format(self, role: str) -> str:
        return str(self.roles.get(role, {}).get("format", ""))

    def group(self, option: str) -> Any:
        return (self.roles["status"].get("groups") or {}).get(option)

    def word(self, role: str) -> str:
        match self.value(role):
            case {"name": name}:
                return str(name)
            case bool() as ticked:
                return "Done" if ticked else "Open"
            case _:
                return ""

    def words(self, role: str) -> tuple[str, ...]:
        found = self.value(role)
        return tuple(found) if isinstance(found, list) else tuple(filter(None, [self.word(role)]))


def instant(told: str) -> datetime:
    """Notion tells UTC with Z."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError(f"no zone: {told}")
    return at


def _grouped(name: str, at: int, count: int) -> Category:
    """By the group's name; one that is called otherwise by its place: first, last, between."""
    if known := BY_GROUP.get(_fold(name)):
        return known
    if count < 2:
        return Category.UNDEFINED
    return {0: Category.TODO, count - 1: Category.DONE}.get(at, Category.IN_PROGRESS)


def _percent(value: Any, format: str) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    share = Decimal(str(value)) * (100 if format == "percent" else 1)
    return share if 0 <= share <= 100 else None


def _numbers(
    wanted: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any], unusable: list[str]
) -> tuple[tuple[str, Decimal], ...]:
    found = ((name, estimate(name, values.get(one["id"]), unusable)) for name, one in sorted(wanted.items()))
    return tuple((name, value) for name, value in found if value is not None)


def _due(value: Any) -> date | None:
    """The last day of a span."""
    told = (value.get("end") or value.get("start")) if value else None
    return date.fromisoformat(told[:10]) if told else None


def _dated(value: Any) -> bool:
    try:
        _due(value)
    except UNTOLD:
        return False
    return True


def _fold(word: str) -> str:
    return word.strip().casefold()
