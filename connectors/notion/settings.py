"""What a person configures of a Notion connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NAMES: Mapping[str, tuple[str, ...]] = {
    "status": ("Status", "State", "状态", "Done", "完成"),
    "parent": (
        "Parent item", "Parent task", "Parent", "上级项目", "父级项目", "父项目", "父任务",
        "Epic", "史诗", "Project", "项目",
    ),
    "type": ("Type", "Kind", "类型"),
    "points": ("Story points", "Story Points", "Points", "故事点", "故事点数"),
    "estimate": ("Estimated hours", "Estimate hours", "预计工时", "预估工时"),
    "spent": ("Spent hours", "Actual hours", "实际工时"),
    "percent": ("% Done", "Percent done", "Progress", "完成度", "进度"),
    "labels": ("Labels", "Tags", "标签"),
    "owner": ("Owner", "Assignee", "Assign", "Responsible", "负责人", "经办人"),
    "due": ("Due", "Due date", "Deadline", "截止日期", "到期日"),
    "blocked": ("Blocked", "阻塞"),
}  # fmt: skip
"""By role, the properties that are looked for where nobody names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionSettings:
    """`databases` are ids or addresses of databases or of single data sources, `shown_in` those of them
    where key results are shown (empty: all). `properties` name the property of a role in place of the
    usual names, `group_types` the names that an Epic's type may have; `number_fields` are properties whose
    numbers are wanted, `field_names` the panel's, by role."""

    databases: tuple[str, ...]
    shown_in: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    group_types: tuple[str, ...] = ("Epic", "史诗")
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)

    def names(self, role: str) -> tuple[str, ...]:
        given = self.properties.get(role, "")
        return (given,) if given else NAMES[role]
