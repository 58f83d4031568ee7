"""ClickUp's tasks as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.clickup_fields import fold, held, instant, named, value
from mappings.clickup_past import ClickUpReplay
from mappings.numbers import estimate

GROUPS = ("Epic", "Initiative", "Theme", "史诗")
UNITS = ("Story", "User story", "Feature", "故事", "用户故事", "需求")
TODO = ("Backlog", "Ready", "Planned", "Open", "To do", "待办", "待处理", "未开始")
CANCELLED = (
    "Cancelled", "Canceled", "Rejected", "Won't do", "Won't fix", "Duplicate", "Invalid", "Obsolete",
    "Abandoned", "已取消", "已拒绝", "重复", "无效", "已废弃", "不做",
)  # fmt: skip
CATEGORIES = {
    "open": Category.TODO,
    "unstarted": Category.TODO,
    "custom": Category.IN_PROGRESS,
    "done": Category.DONE,
    "closed": Category.DONE,
}
"""By the type of a status: its name is each list's own."""
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
TIMES = ("date_updated", "date_created", "date_done", "date_closed", "due_date")
EDITION = 1
"""Goes up whenever the same record would be translated differently."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the workspace's words mean. Task types in `groups` are Epics and above, in `units` Stories
    wherever they hang. Statuses in `todo` are not begun though ClickUp calls them active, those in
    `cancelled` mean the work was given up, those in `blocked` that it is stuck."""

    groups: tuple[str, ...] = GROUPS
    units: tuple[str, ...] = UNITS
    todo: tuple[str, ...] = TODO
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = ("Blocked", "阻塞")

    def folded(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(fold, words)) for name, words in asdict(self).items()}


DEFAULTS = Vocabulary()


class ClickUpMapping:
    """`site` is what the ClickUp connector's `describe()` tells; `zone` is where a due date is that day."""

    def __init__(
        self, connection: str, site: Mapping[str, Any], chosen: Vocabulary = DEFAULTS, zone: tzinfo = UTC
    ) -> None:
        self._connection = connection
        self._words = chosen.folded()
        self._zone = zone
        self.cancelled = chosen.cancelled
        self._types = dict(sorted(site.get("types", {}).items()))
        self._points, self._percent = (site.get(name, "") for name in ("points", "percent"))
        self._numbers = tuple(sorted(site.get("numbers", ())))
        self._panel = dict(sorted(site.get("panel", {}).items()))

    @property
    def scheme(self) -> str:
        decisive = {n: v for n, v in vars(self).items() if n not in ("_connection", "cancelled", "_zone")}
        text = json.dumps([EDITION, str(self._zone), decisive], sort_keys=True, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names the field that cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise self._blame(raw, error) from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": held(raw.data, self._panel)}

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> ClickUpReplay:  # noqa: ARG002
        return ClickUpReplay(self.item, selectors)

    def _item(self, raw: Raw) -> WorkItem:
        data, unusable = raw.data, list[str]()
        fields = {name: value(field) for name, field in named(data.get("custom_fields") or ()).items()}
        status = data["status"]["status"]
        category = self._category(data["status"])
        done = data.get("date_done") or data.get("date_closed")
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=data.get("custom_id") or raw.id,
            title=data.get("name") or "",
            tier=self._tier(data),
            status=status,
            category=category,
            updated=instant(data["date_updated"]),
            parent=data.get("parent") or None,
            children=tuple(data.get("children") or ()),
            cancelled=fold(status) in self._words["cancelled"],
            points=estimate(
                "points", fields.get(fold(self._points)) if self._points else data.get("points"), unusable
            ),
            estimate_seconds=_seconds("estimate", data.get("time_estimate"), unusable),
            spent_seconds=_seconds("spent", data.get("time_spent") or None, unusable),
            percent=self._share(data),
            checks=_checks(data.get("checklists") or ()),
            numbers=self._all_numbers(fields, unusable),
            unusable=tuple(unusable),
            type=self._type(data),
            project=(data.get("list") or {}).get("name") or "",
            labels=tuple(tag["name"] for tag in data.get("tags") or ()),
            flagged=fold(status) in self._words["blocked"],
            owner=", ".join(one.get("username") or str(one["id"]) for one in data.get("assignees") or ()),
            due=self._day(data.get("due_date")),
            created=instant(data["date_created"]) if data.get("date_created") else None,
            # It may stay after a reopening.
            finished=instant(done) if done and category is Category.DONE else None,
            url=data.get("url") or "",
        )

    def _type(self, data: Mapping[str, Any]) -> str:
        return str(self._types.get(str(data.get("custom_item_id") or 0), "Task"))

    def _tier(self, data: Mapping[str, Any]) -> Tier:
        """ClickUp has no levels but parents. What hangs below anything and is called neither group nor unit
        is a part: straight under a group the roll-up takes it for a unit."""
        kind = fold(self._type(data))
        if kind in self._words["groups"]:
            return Tier.GROUP
        return Tier.UNIT if kind in self._words["units"] or not data.get("parent") else Tier.PART

    def _category(self, status: Mapping[str, Any]) -> Category:
        found = CATEGORIES.get(status.get("type") or "", Category.UNDEFINED)
        begun = found is Category.IN_PROGRESS
        return Category.TODO if begun and fold(status["status"]) in self._words["todo"] else found

    def _share(self, data: Mapping[str, Any]) -> Decimal | None:
        """By the field of the percentage: a number of 0 to 100, or a progress bar between its own ends."""
        field = named(data.get("custom_fields") or ()).get(fold(self._percent)) if self._percent else None
        found = estimate("percent", value(field), []) if field else None
        if found is None or field is None:
            return None
        if field["type"] == "manual_progress":
            ends = field.get("type_config") or {}
            first, last = Decimal(str(ends.get("start", 0))), Decimal(str(ends.get("end", 100)))
            if first == last:
                return None
            found = (found - first) / (last - first) * 100
        return found if 0 <= found <= 100 else None

    def _all_numbers(self, fields: Mapping[str, Any], unusable: list[str]) -> tuple[tuple[str, Decimal], ...]:
        found = ((name, estimate(name, fields.get(fold(name)), unusable)) for name in self._numbers)
        return tuple((name, told) for name, told in found if told is not None)

    def _day(self, due: Any) -> date | None:
        """ClickUp keeps a day without a time as some hour of it in the user's zone."""
        return instant(due).astimezone(self._zone).date() if due else None

    def _blame(self, raw: Raw, error: Exception) -> MappingError:
        for field in ("status", *TIMES):
            told = raw.data.get(field)
            try:
                _readable(field, told)
            except UNTOLD as cause:
                what = "is missing" if told is None else f"cannot be read ({type(cause).__name__})"
                return MappingError(raw.id, field, what)
        return MappingError(raw.id, "task", f"cannot be read ({type(error).__name__})")


def _seconds(name: str, told: Any, unusable: list[str]) -> Decimal | None:
    """Milliseconds, as a number or as text."""
    found = estimate(name, told, unusable)
    return None if found is None else Decimal(round(found / 1000))


def _checks(lists: Any) -> tuple[int, int] | None:
    done, open_ = (sum(int(one.get(n) or 0) for one in lists) for n in ("resolved", "unresolved"))
    return (done, done + open_) if done + open_ else None


def _readable(field: str, told: Any) -> object:
    match field:
        case "status":
            return fold(told["status"])
        case "date_updated":
            return instant(told)
        case _:
            return told and instant(told)
