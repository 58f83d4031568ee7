"""What moved a key result, and by how much each cause did: exactly, by the rules of a run.

`situation` is what a value is made of, `causes` what differs between two of them, `shares` divides the
movement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bridge.metric import clamp
from bridge.model import Override
from bridge.movement.causes import Because, Cause, causes, mixed
from bridge.movement.shares import divide
from bridge.movement.situation import Situation, value_of

__all__ = ["Because", "Cause", "End", "Movement", "Share", "Situation", "movement", "value_of"]


@dataclass(frozen=True, slots=True)
class End:
    """A day, the value that was computed for it, what that was made of (None: that was not kept), and a
    person's override that was valid."""

    day: date
    value: Fraction | None
    situation: Situation | None = None
    override: Override | None = None

    @property
    def shown(self) -> Fraction | None:
        """A person's number while it is valid, else the computed one."""
        return self.value if self.override is None else clamp(Fraction(self.override.value))


@dataclass(frozen=True, slots=True)
class Share:
    """What a cause added to the value; below 0 it took something away."""

    cause: Cause
    share: Fraction


@dataclass(frozen=True, slots=True)
class Movement:
    """From one day to another. The shares add up exactly to `after.shown - before.shown`; there are none
    where one of these has no value. `orders`: see `shares.divide`."""

    before: End
    after: End
    shares: tuple[Share, ...] = ()
    orders: int = 1

    @property
    def moved(self) -> Fraction | None:
        start, end = self.before.shown, self.after.shown
        return None if start is None or end is None else end - start


def movement(before: End, after: End) -> Movement:
    """Divide the movement between two days among what brought it about.

    The value is the computed one; what a person's override adds to it or takes from it is a cause of its
    own. What today's rules cannot tell of a value that was recorded is told as unexplained.
    """
    start, end = before.shown, after.shown
    if start is None or end is None:
        return Movement(before, after)
    divided, orders = _divided(before, after)
    shares = [*divided, *_said(before, after, end - start)]
    rest = end - start - sum((one.share for one in shares), Fraction(0))
    if rest:
        shares.append(Share(Cause(Because.UNEXPLAINED, ()), rest))
    return Movement(before, after, tuple(shares), orders)


def _divided(before: End, after: End) -> tuple[list[Share], int]:
    """The shares of what the computed values are made of."""
    was, now = before.situation, after.situation
    if was is None or now is None or value_of(was) is None or value_of(now) is None:
        return [], 1
    found = causes(was, now)
    told = divide(len(found), lambda these: value_of(mixed(was, now, _chosen(found, these))))
    return [Share(cause, share) for cause, share in zip(found, told.shares, strict=True)], told.orders


def _chosen(found: Sequence[Cause], these: frozenset[int]) -> list[Cause]:
    return [found[at] for at in sorted(these)]


def _said(before: End, after: End, whole: Fraction) -> Iterator[Share]:
    """What overrides add to the computed values, at the end more than at the beginning; all of it where
    there is no computed value to compare with."""
    if before.override is None and after.override is None:
        return
    added = whole
    if before.value is not None and after.value is not None:
        added = whole - (after.value - before.value)
    yield Share(Cause(Because.OVERRIDE, ("override",)), added)
