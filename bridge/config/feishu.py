"""A Feishu or Lark base in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Address, Filled, OptionalAddress, Share, refuse
from bridge.secrets import FORMS

PLATFORMS = {
    "feishu.cn": "https://open.feishu.cn",
    "larkoffice.com": "https://open.feishu.cn",
    "larksuite.com": "https://open.larksuite.com",
}
"""The platform by the domain that people open their bases at."""
_BASE = re.compile(r"/base/([A-Za-z0-9]+)\Z")
STATUSES = "empty: the usual ones, in English and Chinese."


def _base_address(url: str) -> str:
    path = urlsplit(url).path
    if "/wiki/" in path:
        raise refuse("is a page of a wiki", "open the base by itself: https://acme.feishu.cn/base/TOKEN")
    if not _BASE.search(path):
        raise refuse("is no base's address", "such as https://acme.feishu.cn/base/TOKEN")
    return url


def platform(url: str) -> str:
    """The platform's address for a base, empty where its domain is not known."""
    host = (urlsplit(url).hostname or "").lower()
    found = (api for domain, api in PLATFORMS.items() if host == domain or host.endswith(f".{domain}"))
    return next(found, "")


class FeishuConnection(HttpSection):
    """A Feishu or Lark base."""

    tool: Literal["feishu"] = Field(description="The kind of system.")
    url: Annotated[Address, AfterValidator(_base_address)] = Field(
        description="The base as people open it: https://acme.feishu.cn/base/TOKEN."
    )
    api: OptionalAddress = Field(
        default="",
        validate_default=True,
        description="The platform's address; empty: https://open.feishu.cn or https://open.larksuite.com, "
        "by the domain of url.",
    )
    app_id: Filled = Field(description="The App ID of the bridge's app.")
    token: SecretReference = Field(description=f"Where the App Secret is: {FORMS}.")
    tables: tuple[Filled, ...] = Field(
        default=(), description="Tables that hold work, by name or id; empty: all of the base."
    )
    title_field: str = Field(default="", description="Column of the title; empty: the first one.")
    status_field: str = Field(default="", description="Column of the status; empty: Status, 状态 ...")
    parent_field: str = Field(
        default="", description="Link to the parent record; empty: Parent items, Parent, 父记录 ..."
    )
    type_field: str = Field(default="", description="Column of the kind of work; empty: Type, 类型.")
    points_field: str = Field(default="", description="Column of the points; empty: Points, 故事点 ...")
    estimate_field: str = Field(
        default="", description="Hours estimated; empty: Estimated hours, 预估工时, 预计工时."
    )
    spent_field: str = Field(default="", description="Hours spent; empty: Spent hours, 实际工时 ...")
    percent_field: str = Field(default="", description="How far it is; empty: Progress, 进度, 完成度 ...")
    labels_field: str = Field(default="", description="Column of the labels; empty: Labels, Tags, 标签.")
    owner_field: str = Field(default="", description="Who does it; empty: Owner, Assignee, 负责人 ...")
    due_field: str = Field(default="", description="By when; empty: Due, Deadline, 截止日期 ...")
    finished_field: str = Field(default="", description="When it was done; empty: Completed at, 完成时间 ...")
    blocked_field: str = Field(default="", description="Checkbox of stuck work; empty: Blocked, 阻塞.")
    comment_field: str = Field(
        default="", description="Text column for the bridge's comments; empty: KR comment, KR 说明."
    )
    group_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Epics and above; empty: Epic, Initiative, 史诗, 目标 ..."
    )
    unit_types: tuple[Filled, ...] = Field(
        default=(), description="Types of Stories, wherever they hang; empty: Story, 故事, 需求 ..."
    )
    todo_statuses: tuple[Filled, ...] = Field(
        default=(), description=f"Statuses of work not begun; {STATUSES}"
    )
    in_progress_statuses: tuple[Filled, ...] = Field(
        default=(), description=f"Statuses of work under way; {STATUSES}"
    )
    done_statuses: tuple[Filled, ...] = Field(default=(), description=f"Statuses of work done; {STATUSES}")
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description=f"Statuses that mean cancelled; {STATUSES}"
    )
    blocked_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses of work that is stuck; empty: Blocked, On hold, 阻塞 ..."
    )
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )

    @field_validator("api")
    @classmethod
    def _platform(cls, api: str, info: ValidationInfo) -> str:
        found = api or platform(info.data.get("url", ""))
        if not found and "url" in info.data:
            raise refuse(
                "is missing", "the domain of `url` is neither Feishu's nor Lark's own: name the platform"
            )
        return found

    @property
    def base(self) -> str:
        """The base's own token."""
        found = _BASE.search(urlsplit(self.url).path)
        return found[1] if found else ""
