"""Where a key result leads, and what is said when that cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.forecast import How, Point, Question, Why, foresee, unforeseen
from bridge.model import Blend, Cycle, KeyResult, Kind, Metric
from tests.bridge.forecast.telling import CYCLE, START, day, noise, points, question

ASPIRATIONAL = Fraction(7, 10)
BAND = Metric(band=(Decimal(5), Decimal(7)))
LINE = Metric(baseline=Decimal(9), target=Decimal(3))


def look(finished, today=None, *, runs=300, **more):
    told = {name: more.pop(name) for name in ("mark", "cycle") if name in more}
    asked = question(len(finished) if today is None else today, **told)
    return foresee(points(finished, **more), asked, noise(), runs)


@pytest.mark.parametrize("mark", [Fraction(1), ASPIRATIONAL], ids=["committed", "aspirational"])
def test_thirty_percent_at_day_40_of_90_leads_to_67_percent_and_off(mark):
    """Known for three weeks only: the straight line stands."""
    known = [Point(day(19), Fraction(1, 10)), Point(day(40), Fraction(3, 10))]
    outlook = foresee(known, question(40, mark), noise())
    assert (outlook.how, outlook.why, outlook.weeks) == (How.LINEAR, Why.FEW_WEEKS, 3)
    assert outlook.expected == Fraction(27, 40)
    assert outlook.trending_off
    assert (outlook.chance, outlook.dates) == (None, {})


def test_the_straight_line_is_kept_raw_above_the_whole():
    outlook = look([3] * 20)
    assert (outlook.expected, outlook.trending_off) == (Fraction(27, 10), False)


def test_a_simulation_takes_over_with_four_weeks_and_not_a_day_before():
    assert look([1] * 27).how is How.LINEAR
    outlook = look([1] * 28)
    assert (outlook.how, outlook.why, outlook.weeks) == (How.SIMULATION, None, 4)
    assert set(outlook.dates) == {50, 85, 95}


def test_a_simulation_tells_dates_chance_and_end():
    outlook = look([2] * 40, scope=120)
    assert (outlook.day, outlook.value) == (day(40), Fraction(2, 3))
    assert day(55) <= outlook.dates[50] <= outlook.dates[85] <= outlook.dates[95] <= day(70)
    assert outlook.chance == 1
    assert outlook.expected == 1
    assert not outlook.trending_off


def test_trending_off_is_likelier_to_end_below_the_mark_than_not():
    assert look([1] * 40).trending_off
    assert not look([1] * 40, mark=ASPIRATIONAL).trending_off
    assert look([1] * 40).chance < 0.5 < look([1] * 40, mark=ASPIRATIONAL).chance


def test_chance_and_dates_speak_of_the_same_day():
    """A date within the cycle is one by which the mark is reached that likely at least."""
    for scope in range(70, 120, 5):
        outlook = look([1] * 45, scope=scope)
        for percent, by in outlook.dates.items():
            assert (by is not None and by <= day(89)) == (outlook.chance >= percent / 100), scope


@pytest.mark.parametrize("days", [0, 3, 60])
def test_a_key_result_at_its_mark_is_reached_today_however_short_its_history(days):
    known = [Point(START, Fraction(1, 2)), Point(day(1), Fraction(7, 10))]
    outlook = foresee(known, question(1 + days, ASPIRATIONAL), noise())
    assert (outlook.how, outlook.chance, outlook.trending_off) == (How.REACHED, 1, False)
    assert set(outlook.dates.values()) == {day(1 + days)}


def test_what_has_reached_its_mark_may_still_go_on():
    outlook = look([1] * 45, scope=60, mark=ASPIRATIONAL)
    assert (outlook.how, outlook.why) == (How.REACHED, None)
    assert outlook.expected == 1
    new = Question(CYCLE, day(2), ASPIRATIONAL)
    assert foresee(points([9, 0], scope=10), new, noise()).expected is None, "before the grace"


def test_what_has_reached_its_mark_may_lose_it_again():
    outlook = look([2] * 45, scope=45, added=[1] * 45)
    assert outlook.how is How.REACHED
    assert not outlook.trending_off


def test_without_a_point_there_is_nothing_to_say():
    outlook = foresee((), question(40), noise())
    assert (outlook.how, outlook.why) == (How.NONE, Why.NO_VALUE)
    assert (outlook.expected, outlook.chance, outlook.dates) == (None, None, {})


def test_before_the_grace_there_is_no_line():
    outlook = look([1] * 5)
    assert (outlook.how, outlook.why, outlook.expected) == (How.NONE, Why.EARLY, None)
    assert not outlook.trending_off


def test_where_nothing_was_ever_done_no_day_can_be_named():
    outlook = look([0] * 40)
    assert (outlook.how, outlook.why) == (How.LINEAR, Why.NO_THROUGHPUT)
    assert (outlook.expected, outlook.chance, outlook.dates) == (0, None, {})
    assert outlook.trending_off


def test_work_that_grows_as_fast_as_it_is_done_has_no_date_within_a_year():
    outlook = look([1] * 40, added=[1] * 40)
    assert outlook.how is How.SIMULATION
    assert (outlook.chance, set(outlook.dates.values())) == (0, {None})


def test_after_its_cycle_nothing_is_foreseen():
    assert look([1] * 40, today=90).why is Why.OVER


def test_without_a_mark_only_the_end_is_foreseen():
    outlook = look([1] * 40, mark=None)
    assert outlook.how is How.SIMULATION
    assert outlook.expected is not None
    assert (outlook.chance, outlook.dates, outlook.trending_off) == (None, {}, False)


def test_days_count_from_the_last_known_one_and_none_is_told_that_has_gone_by():
    fresh, stale = look([2] * 40, scope=90), look([2] * 40, today=60, scope=90)
    assert stale.day == day(40)
    assert stale.dates[50] == day(60) > fresh.dates[50]
    assert stale.chance == fresh.chance


def test_history_before_the_cycle_counts():
    later = Cycle("Q2", day(60), day(150))
    outlook = look([1] * 65, cycle=later)
    assert (outlook.how, outlook.weeks) == (How.SIMULATION, 9)


KINDS = {
    "work": ({}, None),
    "a metric with a direction": ({"kind": Kind.METRIC, "metric": LINE}, None),
    "a band": ({"kind": Kind.METRIC, "metric": BAND}, Why.BAND),
    "a blend with a band": (
        {"kind": Kind.BLEND, "metric": BAND, "blend": Blend(Decimal(1), Decimal(1))},
        Why.BAND,
    ),
    "milestones": ({"kind": Kind.MILESTONE}, Why.MILESTONE),
    "learning": ({"kind": Kind.LEARNING}, Why.LEARNING),
}


@pytest.mark.parametrize(("what", "why"), KINDS.values(), ids=KINDS)
def test_nothing_can_be_foreseen_of(what, why):
    assert unforeseen(replace(KeyResult(id="K", title="K"), **what)) == why


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=88),
    st.sampled_from([Fraction(1), ASPIRATIONAL, None]),
)
def test_every_outlook_keeps_its_promises(finished, mark):
    """Chances are shares, dates are ordered and not in the past, what is off has a mark that it misses."""
    outlook = look(finished, mark=mark, scope=400, runs=40)
    assert outlook.chance is None or 0 <= outlook.chance <= 1
    dates = [by or date.max for by in outlook.dates.values()]
    assert dates == sorted(dates)
    assert all(by >= day(len(finished)) for by in dates)
    assert not (outlook.trending_off and (mark is None or outlook.how is How.REACHED))
    assert (outlook.how is How.NONE) <= (outlook.expected is None)
    assert (outlook.how in (How.LINEAR, How.SIMULATION)) <= (outlook.expected is not None)
