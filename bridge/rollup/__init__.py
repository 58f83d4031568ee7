"""Work items become progress, with the reason for each number: pure, exact, every policy named.

Read it in the order of the work: `copies` and `tree` (each item once, who is below whom), `forest` (what
the cancelled leave), `cast` (what counts), `state`, `worth` and `closed` (what it is worth), `weight`,
`level` and `frozen` (what it weighs), `explain` and `remarks` (why).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from bridge.model import Baseline, Note, Progress, RollupRules, WorkItem
from bridge.notes import Say
from bridge.rollup.cast import Cast, Role, cast_leaf, cast_story
from bridge.rollup.closed import close
from bridge.rollup.explain import Reckoning, explain
from bridge.rollup.forest import Forest, prune
from bridge.rollup.frozen import weigh_baseline
from bridge.rollup.level import weigh_levels
from bridge.rollup.remarks import count, remark
from bridge.rollup.state import scales_of
from bridge.rollup.tree import arrange
from bridge.rollup.weight import Weighing, estimates, share, weigh, with_parts
from bridge.rollup.worth import Worths, appraise

__all__ = ["roll_up"]

_NO_WEIGHTS: Mapping[str, Mapping[str, Decimal]] = {}


def roll_up(
    items: Iterable[WorkItem],
    rules: RollupRules,
    *,
    status_weights: Mapping[str, Mapping[str, Decimal]] = _NO_WEIGHTS,
    baseline: Baseline | None = None,
) -> Progress:
    """Say how far the items of one key result have come, exactly, and why.

    `items` is the union of its links in any order, repetitions welcome. `status_weights` is by connection
    and asked with value `status` only, where the rules bring no map of their own. `baseline` counts with
    scope `frozen` only. The value is None where there is nothing to count.
    """
    forest = prune(arrange(items), rules.cancelled)
    cast = _cast(forest, rules)
    scales = scales_of(forest.tree.items, rules, status_weights)
    closing = close(forest, cast, rules, appraise(forest, cast, rules, scales))
    weighing = _weigh(forest, cast, closing.worths, rules, baseline)
    reckoning = Reckoning(rules, forest, cast, closing.worths, weighing)
    explained = explain(reckoning)
    values = closing.worths.values
    if weighing.rolled:
        values = [weighing.rolled.get(at, value) for at, value in enumerate(values)]
    return Progress(
        share(values, weighing.weights),
        rules.method,
        rules.mode,
        count(explained, reckoning),
        explained,
        (*remark(explained, reckoning), *closing.notes, *weighing.notes),
    )


def _cast(forest: Forest, rules: RollupRules) -> Cast:
    match rules.mode:
        case "story":
            return cast_story(forest)
        case "leaf" | "level":
            return cast_leaf(forest)
        case unknown:
            raise ValueError(f"no such mode: {unknown}")


def _weigh(
    forest: Forest, cast: Cast, worths: Worths, rules: RollupRules, baseline: Baseline | None
) -> Weighing:
    known = estimates(forest.tree.items, rules)
    if rules.mode == "level":
        return weigh_levels(forest, worths.values, known, rules)
    if rules.mode == "story":
        known = with_parts(forest, cast, known)
    units = [at for at in forest.live if cast.roles[at] is Role.UNIT and worths.values[at] is not None]
    today = weigh(units, known, rules)
    if rules.scope != "frozen":
        return today
    if baseline is None:
        return replace(today, notes=(Note(Say.NO_BASELINE),))
    return weigh_baseline(forest, cast, worths, today, baseline)
