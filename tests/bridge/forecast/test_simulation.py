"""Drawn weeks: exact where all weeks are alike, ordered, repeatable, never later for more throughput."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.forecast.simulation import HORIZON, Spread, simulate
from bridge.forecast.throughput import throughput
from tests.bridge.forecast.telling import noise, points

WORKDAYS = [1, 1, 1, 1, 1, 0, 0]
LAW = settings(max_examples=60, deadline=None)
weeks = st.lists(st.lists(st.integers(0, 6), min_size=7, max_size=7), min_size=4, max_size=9)


def flat(those: list[list[int]]) -> list[int]:
    return [one for week in those for one in week]


def run(finished: list[int], mark: float = 1.0, left: int = 30, *, runs: int = 60, **more) -> Spread:
    return simulate(throughput(points(finished, **more)), mark, left, noise(), runs)


def test_weeks_that_are_all_alike_lead_to_one_week_of_the_calendar():
    spread = run(WORKDAYS * 4, scope=42, runs=400)
    assert spread.within(50) in (30, 31), "22 left: four weeks of five, and two workdays of the fifth"
    assert 22 <= spread.within(5) <= spread.within(95) <= 38


def test_weeks_that_are_all_alike_may_still_go_on_faster_or_slower():
    spread = run([1] * 42, scope=92, runs=400)
    assert 40 <= spread.within(5) < spread.within(50) - 2
    assert spread.within(50) + 2 < spread.within(95) <= 64


def test_a_mark_that_is_reached_within_a_week_and_lost_by_its_end_was_reached():
    back_and_forth = [5, 0, 0, 0, 0, 0, -4]
    assert run(back_and_forth * 4, scope=6).within(95) == 1


def test_a_day_off_is_never_the_day():
    spread = run(WORKDAYS * 6, scope=43, runs=400)
    assert {(day - 1) % 7 for day in spread.days} <= {0, 1, 2, 3, 4}


def test_growth_as_fast_as_the_work_is_never_caught_up_with():
    spread = run([1] * 28, added=[1] * 28)
    assert (spread.days, spread.within(1), spread.chance(10**6)) == ((), None, 0)


def test_what_is_told_of_the_end_is_the_mean_of_the_runs():
    assert run([1] * 28, left=28, runs=2000).end == pytest.approx(0.56, abs=0.005)
    assert run([1] * 28, left=0).end == pytest.approx(0.28)
    assert run([1] * 28, left=10, runs=2000).end == pytest.approx(0.38, abs=0.003)


def test_the_value_at_the_end_is_a_share_whatever_was_drawn():
    assert run([3] * 28, left=200).end == 1
    assert run([5] * 14 + [-5] * 14, left=200).end >= 0


def test_a_cycle_that_lasts_longer_than_the_horizon_is_looked_at_to_its_end():
    left = (HORIZON + 40) * 7
    assert run([1] * 28, left=left, scope=500).chance(left) == 1


def test_percentages_are_of_all_runs_and_of_none_beyond_the_horizon():
    spread = Spread(10, (3, 4, 5, 6, 7, 8), 0.5)
    assert [spread.within(percent) for percent in (1, 10, 11, 50, 60, 61)] == [3, 3, 4, 7, 8, None]
    assert [spread.chance(days) for days in (2, 3, 8, 99)] == [0, 0.1, 0.6, 0.6]


@LAW
@given(weeks, st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_answer(finished, seed):
    now = throughput(points(flat(finished), scope=500))
    one, two = (simulate(now, 1.0, 40, noise(seed), 20) for _ in range(2))
    assert one == two


@LAW
@given(weeks)
def test_dates_are_ordered_and_chances_are_shares(finished):
    spread = run(flat(finished), scope=300)
    days = [spread.within(percent) or 10**6 for percent in (5, 50, 85, 95)]
    assert days == sorted(days)
    chances = [spread.chance(left) for left in range(0, 400, 30)]
    assert chances == sorted(chances)
    assert 0 <= chances[0] <= chances[-1] <= 1
    assert 0 <= spread.end <= 1


@LAW
@given(weeks, st.data())
def test_more_throughput_never_makes_the_dates_later(finished, data):
    """By the same work left to do: what was finished faster was finished of more."""
    less = flat(finished)
    more = [one + data.draw(st.integers(0, 3)) for one in less]
    slow = simulate(throughput(points(less, scope=sum(less) + 50)), 1.0, 40, noise(), 40)
    fast = simulate(throughput(points(more, scope=sum(more) + 50)), 1.0, 40, noise(), 40)
    for percent in (50, 85, 95):
        assert (fast.within(percent) or 10**6) <= (slow.within(percent) or 10**6)
    assert fast.chance(40) >= slow.chance(40)


@LAW
@given(weeks, st.integers(1, 60))
def test_more_scope_never_makes_the_dates_earlier(finished, wider):
    narrow, wide = (run(flat(finished), scope=260 + more) for more in (0, wider))
    for percent in (50, 85, 95):
        assert (narrow.within(percent) or 10**6) <= (wide.within(percent) or 10**6)


def test_few_weeks_promise_less_than_many():
    """The same ups and downs, seen for four weeks and for twelve."""
    ups_and_downs = [[2] * 7, [0] * 7, [1] * 7, [1] * 7]
    few = run(flat(ups_and_downs), scope=28 + 40, runs=2000)
    many = run(flat(ups_and_downs * 3), scope=84 + 40, runs=2000)
    assert few.within(95) - few.within(50) > many.within(95) - many.within(50)


def test_late_weeks_count_more_than_early_ones():
    rising = run([0] * 21 + [1] * 21, runs=400)
    falling = run([1] * 21 + [0] * 21, runs=400)
    assert rising.within(50) < falling.within(50)


@pytest.mark.parametrize("seed", range(3))
def test_the_spread_hardly_depends_on_the_seed(seed):
    dice = random.Random(5)
    now = throughput(points([dice.randrange(3) for _ in range(56)], scope=120))
    one, two = (simulate(now, 1.0, 60, noise(10 * seed + at)) for at in (1, 2))
    assert abs(one.within(85) - two.within(85)) <= 4
    assert one.chance(60) == pytest.approx(two.chance(60), abs=0.05)
