"""The brake: a run that would move too much at once stops before it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class BrakeRules:
    """Stop when strictly more than `share` of at least `minimum` key results move by more than `step`."""

    share: Decimal = Decimal("0.30")
    step: Decimal = Decimal("0.10")
    minimum: int = 10


def moved(
    before: Mapping[str, Fraction], now: Mapping[str, Fraction | None], step: Decimal
) -> tuple[str, ...]:
    """The key results, in the order of `now`, whose value moved either way by more than `step`.

    `now` is this run's: None is a value lost by a complete read, which is a move; a value that was kept
    comes as it was.
    """
    return tuple(
        kr for kr, value in now.items() if kr in before and _moves(before[kr], value, Fraction(step))
    )


def _moves(before: Fraction, now: Fraction | None, step: Fraction) -> bool:
    return now is None or abs(now - before) > step


def brake(
    before: Mapping[str, Fraction], now: Mapping[str, Fraction | None], rules: BrakeRules
) -> tuple[str, ...]:
    """The key results that move, when the run must stop; else nothing."""
    known = sum(kr in before for kr in now)
    moving = moved(before, now, rules.step)
    stops = known >= rules.minimum and len(moving) > Fraction(rules.share) * known
    return moving if stops else ()
