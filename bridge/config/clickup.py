"""A ClickUp workspace in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Address, Filled, Share, refuse
from bridge.secrets import FORMS


def _zone(name: str) -> str:
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise refuse("is no time zone", "such as Asia/Shanghai") from None
    return name


class ClickUpConnection(HttpSection):
    """A ClickUp workspace."""

    tool: Literal["clickup"] = Field(description="The kind of system.")
    url: Address = Field(
        default="https://api.clickup.com/api/v2", description="The API's address, with its version."
    )
    token: SecretReference = Field(description=f"Where the token of the bridge's account is: {FORMS}.")
    workspace: str = Field(
        default="", description="The workspace's id or name; empty: the one that the token reaches."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="", description="Where a due date is that day; empty: the account's own time zone."
    )
    group_types: tuple[Filled, ...] = Field(
        default=(), description="Task types of Epics and above; empty: Epic, Initiative, Theme, 史诗."
    )
    unit_types: tuple[Filled, ...] = Field(
        default=(), description="Task types of Stories, wherever they hang; empty: Story, Feature, 故事 ..."
    )
    todo_statuses: tuple[Filled, ...] = Field(
        default=(), description="Active statuses of work not begun; empty: Backlog, Ready, 待办 ..."
    )
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses that mean cancelled; empty: Cancelled, Rejected, 已取消 ..."
    )
    blocked_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work that is stuck; empty: Blocked, 阻塞."
    )
    points_field: str = Field(default="", description="Custom field of the points; empty: ClickUp's own.")
    percent_field: str = Field(
        default="", description="Custom field of the percentage: a number, or a manual progress bar."
    )
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
