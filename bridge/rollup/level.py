"""Mode `level`: containers weigh beside each other, level by level, down to each item's effective share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bridge.model import RollupRules
from bridge.rollup.forest import Forest
from bridge.rollup.number import Number, mean, total
from bridge.rollup.weight import Weighing, fixed_weight, share


@dataclass(frozen=True, slots=True)
class _Family:
    """Siblings that count, with their weights; `known`, what they weigh together where that is told."""

    weights: dict[int, Number]
    known: Number | None


def weigh_levels(
    forest: Forest, values: list[Number | None], own: list[Number | None], rules: RollupRules
) -> Weighing:
    """The effective shares of what counts; together they are 1."""
    leaves = [at for at in forest.live if not forest.children[at] and values[at] is not None]
    unestimated = tuple(at for at in leaves if own[at] is None) if rules.method != "count" else ()
    by_count = _weightless([own[at] for at in forest.live], rules)
    told, families, top = _gather(forest, values, own, None if by_count else rules)
    shares = _shares(forest, families, top)
    weights = {at: shares[at] for at in leaves if at in shares}
    return Weighing(
        weights,
        unestimated,
        flagged=by_count and rules.method != "count" and bool(leaves),
        told={at: (value, shares[at]) for at, value in told.items() if at in shares},
    )


def _weightless(estimates: list[Number | None], rules: RollupRules) -> bool:
    """Whether nothing could weigh more than 0: then the number goes by count."""
    known = [estimate for estimate in estimates if estimate is not None]
    return not known or (not any(known) and not fixed_weight(rules))


def _gather(
    forest: Forest, values: list[Number | None], own: list[Number | None], rules: RollupRules | None
) -> tuple[dict[int, Number], dict[int, _Family], _Family]:
    """Bottom up: the value of every container, the weights of its children, and of the topmost items."""
    worth = values[:]
    weight = own[:]
    told: dict[int, Number] = {}
    families: dict[int, _Family] = {}
    fixed = None if rules is None else fixed_weight(rules)
    for at in reversed(forest.live):
        below = forest.children[at]
        if below:
            family = families[at] = _family(below, worth, weight, rules)
            value = worth[at] = share(worth, family.weights)
            if value is not None:
                told[at] = value
            weight[at] = own[at] if own[at] is not None else family.known
        elif weight[at] is None:
            weight[at] = fixed
    return told, families, _family(forest.tops, worth, weight, rules)


def _family(
    members: list[int], worth: list[Number | None], weight: list[Number | None], rules: RollupRules | None
) -> _Family:
    """By count (no rules) all weigh 1, and so do siblings of whom none weighs anything."""
    valued = [at for at in members if worth[at] is not None]
    if rules is None:
        return _Family(dict.fromkeys(valued, 1), None)
    known = {at: told for at in valued if (told := weight[at]) is not None}
    if not known:
        return _Family(dict.fromkeys(valued, 1), None)
    full = known
    if len(known) < len(valued) and rules.unestimated != "exclude":
        typical = mean(known.values(), len(known))
        full = {at: known.get(at, typical) for at in valued}
    whole = total(full.values())
    return _Family(full if whole else dict.fromkeys(full, 1), whole)


def _shares(forest: Forest, families: dict[int, _Family], top: _Family) -> dict[int, Number]:
    """Top down: what each item that has a value weighs in the whole."""
    shares = _split(Fraction(1), top)
    for at in forest.live:
        if at in families and at in shares:
            shares |= _split(shares[at], families[at])
    return shares


def _split(whole: Number, family: _Family) -> dict[int, Number]:
    if len(family.weights) == 1:
        return dict.fromkeys(family.weights, whole)
    sum_ = total(family.weights.values())
    return {at: Fraction(whole * weight) / sum_ for at, weight in family.weights.items()}
