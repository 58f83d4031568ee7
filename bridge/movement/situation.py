"""All that the value of a key result is made of at a moment, and that value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from bridge.facts import Facts, find
from bridge.model import Baseline, CheckIn, ItemRef, KeyResult, Link, Progress, WorkItem
from bridge.rollup import roll_up

StatusWeights = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A key result as the OKR file said it then, the work that its links brought (parents told by id) with
    the links that brought each, what people had said, and what a metric's query gave."""

    kr: KeyResult
    items: Mapping[ItemRef, WorkItem] = field(default_factory=dict)
    links: Mapping[ItemRef, frozenset[Link]] = field(default_factory=dict)
    baseline: Baseline | None = None
    status_weights: StatusWeights = field(default_factory=dict)
    checkins: tuple[CheckIn, ...] = ()
    current: Decimal | None = None


def work_of(situation: Situation) -> Progress | None:
    """The roll-up; None where no work is linked."""
    rules = situation.kr.rollup
    if not situation.kr.links:
        return None
    return roll_up(
        situation.items.values(),
        rules,
        status_weights=situation.status_weights,
        baseline=situation.baseline if rules.scope == "frozen" else None,
    )


def value_of(situation: Situation) -> Fraction | None:
    """The computed value, by the very rules of a run."""
    facts = Facts(
        work=work_of(situation),
        links=len(situation.kr.links),
        current=situation.current,
        checkins=situation.checkins,
        baseline=situation.baseline,
    )
    return find(situation.kr, facts).value
