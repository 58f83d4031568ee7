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
    more: Optional = Field(
        default="", description='JMESPath of whether there is more, true or false: "has_more", "!last".'
    )
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


PARTS = ("key", "title", "status", "parent", "children", "type", "points", "estimate", "spent", "percent",
         "labels", "project", "owner", "due")  # fmt: skip
"""Of an item, what may change."""


class RestStatus(Section):
    """What each status means, compared without case; one that stands nowhere is undefined."""

    todo: tuple[Filled, ...] = Field(default=(), description="Statuses of work not begun.")
    in_progress: tuple[Filled, ...] = Field(default=(), description="Statuses of work begun.")
    done: Annotated[tuple[Filled, ...], Field(min_length=1)] = Field(
        description="Statuses of work done, such as Done, Closed."
    )
    cancelled: tuple[Filled, ...] = Field(default=(), description="Statuses of work given up.")


class RestWrite(Section):
    """How one figure is written, and where it is read again."""

    path: Below = Field(description="Path, with {id}.")
    method: Literal["PUT", "PATCH", "POST"] = Field(default="PATCH", description="Twice must be as once.")
    body: Mapping[str, Any] = Field(
        description='JSON; "{value}" becomes the value, and is put into other text as it is.'
    )
    read: JmesPath = Field(description="JMESPath of the value in the item, read again after the write.")


class RestMake(Section):
    """How one more is made."""

    path: Below = Field(description="Path, with {id} of the item.")
    method: Literal["POST", "PUT"] = Field(default="POST", description="How.")
    body: Mapping[str, Any] = Field(description="JSON, with the values in their places.")


class RestChange(Section):
    """How one is rewritten where it stands."""

    path: Below = Field(description="Path, with {comment} or {link}, and {id} of the item.")
    method: Literal["PATCH", "PUT", "POST"] = Field(default="PATCH", description="Twice must be as once.")
    body: Mapping[str, Any] | None = Field(default=None, description="JSON; absent: that of `make`.")


class RestRemove(Section):
    """How one is removed."""

    path: Below = Field(description="Path, with {comment} or {link}, and {id} of the item.")
    method: Literal["DELETE", "POST"] = Field(default="DELETE", description="How.")
    body: Mapping[str, Any] | None = Field(default=None, description="JSON; absent: none.")


class RestListed(Section):
    """What stands on an item in a list of its own."""

    path: Below = Field(description="Path of the item's list, with {id}.")
    found: JmesPath = Field(default="@", description="JMESPath of the list in its answer.")
    id: JmesPath = Field(default="id", description="JMESPath of the id of one of it.")
    pages: RestPages | None = Field(
        default=None, description="How this list comes in pages; absent: as the items do."
    )


class RestComment(RestListed):
    """How the explanation is put as a comment, and found again by the mark that it ends with."""

    text: JmesPath = Field(description="JMESPath of a comment's text.")
    author: Optional = Field(
        default="", description="JMESPath of whose it is, told as `read.account` is; empty: the mark decides."
    )
    format: Literal["text", "markdown", "html"] = Field(default="text", description="How comments are shown.")
    longest: int = Field(
        default=30_000, ge=1000, le=30_000, description="Characters that a comment may have."
    )
    make: RestMake = Field(description='How a new one is made; "{value}" is its text.')
    change: RestChange | None = Field(
        default=None, description="How one is rewritten; absent: a new one at each milestone."
    )
    remove: RestRemove | None = Field(default=None, description="How one is removed; absent: by hand.")


class RestLink(RestListed):
    """How a link is put, and found again by the bridge's own id of it."""

    url: JmesPath = Field(default="url", description="JMESPath of a link's address.")
    title: JmesPath = Field(default="title", description="JMESPath of its title.")
    summary: Optional = Field(default="", description="JMESPath of a line beside it, with how far it is.")
    mark: Optional = Field(
        default="",
        description="JMESPath of a text for our own id; empty: it stands behind a # in the address.",
    )
    make: RestMake = Field(description='How a new one is made, of "{url}", "{title}", "{summary}", "{mark}".')
    change: RestChange | None = Field(default=None, description="How one is changed; absent: made anew.")
    remove: RestRemove | None = Field(default=None, description="How one is removed; absent: by hand.")

    @model_validator(mode="after")
    def _kept_one(self) -> RestLink:
        if self.change is None and self.remove is None:
            raise refuse("needs `change` or `remove`", "else a changed title would make one more link")
        return self


class RestHooks(Section):
    """How the system's webhooks are known and read."""

    header: Filled = Field(description="Header of the signature or the shared token.")
    kind: Literal["hmac-sha256", "hmac-sha1", "token"] = Field(
        default="hmac-sha256",
        description="HMAC of the body by `webhook_secret`; token: the header holds the secret itself.",
    )
    encoding: Literal["hex", "base64"] = Field(default="hex", description="Of a signature.")
    prefix: str = Field(default="", description='Before it in the header, such as "sha256=" or "Bearer ".')
    items: tuple[JmesPath, ...] = Field(
        default=(), description="JMESPaths of items' ids in the body; none: it says that something changed."
    )
    event: Optional = Field(
        default="", description="JMESPath of the event's id in the body, which a repeat has too."
    )
    status: Literal[200, 202] = Field(default=200, description="What the sender takes for success.")


class RestPast(Section):
    """The list of an item's changes, for `backfill`."""

    path: Below = Field(description="Path of an item's list of changes, with {id}.")
    found: JmesPath = Field(default="@", description="JMESPath of the list in its answer.")
    id: JmesPath = Field(default="id", description="JMESPath of the id of an entry.")
    pages: RestPages | None = Field(
        default=None, description="How this list comes in pages; absent: as the items do."
    )
    at: JmesPath = Field(description="JMESPath of when it was.")
    parts: Optional = Field(default="", description="JMESPath of a list in an entry, of one change each.")
    field: JmesPath = Field(description="JMESPath of what changed.")
    old: JmesPath = Field(description="JMESPath of its value before, told as the item tells it.")
    new: JmesPath = Field(description="JMESPath of its value since.")
    fields: Mapping[str, Filled] = Field(
        description='What the entries call a part of `item`, by that part: { status = "state" }.'
    )


FIGURES = ("key_result", "progress", "status", "score", "updated")


class RestWrites(Section):
    """What is written, figure by figure; what is absent is not."""

    key_result: RestWrite | None = Field(default=None, description="The ids and titles, as text.")
    progress: RestWrite | None = Field(default=None, description="0 to 100.")
    status: RestWrite | None = Field(default=None, description="A word.")
    score: RestWrite | None = Field(default=None, description="0 to 1, one decimal.")
    updated: RestWrite | None = Field(default=None, description="When the figures changed, ISO 8601.")
    comment: RestComment | None = Field(default=None, description="The explanation.")
    link: RestLink | None = Field(default=None, description="A link to the key result's page.")

    @property
    def figures(self) -> Mapping[str, RestWrite]:
        """Those that are described, by role."""
        found = {role: getattr(self, role) for role in FIGURES}
        return {role: one for role, one in found.items() if one is not None}


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
