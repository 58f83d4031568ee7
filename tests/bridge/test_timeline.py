"""One line through what several sources told, and through the key results of an objective."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from bridge.model import KeyResult, Objective
from bridge.timeline import Day, by_week, line_of, objective_line, overridden, override_on
from tests.bridge.days import day, given, on, point

F = Fraction


def test_who_looked_on_the_day_is_believed_before_who_told_it_afterwards():
    line = line_of([point(0, "1/4", "backfill"), point(0, "1/2", "sync"), point(1, "3/4", "backfill")])
    assert [(one.day, one.value, one.source) for one in line] == [
        (on(0), F(1, 2), "sync"),
        (on(1), F(3, 4), "backfill"),
    ]


def test_sources_that_disagree_are_told_and_those_that_agree_are_not():
    first, second = line_of(
        [point(0, "1/2"), point(0, "1/4", "backfill"), point(1, "1/2"), point(1, "1/2", "backfill")]
    )
    assert first.others == (("backfill", F(1, 4)),)
    assert second.others == ()


def test_an_unknown_source_comes_last_but_is_heard():
    only, both = line_of(
        [point(0, "1/3", "elsewhere"), point(1, "1/3", "elsewhere"), point(1, "1", "backfill")]
    )
    assert (only.source, both.source) == ("elsewhere", "backfill")


def test_no_value_is_told_as_none_even_where_another_source_has_one():
    [told] = line_of([point(0, None), point(0, "1/2", "backfill")])
    assert told.value is None
    assert told.others == (("backfill", F(1, 2)),)


OVERRIDES = {
    "not yet": (2, [given(3, "0.7", 9)], None),
    "from the day it was said": (3, [given(3, "0.7", 9)], "0.7"),
    "through the whole of its last day": (9, [given(3, "0.7", 9)], "0.7"),
    "gone the day after": (10, [given(3, "0.7", 9)], None),
    "taken back": (5, [given(3, "0.7", 9, cleared=5)], None),
    "until it was taken back": (4, [given(3, "0.7", 9, cleared=5)], "0.7"),
    "the latest holds": (6, [given(3, "0.7", 9), given(5, "0.2", 8)], "0.2"),
    "one that ran out does not give way to an older one": (9, [given(3, "0.7", 9), given(5, "0.2", 8)], None),
}


@pytest.mark.parametrize(("at", "log", "wanted"), OVERRIDES.values(), ids=OVERRIDES)
def test_an_override_holds_on_its_days(at, log, wanted):
    found = override_on(on(at), log, UTC)
    assert (found and found.value) == (Decimal(wanted) if wanted else None)


def test_an_overridden_day_shows_the_persons_number_beside_the_computed_one():
    [told] = overridden([day(4, "1/4")], [given(3, "0.7", 9)], UTC)
    assert (told.shown, told.value) == (F(7, 10), F(1, 4))


def objective(*weights: int) -> Objective:
    krs = tuple(
        KeyResult(id=f"KR{at}", title="", weight=Decimal(weight)) for at, weight in enumerate(weights, 1)
    )
    return Objective(id="O1", title="", key_results=krs)


def test_an_objective_is_the_weighted_mean_of_what_was_known_by_each_day():
    lines = {"KR1": [day(0, "1"), day(2, "1/2")], "KR2": [day(1, "0"), day(2, None)]}
    line = objective_line(lambda _: objective(3, 1), lines)
    assert [(one.day, one.value, one.known, one.total) for one in line] == [
        (on(0), F(1), 1, 2),
        (on(1), F(3, 4), 2, 2),
        (on(2), F(3, 8), 2, 2),
    ]


def test_an_objective_has_the_weights_that_it_had_on_the_day():
    lines = {"KR1": [day(0, "1"), day(1, "1")], "KR2": [day(0, "0"), day(1, "0")]}
    line = objective_line(lambda when: objective(1, 1) if when == on(0) else objective(3, 1), lines)
    assert [one.value for one in line] == [F(1, 2), F(3, 4)]


def test_a_key_result_that_weighs_nothing_is_neither_counted_nor_known():
    [told] = objective_line(lambda _: objective(1, 0), {"KR1": [day(0, "1/2")], "KR2": [day(0, "1")]})
    assert (told.value, told.known, told.total) == (F(1, 2), 1, 1)


def test_without_any_value_an_objective_has_none_and_before_it_was_there_no_day():
    assert [one.value for one in objective_line(lambda _: objective(1), {"KR1": [day(0, None)]})] == [None]
    assert objective_line(lambda _: None, {"KR1": [day(0, "1")]}) == ()


def test_a_week_is_told_by_its_last_day_with_a_value():
    thursday, friday, monday = day(0, "1/4"), day(1, None), day(4, None)
    assert by_week([thursday, friday, monday]) == (thursday, monday)


@over(values=st.lists(st.tuples(st.integers(0, 40), st.none() | st.fractions(0, 1)), max_size=30))
@settings(deadline=None, max_examples=60)
def test_weeks_show_days_that_there_are_in_their_order(values):
    line = [Day(day=on(at), value=value) for at, value in sorted(dict(values).items())]
    weeks = by_week(line)
    assert [one for one in line if one in weeks] == list(weeks)
    assert len({one.day.isocalendar()[:2] for one in line}) == len(weeks)
