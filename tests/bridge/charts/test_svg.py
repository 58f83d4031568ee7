"""Charts as files."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.charts.chart import Chart, scope_of, strokes_of
from bridge.charts.image import image
from bridge.charts.svg import COLOURS, Legend, svg
from bridge.errors import UsageError
from tests.bridge.days import day, on

LEGEND = Legend({name: name.title() for name in COLOURS}, "half way")
CHART = Chart(
    id="KR1",
    title="新客户当天上线 <b>& more</b>",
    first=on(0),
    last=on(91),
    today=on(40),
    strokes=strokes_of([day(0, "0"), day(10, "1/4"), day(11, None), day(30, "1/2")]),
    expected=((on(0), Fraction(0)), (on(91), Fraction(1))),
    scope=scope_of([day(0, "0", counts={"counted": 4}), day(30, "0", counts={"counted": 8})]),
    ahead=((on(30), Fraction(1, 2)), (on(60), Fraction(1))),
)


def texts(document: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(document).iter() if one.tag.endswith("text")]


def paths(document: str, part: str) -> int:
    return sum(one.get("stroke") == COLOURS[part] for one in ElementTree.fromstring(document).iter())


def test_a_title_is_letters_in_any_script_and_never_markup():
    assert "KR1  新客户当天上线 <b>& more</b>" in texts(svg(CHART, LEGEND))


def test_the_line_breaks_where_there_was_no_value():
    assert paths(svg(CHART, LEGEND), "progress") == 2


def test_only_what_is_drawn_is_named():
    assert {"Progress", "Expected", "Scope", "Forecast", "Today"} <= set(texts(svg(CHART, LEGEND)))
    bare = svg(replace(CHART, today=None, scope=(), ahead=()), LEGEND)
    assert not {"Scope", "Forecast", "Today"} & set(texts(bare))


def test_both_ends_and_the_months_between_are_named():
    assert {"2026-10-01", "2026-11-01", "2026-12-31"} <= set(texts(svg(CHART, LEGEND)))


def test_a_chart_of_one_day_is_a_chart():
    one = replace(CHART, last=on(0), strokes=strokes_of([day(0, "1/2")]), expected=(), scope=(), ahead=())
    assert texts(svg(one, LEGEND)).count("2026-10-01") == 1


def test_it_asks_no_other_site_for_anything():
    assert "href" not in svg(CHART, LEGEND)
    assert "url(" not in svg(CHART, LEGEND)


@given(title=st.text(max_size=120))
@settings(deadline=None, max_examples=80)
def test_whatever_people_type_the_document_can_be_read(title):
    ElementTree.fromstring(svg(replace(CHART, title=title), replace(LEGEND, says=title)))


def test_a_long_title_is_cut():
    [shown] = [one for one in texts(svg(replace(CHART, title="长" * 99), LEGEND)) if one.endswith("…")]
    assert 40 < len(shown) < 50


@pytest.mark.parametrize(
    ("name", "begins"), [("x.svg", b"<svg"), ("x.SVG", b"<svg"), ("x.png", b"\x89PNG\r\n\x1a\n")]
)
def test_the_ending_decides_what_is_made(name, begins):
    assert image(Path(name), CHART, LEGEND).startswith(begins)


def test_another_ending_is_refused():
    with pytest.raises(UsageError, match=r"neither \.png nor \.svg"):
        image(Path("x.pdf"), CHART, LEGEND)


def test_without_the_converter_a_png_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError, match="not installed") as refused:
        image(Path("x.png"), CHART, LEGEND)
    assert "okr-bridge[png]" in refused.value.hint
    assert image(Path("x.svg"), CHART, LEGEND)
