"""What must hold within one key result, besides the kinds of its values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bridge.config.wording import nearest
from bridge.okrs.file import CycleTable, KeyResultTable, LinkTable, MetricTable

SELECTORS = "keys, query, label, project, or field with value"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where within the key result (empty: itself), what, what next."""

    place: str
    message: str
    hint: str = ""


def faults(kr: KeyResultTable, cycle: CycleTable | None, connections: Collection[str]) -> Iterator[Fault]:
    """All that is wrong with a key result; a missing cycle checks no days."""
    yield from _parts(kr)
    yield from _rollup(kr)
    yield from _milestones(kr)
    yield from _blend(kr)
    for name in ("metric", "guard"):
        metric: MetricTable | None = getattr(kr, name)
        if metric is not None:
            yield from _metric(name, metric)
    for number, link in enumerate(kr.links):
        yield from _link(f"links.{number}", link)
    yield from _expected(kr, cycle)
    yield from _connections(kr, connections)


def _parts(kr: KeyResultTable) -> Iterator[Fault]:
    if kr.kind in ("metric", "blend") and kr.metric is None:
        yield Fault("metric", f"is missing, which kind = {kr.kind} needs", "metric = { baseline, target }")
    if kr.kind == "milestone" and not kr.milestones:
        yield Fault("milestones", "are missing, which kind = milestone needs", "[{ title, weight }]")
    if kr.kind == "blend" and kr.blend is None:
        yield Fault("blend", "is missing, which kind = blend needs", "blend = { work = 0.5, metric = 0.5 }")


def _rollup(kr: KeyResultTable) -> Iterator[Fault]:
    rollup = kr.rollup
    if rollup.method == "field" and not rollup.field.strip():
        yield Fault("rollup.field", "is missing, which method = field needs")
    if rollup.scope == "frozen" and rollup.mode == "level":
        yield Fault("rollup", "scope = frozen does not go with mode = level", "use mode = story or leaf")


def _milestones(kr: KeyResultTable) -> Iterator[Fault]:
    if kr.milestones and not any(m.weight for m in kr.milestones):
        yield Fault("milestones", "weights are all zero")
    seen: set[str] = set()
    for number, milestone in enumerate(kr.milestones):
        if milestone.title in seen:
            yield Fault(f"milestones.{number}.title", "is a second milestone of this title")
        seen.add(milestone.title)


def _blend(kr: KeyResultTable) -> Iterator[Fault]:
    if kr.blend is not None and not kr.blend.work and not kr.blend.metric:
        yield Fault("blend", "weights are all zero")


def _metric(place: str, metric: MetricTable) -> Iterator[Fault]:
    match metric.baseline, metric.target, metric.band:
        case (None, None, None):
            yield Fault(place, "needs baseline and target, or a band")
        case (None, None, (low, high)) if low > high:
            yield Fault(f"{place}.band", "must run from the lower to the higher edge")
        case (None, None, _):
            pass
        case (_, _, (_, _)):
            yield Fault(place, "has a band and also baseline or target", "choose one of them")
        case (None, _, _):
            yield Fault(f"{place}.baseline", "is missing beside the target")
        case (_, None, _):
            yield Fault(f"{place}.target", "is missing beside the baseline")
        case (baseline, target, _) if baseline == target:
            yield Fault(place, "baseline and target are the same", "nothing could be measured between them")
    if metric.source and metric.source.aggregate != "count" and not metric.source.field.strip():
        yield Fault(f"{place}.source.field", f"is missing, which aggregate = {metric.source.aggregate} needs")


def _link(place: str, link: LinkTable) -> Iterator[Fault]:
    if (link.field is None) != (link.value is None):
        missing = "value" if link.value is None else "field"
        yield Fault(f"{place}.{missing}", "is missing: field and value go together")
    chosen = [name for name in ("keys", "query", "label", "project") if getattr(link, name) is not None]
    if link.field is not None or link.value is not None:
        chosen.append("field")
    if not chosen:
        yield Fault(place, "selects nothing", f"give one of {SELECTORS}")
    if len(chosen) > 1:
        yield Fault(place, f"has several selectors: {', '.join(chosen)}", "make one link of each")


def _expected(kr: KeyResultTable, cycle: CycleTable | None) -> Iterator[Fault]:
    points = kr.expected
    for number, (before, after) in enumerate(pairwise(points), 1):
        if before.on >= after.on:
            yield Fault(f"expected.{number}.on", "must be after the day of the point before")
    for number, point in enumerate(points):
        if cycle and not cycle.start <= point.on <= cycle.end:
            yield Fault(f"expected.{number}.on", "lies outside the cycle")
        if kr.kind != "metric" and not 0 <= point.value <= 1:
            yield Fault(f"expected.{number}.value", "must be from 0 to 1, as the kind is not metric")
    if points and kr.kind == "metric" and kr.metric and kr.metric.band is not None:
        yield Fault("expected", "does not go with a band")


def _connections(kr: KeyResultTable, connections: Collection[str]) -> Iterator[Fault]:
    for place, name in _named(kr):
        if name not in connections:
            message, _ = nearest("no such connection in the configuration", name, connections)
            yield Fault(f"{place}.connection", message)


def _named(kr: KeyResultTable) -> Iterable[tuple[str, str]]:
    for number, link in enumerate(kr.links):
        yield f"links.{number}", link.connection
    for number, anchor in enumerate(kr.anchors or ()):
        yield f"anchors.{number}", anchor.connection
    if kr.metric and kr.metric.source:
        yield "metric.source", kr.metric.source.connection
    if kr.guard and kr.guard.source:
        yield "guard.source", kr.guard.source.connection
