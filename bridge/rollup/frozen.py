"""Frozen scope: the items of the baseline at their weights of then, with the values of today."""

from __future__ import annotations

from bridge.model import Baseline, ItemRef, Note
from bridge.notes import Say
from bridge.rollup.cast import Cast, Role
from bridge.rollup.forest import Forest
from bridge.rollup.number import Number
from bridge.rollup.tree import NOBODY
from bridge.rollup.weight import Weighing, share
from bridge.rollup.worth import Worths


def weigh_baseline(
    forest: Forest, cast: Cast, worths: Worths, today: Weighing, baseline: Baseline
) -> Weighing:
    """Weigh what is left of the baseline. A baseline item that became a container is worth what counts
    below it, at the weights of `today`; work that came later is left out and told."""
    places = {item.ref: at for at, item in enumerate(forest.tree.items)}
    here = {at for ref in baseline if (at := places.get(ref, NOBODY)) != NOBODY}
    rolled = _rolled(forest, cast, worths, today, here)
    values = {at: value for at, (value, _) in rolled.items()}
    weights: dict[int, Number] = {}
    for ref, entry in baseline.items():
        at = places.get(ref, NOBODY)
        if at in rolled or (at != NOBODY and worths.values[at] is not None):
            weights[at] = entry.weight
    flagged = bool(weights) and not any(weights.values())
    reasons = _later(forest, today, here) | {at: reason for at, (_, reason) in rolled.items()}
    return Weighing(
        dict.fromkeys(weights, 1) if flagged else weights,
        flagged=flagged,
        rolled=values,
        reasons=reasons,
        notes=(*_growth(forest, reasons), *_gone(forest, baseline, places, weights)),
    )


def _rolled(
    forest: Forest, cast: Cast, worths: Worths, today: Weighing, here: set[int]
) -> dict[int, tuple[Number, Note]]:
    """The containers of the baseline that something below gives a value."""
    containers = [at for at in forest.live if at in here and cast.roles[at] is Role.GROUP]
    rolled: dict[int, tuple[Number, Note]] = {}
    for top in containers:
        units = [at for at in _below(forest, top) if cast.roles[at] is Role.UNIT]
        weights = {at: today.weights[at] for at in units if at in today.weights}
        if not any(weights.values()):
            weights = {at: 1 for at in units if worths.values[at] is not None}
        value = share(worths.values, weights)
        if value is not None:
            rolled[top] = (value, Note(Say.ROLLED_UP, {"n": len(weights)}))
    return rolled


def _below(forest: Forest, top: int) -> list[int]:
    waiting, found = list(forest.children[top]), []
    while waiting:
        at = waiting.pop()
        found.append(at)
        waiting += forest.children[at]
    return found


def _later(forest: Forest, today: Weighing, here: set[int]) -> dict[int, Note]:
    """What would count but came after the baseline: new work, or work inside a baseline item."""
    items, parents = forest.tree.items, forest.tree.parents
    inside = [NOBODY] * len(items)
    later: dict[int, Note] = {}
    for at in forest.live:
        parent = parents[at]
        inside[at] = at if at in here else inside[parent] if parent != NOBODY else NOBODY
        if at in here or at not in today.weights:
            continue
        above = inside[at]
        later[at] = Note(Say.GREW) if above == NOBODY else Note(Say.BELOW_BASELINE, {"key": items[above].key})
    return later


def _growth(forest: Forest, reasons: dict[int, Note]) -> list[Note]:
    grown = [forest.tree.items[at].key for at, note in reasons.items() if note.code == Say.GREW]
    return [Note(Say.FROZEN_GROWTH, {"n": len(grown), "keys": grown})] if grown else []


def _gone(
    forest: Forest, baseline: Baseline, places: dict[ItemRef, int], weights: dict[int, Number]
) -> list[Note]:
    items, fates = forest.tree.items, forest.fates
    vanished = sorted(ref for ref in baseline if ref not in places)
    left = [places[ref] for ref in baseline if ref in places and places[ref] not in weights]
    if not vanished and not left:
        return []
    cancelled = sum(fates[at] != NOBODY for at in left)
    return [
        Note(
            Say.FROZEN_GONE,
            {
                "vanished": len(vanished),
                "cancelled": cancelled,
                "without_value": len(left) - cancelled,
                "keys": [items[at].key for at in sorted(left)],
                "ids": [ref.id for ref in vanished],
            },
        )
    ]
