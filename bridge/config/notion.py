"""A Notion workspace in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Address, Filled, Share
from bridge.secrets import FORMS


class NotionConnection(HttpSection):
    """Databases of a Notion workspace."""

    tool: Literal["notion"] = Field(description="The kind of system.")
    url: Address = Field(default="https://api.notion.com/v1", description="The API's address.")
    token: SecretReference = Field(description=f"Where the connection's secret is: {FORMS}.")
    databases: Annotated[tuple[Filled, ...], Field(min_length=1)] = Field(
        description="Databases that work is read from: addresses or ids, of single data sources too."
    )
    shown_in: tuple[Filled, ...] = Field(
        default=(),
        description="Those of them where key results are shown, for `fields install`; empty: all.",
    )
    status_field: str = Field(
        default="",
        description="Status, select or checkbox that tells what is done; empty: Status, 状态 ..., "
        "or the one status property.",
    )
    parent_field: str = Field(
        default="",
        description="Relation to the parent; empty: Parent item, 上级项目, Epic, Project ...",
    )
    type_field: str = Field(
        default="", description="Select that tells Epics from Stories; empty: Type, 类型."
    )
    points_field: str = Field(default="", description="Number of the points; empty: Story points ...")
    estimate_field: str = Field(
        default="", description="Number of the time estimated; empty: Estimated hours, 预计工时."
    )
    spent_field: str = Field(
        default="", description="Number of the time spent; empty: Spent hours, 实际工时."
    )
    time_unit: Literal["minutes", "hours", "days"] = Field(
        default="hours", description="What these two count; a day has 8 hours."
    )
    percent_field: str = Field(
        default="", description="Number of the percent done; empty: % Done, Progress, 完成度 ..."
    )
    labels_field: str = Field(
        default="", description="Multi-select or select of the labels; empty: Labels, Tags, 标签."
    )
    owner_field: str = Field(
        default="", description="People; empty: Owner, Assignee, 负责人 ..., or the one such property."
    )
    due_field: str = Field(default="", description="Date; empty: Due, Deadline, 截止日期 ...")
    blocked_field: str = Field(default="", description="Checkbox of stuck work; empty: Blocked, 阻塞.")
    group_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Epics and above; empty: Epic, Initiative, Theme, Project, 史诗 ..."
    )
    unit_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Stories, wherever they hang; empty: Story, User story, 故事 ..."
    )
    group_databases: tuple[Filled, ...] = Field(
        default=(), description="Databases, by name or id, whose pages are all Epics."
    )
    todo_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work not begun, whatever their group."
    )
    in_progress_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work under way, whatever their group."
    )
    done_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work that is done, whatever their group."
    )
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses that mean cancelled; empty: Cancelled, 已取消 ..."
    )
    blocked_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work that is stuck; empty: Blocked, 阻塞."
    )
    concurrency: int = Field(default=3, ge=1, le=100, description="Requests at the same time, at most.")
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
