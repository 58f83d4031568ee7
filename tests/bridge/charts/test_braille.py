"""Charts in letters."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.charts.braille import BLANK, Canvas, Layer, draw
from bridge.charts.chart import Chart, scope_of, strokes_of
from tests.bridge.days import day, on

EMPTY = Chart(id="KR1", title="Ship it", first=on(0), last=on(10), today=None, strokes=())


def drawn(chart: Chart, width: int = 11, height: int = 4) -> list[str]:
    return ["".join(letter for letter, _ in row) for row in draw(chart, width, height)]


def layers(chart: Chart) -> set[Layer]:
    return {layer for row in draw(chart, 11, 4) for _, layer in row} - {Layer.NOTHING}


def test_an_empty_chart_is_empty():
    assert drawn(EMPTY) == [" " * 11] * 4


def test_progress_rises_from_the_lower_left_to_the_upper_right():
    rows = drawn(replace(EMPTY, strokes=strokes_of([day(0, "0"), day(10, "1")])))
    columns = [next(at for at, letter in enumerate(row) if letter != " ") for row in rows]
    assert columns == sorted(columns, reverse=True)
    assert (rows[-1][0], rows[0][-1]) != (" ", " ")


def test_a_day_without_a_value_breaks_the_line_and_a_day_that_nobody_told_does_not():
    broken = drawn(replace(EMPTY, strokes=strokes_of([day(0, "1/2"), day(5, None), day(10, "1/2")])))
    whole = drawn(replace(EMPTY, strokes=strokes_of([day(0, "1/2"), day(10, "1/2")])))
    assert sum(letter != " " for row in broken for letter in row) == 2
    assert sum(letter != " " for row in whole for letter in row) == 11


def test_today_is_a_line_behind_everything():
    chart = replace(EMPTY, today=on(5), strokes=strokes_of([day(0, "1"), day(10, "1")]))
    rows = drawn(chart)
    assert [row[5] for row in rows[1:]] == ["│"] * 3
    assert rows[0][5] != "│"
    assert drawn(replace(EMPTY, today=on(30))) == drawn(EMPTY)


def test_every_part_has_its_own_layer():
    chart = replace(
        EMPTY,
        today=on(6),
        strokes=strokes_of([day(0, "1/4"), day(5, "1/4")]),
        expected=((on(0), Fraction(0)), (on(10), Fraction(1))),
        scope=scope_of([day(0, "0", counts={"counted": 4}), day(5, "0", counts={"counted": 8})]),
        ahead=((on(5), Fraction(1, 4)), (on(10), Fraction(1, 2))),
    )
    assert layers(chart) == set(Layer) - {Layer.NOTHING}


def test_what_lies_outside_the_days_is_left_out():
    assert drawn(replace(EMPTY, expected=((on(-5), Fraction(0)), (on(12), Fraction(1))))) == drawn(EMPTY)


@given(points=st.lists(st.tuples(st.fractions(0, 1), st.fractions(0, 1)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_no_point_of_a_chart_falls_off_its_field(points):
    canvas = Canvas(7, 3)
    canvas.path(points, Layer.LINE)
    assert canvas.bits
    assert all(0 <= row < 3 and 0 <= column < 7 for row, column in canvas.bits)
    assert all(BLANK < BLANK + bits <= BLANK + 255 for bits in canvas.bits.values())
