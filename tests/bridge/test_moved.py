"""Which two days are compared, and how an objective's movement falls to its key results."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from bridge.moved import Moved, moved, objective_moved
from bridge.movement import Because, Situation
from bridge.rollup import roll_up
from bridge.store import HistoryPoint
from tests.bridge.days import on, point
from tests.bridge.looking import Desk, desk, kr, okrs, revised
from tests.bridge.movement.ends import situation
from tests.bridge.rollup.making import units

F = Fraction
WEEKS = {
    "first": situation(units("DTTT")),
    "second": situation(units("DDTT")),
    "third": situation(units("DDDT")),
}


def told(at: int, name: str, **more: object) -> HistoryPoint:
    """A point that was made of a week's situation."""
    value = roll_up(WEEKS[name].items.values(), WEEKS[name].kr.rollup).value
    return replace(point(at, str(value), **more), inputs=name)


def since(where: Desk, day: int, kept: dict[str, Situation] = WEEKS) -> Moved:
    return moved(where.chronicle, kr(), on(day), kept.get)


def ends(found: Moved) -> tuple[object, object] | None:
    return found.movement and (found.movement.before.day, found.movement.after.day)


def three(folder: Path) -> Desk:
    return desk(folder, okrs(kr()), [told(5, "first"), told(12, "second"), told(19, "third")])


def test_it_is_compared_with_the_last_figure_by_the_end_of_the_day(tmp_path: Path) -> None:
    where = three(tmp_path)
    assert ends(since(where, 12)) == (on(12), on(19))
    assert ends(since(where, 18)) == (on(12), on(19))
    assert ends(since(where, 11)) == (on(5), on(19))


def test_without_one_by_then_it_is_the_first_after_it(tmp_path: Path) -> None:
    assert ends(since(three(tmp_path), 1)) == (on(5), on(19))


def test_where_nothing_was_told_since_there_is_no_movement_but_a_day(tmp_path: Path) -> None:
    found = since(three(tmp_path), 30)
    assert (found.movement, found.known) == (None, on(19))
    assert since(desk(tmp_path / "..", okrs(kr("KR2")), []), 5).known in (None, on(19))


def test_days_without_a_value_are_no_ends(tmp_path: Path) -> None:
    where = desk(
        tmp_path, okrs(kr()), [point(4, None), told(5, "first"), told(12, "second"), point(13, None)]
    )
    assert ends(since(where, 4)) == (on(5), on(12))


def test_a_sync_is_taken_apart_before_a_backfill(tmp_path: Path) -> None:
    where = desk(
        tmp_path, okrs(kr()), [told(5, "first"), told(5, "third", source="backfill"), told(9, "third")]
    )
    found = since(where, 5)
    assert found.movement is not None
    assert found.movement.moved == F(1, 2)


def test_a_figure_whose_making_was_not_kept_is_named(tmp_path: Path) -> None:
    found = since(three(tmp_path), 12, {"third": WEEKS["third"]})
    assert found.unkept == (on(12),)
    assert found.movement is not None
    assert [(one.cause.kind, one.share) for one in found.movement.shares] == [(Because.UNEXPLAINED, F(1, 4))]


def test_what_the_file_says_differently_is_told(tmp_path: Path) -> None:
    other = situation(units("DDDT"), mode="leaf")
    found = since(three(tmp_path), 12, WEEKS | {"third": other})
    assert [(one.what, one.was, one.now) for one in found.amended] == [("rollup.mode", "story", "leaf")]


def company(folder: Path) -> Desk:
    points = [
        *(point(at, value, kr="KR1") for at, value in ((5, "1/4"), (20, "3/4"))),
        *(point(at, value, kr="KR2") for at, value in ((5, "1/2"), (20, "1/2"))),
        point(20, "1", kr="KR3"),
    ]
    return desk(folder, okrs(kr("KR1"), kr("KR2"), kr("KR3", 0)), points)


def test_an_objective_moves_by_the_key_results_that_moved(tmp_path: Path) -> None:
    where = company(tmp_path)
    found = objective_moved(where.chronicle, where.okrs.objectives[0], on(10))
    assert found.values == (F(3, 8), F(5, 8))
    assert found.shares == {"KR1": F(1, 4), "KR3": F(0)}


def test_other_weights_have_a_share_of_their_own_and_all_add_up(tmp_path: Path) -> None:
    where = company(tmp_path)
    revised(where, okrs(kr("KR1"), kr("KR2")), 3)
    revised(where, okrs(kr("KR1", 3), kr("KR2")), 15)
    found = objective_moved(where.chronicle, where.okrs.objectives[0], on(10))
    assert found.values == (F(3, 8), F(11, 16))
    assert set(found.shares) == {"KR1", None}
    assert sum(found.shares.values()) == F(5, 16)


def test_an_objective_that_has_just_begun_has_no_shares(tmp_path: Path) -> None:
    where = company(tmp_path)
    found = objective_moved(where.chronicle, where.okrs.objectives[0], on(1))
    assert (found.values[0], found.shares) == (None, {})
