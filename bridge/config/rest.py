"""Any system with a REST API, described in the file alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bridge.config.connection import HttpSection
from bridge.config.references import SecretReference
from bridge.config.types import Filled, Section, refuse
from bridge.secrets import FORMS, Secret


def _path(text: str) -> str:
    from jmespath import compile as compiled
    from jmespath.exceptions import JMESPathError

    try:
        compiled(text)
    except JMESPathError:
        raise refuse("is no JMESPath", "such as fields.title; a name that is not plain: '\"标题\"'") from None
    return text


def _below(text: str) -> str:
    if "://" in text or text.startswith("//") or "?" in text or "#" in text or ".." in text.split("/"):
        raise refuse("must be a path below `url`", "such as tasks/{id}; parameters have options of their own")
    return text.strip("/")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("is no time zone", "an IANA name such as Europe/Berlin or Asia/Shanghai") from None
    return name


JmesPath = Annotated[str, StringConstraints(min_length=1), AfterValidator(_path)]
Optional = Annotated[str, AfterValidator(lambda text: _path(text) if text else text)]
Below = Annotated[str, AfterValidator(_below)]


class RestPages(Section):
    """How a long list comes in pages."""

    kind: Literal["none", "offset", "page", "cursor", "link"] = Field(
        default="none", description="link: the address of the next page, in the Link header or at `next`."
    )
    size: int = Field(
        default=100, ge=1, le=10_000, description="Items a page, asked for in `size_parameter`."
    )
    size_parameter: str = Field(default="", description="Its name, such as limit; empty: not sent.")
    parameter: str = Field(default="", description="Where offset, page or cursor goes; empty: called so.")
    first: int = Field(default=1, ge=0, le=1, description="The number of the first page.")
    next: Optional = Field(default="", description="JMESPath of the next cursor or address in an answer.")
    total: Optional = Field(
        default="", description="JMESPath of how many there are: a walk that brings fewer is refused."
    )

    @model_validator(mode="after")
    def _complete(self) -> RestPages:
        if self.kind == "cursor" and not self.next:
            raise refuse("kind = cursor needs `next`", "the JMESPath of the next cursor in an answer")
        return self


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


class RestStatus(Section):
    """What each status means, compared without case; one that stands nowhere is undefined."""

    todo: tuple[Filled, ...] = Field(default=(), description="Not begun.")
    in_progress: tuple[Filled, ...] = Field(default=(), description="Begun.")
    done: Annotated[tuple[Filled, ...], Field(min_length=1)] = Field(description="Done.")
    cancelled: tuple[Filled, ...] = Field(default=(), description="Given up.")


class RestWrite(Section):
    """How one figure is written, and where it is read again."""

    path: Below = Field(description="Path, with {id}.")
    method: Literal["PUT", "PATCH", "POST"] = Field(default="PATCH", description="Twice must be as once.")
    body: Mapping[str, Any] = Field(
        description='JSON; "{value}" becomes the value, and is put into other text as it is.'
    )
    read: JmesPath = Field(description="JMESPath of the value in the item, read again after the write.")


class RestWrites(Section):
    """What is written, figure by figure; what is absent is not."""

    key_result: RestWrite | None = Field(default=None, description="The ids and titles, as text.")
    progress: RestWrite | None = Field(default=None, description="0 to 100.")
    status: RestWrite | None = Field(default=None, description="A word.")
    score: RestWrite | None = Field(default=None, description="0 to 1, one decimal.")
    updated: RestWrite | None = Field(default=None, description="When the figures changed, ISO 8601.")


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
    item: RestItem = Field(description="What an item is.")
    status: RestStatus = Field(description="What each status means.")
    write: RestWrites = Field(default=RestWrites(), description="What is written.")

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
        if (self.read.by_key or self.read.children or self._writes) and not self.read.item:
            raise refuse("read.item is missing", "by_key, children and write need the path of one item")
        return self

    @property
    def _writes(self) -> bool:
        return any(getattr(self.write, role) for role in RestWrites.model_fields)
