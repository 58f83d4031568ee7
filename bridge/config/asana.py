"""An Asana workspace in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Address, Filled, Share
from bridge.secrets import FORMS


class AsanaConnection(HttpSection):
    """A workspace of Asana."""

    tool: Literal["asana"] = Field(description="The kind of system.")
    url: Address = Field(default="https://app.asana.com/api/1.0", description="The API's address.")
    token: SecretReference = Field(description=f"Where the personal access token or app's token is: {FORMS}.")
    workspace: str = Field(
        default="", description="Number or name of the workspace; empty: the only one that the account sees."
    )
    projects: tuple[Annotated[str, StringConstraints(pattern=r"^\d+$")], ...] = Field(
        default=(),
        description="Numbers of the projects that are followed; empty: all that the account sees.",
    )
    subtasks: bool = Field(
        default=True,
        description="Follow subtasks; false: they neither count nor cost requests, and Asana is asked what "
        "changed.",
    )
    external_data: bool = Field(
        default=False, description="The token is an OAuth app's: keep the property in its external data."
    )
    group_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Epics and above; empty: Epic, Initiative, Theme, 史诗."
    )
    unit_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Stories, wherever they hang; empty: Story, User story, 故事 ..."
    )
    in_progress_statuses: tuple[Filled, ...] = Field(
        default=(),
        description="Statuses or sections of work under way; empty: In Progress, Doing, 进行中 ...",
    )
    done_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses or sections of tasks that are done without being marked complete."
    )
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses or sections that mean cancelled; empty: Cancelled, 已取消 ..."
    )
    blocked_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses or sections of work that is stuck; empty: Blocked, 阻塞 ..."
    )
    type_field: str = Field(default="", description="Custom field of the type; empty: Type, 类型 ...")
    status_field: str = Field(
        default="", description="Custom field of the status; empty: Status, 状态 ...; else the section."
    )
    points_field: str = Field(default="", description="Number field of the points; empty: Story points ...")
    time_field: str = Field(default="", description="Field of the estimated time; empty: Estimated time ...")
    time_unit: Literal["minutes", "hours"] = Field(
        default="hours", description="Unit of a time field that has not Asana's own duration format."
    )
    percent_field: str = Field(
        default="", description="Number field of the percent done; empty: Progress, 进度 ..."
    )
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
