"""What may stand in an OKR file, table by table: names, kinds of values and defaults, nothing across them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from bridge.config.publish import PublishOverride
from bridge.config.types import (
    Day,
    Filled,
    Identifier,
    Number,
    OptionalAddress,
    Section,
    Share,
    Weight,
    as_number,
    refuse,
)


def _unestimated(value: object) -> object:
    if isinstance(value, str):
        if value in ("mean", "exclude"):
            return value
        raise refuse('must be "mean", "exclude" or a number, without quotes')
    number = as_number(value)
    if number < 0:
        raise refuse("must be at least 0")
    return number


def _empty_is_none(value: Any) -> Any:
    return None if value == {} else value


def _or_empty(schema: dict[str, Any]) -> None:
    schema["anyOf"] = [*schema["anyOf"], {"type": "object", "maxProperties": 0}]


def _two(value: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if len(value) != 2:
        raise refuse("must be two numbers, such as [5, 7]")
    return value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise refuse("must name at least one item")
    return value


Unestimated = Annotated[
    str | Decimal,
    BeforeValidator(_unestimated),
    WithJsonSchema({"anyOf": [{"enum": ["mean", "exclude"]}, {"type": "number", "minimum": 0}]}),
]
Band = Annotated[
    tuple[Number, ...],
    AfterValidator(_two),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Keys = Annotated[
    tuple[Filled, ...],
    AfterValidator(_some),
    WithJsonSchema({"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}),
]


class CycleTable(Section):
    """The span of days that the objectives are for."""

    id: Identifier = Field(description="Such as 2026-Q4.")
    start: Day = Field(description="First day.")
    end: Day = Field(description="Last day; belongs to the cycle.")


class RollupTable(Section):
    """How work becomes progress."""

    method: Literal["count", "points", "time", "field"] = Field(
        default="count", description="What an item weighs: 1, its points, its time estimate, a number field."
    )
    field: str = Field(default="", description='Name or id of the number field, for method = "field".')
    mode: Literal["story", "leaf", "level"] = Field(
        default="story", description="story: units, flat; leaf: whatever has nothing below; level by level."
    )
    partial: bool = Field(default=True, description="Sub-tasks give their open story a share.")
    value: Literal["done", "status", "percent", "checklist", "spent"] = Field(
        default="done", description="What an open item is worth."
    )
    status_weights: Mapping[str, Share] = Field(
        default={}, description='0 to 1 by category or status name, for value = "status".'
    )
    unestimated: Unestimated = Field(
        default="mean", description="Weight of an item without estimate: mean, exclude, or a number."
    )
    cancelled: Literal["exclude", "as_done", "as_open"] = Field(
        default="exclude", description="What cancelled work counts."
    )
    parent_closed: Literal["children", "complete"] = Field(
        default="children", description="A closed Epic with open work: its work tells, or all is done."
    )
    require_resolution: bool = Field(
        default=False, description="A done item without resolution is still in progress."
    )
    scope: Literal["live", "frozen"] = Field(
        default="live", description="frozen: new work is told as growth and does not count."
    )


class LinkTable(Section):
    """Work that counts: one selector on one connection."""

    connection: Filled = Field(description="Name of a connection in okr-bridge.toml.")
    keys: Keys | None = Field(default=None, description="Items by key, with everything below them.")
    query: Filled | None = Field(default=None, description="The tool's own query; JQL on Jira.")
    label: Filled | None = Field(default=None, description="Items with this label.")
    project: Filled | None = Field(default=None, description="Every item of a project, by its key.")
    field: Filled | None = Field(default=None, description="Items by a field, together with value.")
    value: Filled | None = Field(default=None, description="What the field holds.")
    below: bool = Field(default=True, description="false: the hits alone, without what is below them.")


class AnchorTable(Section):
    """An item on which the key result is shown."""

    connection: Filled = Field(description="Name of a connection in okr-bridge.toml.")
    key: Filled = Field(description="The item's key.")


class SourceTable(Section):
    """A number asked of a tracker."""

    connection: Filled = Field(description="Name of a connection in okr-bridge.toml.")
    query: Filled = Field(description="The tool's own query.")
    aggregate: Literal["count", "sum", "avg"] = Field(default="count", description="Of hits or of a field.")
    field: str = Field(default="", description="The number field, for sum and avg.")


class MetricTable(Section):
    """A number that is to move from baseline to target, or to stay in a band."""

    baseline: Number | None = Field(default=None, description="Where it started.")
    target: Number | None = Field(default=None, description="Where it is to be.")
    band: Band | None = Field(default=None, description="Where it is to stay, edges included.")
    unit: str = Field(default="", description="Such as days, %, EUR.")
    source: SourceTable | None = Field(default=None, description="Where it is read; absent: by check-in.")


class GuardTable(MetricTable):
    """A metric that must hold while the key result is pursued."""

    title: Filled = Field(description="What must hold.")


class MilestoneTable(Section):
    """A step that is reached or not."""

    title: Filled = Field(description="Check-ins name it by this.")
    weight: Weight = Field(default=Decimal(1), description="Against the other milestones.")


class BlendTable(Section):
    """What work and metric weigh against each other."""

    work: Weight = Field(description="Weight of the work.")
    metric: Weight = Field(description="Weight of the metric.")


class PointTable(Section):
    """Where the key result should be on a day."""

    on: Day = Field(description="A day of the cycle.")
    value: Number = Field(description="In the metric's unit; 0 to 1 for other kinds.")


class KeyResultTable(Section):
    """A key result."""

    id: Identifier = Field(description="Stands on everything that is written; keep it.")
    title: Filled = Field(description="The outcome, with its number.")
    owner: str = Field(default="", description="Who answers for it: an address.")
    weight: Weight = Field(default=Decimal(1), description="Against the objective's other key results.")
    due: Day | None = Field(default=None, description="When it is to be reached.")
    url: OptionalAddress = Field(default="", description="Its own page; remote links lead there.")
    kind: Literal["work", "metric", "milestone", "blend", "learning"] = Field(
        default="work", description="Where its progress comes from."
    )
    rollup: RollupTable = Field(default=RollupTable(), description="How work becomes progress.")
    links: tuple[LinkTable, ...] = Field(default=(), description="The work that counts.")
    anchors: tuple[AnchorTable, ...] | None = Field(
        default=None, description="Where it is shown; absent: the Epics among its keys."
    )
    metric: Annotated[MetricTable | None, BeforeValidator(_empty_is_none)] = Field(
        default=None, description="For metric and blend."
    )
    milestones: tuple[MilestoneTable, ...] = Field(default=(), description="For milestone.")
    blend: Annotated[BlendTable | None, BeforeValidator(_empty_is_none)] = Field(
        default=None, description="For blend: { work, metric }.", json_schema_extra=_or_empty
    )
    expected: tuple[PointTable, ...] = Field(
        default=(), description="A curve instead of the straight line, in order of days."
    )
    guard: Annotated[GuardTable | None, BeforeValidator(_empty_is_none)] = Field(
        default=None, description="A metric that must hold.", json_schema_extra=_or_empty
    )
    publish: PublishOverride = Field(
        default=PublishOverride(), description="What is written for it, over [publish]."
    )


class ObjectiveTable(Section):
    """An objective with its key results."""

    id: Identifier = Field(description="Unique among objectives and key results.")
    title: Filled = Field(description="What is to be achieved.")
    owner: str = Field(default="", description="Who answers for it: an address.")
    kind: Literal["committed", "aspirational", "learning"] = Field(
        default="committed", description="Success is 1.0, 0.7, or not a number."
    )
    level: Literal["", "company", "department", "team", "person"] = Field(
        default="", description="Whose objective it is."
    )
    parent: str = Field(default="", description="Id of the objective that it serves.")
    supports: tuple[Identifier, ...] = Field(default=(), description="Ids of others that it helps.")
    priority: int | None = Field(default=None, ge=0, description="1 comes first.")
    weight: Weight = Field(default=Decimal(1), description="Against other objectives of its parent.")
    state: Literal["draft", "active", "closed"] = Field(
        default="active", description="draft: a proposal; closed: over."
    )
    key_results: tuple[KeyResultTable, ...] = Field(default=(), description="How it is measured.")


class OkrFile(Section):
    """An OKR file, or one of several that belong together."""

    cycle: CycleTable | None = Field(
        default=None, description="The same in all files that have it; one of them must."
    )
    objectives: tuple[ObjectiveTable, ...] = Field(default=(), description="In order of importance.")
