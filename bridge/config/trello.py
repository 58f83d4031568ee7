"""A Trello account in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Address, Filled, Share
from bridge.secrets import FORMS


class TrelloConnection(HttpSection):
    """A Trello account."""

    tool: Literal["trello"] = Field(description="The kind of system.")
    url: Address = Field(default="https://api.trello.com/1", description="The address of Trello's REST API.")
    key: SecretReference = Field(description=f"Where the API key is: {FORMS}.")
    token: SecretReference = Field(
        description=f"Where the token is that the bridge's account granted this key: {FORMS}."
    )
    boards: tuple[Filled, ...] = Field(
        default=(),
        description="Boards that labels, fields, filters and changes are looked for on, by address, short "
        "link, id or name; empty: all open boards of the account.",
    )
    done_by: Literal["either", "complete", "list"] = Field(
        default="either",
        description="What makes a card done: its mark as complete, its list (done_lists), or either.",
    )
    done_lists: tuple[Filled, ...] = Field(
        default=(), description="Lists of done work; empty: Done, Completed, Finished, 完成, 已完成 ..."
    )
    in_progress_lists: tuple[Filled, ...] = Field(
        default=(), description="Lists of work under way; empty: Doing, In Progress, Review, 进行中 ..."
    )
    cancelled: tuple[Filled, ...] = Field(
        default=(), description="Lists and labels that mean cancelled; empty: Cancelled, Won't Do, 已取消 ..."
    )
    blocked: tuple[Filled, ...] = Field(
        default=(), description="Lists and labels of work that is stuck; empty: Blocked, On Hold, 阻塞, 受阻."
    )
    archived: Literal["cancelled", "done", "open"] = Field(
        default="cancelled", description="What an archived card is that is not done."
    )
    points_field: str = Field(default="", description="Custom field of the points; empty: Story points ...")
    points_in_title: bool = Field(
        default=False, description='Whether "(3) A title" weighs 3, where no field says more.'
    )
    estimate_field: str = Field(default="", description="Number field of the estimated hours; empty: none.")
    spent_field: str = Field(default="", description="Number field of the hours spent; empty: none.")
    percent_field: str = Field(default="", description="Number field of the percent done; empty: none.")
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a list is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
