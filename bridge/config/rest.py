"""Any system with a REST API, described in the file alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.rest_paths import Below, JmesPath, Optional, RestPages
from bridge.config.rest_writes import RestHooks, RestPast, RestWrites
from bridge.config.types import Filled, Section, refuse
from bridge.secrets import FORMS, Secret


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("is no time zone", "an IANA name such as Europe/Berlin or Asia/Shanghai") from None
    return name


class RestAnswers(Section):
    """What answers say in their bodies where every status is 200; JMESPaths that are true or not."""

    denied: Optional = Field(default="", description="True where the login is refused.")
    missing: Optional = Field(default="", description='True where there is no such item: "code == `404`".')
    slow: Optional = Field(default="", description="True where calls come too fast.")
    failed: Optional = Field(default="", description='True of every other error: "code != `0`".')
    reason: Optional = Field(default="", description="Path of what it says.")


class RestReads(Section):
    """What is asked, and where the items are in the answers."""

    items: Below = Field(description="Path of the list of all items.")
    found: JmesPath = Field(default="@", description="JMESPath of the list in its answer.")
    parameters: Mapping[str, str] = Field(default={}, description="Sent with every list.")
    item: Below = Field(
        default="", description="Path of one item, with {id}; empty: the list is all that there is."
    )
    by_key: Below = Field(default="", description="Path of one item by its key, with {key}; empty: `item`.")
    one: JmesPath = Field(default="@", description="JMESPath of the item in that answer.")
    children: Below = Field(default="", description="Path of the list of what is below {id}.")
    login: Below = Field(default="", description="Path that proves the login; empty: that of `items`.")
    account: Optional = Field(default="", description="JMESPath of the account's id in its answer.")
    ids: str = Field(default="", description="Parameter that lists by ids, with commas between them.")
    parent: str = Field(default="", description="Parameter that lists by the parent's id.")
    label: str = Field(default="", description="Parameter that lists by label.")
    project: str = Field(default="", description="Parameter that lists by project.")
    changed: str = Field(default="", description="Parameter that lists what changed since an instant.")
    changed_format: str = Field(
        default="iso", description='iso, seconds, milliseconds, or such as "%Y-%m-%d %H:%M:%S" in `timezone`.'
    )
    overlap: int = Field(default=120, ge=0, le=86_400, description="Seconds by which it is asked earlier.")


class RestItem(Section):
    """JMESPaths into an item: what it is."""

    id: JmesPath = Field(description="Its permanent id.")
    key: Optional = Field(default="", description="What people call it; empty: the id.")
    title: JmesPath = Field(description="Its title.")
    status: JmesPath = Field(description="Its status: a name, a number, true or false.")
    updated: JmesPath = Field(description="When it changed: ISO 8601, or seconds or milliseconds since 1970.")
    parent: Optional = Field(default="", description="Id or key of what it is below.")
    children: Optional = Field(default="", description="List of the ids of what is below it.")
    type: Optional = Field(default="", description="Its type.")
    groups: tuple[Filled, ...] = Field(default=(), description="Types that hold others, as an Epic does.")
    parts: tuple[Filled, ...] = Field(default=(), description="Types that are parts of others.")
    points: Optional = Field(default="", description="Its estimate.")
    estimate: Optional = Field(default="", description="Estimated time, in `time_unit`.")
    spent: Optional = Field(default="", description="Time spent, in `time_unit`.")
    time_unit: Literal["seconds", "minutes", "hours"] = Field(default="hours", description="Of both.")
    percent: Optional = Field(default="", description="Percent done, 0 to 100.")
    numbers: Mapping[str, JmesPath] = Field(default={}, description="Number fields to count by, by name.")
    labels: Optional = Field(default="", description="List of labels, or text with commas.")
    project: Optional = Field(default="", description="Key of what it is in.")
    owner: Optional = Field(default="", description="Whose it is.")
    due: Optional = Field(default="", description="When it is due.")
    created: Optional = Field(default="", description="When it was made.")
    url: Optional = Field(default="", description="Its page.")


PARTS = ("key", "title", "status", "parent", "children", "type", "points", "estimate", "spent", "percent",
         "labels", "project", "owner", "due")  # fmt: skip
"""Of an item, what may change."""


def _word(value: object) -> object:
    """Numbers, true and false as they are told of an item."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


Word = Annotated[
    Filled, BeforeValidator(_word), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]})
]


class RestStatus(Section):
    """What each status means, compared without case; one that stands nowhere is undefined."""

    todo: tuple[Word, ...] = Field(default=(), description="Statuses of work not begun.")
    in_progress: tuple[Word, ...] = Field(default=(), description="Statuses of work begun.")
    done: Annotated[tuple[Word, ...], Field(min_length=1)] = Field(
        description="Statuses of work done, such as Done, Closed."
    )
    cancelled: tuple[Word, ...] = Field(default=(), description="Statuses of work given up.")


class RestConnection(HttpSection):
    """Any system with a REST API that speaks JSON."""

    tool: Literal["rest"] = Field(description="The kind of system.")
    auth: Literal["bearer", "basic", "header", "query", "none"] = Field(
        default="bearer", description="How the token goes along."
    )
    user: str = Field(default="", description="The account, for basic.")
    parameter: str = Field(default="", description="Name of the header or query parameter.")
    token: SecretReference | None = Field(
        default=None, validate_default=True, description=f"Where the token is: {FORMS}."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="Of times that name none."
    )
    headers: Mapping[str, str] = Field(default={}, description="Sent with every call; no secrets.")
    read: RestReads = Field(description="What is asked, and where the items are.")
    pages: RestPages = Field(default=RestPages(), description="How a long list comes in pages.")
    answers: RestAnswers | None = Field(
        default=None, description="Errors that come with status 200; absent: the status tells."
    )
    item: RestItem = Field(description="What an item is.")
    status: RestStatus = Field(description="What each status means.")
    write: RestWrites = Field(default=RestWrites(), description="What is written.")
    hooks: RestHooks | None = Field(default=None, description="Its webhooks; absent: none are taken.")
    past: RestPast | None = Field(default=None, description="Its history; absent: `backfill` has none.")

    @field_validator("token")
    @classmethod
    def _given(cls, token: Secret | None, info: ValidationInfo) -> Secret | None:
        if token is None and info.data.get("auth", "bearer") != "none":
            raise refuse("is missing", f"Where the token is: {FORMS}")
        return token

    @model_validator(mode="after")
    def _named(self) -> RestConnection:
        if self.auth in ("header", "query") and not self.parameter:
            raise refuse(f"auth = {self.auth} needs `parameter`", "the name of the header or the parameter")
        if self.auth == "basic" and not self.user:
            raise refuse("auth = basic needs `user`")
        if not self.read.item and (self.read.by_key or self.read.children or self._more):
            hint = "by_key, children, write and past need the path of one item"
            raise refuse("read.item is missing", hint)
        return self

    @model_validator(mode="after")
    def _told(self) -> RestConnection:
        comment = self.write.comment
        if comment and comment.author and not self.read.account:
            raise refuse("write.comment.author needs read.account", "whose id it is compared with")
        if self.hooks and self.webhook_secret is None:
            raise refuse("hooks need `webhook_secret`", f"what they are signed with, or the token: {FORMS}")
        return self

    @model_validator(mode="after")
    def _remembered(self) -> RestConnection:
        if self.past is None:
            return self
        if not self.item.created:
            raise refuse("past needs item.created", "before it was made, an item counts nowhere")
        known = {name for name in PARTS if getattr(self.item, name)}
        known |= {f"numbers.{name}" for name in self.item.numbers}
        if unknown := sorted(set(self.past.fields) - known):
            hint = f"described are {', '.join(sorted(known))}"
            raise refuse(f"past.fields: {', '.join(unknown)} is no part that `item` describes", hint)
        if "status" not in self.past.fields:
            raise refuse("past.fields needs `status`", "what the changes call it")
        return self

    @property
    def _more(self) -> bool:
        return any(getattr(self.write, name) for name in RestWrites.model_fields) or self.past is not None
