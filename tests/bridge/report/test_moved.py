"""What moved, for people."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction

from rich.console import Console

from bridge.model import Objective
from bridge.moved import Moved, ObjectiveMoved
from bridge.movement import Movement, Situation, movement
from bridge.report.moved import MovedReport
from bridge.wording import Words
from tests.bridge.days import on
from tests.bridge.looking import kr
from tests.bridge.movement.ends import end, situation
from tests.bridge.rollup.making import item, units

TAGS = "[red]All[/red]"


def shown(report: MovedReport) -> str:
    out = Console(file=io.StringIO(), width=160, highlight=False)
    report.show(out, Words("en"))
    return out.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def told(before: Situation, after: Situation, **more: object) -> str:
    found = Moved(kr=kr(rollup=after.kr.rollup), movement=movement(end(1, before), end(8, after)))
    return shown(MovedReport(on(0), (found,), **more))  # type: ignore[arg-type]


def test_a_few_items_are_told_with_titles_as_they_were_typed() -> None:
    said = told(situation(units("DT")), situation(units("DD")), titles={item("U2").ref: TAGS})
    assert f"completed     +50  U2  {TAGS}  To Do → Done" in said


def test_many_items_are_told_by_their_keys() -> None:
    said = told(situation(units("T" * 9)), situation(units("D" * 9)))
    assert "U1, U2, U3, U4, U5, +4" in said


def test_estimates_are_told_in_their_unit() -> None:
    points = told(
        situation(units("DT", 1, 1), method="points"), situation(units("DT", 1, 3), method="points")
    )
    assert "U2  1 → 3" in points
    hours = [item("A", "D", estimate_seconds=Decimal(3600)), item("B", "T", estimate_seconds=Decimal(3600))]
    more = [hours[0], item("B", "T", estimate_seconds=Decimal(7200))]
    assert "B  1 h → 2 h" in told(situation(hours, method="time"), situation(more, method="time"))


def test_what_changed_without_effect_is_told_apart() -> None:
    said = told(situation(units("DTT")), situation(units("DPP")))
    assert "has not moved" in said
    assert "Without effect: moved on (2)" in said


def test_a_tiny_share_is_not_shown_as_none() -> None:
    said = told(situation(units("T" * 30001)), situation(units("T" * 30000 + "D")))
    assert "+<0.01" in said


def test_many_different_causes_say_how_they_were_divided() -> None:
    points = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    before = situation(units("T" * 9, *points), method="points")
    assert "two orders" in told(before, situation(units("D" * 9, *points), method="points"))
    assert "two orders" not in told(situation(units("T")), situation(units("D")))


def test_an_objective_names_key_results_and_weights() -> None:
    objective = ObjectiveMoved(
        objective=Objective(id="O1", title=TAGS),
        days=(on(0), on(7)),
        values=(Fraction(1, 4), Fraction(1, 2)),
        shares={"KR1": Fraction(1, 2), "KR2": Fraction(0), None: Fraction(-1, 4)},
    )
    said = shown(MovedReport(on(0), (), (objective,)))
    assert TAGS in said
    assert "+50  KR1" in said
    assert "-25  other weights or key results" in said
    assert "KR2" not in said


def test_an_end_without_a_value_has_a_dash_and_no_shares() -> None:
    found = Moved(kr=kr(), movement=Movement(end(1, situation()), end(8, situation(units("D")))))
    assert "– (2026-11-01) → 100% (2026-11-08)\n" in shown(MovedReport(on(0), (found,)))
