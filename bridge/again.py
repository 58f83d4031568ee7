"""The roll-up of a key result, not made again while it is of the same work by the same rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from bridge.model import Baseline, KeyResult, Progress, WorkItem
from bridge.rollup import roll_up

StatusWeights = Mapping[str, Mapping[str, Decimal]]


class RollUp(Protocol):
    """Says how far the work of a key result has come. `baseline` counts with scope `frozen` only."""

    def __call__(
        self, kr: KeyResult, items: Sequence[WorkItem], weights: StatusWeights, baseline: Baseline | None
    ) -> Progress: ...


def anew(
    kr: KeyResult, items: Sequence[WorkItem], weights: StatusWeights, baseline: Baseline | None
) -> Progress:
    """By the key result's own rules."""
    return roll_up(items, kr.rollup, status_weights=weights, baseline=baseline)


class Again:
    """Remembers the last answer for each key result, and everything that it was made of: a run in which
    little changed reckons little."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, Progress]] = {}

    def __call__(
        self, kr: KeyResult, items: Sequence[WorkItem], weights: StatusWeights, baseline: Baseline | None
    ) -> Progress:
        given = (kr.rollup, items, weights, baseline)
        last = self._known.get(kr.id)
        if last is None or last[0] != given:
            last = self._known[kr.id] = given, anew(kr, items, weights, baseline)
        return last[1]
