"""The weeks of a key result: counted back from the last day, gaps filled evenly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from bridge.forecast.throughput import MOST_WEEKS, Point, throughput
from tests.bridge.forecast.telling import day, points

WORKDAYS = [1, 1, 1, 1, 1, 0, 0]


def test_a_week_tells_work_and_scope_from_its_start_until_each_day():
    [week] = throughput(points([2, 0, 0, 3, 0, 0, 1], added=[0, 4, 0, 0, 0, 0, 1])).weeks
    assert week.done == pytest.approx((2, 2, 2, 5, 5, 5, 6))
    assert week.scope == pytest.approx((0, 4, 4, 4, 4, 4, 5))


def test_weeks_are_counted_back_from_the_last_day_and_what_is_left_over_is_no_week():
    now = throughput(points([9, 9, 9, *WORKDAYS, *WORKDAYS]))
    assert [week.done[-1] for week in now.weeks] == pytest.approx([5, 5])
    assert (now.day, now.value, now.done, now.scope) == (day(17), Fraction(37, 100), 37, 100)


@pytest.mark.parametrize("more", range(7))
def test_the_same_day_of_the_week_stands_at_the_same_place_of_every_week(more):
    weeks = throughput(points([*WORKDAYS * 4, *WORKDAYS[:more]])).weeks
    gains = [[now > before for before, now in pairwise((0.0, *week.done))] for week in weeks]
    assert gains == [[bool(one) for one in (WORKDAYS * 2)[more : more + 7]]] * 4


def test_what_changed_between_two_points_is_spread_over_the_days_between():
    sparse = [Point(day(0), Fraction(0), 10), Point(day(7), Fraction(7, 10), 10)]
    [week] = throughput(sparse).weeks
    assert week.done == pytest.approx((1, 2, 3, 4, 5, 6, 7))


def test_no_more_than_half_a_year_is_looked_at():
    now = throughput(points([1] * (7 * MOST_WEEKS + 30), scope=1000))
    assert len(now.weeks) == MOST_WEEKS
    assert [week.done[-1] for week in now.weeks] == pytest.approx([7] * MOST_WEEKS)


def test_a_single_point_has_no_week():
    now = throughput([Point(day(3), Fraction(1, 2), 8)])
    assert (now.weeks, now.done, now.moved) == ((), 4, False)


SIZES = {
    "weights where every point tells them": ({"items": 4, "weight": Fraction(40)}, {}, 20.0),
    "items where a weight is missing": (
        {"items": 4, "weight": Fraction(40)},
        {"items": 4, "weight": None},
        2.0,
    ),
    "the bare value where items are missing too": (
        {"items": 4, "weight": Fraction(40)},
        {"items": None, "weight": None},
        0.5,
    ),
}


@pytest.mark.parametrize(("first", "last", "done"), SIZES.values(), ids=SIZES)
def test_a_value_is_a_share_of(first, last, done):
    early = replace(Point(day(0), Fraction(1, 4)), **first)
    late = replace(Point(day(7), Fraction(1, 2)), **(first | last))
    assert throughput([early, late]).done == pytest.approx(done)


def test_reopened_work_is_throughput_below_nothing():
    now = throughput(points([3, 0, 0, 0, 0, 0, -2]))
    assert now.weeks[0].done == pytest.approx((3, 3, 3, 3, 3, 3, 1))
    assert now.moved


def test_growth_takes_the_mark_away_by_the_marks_share_of_it():
    [week] = throughput(points([7, *[0] * 6], added=[10, *[0] * 6])).weeks
    assert week.towards(0.7)[0] == pytest.approx(0)
    assert week.towards(1.0)[0] == pytest.approx(-3)
