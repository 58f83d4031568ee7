"""Days gathered from the store, for a key result and for an objective."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from bridge.errors import UsageError
from bridge.forecast import How
from bridge.history import Span
from bridge.model import CurvePoint, Kind, Override
from tests.bridge.days import on, point
from tests.bridge.looking import desk, kr, okrs, revised

F = Fraction
ALL = Span(on(0), on(40))


def test_a_key_result_has_its_days_and_where_it_should_be(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), [point(0, "0"), point(20, "1/4")])
    course = where.chronicle.of("KR1", ALL)
    assert [(one.day, one.value) for one in course.days] == [(on(0), F(0)), (on(20), F(1, 4))]
    assert course.expected[0] == (on(0), F(0))
    assert course.expected[-1] == (on(92), F(1))
    assert course.known == course.days[-1]


def test_the_straight_line_leads_on_while_weeks_are_few(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), [point(23, "1/4"), point(40, "1/2"), point(40, None, "check-in")])
    course = where.chronicle.of("KR1", ALL)
    assert course.ahead == F(1, 2) * F(92, 40)
    assert where.chronicle.of("KR1", Span(on(0), on(30))).ahead is None


def test_a_simulation_leads_on_from_four_weeks(tmp_path: Path) -> None:
    told = [point(at, f"{at}/80", counts={"counted": 80, "done": at}) for at in range(41)]
    outlook = desk(tmp_path, okrs(kr()), told).chronicle.of("KR1", ALL).outlook
    assert outlook.how is How.SIMULATION
    assert outlook.dates[85] is not None


def test_some_lead_nowhere(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr(kind=Kind.LEARNING)), [point(23, "1/4")])
    assert where.chronicle.of("KR1", ALL).ahead is None


def test_a_curve_says_where_it_should_be(tmp_path: Path) -> None:
    curve = (CurvePoint(on(46), Decimal("0.1")),)
    where = desk(tmp_path, okrs(kr(expected=curve)), [])
    assert dict(where.chronicle.of("KR1", ALL).expected)[on(23)] == F(1, 20)


def test_an_objective_has_the_weights_of_each_day(tmp_path: Path) -> None:
    told = [point(at, value, kr=id) for at in (5, 15) for id, value in (("KR1", "1"), ("KR2", "0"))]
    where = desk(tmp_path, okrs(kr("KR1", 3), kr("KR2")), told)
    revised(where, okrs(kr("KR1"), kr("KR2")), 3)
    revised(where, okrs(kr("KR1", 3), kr("KR2")), 10)
    days = where.chronicle.of("O1", ALL).days
    assert [(one.day, one.value) for one in days] == [(on(5), F(1, 2)), (on(15), F(3, 4))]


def test_before_the_first_known_revision_the_oldest_one_holds(tmp_path: Path) -> None:
    told = [point(1, "1", kr="KR1"), point(1, "0", kr="KR2")]
    where = desk(tmp_path, okrs(kr("KR1"), kr("KR2")), told)
    revised(where, okrs(kr("KR1", 3), kr("KR2")), 10)
    revised(where, okrs(kr("KR1"), kr("KR2")), 20)
    assert [one.value for one in where.chronicle.of("O1", ALL).days] == [F(3, 4)]


def test_a_key_result_that_left_the_file_still_counts_in_the_past(tmp_path: Path) -> None:
    told = [point(5, "1", kr="KR1"), point(5, "0", kr="KR2"), point(15, "1", kr="KR1")]
    where = desk(tmp_path, okrs(kr("KR1")), told)
    revised(where, okrs(kr("KR1"), kr("KR2")), 3)
    revised(where, okrs(kr("KR1")), 10)
    assert [one.value for one in where.chronicle.of("O1", ALL).days] == [F(1, 2), F(1)]


def test_a_value_from_before_the_days_asked_for_is_known_in_them(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr("KR1"), kr("KR2")), [point(2, "1", kr="KR1"), point(8, "0", kr="KR2")])
    days = where.chronicle.of("O1", Span(on(5), on(40))).days
    assert [(one.day, one.value, one.known) for one in days] == [(on(8), F(1, 2), 2)]


def test_overrides_of_a_day_are_values_of_the_objective_too(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr("KR1")), [point(5, "1/4")])
    said = Override(
        kr="KR1",
        value=Decimal("0.7"),
        why="late",
        by="ann",
        until=on(9),
        at=where.moment.now.replace(month=10, day=3),
    )
    where.store.overrides.put(said)
    assert [one.value for one in where.chronicle.of("O1", ALL).days] == [F(7, 10)]


def test_the_days_are_those_of_the_cycle_until_today_unless_others_are_named(tmp_path: Path) -> None:
    chronicle = desk(tmp_path, okrs(kr()), []).chronicle
    assert chronicle.span(None, None) == ALL
    assert chronicle.span(on(3), None) == Span(on(3), on(40))
    assert chronicle.span(None, on(-9)) == Span(on(-9), on(-9))
    with pytest.raises(UsageError, match="no day lies between"):
        chronicle.span(on(5), on(4))


def test_an_id_that_nobody_knows_is_refused_with_the_nearest(tmp_path: Path) -> None:
    chronicle = desk(tmp_path, okrs(kr("O1-KR1"), kr("O1-KR2")), []).chronicle
    with pytest.raises(UsageError, match="'O1-KR3'") as refused:
        chronicle.of("O1-KR3", ALL)
    assert "did you mean O1-KR" in refused.value.hint


def test_all_comes_in_the_order_of_the_file(tmp_path: Path) -> None:
    chronicle = desk(tmp_path, okrs(kr("KR2"), kr("KR1")), []).chronicle
    assert [one.id for one in chronicle.all(ALL)] == ["O1", "KR2", "KR1"]
