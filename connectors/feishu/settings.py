"""What a person configures of a Feishu or Lark base, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded

USUAL: Mapping[str, tuple[str, ...]] = {
    "title": (),
    "status": ("Status", "状态", "进展", "任务状态", "Stage", "阶段"),
    "parent": ("Parent items", "Parent record", "Parent", "父记录", "父任务", "上级"),
    "type": ("Type", "类型", "任务类型"),
    "points": ("Points", "Story points", "Story Points", "故事点", "故事点数"),
    "estimate": ("Estimated hours", "预估工时", "预计工时"),
    "spent": ("Spent hours", "实际工时", "已用工时"),
    "percent": ("Progress", "% Done", "进度", "完成度"),
    "labels": ("Labels", "Tags", "标签"),
    "owner": ("Owner", "Assignee", "负责人", "执行人", "任务执行人"),
    "due": ("Due", "Due date", "Deadline", "截止日期", "截止时间"),
    "finished": ("Completed at", "Completed on", "完成时间", "实际完成时间", "完成日期"),
    "blocked": ("Blocked", "阻塞"),
}
"""What columns are called, by what they mean. The title is the first column, whatever it is called."""
COMMENT = ("KR comment", "KR 说明")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuSettings:
    """`url` is the base as people open it, `api` the platform's address, `base` the base's own token.
    `tables` are names or ids, none: all. `columns` name those that differ from the usual, by what they
    mean; `number_fields` those whose numbers are wanted, `field_names` the panel's by role, `comment_field`
    the text that the bridge keeps its comments in, `statuses` all whose meaning is known. `hide` takes
    secrets out of what an answer says, `guard` may refuse a write at the last moment."""

    name: str
    url: str
    api: str
    base: str
    app_id: str
    secret: str = field(default="", repr=False)
    tables: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    comment_field: str = ""
    statuses: tuple[str, ...] = ()
    concurrency: int = 4
    timeout: float = 30.0
    tries: int = 4
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded

    def called(self, role: str) -> tuple[str, ...]:
        """What the column of this meaning may be called."""
        given = self.columns.get(role, "")
        return (given,) if given else USUAL[role]

    @property
    def comment_names(self) -> tuple[str, ...]:
        return (self.comment_field,) if self.comment_field else COMMENT
