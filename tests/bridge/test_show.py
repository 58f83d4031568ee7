"""From the exact value to what people see."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Colour
from bridge.show import colour, percent, score

SHARES = st.fractions(0, 1)

PERCENTS = {
    "nothing done": ("0", 0),
    "all done": ("1", 100),
    "almost nothing": ("1/100000", 1),
    "almost all": ("99999/100000", 99),
    "half away from zero": ("5/1000", 1),
    "half is rounded up": ("425/1000", 43),
    "below half is rounded down": ("424/1000", 42),
    "an odd half too": ("435/1000", 44),
}


@pytest.mark.parametrize(("share", "want"), PERCENTS.values(), ids=PERCENTS)
def test_percent(share: str, want: int):
    assert percent(Fraction(share)) == want


@settings(deadline=None)
@given(SHARES)
def test_100_percent_only_at_1_and_0_only_at_0(share: Fraction):
    shown = percent(share)
    assert (shown == 100) == (share == 1)
    assert (shown == 0) == (share == 0)


@settings(deadline=None)
@given(SHARES, SHARES)
def test_more_is_never_shown_as_less(one: Fraction, other: Fraction):
    low, high = sorted((percent(one) or 0, percent(other) or 0))
    assert (percent(min(one, other)), percent(max(one, other))) == (low, high)


def test_no_value_has_no_percent_no_score_and_no_colour():
    assert (percent(None), score(None), colour(None)) == (None, None, None)


SCORES = {
    "0": "0.0", "0.04": "0.0", "0.05": "0.1", "0.35": "0.4", "0.6499": "0.6", "0.65": "0.7", "1": "1.0",
}  # fmt: skip


@pytest.mark.parametrize(("share", "want"), SCORES.items(), ids=SCORES)
def test_score_is_one_decimal_half_up(share: str, want: str):
    assert score(Fraction(share)) == Decimal(want)
    assert str(score(Fraction(share))) == want


COLOURS = {
    "0": Colour.RED,
    "0.349": Colour.RED,
    "0.35": Colour.AMBER,
    "0.649": Colour.AMBER,
    "0.65": Colour.GREEN,
    "1": Colour.GREEN,
}


@pytest.mark.parametrize(("share", "want"), COLOURS.items(), ids=COLOURS)
def test_colour_is_that_of_the_shown_score(share: str, want: Colour):
    assert colour(Fraction(share)) is want
