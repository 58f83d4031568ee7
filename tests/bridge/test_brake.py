"""Too much moving at once stops the run."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bridge.brake import BrakeRules, brake, moved

BEFORE = {f"KR{n:02}": Fraction(1, 2) for n in range(10)}
STEP = Decimal("0.10")


def after(*moving: tuple[str, Fraction | None]) -> dict[str, Fraction | None]:
    return {**BEFORE, **dict(moving)}


def jump(count: int, to: Fraction | None = Fraction(1)) -> dict[str, Fraction | None]:
    return after(*((kr, to) for kr in list(BEFORE)[:count]))


def test_more_than_the_share_stops_and_names_what_moves():
    assert brake(BEFORE, jump(4), BrakeRules()) == ("KR00", "KR01", "KR02", "KR03")


def test_exactly_the_share_goes():
    assert brake(BEFORE, jump(3), BrakeRules()) == ()


def test_exactly_the_step_is_no_move_either_way():
    assert moved(BEFORE, after(("KR00", Fraction(6, 10)), ("KR01", Fraction(4, 10))), STEP) == ()
    assert moved(BEFORE, after(("KR00", Fraction(61, 100)), ("KR01", Fraction(39, 100))), STEP) == (
        "KR00",
        "KR01",
    )


def test_below_the_minimum_it_goes():
    nine = dict(list(jump(9).items())[:9])
    assert brake(BEFORE, nine, BrakeRules()) == ()
    assert len(brake(BEFORE, nine, BrakeRules(minimum=9))) == 9


def test_a_value_lost_by_a_complete_read_is_a_move():
    assert len(brake(BEFORE, jump(4, None), BrakeRules())) == 4


def test_a_value_that_was_kept_is_none():
    assert brake(BEFORE, after(), BrakeRules()) == ()


def test_a_key_result_without_a_value_before_does_not_count():
    fresh: dict[str, Fraction | None] = {f"NEW{n}": Fraction(1) for n in range(20)}
    assert brake(BEFORE, {**BEFORE, **fresh}, BrakeRules()) == ()
    assert brake(BEFORE, {**jump(4), **fresh}, BrakeRules()) == ("KR00", "KR01", "KR02", "KR03")


def test_the_chosen_key_results_are_the_whole():
    chosen = dict(list(jump(4).items())[:4])
    assert brake(BEFORE, chosen, BrakeRules(minimum=4)) == ("KR00", "KR01", "KR02", "KR03")
