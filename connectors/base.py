"""What a connector promises: small roles, as many of them as the tool can keep.

A connector only talks: it returns records as the system gave them (`Raw`) and writes what it is
told. It keeps no state between runs, decides nothing, and raises only `bridge.errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bridge.model import Document, Finding, Raw, Selector
from connectors.hook_roles import HookInstaller, HookResult, HookSecrecy, HookSecret, HookStep, HookWish
from connectors.past_roles import Historian, Past

__all__ = [
    "OUTCOMES",
    "Account",
    "Changed",
    "CheckScope",
    "Connector",
    "FieldInstaller",
    "FieldResult",
    "FieldStep",
    "FieldsPlan",
    "Finding",
    "Found",
    "FoundComment",
    "Historian",
    "HookInstaller",
    "HookResult",
    "HookSecrecy",
    "HookSecret",
    "HookStep",
    "HookWish",
    "Mark",
    "NewItem",
    "Panel",
    "Past",
    "Provisioner",
    "Raw",
    "RemoteLink",
    "System",
    "Traffic",
    "WorkSource",
]


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bridge is on a system. `time_zone` is an IANA name or empty; `now` is the server's clock."""

    id: str
    name: str
    time_zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """What moved since an instant. `until` is the instant to ask from next time, in the server's time;
    it holds only once `records` has been read to its end."""

    records: Iterator[Raw]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckScope:
    """What a configuration asks of a connection, for a check to look into.

    `anchors` and `projects` are keys: where key results are shown, and the projects that the work is in.
    `cancelled` are the resolutions that mean cancelled work; None: resolutions are not looked into.
    """

    selectors: tuple[Selector, ...] = ()
    anchors: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    cancelled: tuple[str, ...] | None = None


NO_SCOPE = CheckScope()
"""The connection by itself."""


OUTCOMES = ("ok", "refused", "rate_limited", "failed", "no_answer", "broken")
"""What a request may come to: refused is 4xx, failed 5xx, broken an answer that is no data."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over a connection so far. `requests` that have ended, by outcome, repetitions included;
    `bytes` of the bodies that came back, unpacked; `throttled`: seconds that calls waited because the
    system asked for it or to keep its limits. `held_until` (aware): nothing is sent before, and that is
    longer than a call waits."""

    requests: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    throttled: float = 0.0
    held_until: datetime | None = None


class Connector(Protocol):
    name: str

    @property
    def requests(self) -> int:
        """How many requests were made so far, retries included."""
        ...

    @property
    def traffic(self) -> Traffic:
        """What came of them."""
        ...

    def login(self) -> Account:
        """Prove that the account is logged in, in one request. Raises AccessDenied."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """The site's own facts that mappings need (fields, deployment ...), as plain JSON to be cached.

        The bridge reads of them `missing`, fields that the site should have, by name, and `fixed`, projects
        (as items name them) where the account's comments cannot be rewritten."""
        ...

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        """What is in order and what is not, as far as the system tells; reads only."""
        ...

    def close(self) -> None: ...


class WorkSource(Protocol):
    """Reads work. Every answer is complete or an error (PartialRead, UnexpectedAnswer ...)."""

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Permanent ids by the keys asked for, moved keys included; those not to be read are absent."""
        ...

    def identities(self, selector: Selector) -> frozenset[str]:
        """Permanent ids of all that a selector hits now. `Keys` go through `resolve` instead."""
        ...

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        """Permanent ids of the direct children of groups (Epics and above); `parents` are permanent ids,
        each with the key last known."""
        ...

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        """The records of these ids, in parallel and in any order. Ids that are gone or hidden are left
        out: the caller compares. An id whose answer was only postponed is asked for again until it is in."""
        ...

    def changed(self, since: datetime) -> Changed:
        """Records changed since an instant (server's time), with the overlap that the system's index lag
        and clock grain need; may repeat, may hold items nobody asked for; never sees deletions."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """How the bridge knows its own again: whose, for which key result, with which content."""

    instance: str
    kr: str
    hash: str


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment that bears a mark. `id` is the system's."""

    id: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What stands on an anchor now. `fields` by role (key_result, progress, status, score, updated),
    only those that exist and can be seen; `links` are those of any bridge, by global id."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    property: Any = None
    comments: tuple[FoundComment, ...] = ()
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteLink:
    global_id: str
    url: str
    title: str
    summary: str = ""
    relationship: str = ""
    resolved: bool = False


class Panel(Protocol):
    """Shows a key result on an anchor item. Repeating any of these with the same arguments is harmless,
    except `put_comment` without an id: after an unknown outcome the caller looks for the mark first."""

    def look(self, item: str) -> Found:
        """All that stands on the item now, straight from the system."""
        ...

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Fields by role (None empties one) and the property, in one write where the system can."""
        ...

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        """Make the comment, or rewrite the one with this id; its id. NotFound where it is gone.
        In a customer-facing project always an internal note."""
        ...

    def put_link(self, item: str, link: RemoteLink) -> None: ...

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        """Empty these fields and drop the property."""
        ...

    def remove_comment(self, item: str, comment: str) -> None: ...

    def remove_link(self, item: str, global_id: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An Epic (or task) to be made for a key result; `marker` is a label it is found again by."""

    project: str
    title: str
    marker: str
    body: Document = ()
    owner: str = ""
    due: str = ""
    priority: str = ""
    labels: tuple[str, ...] = ()


class Provisioner(Protocol):
    def find_made(self, marker: str) -> str | None:
        """The key of the item that bears this marker, looked for in the system itself."""
        ...

    def can_make(self, project: str) -> None:
        """Return where an Epic can be made in this project, as far as reading tells. Raises Rejected."""
        ...

    def make(self, item: NewItem) -> str:
        """Make it; its key. Never repeated blindly: the caller looks for the marker first."""
        ...


class System(Connector, WorkSource, Panel, Provisioner, Protocol):
    """A tracker that can be read and written: what a connection of the bridge must be. What the tool
    itself has not is refused with Rejected; what is not to be written there is not asked for."""


@dataclass(frozen=True, slots=True)
class FieldStep:
    """`what`: found (nothing to do), create, place, ask (a person decides), click (no API can do it).

    `doable` steps are made by `apply_fields`. `role`, `field`, `screen` and `tab` are its coordinates.
    """

    what: str
    name: str
    detail: str
    doable: bool
    role: str = ""
    field: str = ""
    screen: str = ""
    tab: str = ""


@dataclass(frozen=True, slots=True)
class FieldsPlan:
    steps: tuple[FieldStep, ...]

    @property
    def doable(self) -> tuple[FieldStep, ...]:
        return tuple(step for step in self.steps if step.doable)


@dataclass(frozen=True, slots=True)
class FieldResult:
    """`outcome`: done, failed, or skipped because a step before it failed."""

    step: FieldStep
    outcome: str
    message: str = ""
    hint: str = ""


@runtime_checkable
class FieldInstaller(Protocol):
    """Makes the fields that show a key result, where the system has such a thing."""

    def plan_fields(self, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
        """What is missing for these projects, or on these screens. Reads only."""
        ...

    def apply_fields(self, plan: FieldsPlan) -> Sequence[FieldResult]:
        """Make the doable steps; what each came to."""
        ...
