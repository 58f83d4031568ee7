"""What a described system is shown, and how it tells of changes: comments, links, webhooks, history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from bridge.config.rest_paths import Below, JmesPath, Optional, RestPages
from bridge.config.types import Filled, Section, refuse


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
