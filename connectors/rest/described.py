"""What is described of a system: where to ask, what to send, and where things are in the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bridge.model import Document

Record = Mapping[str, Any]
Find = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in an answer: `option` is what the file calls it, `text` its JMESPath, `find` reads it and
    gives None where nothing is."""

    option: str
    text: str
    find: Find

    def __call__(self, data: Any) -> Any:
        return self.find(data)

    def __str__(self) -> str:
        return f'"{self.text}" ({self.option})'


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """`kind` is none, offset, page, cursor or link; `found` reads the list out of an answer, `next` the next
    cursor or address, `more` whether there is more, `total` how many there are; `identity` tells a record's
    id. `size` is what asks for so many a page, nothing for nothing. `option` is what the file calls it."""

    kind: str
    found: Spot
    identity: Spot
    next: Spot | None = None
    more: Spot | None = None
    total: Spot | None = None
    parameter: str = ""
    first: int = 1
    size: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    option: str = "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """How one figure is written: `body` holds "{value}"; `read` finds it in the item again."""

    path: str
    method: str
    body: Mapping[str, Any]
    read: Find


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A call that changes something; None for a `body` that is not sent."""

    path: str
    method: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How what stands beside an item's fields is listed, made, changed and removed; None for what the system
    cannot. Paths hold {id}, and `what` (comment, link) for its own id."""

    what: str
    path: str
    paging: Paging
    make: Way
    change: Way | None = None
    remove: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWays:
    """`text` reads a comment's text, `author` whose it is; None where that cannot be told. `spell` makes the
    text of a document and a mark, `mark` reads the mark of a text again."""

    ways: Ways
    text: Spot
    author: Spot | None
    spell: Callable[[Document, tuple[str, str, str]], str]
    mark: Callable[[str], tuple[str, str, str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWays:
    """`facts` read what a link holds, by name (url, title, summary); `mark` the bridge's own id of it, None
    where the address has to hold it: `marked` puts it there, `unmarked` takes both apart."""

    ways: Ways
    facts: Mapping[str, Spot]
    mark: Spot | None
    marked: Callable[[str, str], str]
    unmarked: Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWays:
    """How the changes of one item are listed: an entry tells `at`, and in itself or in each of its `parts`
    which `field` went from `old` to `new`. `instant` makes an aware one of what stands at `at`."""

    path: str
    paging: Paging
    at: Spot
    parts: Spot | None
    field: Spot
    old: Find
    new: Find
    instant: Callable[[Any], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is described of a system. Paths hold {id} or {key}; the names of parameters are empty where there
    is none. `labels`, `project`, `parent`, `key` and `updated` read a record; `updated` gives an aware
    instant or None. `expression` makes a reader of a JMESPath. `shown` makes a figure as it was put of
    one as it was read; `account` reads the login's id. For a check, `facts` are the parts of an item by
    name, and `strange` names a status that means nothing."""

    items: str
    item: str = ""
    by_key: str = ""
    one: Spot
    children: str = ""
    login: str = ""
    account: Spot | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    ids: str = ""
    by_parent: str = ""
    by_label: str = ""
    by_project: str = ""
    by_change: str = ""
    change_format: str = "iso"
    overlap: timedelta = timedelta(seconds=120)
    zone: tzinfo = UTC
    key: Find
    parent: Find
    labels: Callable[[Any], Sequence[str]]
    project: Find
    updated: Callable[[Any], datetime | None]
    expression: Callable[[str], Find]
    shown: Callable[[str, Any], Any]
    facts: Mapping[str, Spot] = field(default_factory=dict)
    strange: Callable[[Any], str] = str
    writes: Mapping[str, Write] = field(default_factory=dict)
    comments: CommentWays | None = None
    links: LinkWays | None = None
