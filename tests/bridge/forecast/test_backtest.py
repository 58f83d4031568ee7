"""The past asked the same questions: only what was known, and only claims whose day has come."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.forecast import backtest
from bridge.forecast.backtest import Claim
from bridge.model import Cycle
from tests.bridge.forecast.telling import day, noise, points, question

ENDED = 89


def trial(finished, until=ENDED, runs=100, **more):
    told = points(finished, **more)
    return backtest(told, question(0), day(until), noise, runs)


def test_it_stands_at_the_end_of_each_week_from_the_fourth_on_until_the_mark():
    stood = [one.stood for one in trial([1] * 89, scope=60).odds]
    assert stood == [day(28), day(35), day(42), day(49), day(56)]


def test_it_stands_to_the_end_of_the_cycle_where_the_mark_is_not_reached():
    assert [one.stood for one in trial([1] * 120, scope=900).odds] == [day(7 * week) for week in range(4, 13)]


def test_it_stands_within_the_cycle_alone():
    later = replace(question(0), cycle=Cycle("Q2", day(50), day(80)))
    told = points([1] * 89, scope=400)
    assert [one.stood for one in backtest(told, later, day(80), noise, 20).odds] == [
        day(56),
        day(63),
        day(70),
        day(77),
    ]


def test_each_standing_claims_three_dates_and_one_chance():
    found = trial([1] * 89, scope=60)
    assert [claim.percent for claim in found.claims[:3]] == [50, 85, 95]
    assert len(found.claims) == 3 * len(found.odds) == 15
    assert all(one.reached for one in found.odds)
    assert {claim.came for claim in found.claims} == {day(60)}


def test_where_the_mark_was_never_reached_no_claim_holds():
    slow = [1] * 40 + [0] * 49
    found = trial(slow, scope=60)
    assert not any(one.reached for one in found.odds)
    assert any(claim.due for claim in found.claims)
    assert not any(claim.held for claim in found.claims)


def test_a_mark_that_was_reached_and_lost_again_is_waited_for_again():
    lost = [2] * 30 + [-3] + [0] * 20 + [1] * 38
    claims = {claim.stood: claim.came for claim in trial(lost, scope=60).claims}
    assert claims[day(28)] == day(30)
    assert claims[day(35)] == day(54)


def test_nothing_is_said_of_chances_before_the_cycle_is_known_to_its_end():
    found = trial([1] * 60, until=60, scope=100)
    assert found.odds == ()
    assert found.claims != ()


def test_what_came_after_the_last_day_that_is_known_did_not_come():
    """The points go on; the watch does not."""
    found = trial([1] * 89, until=50, scope=60)
    assert {claim.came for claim in found.claims} == {None}
    assert max(claim.stood for claim in found.claims) < day(50)


def test_four_weeks_at_least_and_some_point_are_needed():
    assert trial([1] * 27, until=27).claims == ()
    assert backtest((), question(0), day(ENDED), noise).claims == ()


DUE = {
    "its day has come and it was reached": (60, 55, True, True),
    "on the day itself": (60, 60, True, True),
    "a day late": (60, 61, True, False),
    "its day has come and it was not": (60, None, True, False),
    "reached early, but its day has not come": (99, 55, False, True),
    "its day has not come": (99, None, False, False),
    "no day was named": (None, 55, False, False),
}


@pytest.mark.parametrize(("by", "came", "due", "held"), DUE.values(), ids=DUE)
def test_a_claim_counts_once_its_day_has_come_whatever_came(by, came, due, held):
    named = None if by is None else day(by)
    claim = Claim(85, day(28), named, None if came is None else day(came), day(ENDED))
    assert (claim.due, claim.held) == (due, held)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=60, max_size=89), st.integers(35, 58), st.integers(0, 99))
def test_what_comes_later_changes_nothing_that_was_said(finished, stood, seed):
    """No lookahead: with the days after a standing shuffled or gone, the same was said."""
    dice, finished = random.Random(seed), [1, *finished]
    other = finished[:stood] + [dice.randrange(5) for _ in finished[stood:]]
    one, two = (
        {
            (claim.stood, claim.percent): claim.by
            for claim in trial(story, runs=10, scope=600).claims
            if claim.stood <= day(stood)
        }
        for story in (finished, other)
    )
    assert one == two
    assert one


def test_the_same_dice_give_the_same_trial():
    dice = random.Random(3)
    finished = [dice.randrange(3) for _ in range(89)]
    assert trial(finished) == trial(finished)


def test_the_mark_is_held_against_the_exact_value():
    """Seven of ten is seven tenths, though floats are not sure of it."""
    told = points([1] * 7 + [0] * 30, scope=10)
    asked = question(0, Fraction(7, 10))
    assert backtest(told, asked, day(ENDED), noise).claims == ()
