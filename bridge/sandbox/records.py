"""What the sandbox keeps: issues, comments, links and the history of each, as plain records."""

from dataclasses import dataclass, field
from typing import Any

Json = Any


class Refusal(Exception):
    """The vendor's no: an HTTP status with the words that Jira uses for it."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {'; '.join(messages) or errors}")
        self.status = status
        self.messages = list(messages)
        self.errors = errors or {}


@dataclass(slots=True)
class Comment:
    """`body` is ADF on Cloud, wiki text on Data Center; instants are epoch milliseconds."""

    id: int
    author: Json
    body: Json
    created: int
    updated: int
    editor: Json
    visibility: Json = None
    properties: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """One entry of the history; `items` as REST shows them."""

    id: int
    author: Json
    at: int
    items: list[dict[str, Json]]


@dataclass(slots=True)
class IssueLink:
    """A link between two issues; `outward` is the end whose page says the outward words."""

    id: int
    type: str
    inward: int
    outward: int


@dataclass(slots=True)
class Issue:
    """One issue. `fields` holds REST-ready values; what depends on others (parent, sub-tasks) is rendered."""

    id: int
    key: str
    fields: dict[str, Json]
    created: int
    updated: int
    parent: int | None = None
    history: list[Change] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    properties: dict[str, Json] = field(default_factory=dict)
    remote: list[dict[str, Json]] = field(default_factory=list)
    links: list[IssueLink] = field(default_factory=list)
    hidden: bool = False
    archived: bool = False
    lazy: Any = None

    @property
    def project(self) -> str:
        return self.key.rpartition("-")[0]

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])

    @property
    def status(self) -> str:
        return str(self.fields["status"]["name"])

    @property
    def category(self) -> str:
        return str(self.fields["status"]["statusCategory"]["key"])

    @property
    def kind(self) -> str:
        return str(self.fields["issuetype"]["name"])

    def changes(self) -> list[Change]:
        """The whole history, oldest first; a lazily loaded one is decoded now and kept."""
        if self.lazy is not None:
            self.history = self.lazy() + self.history
            self.lazy = None
        return self.history
