"""A Redmine site in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Filled, Share
from bridge.secrets import FORMS


class RedmineConnection(HttpSection):
    """A Redmine site."""

    tool: Literal["redmine"] = Field(description="The kind of system.")
    token: SecretReference = Field(
        description=f"Where the API access key of the bridge's account is: {FORMS}."
    )
    group_trackers: tuple[Filled, ...] = Field(
        default=(), description="Trackers of Epics and above; empty: Epic, Initiative, Theme, 史诗."
    )
    unit_trackers: tuple[Filled, ...] = Field(
        default=(), description="Trackers of Stories, wherever they hang; empty: Story, User story, 故事 ..."
    )
    in_progress_statuses: tuple[Filled, ...] = Field(
        default=(), description="Open statuses of work under way; empty: In Progress, Resolved, Feedback ..."
    )
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses that mean cancelled; empty: Rejected, Cancelled ..."
    )
    blocked_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work that is stuck; empty: Blocked, 阻塞."
    )
    points_field: str = Field(default="", description="Custom field of the points; empty: Story points ...")
    labels_field: str = Field(
        default="", description="Custom field of the labels; empty: Labels, Tags, 标签."
    )
    blocked_field: str = Field(default="", description="Yes/no field of stuck work; empty: Blocked, 阻塞.")
    private_notes: bool = Field(default=False, description="Write the bridge's notes as private ones.")
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
