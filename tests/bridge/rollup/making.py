"""Work items in the shorthand of the worked examples: Done, in Progress, To do, X cancelled, Undefined."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bridge.model import Category, Counted, Progress, RollupRules, Tier, WorkItem
from bridge.notes import Say
from bridge.rollup import roll_up

DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)

_STATES: dict[str, dict[str, Any]] = {
    "D": {"category": Category.DONE, "status": "Done", "resolution": "Fixed"},
    "P": {"category": Category.IN_PROGRESS, "status": "In Progress"},
    "T": {"category": Category.TODO, "status": "To Do"},
    "X": {"category": Category.DONE, "status": "Done", "resolution": "Won't Do", "cancelled": True},
    "U": {"category": Category.UNDEFINED, "status": "Odd"},
}


def item(name: str, state: str = "T", points: Any = None, under: str | None = None, **more: Any) -> WorkItem:
    """A unit; `under` is its parent. The name serves as id and key."""
    facts = {
        "connection": "acme",
        "id": name,
        "key": name,
        "title": f"Work {name}",
        "tier": Tier.UNIT,
        "updated": DAY,
        "parent": under,
        "points": None if points is None else Decimal(str(points)),
    }
    return WorkItem(**(facts | _STATES[state] | more))


def epic(name: str, state: str = "P", points: Any = None, under: str | None = None, **more: Any) -> WorkItem:
    return item(name, state, points, under, tier=Tier.GROUP, **more)


def part(name: str, state: str = "T", points: Any = None, under: str | None = None, **more: Any) -> WorkItem:
    return item(name, state, points, under, tier=Tier.PART, **more)


def units(states: str, *points: Any, under: str | None = None, name: str = "U") -> list[WorkItem]:
    """One unit for every letter, with its estimate where there are any."""
    weights = points or (None,) * len(states)
    pairs = zip(states, weights, strict=True)
    return [item(f"{name}{at}", state, weight, under) for at, (state, weight) in enumerate(pairs, 1)]


def parts(states: str, under: str, *points: Any) -> list[WorkItem]:
    weights = points or (None,) * len(states)
    pairs = zip(states, weights, strict=True)
    return [part(f"{under}.{at}", state, weight, under) for at, (state, weight) in enumerate(pairs, 1)]


def rolled(items: list[WorkItem], **rules: Any) -> Progress:
    return roll_up(items, RollupRules(**rules))


def value(items: list[WorkItem], **rules: Any) -> Fraction | None:
    return rolled(items, **rules).value


def entry(progress: Progress, key: str) -> Counted:
    return next(one for one in progress.items if one.item.key == key)


def reason(progress: Progress, key: str) -> str:
    return entry(progress, key).reason.code


def counted(progress: Progress) -> set[str]:
    return {one.item.key for one in progress.items if one.counted}


def said(progress: Progress, code: Say) -> dict[str, Any] | None:
    """The figures of a remark; None where it was not made."""
    return next((dict(note.args) for note in progress.notes if note.code == code), None)


def recomputed(progress: Progress) -> Fraction | None:
    """What the explanation adds up to."""
    parts = [(one.value, one.weight) for one in progress.items if one.counted]
    assert all(value is not None and weight is not None for value, weight in parts)
    whole = sum((weight for _, weight in parts if weight), Fraction(0))
    return (
        sum((value * weight for value, weight in parts if value and weight), Fraction(0)) / whole
        if parts
        else None
    )
