"""Objectives, key results, the links that tie them to work, and what people say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Keys:
    """Items by their keys; a key that moved still resolves."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Items by the tool's own query language (JQL on Jira)."""

    text: str


@dataclass(frozen=True, slots=True)
class Label:
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    key: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    field: str
    value: str


Selector = Keys | Query | Label | Project | FieldValue


@dataclass(frozen=True, slots=True)
class Link:
    """Ties a key result to work on a connection; `below`: with everything under each hit."""

    connection: str
    selector: Selector
    below: bool = True


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a key result is shown."""

    connection: str
    key: str


class Kind(StrEnum):
    WORK = "work"
    METRIC = "metric"
    MILESTONE = "milestone"
    BLEND = "blend"
    LEARNING = "learning"


class Ambition(StrEnum):
    """The `kind` of an objective: where its success mark lies (1.0, 0.7, none)."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"
    LEARNING = "learning"


class State(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RollupRules:
    """How work becomes progress; the names are those of `rollup = {...}` in the OKR file.

    `status_weights` maps a category (todo, in_progress, done) or a status name to 0..1.
    `unestimated` is "mean", "exclude" or a fixed estimate.
    """

    method: str = "count"
    field: str = ""
    mode: str = "story"
    partial: bool = True
    value: str = "done"
    status_weights: Mapping[str, Decimal] = default(default_factory=dict)
    unestimated: str | Decimal = "mean"
    cancelled: str = "exclude"
    parent_closed: str = "children"
    require_resolution: bool = False
    scope: str = "live"


@dataclass(frozen=True, slots=True)
class MetricSource:
    """A number asked of a tracker: how many items a query hits, or a field's sum or average."""

    connection: str
    query: str
    aggregate: str = "count"
    field: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """Either baseline to target, or a band to stay in (edges included)."""

    baseline: Decimal | None = None
    target: Decimal | None = None
    band: tuple[Decimal, Decimal] | None = None
    unit: str = ""
    source: MetricSource | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A metric that must hold while the key result is pursued."""

    title: str
    metric: Metric


@dataclass(frozen=True, slots=True)
class Milestone:
    title: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Blend:
    work: Decimal
    metric: Decimal


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Where a key result should be on a day: in the metric's unit, or 0..1 for other kinds."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResult:
    id: str
    title: str
    owner: str = ""
    weight: Decimal = Decimal(1)
    due: date | None = None
    url: str = ""
    kind: Kind = Kind.WORK
    rollup: RollupRules = RollupRules()
    links: tuple[Link, ...] = ()
    anchors: tuple[Anchor, ...] | None = None
    metric: Metric | None = None
    milestones: tuple[Milestone, ...] = ()
    blend: Blend | None = None
    expected: tuple[CurvePoint, ...] = ()
    guard: Guard | None = None
    publish: Mapping[str, Any] = default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    id: str
    title: str
    owner: str = ""
    kind: Ambition = Ambition.COMMITTED
    level: str = ""
    parent: str = ""
    supports: tuple[str, ...] = ()
    priority: int | None = None
    weight: Decimal = Decimal(1)
    state: State = State.ACTIVE
    key_results: tuple[KeyResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """A span of days, both ends inclusive."""

    id: str
    start: date
    end: date

    @property
    def length(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Okrs:
    """What an OKR file says: a cycle and its objectives, in file order."""

    cycle: Cycle
    objectives: tuple[Objective, ...]

    @property
    def key_results(self) -> tuple[KeyResult, ...]:
        return tuple(kr for objective in self.objectives for kr in objective.key_results)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A person's report. `value` is in the metric's unit; for learning it is 0..1."""

    kr: str
    at: datetime
    by: str
    value: Decimal | None = None
    confidence: Decimal | None = None
    status: str = ""
    note: str = ""
    obstacle: str = ""
    help_needed: str = ""
    milestones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's number beside the computed one, valid through the whole `until` day."""

    kr: str
    value: Decimal
    why: str
    by: str
    until: date
    at: datetime
