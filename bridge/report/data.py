"""Results as plain JSON, in the shapes of the documented contract.

`progress`, `score` and `confidence` are 0..1 at full precision or null; `percent` is the whole number
that is shown, or null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bridge.model import (
    Change,
    Counted,
    Counts,
    Finding,
    ItemRef,
    ObjectiveStanding,
    Override,
    Problem,
    ScopeChange,
    Standing,
    What,
)
from bridge.show import percent
from bridge.wording import Words


def number(value: Fraction | Decimal | None) -> float | int | None:
    """An exact number as JSON has it: whole ones stay whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def share(value: Fraction | Decimal | None) -> float | None:
    return None if value is None else float(value)


def key_result(standing: Standing, words: Words) -> dict[str, Any]:
    """One key result as `sync --json` and `plan --json` tell it."""
    work = standing.work
    return {
        "id": standing.kr.id,
        "title": standing.kr.title,
        "objective": standing.objective,
        "kind": standing.kr.kind.value,
        "progress": share(standing.progress),
        "percent": percent(standing.progress),
        "score": share(standing.progress),
        "colour": standing.colour.value if standing.colour else None,
        "pace": standing.pace.value,
        "confidence": share(standing.confidence),
        "computed": share(standing.computed),
        "override": override(standing.override),
        "work": {"progress": share(work.value), "counts": counts(work.counts)} if work else None,
        "current": number(standing.current),
        "raw": share(standing.raw),
        "mismatch": standing.mismatch,
        "counts": counts(work.counts if work else Counts()),
        "scope_change": scope_change(standing.scope),
        "forecast": share(standing.forecast),
        "notes": [words.note(note) for note in standing.notes],
    }


def override(value: Override | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"value": share(value.value), "by": value.by, "why": value.why, "until": value.until.isoformat()}


def counts(value: Counts) -> dict[str, int]:
    return asdict(value)


def scope_change(scope: ScopeChange | None) -> dict[str, list[str]]:
    scope = scope or ScopeChange()
    return {name: [said(ref) for ref in getattr(scope, name)] for name in ("added", "completed", "removed")}


def said(ref: ItemRef) -> str:
    """A work item for good, in one word."""
    return f"{ref.connection}:{ref.id}"


def objective(standing: ObjectiveStanding) -> dict[str, Any]:
    return {
        "id": standing.objective.id,
        "title": standing.objective.title,
        "progress": share(standing.progress),
        "percent": percent(standing.progress),
        "score": share(standing.progress),
        "colour": standing.colour.value if standing.colour else None,
        "pace": standing.pace.value,
        "known": standing.known,
        "total": standing.total,
    }


def change(value: Change, field_names: Mapping[str, str]) -> dict[str, Any]:
    """A write, planned or made; `item` is the key that people know, a field is called as on the site."""
    return {
        "connection": value.connection,
        "item": value.key or value.item,
        "kr": value.kr,
        "what": value.what.value,
        "name": place_name(value, field_names),
        "before": value.before,
        "after": value.after,
        "outcome": value.outcome.value,
    }


def place_name(value: Change, field_names: Mapping[str, str]) -> str:
    return field_names.get(value.name, value.name) if value.what is What.FIELD else value.name


def problem(value: Problem) -> dict[str, str]:
    names = ("kind", "connection", "kr", "item", "message", "hint")
    return {name: getattr(value, name) for name in names}


def finding(value: Finding) -> dict[str, str]:
    return {name: getattr(value, name) for name in ("level", "where", "message", "hint")}


def counted(part: Counted, links: Mapping[ItemRef, tuple[int, ...]], words: Words) -> dict[str, Any]:
    """One item's part in a number, and by which of the key result's links (from 0) it came."""
    item = part.item
    return {
        "connection": item.connection,
        "key": item.key,
        "id": item.id,
        "title": item.title,
        "status": item.status,
        "value": share(part.value),
        "weight": share(part.weight),
        "counted": part.counted,
        "reason": words.note(part.reason),
        "links": list(links.get(item.ref, ())),
    }
