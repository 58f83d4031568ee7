"""A movement divided among what brought it about: exactly, and fairly where they lean on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import factorial

FEW = 7
"""So many causes are weighed against each other in every order; more than these in two."""

Value = Callable[[frozenset[int]], Fraction | None]


@dataclass(frozen=True, slots=True)
class Division:
    """A share for each cause, by position; together they are the movement. `orders`: how many orders of
    events they are the mean of (2, or all there are)."""

    shares: tuple[Fraction, ...]
    orders: int


def divide(causes: int, value: Value) -> Division:
    """What each cause adds on average, over every order in which they may have come (Shapley), or, where
    they are many, over the order they are given in and its reverse.

    `value` says what stands when just these causes have come about. Between the ends, a mixture that has no
    value counts as the middle of both, so that coming and going are told alike. Raises ValueError where
    one of the ends has no value.
    """
    start, end = value(frozenset()), value(frozenset(range(causes)))
    if start is None or end is None:
        raise ValueError("a movement begins and ends with a value")
    middle = (start + end) / 2

    @cache
    def known(these: frozenset[int]) -> Fraction:
        told = value(these)
        return middle if told is None else told

    if causes <= FEW:
        return Division(_every_order(causes, known), factorial(causes))
    forward = _one_order(range(causes), known)
    backward = _one_order(range(causes)[::-1], known)
    return Division(tuple((one + other) / 2 for one, other in zip(forward, backward, strict=True)), 2)


def _every_order(causes: int, known: Callable[[frozenset[int]], Fraction]) -> tuple[Fraction, ...]:
    """Shapley's value: a set of size k that a cause joins stands for k! (n-k-1)! of the n! orders."""
    weights = [Fraction(factorial(k) * factorial(causes - k - 1), factorial(causes)) for k in range(causes)]
    sums = [Fraction(0)] * causes
    for mask in range(1 << causes):
        these = frozenset(at for at in range(causes) if mask >> at & 1)
        for at in range(causes):
            if at not in these:
                sums[at] += weights[len(these)] * (known(these | {at}) - known(these))
    return tuple(sums)


def _one_order(order: Sequence[int], known: Callable[[frozenset[int]], Fraction]) -> list[Fraction]:
    shares = [Fraction(0)] * len(order)
    come: frozenset[int] = frozenset()
    for at in order:
        before, come = known(come), come | {at}
        shares[at] = known(come) - before
    return shares
