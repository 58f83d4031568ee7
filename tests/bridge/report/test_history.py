"""History for people, as JSON and as rows."""

from __future__ import annotations

import csv
import io
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from bridge.charts.svg import svg
from bridge.errors import UsageError
from bridge.forecast import How, Outlook
from bridge.history import Course, Span
from bridge.report.history import COLUMNS, HistoryReport
from bridge.report.parquet import write_parquet
from bridge.report.plot import chart_of, legend
from bridge.timeline import Day
from bridge.wording import Words
from tests.bridge.days import day, given, on
from tests.bridge.looking import CYCLE

TAGS = "[red]All[/red] \x1b[31mlive"


def course(*days: Day, today: int = 40, ahead: str | None = None, **more: object) -> Course:
    facts = {"id": "KR1", "title": TAGS, "what": "key_result", "parent": "O1", "days": days}
    facts |= {"span": Span(on(0), on(today)), "expected": (), "cycle": CYCLE, "today": on(today)}
    outlook = Outlook(how=How.LINEAR, expected=Fraction(ahead) if ahead else None)
    return Course(**facts | {"outlook": outlook} | more)  # type: ignore[arg-type]


def shown(report: HistoryReport, width: int = 120) -> str:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    report.show(out, Words("en"))
    return out.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def lines(*days: Day, by: str = "") -> list[str]:
    return [line.rstrip() for line in shown(HistoryReport((course(*days),), by=by)).splitlines()][1:]


def test_a_row_a_day_with_its_counts_and_where_it_is_from() -> None:
    told = lines(day(3, "1/4", counts={"done": 1, "counted": 4}))
    assert told[-1].split() == ["2026-10-04", "███░░░░░░░░░", "25%", "1", "4", "sync"]


def test_no_value_is_a_dash_and_never_nothing_done() -> None:
    assert lines(day(3, None))[-1].split() == ["2026-10-04", "░░░░░░░░░░░░", "–", "–", "–", "sync"]


def test_sources_that_disagree_and_overrides_are_remarked_on() -> None:
    [record] = [given(0, "0.7", 9)]
    told = lines(day(3, "1/4", others=(("backfill", Fraction(1, 2)),), override=record.override))[-1]
    assert "70%" in told
    assert "backfill says 50%; set by ann: late (computed: 25%)" in told


def test_many_days_are_told_by_week_unless_days_are_asked_for() -> None:
    days = [day(at, "1/2") for at in range(50)]
    assert len(lines(*days)) == 2 + 8
    assert "--by day shows all" in lines(*days)[0]
    assert len(lines(*days, by="day")) == 1 + 50
    assert len(lines(*days[:20], by="week")) == 1 + 4


def test_a_title_is_shown_as_it_was_typed() -> None:
    assert "[red]All[/red]" in shown(HistoryReport((course(day(1, "1")),)))
    assert "[red]All[/red]" in shown(HistoryReport((course(day(1, "1")), course())))


def test_json_tells_gaps_sources_and_disagreements() -> None:
    told = HistoryReport((course(day(1, None), day(2, "2/3", others=(("backfill", None),))),)).as_json()
    [one] = told["history"]
    assert [(point["progress"], point["exact"]) for point in one["points"]] == [(None, None), (2 / 3, "2/3")]
    assert one["disagreements"] == [
        {"day": "2026-10-03", "source": "sync", "progress": 2 / 3, "others": {"backfill": None}}
    ]


def test_csv_leaves_a_place_empty_where_there_is_no_value() -> None:
    [row] = csv.DictReader(io.StringIO(HistoryReport((course(day(1, None)),)).as_csv()))
    assert (row["progress"], row["percent"], row["exact"], row["source"]) == ("", "", "", "sync")


def test_parquet_holds_the_same_rows(tmp_path: Path) -> None:
    import duckdb

    report, file = HistoryReport((course(day(1, None), day(2, "2/3")),)), tmp_path / "o'days.parquet"
    write_parquet(file, COLUMNS, report.rows())
    found = duckdb.read_parquet(str(file))
    assert tuple(found.columns) == COLUMNS
    assert [row[:6] for row in found.fetchall()] == [
        (on(1), "key_result", "KR1", None, None, None),
        (on(2), "key_result", "KR1", 2 / 3, 67, "2/3"),
    ]
    write_parquet(file, COLUMNS, HistoryReport(()).rows())
    assert duckdb.read_parquet(str(file)).fetchall() == []


def test_parquet_that_cannot_be_made_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_parquet(tmp_path / "none" / "x.parquet", COLUMNS, ())
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match="not installed") as refused:
        write_parquet(tmp_path / "x.parquet", COLUMNS, ())
    assert "okr-bridge[parquet]" in refused.value.hint


AHEAD = {
    "to the end of the cycle": ("1/2", (on(92), Fraction(1, 2))),
    "no further than all of it": ("7/4", (on(66), Fraction(1))),
    "nowhere": (None, None),
}


@pytest.mark.parametrize(("ahead", "end"), AHEAD.values(), ids=AHEAD)
def test_the_forecast_leads_from_the_last_known_day(ahead: str | None, end: object) -> None:
    told = chart_of(course(day(40, "1/4"), ahead=ahead)).ahead
    assert (told[-1] if told else None) == end


def test_a_chart_reaches_to_the_end_of_the_cycle_unless_the_days_asked_for_are_over() -> None:
    assert chart_of(course(day(1, "1"))).last == CYCLE.end
    assert chart_of(course(day(1, "1"), span=Span(on(0), on(20)))).last == on(20)


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_plot_fits_the_screen(width: int) -> None:
    told = shown(HistoryReport((course(day(1, "0"), day(40, "1/2"), ahead="1"),), plot=True), width)
    assert max(len(line) for line in told.splitlines()) <= max(width, 6 + 20 + 12)
    assert "100%" in told


def test_a_simulation_tells_the_day_that_is_likely_enough() -> None:
    outlook = Outlook(how=How.SIMULATION, expected=Fraction(4, 5), dates={50: on(60), 85: on(70), 95: None})
    told = shown(HistoryReport((course(day(40, "1/2"), outlook=outlook),), plot=True))
    assert "forecast 80% by the end of the cycle · at 85% by 2026-12-10" in told


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_wide_letters_keep_the_columns_of_a_table_and_the_width_of_a_plot(language: str) -> None:
    chinese = course(day(1, "0", counts={"counted": 3, "done": 0}), day(2, "1/3"), title="新客户当天上线" * 3)
    for report in (
        HistoryReport((chinese,)),
        HistoryReport((chinese,) * 2),
        HistoryReport((chinese,), plot=True),
    ):
        out = Console(file=io.StringIO(), width=90, highlight=False)
        report.show(out, Words(language))
        told = out.file.getvalue()  # type: ignore[attr-defined]
        assert max(cell_len(line) for line in told.splitlines()) <= 90
        assert "新客户" in told


def test_a_file_names_its_parts_in_the_language_of_the_bridge() -> None:
    drawn = svg(chart_of(course(day(1, "0"), day(2, "1/3"))), legend(course(day(1, "1/4")), Words("zh-CN")))
    assert "进度" in drawn
    assert "2026-10-02：25%" in drawn
