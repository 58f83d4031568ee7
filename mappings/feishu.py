"""Records of a Feishu or Lark base as work items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier, WorkItem
from mappings.feishu_fields import Plain, held, instant, words
from mappings.numbers import estimate

GROUPS = ("Epic", "Initiative", "Theme", "Objective", "史诗", "目标")
UNITS = ("Story", "User story", "故事", "用户故事", "需求")
TODO = (
    "To do",
    "Todo",
    "Not started",
    "Backlog",
    "Open",
    "New",
    "未开始",
    "待办",
    "待处理",
    "待开始",
    "新建",
)
IN_PROGRESS = (
    "In progress", "Doing", "In review", "Testing", "Blocked", "On hold",
    "进行中", "处理中", "开发中", "测试中", "评审中", "已暂停", "阻塞",
)  # fmt: skip
DONE = ("Done", "Completed", "Complete", "Finished", "Closed", "已完成", "完成", "已关闭")
CANCELLED = (
    "Cancelled", "Canceled", "Rejected", "Won't do", "Duplicate", "Obsolete", "Abandoned",
    "已取消", "取消", "已拒绝", "不做", "重复", "已废弃",
)  # fmt: skip
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
EDITION = 1
"""Goes up whenever the same record would be translated differently."""
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words of a base mean. Records of a type in `groups` are Epics and above, in `units` Stories
    wherever they hang. A status in none of `todo`, `in_progress`, `done` and `cancelled` is undefined: a base
    has no notion of its own of what is done. Those in `blocked` mean that the work is stuck."""

    groups: tuple[str, ...] = GROUPS
    units: tuple[str, ...] = UNITS
    todo: tuple[str, ...] = TODO
    in_progress: tuple[str, ...] = IN_PROGRESS
    done: tuple[str, ...] = DONE
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = ("Blocked", "On hold", "阻塞", "已暂停")

    def folded(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(_fold, words)) for name, words in asdict(self).items()}

    @property
    def statuses(self) -> tuple[str, ...]:
        """All whose meaning is known."""
        return (*self.todo, *self.in_progress, *self.done, *self.cancelled)


DEFAULTS = Vocabulary()


class FeishuMapping:
    """`site` is what the connector's `describe()` tells; days are those of `zone`."""

    def __init__(
        self, connection: str, site: Mapping[str, Any], chosen: Vocabulary = DEFAULTS, zone: tzinfo = UTC
    ) -> None:
        self._connection = connection
        self._words = chosen.folded()
        self.cancelled = chosen.cancelled
        self._zone = zone
        self._tables = site.get("tables", {})
        self._browse = site.get("base_url", "")

    @property
    def scheme(self) -> str:
        decisive = [EDITION, self._words, self._tables, self._browse, str(self._zone)]
        text = json.dumps(decisive, sort_keys=True, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names what cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise MappingError(raw.id, "record", f"cannot be read ({type(error).__name__})") from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": held(raw.data["panel"])}

    def _item(self, raw: Raw) -> WorkItem:
        data, unusable = raw.data, list[str]()
        values: Mapping[str, Plain] = data["values"]
        status, category = self._status(values)
        updated = instant(data["updated"])
        if updated is None:
            raise MappingError(raw.id, "last_modified_time", "is missing")
        folded = _fold(status)
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=raw.id,
            title=_text(values.get("title")),
            tier=self._tier(data),
            status=status,
            category=category,
            updated=updated,
            parent=next(iter(data["parents"]), None),
            children=tuple(data["children"]),
            cancelled=folded in self._words["cancelled"],
            points=estimate("points", values.get("points"), unusable),
            estimate_seconds=_seconds("estimate", values.get("estimate"), unusable),
            spent_seconds=_seconds("spent", values.get("spent"), unusable),
            percent=_percent(values.get("percent"), data.get("span")),
            numbers=_numbers(data["numbers"], unusable),
            unusable=tuple(unusable),
            type=_text(values.get("type")),
            project=data["table_name"],
            labels=words(values.get("labels")),
            flagged=values.get("blocked") is True or folded in self._words["blocked"],
            owner=", ".join(words(values.get("owner"))),
            due=self._day(values.get("due")),
            created=instant(data.get("created")),
            finished=instant(values.get("finished")) if category is Category.DONE else None,
            url=self._url(raw.id),
        )

    def _status(self, values: Mapping[str, Plain]) -> tuple[str, Category]:
        """An empty cell is work that nobody has begun; no column at all tells nothing."""
        if "status" not in values:
            return "", Category.UNDEFINED
        value = values["status"]
        if isinstance(value, bool):
            return ("☑", Category.DONE) if value else ("☐", Category.TODO)
        status = _text(value)
        found = (
            (Category.DONE, ("done", "cancelled")),
            (Category.IN_PROGRESS, ("in_progress",)),
            (Category.TODO, ("todo",)),
        )
        if not status.strip():
            return status, Category.TODO
        told = (what for what, lists in found if any(_fold(status) in self._words[one] for one in lists))
        return status, next(told, Category.UNDEFINED)

    def _tier(self, data: Mapping[str, Any]) -> Tier:
        """A base has no levels but parents. What hangs below anything and is called neither group nor unit is
        a part: straight under a group the roll-up takes it for a unit."""
        type = _fold(_text(data["values"].get("type")))
        if type in self._words["groups"]:
            return Tier.GROUP
        return Tier.UNIT if type in self._words["units"] or not data["parents"] else Tier.PART

    def _day(self, value: Plain) -> date | None:
        at = instant(value)
        return at.astimezone(self._zone).date() if at else None

    def _url(self, id: str) -> str:
        table, _, record = id.partition("/")
        return f"{self._browse}?table={table}&record={record}"


def zone_of(site: Mapping[str, Any]) -> str:
    """The IANA name of the zone that the base's days are in, UTC where it tells none."""
    return str(site.get("time_zone") or "UTC")


def _text(value: Plain) -> str:
    return ", ".join(words(value))


def _numbers(told: Mapping[str, Plain], unusable: list[str]) -> tuple[tuple[str, Decimal], ...]:
    found = ((name, estimate(name, value, unusable)) for name, value in sorted(told.items()))
    return tuple((name, value) for name, value in found if value is not None)


def _seconds(name: str, hours: Plain, unusable: list[str]) -> Decimal | None:
    told = estimate(name, hours, unusable)
    return None if told is None else Decimal(round(told * SECONDS))


def _percent(value: Plain, span: Any) -> Decimal | None:
    """Of a share between the ends that its column has; what lies outside is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not span:
        return None
    low, high = (Decimal(str(end)) for end in span)
    told = (Decimal(str(value)) - low) / (high - low) * 100
    return told if 0 <= told <= 100 else None


def _fold(word: str) -> str:
    return word.strip().casefold()
