"""Looking back on days that were synced: history and what moved, on both faces of Jira."""

from __future__ import annotations

import csv
import io
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.story_desk import Desk, kr

DAYS = tuple(f"2026-11-{day:02}T18:00" for day in (2, 9, 16))


def on(at: int) -> tuple[str, str]:
    return "--now", DAYS[at]


Quarter = tuple[Desk, str, list[str]]


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[Path, str, list[str]]]:
    """The folder with the three weeks, by face: nothing here changes them, so each desk has a copy."""
    return {}


@pytest.fixture
def quarter(
    desk: Desk, made: dict[str, tuple[Path, str, list[str]]], tmp_path_factory: pytest.TempPathFactory
) -> Quarter:
    """Three weeks of one Epic: 1 of 4; then 2 of 4; then 2 of 6, one of them given up: 2 of 5."""
    face = desk.sandbox.deployment
    if face not in made:
        told = three_weeks(desk)
        kept = tmp_path_factory.mktemp(face) / "kept"
        shutil.copytree(desk.folder, kept)
        made[face] = (kept, *told)
    kept, epic, stories = made[face]
    shutil.copytree(kept, desk.folder, dirs_exist_ok=True)
    return desk, epic, stories


def three_weeks(desk: Desk) -> tuple[str, list[str]]:
    epic, stories = desk.epic("done", "todo", "todo", "todo", title="Onboarding")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("sync", *on(0)) == 0
    jira = desk.sandbox.jira
    jira.resolve(stories[1])
    assert desk.run("sync", *on(1)) == 0
    jira.add_issue("SHOP", "Story", "Came later", parent=epic)
    jira.add_issue("SHOP", "Story", "Came later too", parent=epic)
    jira.resolve(stories[2], "Won't Do")
    assert desk.run("sync", *on(2)) == 0
    return epic, stories


def percents(told: Any) -> list[tuple[str, int | None]]:
    return [(point["day"], point["percent"]) for point in told["history"][0]["points"]]


def test_each_synced_day_is_told_with_its_value_and_scope(quarter: Quarter) -> None:
    desk, _, _ = quarter
    told = desk.json("history", "KR1", *on(2))
    assert percents(told) == [("2026-11-02", 25), ("2026-11-09", 50), ("2026-11-16", 40)]
    points = told["history"][0]["points"]
    assert [point["counts"]["counted"] for point in points] == [4, 4, 5]
    assert {point["source"] for point in points} == {"sync"}
    assert points[-1]["exact"] == "2/5"
    assert told["history"][0]["disagreements"] == []


def test_an_objective_and_a_list_of_all_are_told_too(quarter: Quarter) -> None:
    desk, _, _ = quarter
    assert percents(desk.json("history", "O1", *on(2)))[-1] == ("2026-11-16", 40)
    assert [one["id"] for one in desk.json("history", *on(2))["history"]] == ["O1", "KR1"]
    assert desk.run("history", *on(2)) == 0
    assert "+15 points" in desk.out


def test_days_can_be_chosen(quarter: Quarter) -> None:
    desk, _, _ = quarter
    told = desk.json("history", "KR1", "--from", "2026-11-03", "--to", "2026-11-09", *on(2))
    assert percents(told) == [("2026-11-09", 50)]
    assert desk.run("history", "KR1", "--from", "2026-11-09", "--to", "2026-11-03", *on(2)) == 2
    assert desk.run("history", "KR9", *on(2)) == 2
    assert "did you mean KR1?" in desk.err


def test_csv_holds_every_day_exactly(quarter: Quarter) -> None:
    desk, _, _ = quarter
    assert desk.run("history", "--csv", *on(2)) == 0
    rows = [row for row in csv.DictReader(io.StringIO(desk.out)) if row["id"] == "KR1"]
    assert [Fraction(row["exact"]) for row in rows] == [Fraction(1, 4), Fraction(1, 2), Fraction(2, 5)]
    assert [(row["day"], row["counted"], row["done"]) for row in rows][-1] == ("2026-11-16", "5", "2")
    assert desk.run("history", "--csv", "--json", *on(2)) == 2


def test_files_are_written_and_say_so(quarter: Quarter, tmp_path: Path) -> None:
    import duckdb

    desk, _, _ = quarter
    table, chart, picture = (tmp_path / name for name in ("days.parquet", "kr.svg", "kr.png"))
    assert desk.run("history", "KR1", "--parquet", str(table), "--image", str(chart), *on(2)) == 0
    assert desk.run("history", "KR1", "--image", str(picture), *on(2)) == 0
    assert "wrote" in desk.err
    found = duckdb.sql(f"SELECT id, exact, counted FROM '{table}' ORDER BY day").fetchall()
    assert found == [("KR1", "1/4", 4), ("KR1", "1/2", 4), ("KR1", "2/5", 5)]
    assert "KR1 title" in chart.read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert desk.run("history", "--image", str(chart), *on(2)) == 2
    assert desk.run("history", "KR1", "--image", str(tmp_path / "none" / "x.svg"), *on(2)) == 2


def test_a_plot_shows_progress_scope_and_where_it_leads(quarter: Quarter) -> None:
    desk, _, _ = quarter
    assert desk.run("history", "KR1", "--plot", *on(2)) == 0
    for part in (
        "KR1 title",
        "100%",
        "progress",
        "expected",
        "items in scope",
        "forecast",
        "│ today",
    ):
        assert part in desk.out


def causes(told: Any) -> dict[str, Fraction]:
    return {one["because"]: Fraction(one["exact"]) for one in told["causes"] if one["share"]}


def test_what_moved_is_told_by_cause_and_adds_up(quarter: Quarter) -> None:
    desk, _, stories = quarter
    [told] = desk.json("moved", "KR1", "--since", "2026-11-02", *on(1))["key_results"]
    assert causes(told) == {"completed": Fraction(1, 4)}
    [item] = told["causes"][0]["items"]
    assert (item["key"], item["title"], item["changed"]) == (stories[1], "A story", ["To Do → Done"])
    [told] = desk.json("moved", "--since", "7d", *on(2))["key_results"]
    shares = causes(told)
    assert (told["from"]["percent"], told["to"]["percent"]) == (50, 40)
    assert set(shares) == {"added", "cancelled"}
    assert shares["cancelled"] > 0 > shares["added"]
    assert sum(shares.values()) == Fraction(2, 5) - Fraction(1, 2) == Fraction(told["exact"])
    for cause in told["causes"]:
        assert sum(Fraction(item["exact"]) for item in cause["items"]) == Fraction(cause["exact"])


def test_people_read_what_moved(quarter: Quarter) -> None:
    desk, _, stories = quarter
    assert desk.run("moved", "--since", "2w", *on(2)) == 0
    assert "O1" in desk.out
    for part in ("25% (2026-11-02) → 40% (2026-11-16)", "+15 points", "completed", "added", "cancelled"):
        assert part in desk.out, desk.out
    assert stories[1] in desk.out
    assert desk.run("moved", "--since", "2026-11-16", *on(2)) == 2
    assert desk.run("moved", "--since", "yesterday", *on(2)) == 2


def test_an_objective_moves_by_its_key_results(desk: Desk) -> None:
    one, first = desk.epic("todo", "todo")
    two, second = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=one, more="weight = 3") + kr("KR2", keys=two))
    desk.run("sync", *on(0))
    desk.sandbox.jira.resolve(first[0])
    desk.sandbox.jira.resolve(second[1])
    desk.run("sync", *on(1))
    [told] = desk.json("moved", "--since", "2026-11-02", *on(1))["objectives"]
    assert {one["key_result"]: one["exact"] for one in told["causes"]} == {"KR1": "3/8", "KR2": "1/8"}
    assert told["exact"] == "1/2"


def test_other_weights_move_an_objective_and_no_key_result(desk: Desk) -> None:
    one, _ = desk.epic("done")
    two, _ = desk.epic("todo")
    desk.okrs(kr("KR1", keys=one) + kr("KR2", keys=two))
    desk.run("sync", *on(0))
    desk.okrs(kr("KR1", keys=one, more="weight = 3") + kr("KR2", keys=two))
    desk.run("sync", *on(1))
    told = desk.json("moved", "--since", "2026-11-02", *on(1))
    assert [one["moved"] for one in told["key_results"]] == [0.0, 0.0]
    assert [(one["because"], one["exact"]) for one in told["objectives"][0]["causes"]] == [("weights", "1/4")]


def test_other_rules_and_links_are_told_as_what_they_are(desk: Desk) -> None:
    one, _ = desk.epic("done", "todo")
    two, _ = desk.epic("todo", "todo")
    desk.okrs(kr("KR1", keys=one))
    desk.run("sync", *on(0))
    link = f'{{ connection = "acme", keys = ["{one}", "{two}"] }}'
    desk.okrs(
        f'\n[[objectives.key_results]]\nid = "KR1"\ntitle = "x"\nlinks = [{link}]\n'
        'rollup = { mode = "level", cancelled = "as_open" }\n'
    )
    desk.run("sync", *on(1))
    [told] = desk.json("moved", "KR1", "--since", "2026-11-02", *on(1))["key_results"]
    assert sum(causes(told).values()) == Fraction(-1, 4)
    assert set(causes(told)) == {"links"}
    [rules] = [one for one in told["causes"] if one["because"] == "rules"]
    assert "rollup.mode: story → level" in rules["changed"]


def test_a_metric_moves_by_its_check_ins_and_an_override_by_itself(desk: Desk) -> None:
    desk.okrs(kr("KR1", more='kind = "metric"\nmetric = { baseline = 9, target = 3, unit = "days" }'))
    desk.run("checkin", "KR1", "--value", "9", "--by", "ann", *on(0))
    desk.run("sync", *on(0))
    desk.run("checkin", "KR1", "--value", "6", "--by", "ann", *on(1))
    said = ("--value", "0.8", "--until", "2026-11-12", "--why", "late", "--by", "ann")
    desk.run("override", "KR1", *said, *on(1))
    desk.run("sync", *on(1))
    [told] = desk.json("moved", "KR1", "--since", "2026-11-02", *on(1))["key_results"]
    assert causes(told) == {"checkin": Fraction(1, 2), "override": Fraction(3, 10)}
    assert [one["changed"] for one in told["causes"]] == [["9 → 6"], ["2026-11-09: 80% (ann: late)"]]
    [point] = desk.json("history", "KR1", "--from", "2026-11-09", *on(1))["history"][0]["points"]
    assert (point["progress"], point["computed"], point["override"]["by"]) == (0.8, 0.5, "ann")


def test_before_there_is_history_nothing_is_made_up(desk: Desk) -> None:
    epic, _ = desk.epic("done")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.json("history", "KR1", *on(0))["history"][0]["points"] == []
    [told] = desk.json("moved", "KR1", *on(0))["key_results"]
    assert (told["moved"], told["causes"]) == (None, [])
    assert desk.run("history", "KR1", *on(0)) == 0
    assert "a sync tells today" in desk.out
    desk.run("sync", *on(0))
    assert desk.run("moved", "KR1", *on(0)) == 0
    assert "only one figure is known, of 2026-11-02" in desk.out


@pytest.mark.parametrize(
    "command", [("history", "KR1"), ("history",), ("moved",), ("history", "KR1", "--plot")]
)
def test_chinese_is_spoken_where_it_is_asked_for(quarter: Quarter, command: tuple[str, ...]) -> None:
    desk, _, _ = quarter
    desk.configure(bridge='language = "zh-CN"\npublic_url = "https://okr.example"')
    assert desk.run(*command, *on(2)) == 0
    english = ("progress", "points", "completed", "Source", "today", "From", "expected", "Why")
    assert [word for word in english if word in desk.out] == []
