"""What must hold across objectives and files: ids, alignment, weights, one cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from pydantic import TypeAdapter, ValidationError

from bridge.config.types import Weight
from bridge.config.wording import nearest
from bridge.errors import Misconfigured
from bridge.okrs.file import CycleTable
from bridge.okrs.outline import KeyResultPart, ObjectivePart, Source, label

_CYCLE = TypeAdapter(CycleTable)
_WEIGHT: TypeAdapter[Decimal] = TypeAdapter(Weight)


def common_cycle(sources: Sequence[Source]) -> tuple[CycleTable | None, list[Misconfigured]]:
    """The cycle of all files, None where none can be told, and what is wrong with it."""
    found: list[tuple[Source, CycleTable]] = []
    for source in sources:
        try:
            found.append((source, _CYCLE.validate_python(source.data["cycle"])))
        except (KeyError, ValidationError):
            continue
    if not found:
        given = any("cycle" in source.data for source in sources)
        place = sources[0].name if sources else "okrs"
        missing = Misconfigured(f"{place}: cycle", "is missing", "[cycle] with id, start and end")
        return None, [] if given else [missing]
    first, cycle = found[0]
    problems = [
        Misconfigured(f"{source.name}: cycle", f"is not the same as in {first.name}")
        for source, other in found[1:]
        if other != cycle
    ]
    if cycle.end < cycle.start:
        problems.append(Misconfigured(f"{first.name}: cycle.end", "is before the start"))
    return cycle, problems


def double_ids(parts: Sequence[ObjectivePart]) -> Iterator[Misconfigured]:
    """An id names one thing, whether objective or key result, in whichever file."""
    seen: dict[str, str] = {}
    for part in _everything(parts):
        if part.id and part.id in seen:
            yield Misconfigured(
                f"{part.place}.id", f"{label(part.data)}: the id stands already at {seen[part.id]}"
            )
        seen.setdefault(part.id, part.place)


def _everything(parts: Sequence[ObjectivePart]) -> Iterator[ObjectivePart | KeyResultPart]:
    for part in parts:
        yield part
        yield from part.key_results


def unknown_served(parts: Sequence[ObjectivePart]) -> Iterator[Misconfigured]:
    """Parents and supported objectives that are not there."""
    ids = {part.id for part in parts}
    measured = {kr.id for part in parts for kr in part.key_results}
    for part in parts:
        for key, served in part.served:
            if served in ids:
                continue
            message, hint = nearest("names no objective there is", served, sorted(ids - {"", part.id}))
            if served in measured:
                message, hint = "is a key result", "name the objective that it belongs to"
            yield Misconfigured(f"{part.place}.{key}", f"{label(part.data)}: {message}", hint)


def alignment_cycles(parts: Sequence[ObjectivePart]) -> Iterator[Misconfigured]:
    """Each round of objectives that serve one another, as O1 -> O2 -> O1."""
    known = {part.id: part for part in reversed(parts) if part.id}
    order = {part.id: number for number, part in reversed(list(enumerate(parts)))}
    for ring in sorted(_rings(known), key=lambda ring: min(order[name] for name in ring)):
        start = ring.index(min(ring, key=order.__getitem__))
        shown = [*ring[start:], *ring[:start], ring[start]]
        place = known[ring[start]].place
        yield Misconfigured(place, f"alignment goes round: {' -> '.join(shown)}", "cut it at one place")


def _rings(known: Mapping[str, ObjectivePart]) -> Iterator[list[str]]:
    left = {name: {served for _, served in part.served if served in known} for name, part in known.items()}
    while ring := _ring(left):
        yield ring
        left = {name: served - set(ring) for name, served in left.items() if name not in ring}


def _ring(served: dict[str, set[str]]) -> list[str]:
    """A round in who serves whom, each name once; empty when there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in served:
        sorter.add(name)
        for above in sorted(served[name]):
            sorter.add(above, name)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1][:-1])
    return []


def weightless(parts: Sequence[ObjectivePart]) -> Iterator[Misconfigured]:
    """Objectives whose key results all weigh nothing."""
    for part in parts:
        weights = [_weight(kr) for kr in part.key_results]
        if weights and all(weight == 0 for weight in weights):
            yield Misconfigured(f"{part.place}.key_results", f"{label(part.data)}: the weights are all zero")


def _weight(kr: KeyResultPart) -> Decimal | None:
    try:
        return _WEIGHT.validate_python(kr.data.get("weight", 1))
    except ValidationError:
        return None
