"""From the tables of a checked OKR file to the domain."""

from __future__ import annotations

from bridge.model import (
    Ambition,
    Anchor,
    Blend,
    CurvePoint,
    Cycle,
    FieldValue,
    Guard,
    KeyResult,
    Keys,
    Kind,
    Label,
    Link,
    Metric,
    MetricSource,
    Milestone,
    Objective,
    Project,
    Query,
    RollupRules,
    Selector,
    State,
)
from bridge.okrs.file import CycleTable, KeyResultTable, LinkTable, MetricTable, ObjectiveTable


def cycle(table: CycleTable) -> Cycle:
    return Cycle(table.id, table.start, table.end)


def objective(table: ObjectiveTable) -> Objective:
    return Objective(
        id=table.id,
        title=table.title,
        owner=table.owner,
        kind=Ambition(table.kind),
        level=table.level,
        parent=table.parent,
        supports=table.supports,
        priority=table.priority,
        weight=table.weight,
        state=State(table.state),
        key_results=tuple(map(key_result, table.key_results)),
    )


def key_result(table: KeyResultTable) -> KeyResult:
    anchors = table.anchors
    return KeyResult(
        id=table.id,
        title=table.title,
        owner=table.owner,
        weight=table.weight,
        due=table.due,
        url=table.url,
        kind=Kind(table.kind),
        rollup=RollupRules(**dict(table.rollup)),
        links=tuple(map(link, table.links)),
        anchors=None if anchors is None else tuple(Anchor(a.connection, a.key) for a in anchors),
        metric=metric(table.metric) if table.metric else None,
        milestones=tuple(Milestone(m.title, m.weight) for m in table.milestones),
        blend=Blend(table.blend.work, table.blend.metric) if table.blend else None,
        expected=tuple(CurvePoint(point.on, point.value) for point in table.expected),
        guard=Guard(table.guard.title, metric(table.guard)) if table.guard else None,
        publish=table.publish.model_dump(exclude_none=True),
    )


def link(table: LinkTable) -> Link:
    return Link(table.connection, selector(table), table.below)


def selector(table: LinkTable) -> Selector:
    """The one selector of a link that was checked to have one."""
    if table.keys is not None:
        return Keys(table.keys)
    if table.query is not None:
        return Query(table.query)
    if table.label is not None:
        return Label(table.label)
    if table.project is not None:
        return Project(table.project)
    return FieldValue(table.field or "", table.value or "")


def metric(table: MetricTable) -> Metric:
    source = table.source
    band = table.band
    return Metric(
        baseline=table.baseline,
        target=table.target,
        band=(band[0], band[1]) if band else None,
        unit=table.unit,
        source=MetricSource(source.connection, source.query, source.aggregate, source.field)
        if source
        else None,
    )
