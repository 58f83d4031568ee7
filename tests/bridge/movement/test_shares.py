"""Dividing a movement: exactly, fairly, and alike in both directions."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.movement.shares import FEW, divide

NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=12)


def table(values: dict[frozenset[int], Fraction | None]):
    return values.__getitem__


@st.composite
def games(draw: st.DrawFn, most: int = 5) -> tuple[int, dict[frozenset[int], Fraction | None]]:
    """What stands for every set of causes; some mixtures have no value, the ends have."""
    causes = draw(st.integers(0, most))
    sets = [frozenset(at for at in range(causes) if mask >> at & 1) for mask in range(1 << causes)]
    known = {these: draw(NUMBERS if len(these) in (0, causes) else NUMBERS | st.none()) for these in sets}
    return causes, known


@given(game=games())
@settings(deadline=None, max_examples=60)
def test_the_shares_are_the_movement_to_the_last_fraction(game):
    causes, known = game
    told = divide(causes, table(known))
    assert sum(told.shares, Fraction(0)) == known[frozenset(range(causes))] - known[frozenset()]


@given(game=games(most=4))
@settings(deadline=None, max_examples=40)
def test_few_causes_get_the_mean_of_what_they_add_over_every_order(game):
    causes, known = game
    middle = (known[frozenset()] + known[frozenset(range(causes))]) / 2
    filled = {these: middle if value is None else value for these, value in known.items()}
    orders = list(permutations(range(causes)))
    for at in range(causes):
        added = [
            filled[frozenset(order[: order.index(at) + 1])] - filled[frozenset(order[: order.index(at)])]
            for order in orders
        ]
        assert divide(causes, table(known)).shares[at] == sum(added, Fraction(0)) / len(orders)


@given(game=games())
@settings(deadline=None, max_examples=40)
def test_the_way_back_takes_what_the_way_there_gave(game):
    causes, known = game
    everything = frozenset(range(causes))
    back = {these: known[everything - these] for these in known}
    forth = divide(causes, table(known)).shares
    assert divide(causes, table(back)).shares == tuple(-share for share in forth)


def square(these: frozenset[int]) -> Fraction:
    """Every pair of causes adds together."""
    return Fraction(len(these) ** 2)


@pytest.mark.parametrize("causes", [FEW, FEW + 1, 30])
def test_causes_that_lean_on_each_other_in_pairs_share_alike_however_many_they_are(causes):
    told = divide(causes, square)
    assert told.shares == (Fraction(causes),) * causes


@given(values=st.lists(NUMBERS, min_size=FEW + 1, max_size=FEW + 6), idle=st.integers(0, FEW))
@settings(deadline=None, max_examples=30)
def test_of_many_causes_one_that_changes_nothing_has_no_share_and_the_sum_is_exact(values, idle):
    def value(these: frozenset[int]) -> Fraction:
        chosen = [values[at] for at in these if at != idle]
        return sum(chosen, Fraction(0)) * (1 + Fraction(len(chosen), 3))

    told = divide(len(values), value)
    assert told.shares[idle] == 0
    assert sum(told.shares) == value(frozenset(range(len(values)))) - value(frozenset())
    assert told.orders == 2


@pytest.mark.parametrize("gap", [frozenset(), frozenset({0})])
def test_a_movement_without_an_end_cannot_be_divided(gap):
    with pytest.raises(ValueError, match="begins and ends"):
        divide(1, lambda these: None if these == gap else Fraction(1))


def test_a_mixture_without_a_value_stands_in_the_middle():
    known = {frozenset(): Fraction(1), frozenset({0}): None, frozenset({1}): Fraction(1, 2)}
    told = divide(2, table(known | {frozenset({0, 1}): Fraction(0)}))
    assert told.shares == (Fraction(-1, 2), Fraction(-1, 2))
