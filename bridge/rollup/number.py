"""Exact numbers at the speed of whole ones: an `int` where it is whole, else a `Fraction`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

Number = int | Fraction


def exact(value: Decimal) -> Number:
    """A decimal without loss."""
    top, bottom = value.as_integer_ratio()
    return top if bottom == 1 else Fraction(top, bottom)


def total(numbers: Iterable[Number]) -> Number:
    """The sum; adds up by denominator first, so that many like fractions cost as little as whole numbers."""
    whole = 0
    tops: dict[int, int] = {}
    for number in numbers:
        if type(number) is int:
            whole += number
        else:
            bottom = number.denominator
            tops[bottom] = tops.get(bottom, 0) + number.numerator
    return sum((Fraction(top, bottom) for bottom, top in tops.items()), whole) if tops else whole


def mean(numbers: Iterable[Number], count: int) -> Number:
    """The plain mean of `count` numbers."""
    return Fraction(total(numbers), count)
