"""What each counting item weighs: its estimate, and a policy for those without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from bridge.model import Note, RollupRules, WorkItem
from bridge.rollup.cast import Cast, Role
from bridge.rollup.forest import Forest
from bridge.rollup.number import Number, exact, mean, total

_LIMIT = 10**15


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights of what counts, by position.

    `unestimated` are those without an estimate; `flagged`: an estimate was asked for and the number went
    by count. `told` are containers with the value they have from below and its weight, `rolled` those that
    count with such a value. `reasons` say for some items why they count or not.
    """

    weights: dict[int, Number]
    unestimated: tuple[int, ...] = ()
    flagged: bool = False
    told: dict[int, tuple[Number, Number]] = field(default_factory=dict)
    rolled: dict[int, Number] = field(default_factory=dict)
    reasons: dict[int, Note] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def estimates(items: list[WorkItem], rules: RollupRules) -> list[Number | None]:
    """Every item's own estimate by the method asked for; none by count."""
    known: dict[Decimal, Number | None] = {}
    found: list[Number | None] = []
    for item in items:
        told = _told(item, rules)
        if told is None:
            found.append(None)
            continue
        if told not in known:
            known[told] = exact(told) if told.is_finite() and 0 <= told <= _LIMIT else None
        found.append(known[told])
    return found


def _told(item: WorkItem, rules: RollupRules) -> Decimal | None:
    match rules.method:
        case "points":
            return item.points
        case "time":
            return item.estimate_seconds
        case "field":
            return next((number for name, number in item.numbers if name == rules.field), None)
        case "count":
            return None
        case unknown:
            raise ValueError(f"no such method: {unknown}")


def with_parts(forest: Forest, cast: Cast, own: list[Number | None]) -> list[Number | None]:
    """A unit without an estimate takes the sum of its parts' estimates; so does a part with parts."""
    parents = forest.tree.parents
    full = own[:]
    sums: dict[int, Number] = {}
    for at in reversed(forest.live):
        estimate = full[at]
        if estimate is None:
            estimate = full[at] = sums.get(at)
        if cast.roles[at] is Role.PART and estimate is not None:
            sums[parents[at]] = sums.get(parents[at], 0) + estimate
    return full


def weigh(units: list[int], known: list[Number | None], rules: RollupRules) -> Weighing:
    """Weights for items that stand side by side."""
    if rules.method == "count":
        return Weighing(dict.fromkeys(units, 1))
    weights: dict[int, Number] = {}
    without: list[int] = []
    for at in units:
        estimate = known[at]
        if estimate is None:
            without.append(at)
        else:
            weights[at] = estimate
    unestimated = tuple(without)
    if not weights:
        return Weighing(dict.fromkeys(units, 1), unestimated, flagged=bool(units))
    filled = weights if rules.unestimated == "exclude" else weights | _filled(without, weights, rules)
    if not any(filled.values()):
        return Weighing(dict.fromkeys(units, 1), unestimated, flagged=True)
    return Weighing(filled, unestimated)


def _filled(without: list[int], weights: dict[int, Number], rules: RollupRules) -> dict[int, Number]:
    if not without:
        return {}
    fixed = fixed_weight(rules)
    return dict.fromkeys(without, mean(weights.values(), len(weights)) if fixed is None else fixed)


def fixed_weight(rules: RollupRules) -> Number | None:
    """The number that stands for a missing estimate; None where the policy is a word."""
    return None if rules.unestimated in ("mean", "exclude") else exact(Decimal(rules.unestimated))


def share(values: Sequence[Number | None], weights: Mapping[int, Number]) -> Fraction | None:
    """The weighted mean over what has a weight; None where that is nothing."""
    whole = total(weights.values())
    if not whole:
        return None
    parts: list[Number] = []
    for at, weight in weights.items():
        value = values[at]
        if value == 1:
            parts.append(weight)
        elif value:
            parts.append(value * weight)
    return Fraction(total(parts)) / whole
