"""Outlooks from what the store remembers: the right days, by the right source, the same each time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bridge.forecast import How, Point, Why
from bridge.model import Ambition, Cycle, Kind, Metric, Note, Standing, State
from bridge.notes import Say
from bridge.outlook import Foreseen, calibration, foreseen, points, simulated
from bridge.store import HistoryPoint
from tests.bridge.days import given, on, point
from tests.bridge.looking import Desk, desk, kr, okrs, revised

LINE = Metric(baseline=Decimal(9), target=Decimal(3))


def steady(days: int, scope: int = 60, **more: Any) -> list[HistoryPoint]:
    """One more of so many items each day, from the first of the cycle."""
    told = {"counts": {"counted": scope}, "scope": {"items": scope, "weight": str(scope)}} | more
    return [point(at, f"{min(at, scope)}/{scope}", **told) for at in range(days + 1)]


def look(where: Desk, only: str = "") -> tuple[Foreseen, ...]:
    return foreseen(where.store, where.okrs, where.moment, only)


def test_the_store_s_days_lead_to_dates(tmp_path: Path) -> None:
    [one] = look(desk(tmp_path, okrs(kr()), steady(40)))
    assert (one.kr.id, one.objective.id, one.mark) == ("KR1", "O1", 1)
    assert (one.outlook.how, one.outlook.day, one.outlook.value) == (How.SIMULATION, on(40), Fraction(2, 3))
    assert on(58) <= (one.outlook.dates[50] or on(0)) <= on(62)
    assert one.outlook.chance == 1


def test_the_same_store_and_day_give_the_same_outlook(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr(), kr("KR2")), [*steady(40), *steady(40, kr="KR2")])
    assert look(where) == look(where)
    assert look(where, "KR2") == look(where)[1:]


def test_an_aspirational_objective_has_its_own_mark(tmp_path: Path) -> None:
    said = okrs(kr(), kind=Ambition.ASPIRATIONAL)
    [one] = look(desk(tmp_path, said, steady(42), today=42))
    assert (one.mark, one.outlook.how) == (Fraction(7, 10), How.REACHED)


def test_who_looked_on_the_day_is_believed_before_who_told_it_later(tmp_path: Path) -> None:
    both = [point(3, "1/2"), point(3, "1/4", "backfill"), point(4, "3/4", "backfill"), point(5, None)]
    where = desk(tmp_path, okrs(kr()), both)
    assert points(where.store, kr(), None, on(40)) == (
        Point(on(3), Fraction(1, 2)),
        Point(on(4), Fraction(3, 4)),
    )


def test_days_to_come_are_not_looked_at(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), steady(50), today=40)
    [one] = look(where)
    assert one.outlook.day == on(40)


def test_work_is_told_by_what_its_scope_weighs_and_a_metric_by_itself(tmp_path: Path) -> None:
    where = desk(
        tmp_path, okrs(kr()), [point(0, "1/4", counts={"counted": 4}, scope={"items": 9, "weight": "41/2"})]
    )
    assert points(where.store, kr(), None, on(1)) == (Point(on(0), Fraction(1, 4), 4, Fraction(41, 2)),)
    metric = kr(kind=Kind.METRIC, metric=LINE)
    assert points(where.store, metric, None, on(1)) == (Point(on(0), Fraction(1, 4)),)


def test_days_that_were_kept_before_weights_were_go_by_items(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), [point(0, "1/4", counts={"counted": 4}, scope={"items": 4})])
    assert points(where.store, kr(), None, on(1)) == (Point(on(0), Fraction(1, 4), 4),)


UNTOLD = {
    "a closed objective": (okrs(kr(), state=State.CLOSED), Why.OVER),
    "milestones": (okrs(kr(kind=Kind.MILESTONE)), Why.MILESTONE),
    "learning": (okrs(kr(kind=Kind.LEARNING)), Why.LEARNING),
    "no value": (okrs(kr("KR9")), Why.NO_VALUE),
}


@pytest.mark.parametrize(("said", "why"), UNTOLD.values(), ids=UNTOLD)
def test_nothing_is_told_of(said: Any, why: Why, tmp_path: Path) -> None:
    [one] = look(desk(tmp_path, said, steady(40)))
    assert (one.outlook.how, one.outlook.why) == (How.NONE, why)


def test_the_past_is_asked_of_every_key_result_that_has_a_mark(tmp_path: Path) -> None:
    said = okrs(kr(), kr("KR2"), kr("STONES", kind=Kind.MILESTONE))
    told = [*steady(91), *steady(91, kr="KR2"), *steady(91, kr="STONES")]
    where = desk(tmp_path, said, told, today=91)
    found = calibration(where.store, where.okrs, where.moment)
    assert (found.key_results, found.few) == (2, True)
    assert [row.due for row in found.totals] == [10, 10, 10], "weeks 4 to 8 of two key results"
    alone = calibration(where.store, where.okrs, where.moment, "KR2")
    assert alone.key_results == 1


def test_the_past_is_asked_of_earlier_cycles_too(tmp_path: Path) -> None:
    """As the last revision that was of that cycle told them."""
    before = replace(okrs(kr("OLD")), cycle=Cycle("2026-Q3", on(-92), on(-1)))
    where = desk(tmp_path, okrs(kr()), [point(at - 92, f"{min(at, 60)}/60", kr="OLD") for at in range(92)])
    assert calibration(where.store, where.okrs, where.moment).key_results == 0
    revised(where, before, 0)
    found = calibration(where.store, where.okrs, where.moment)
    assert (found.key_results, found.totals[1].due) == (1, 5)


def test_without_history_there_is_nothing_to_hold_against(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), [])
    assert calibration(where.store, where.okrs, where.moment).key_results == 0


def standing_of(where: Desk, **more: Any) -> Standing:
    told = (Note(Say.TRENDING_OFF, {"forecast": "1/2", "mark": "1"}), Note(Say.NO_BASELINE))
    facts = {"objective": "O1", "progress": Fraction(2, 3), "forecast": Fraction(1, 2), "trending_off": True}
    return Standing(kr=where.okrs.key_results[0], notes=told, **facts | more)


def test_a_simulation_takes_the_place_of_the_straight_line(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), steady(40))
    [one] = look(where)
    told = simulated(standing_of(where), one)
    assert (told.forecast, told.trending_off) == (1, False)
    assert [note.code for note in told.notes] == [Say.NO_BASELINE]


def test_a_simulation_that_leads_below_the_mark_says_how_likely_it_is(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), steady(40, 200))
    [one] = look(where)
    told = simulated(standing_of(where), one)
    assert told.trending_off
    assert told.notes[-1] == Note(
        Say.UNLIKELY, {"chance": "0.0", "forecast": str(told.forecast), "mark": "1"}
    )


def test_what_is_reached_has_no_trend_and_ends_where_the_weeks_lead(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr(), kind=Ambition.ASPIRATIONAL), steady(45), today=45)
    [one] = look(where)
    assert (simulated(standing_of(where), one).forecast, one.outlook.how) == (1, How.REACHED)


def test_a_straight_line_stays_while_there_is_no_simulation(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), steady(20))
    [one] = look(where)
    assert simulated(standing_of(where), one) == standing_of(where)


def test_a_person_s_number_is_followed_by_the_straight_line(tmp_path: Path) -> None:
    where = desk(tmp_path, okrs(kr()), steady(40))
    [one] = look(where)
    override = given(1, "0.5", 60).override
    assert simulated(standing_of(where, override=override), one) == standing_of(where, override=override)
