"""Outlooks and their calibration as JSON and on a screen, in both languages."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

from bridge.forecast import Calibration, How, Outlook, Trial, Why, calibrate
from bridge.forecast.backtest import Claim, Odds
from bridge.outlook import Foreseen
from bridge.report.forecast import BacktestReport, ForecastReport
from bridge.wording import Words
from bridge.wording.forecast import WHY
from tests.bridge.judging import OBJECTIVE, work_kr

EN, ZH = Words("en"), Words("zh-CN")
TODAY = date(2026, 11, 21)
SIMULATED = Outlook(
    how=How.SIMULATION,
    day=TODAY,
    value=Fraction(1, 2),
    weeks=7,
    expected=Fraction(4, 5),
    chance=0.31,
    dates={50: date(2027, 1, 9), 85: date(2027, 2, 1), 95: None},
    trending_off=True,
)
STRAIGHT = Outlook(
    how=How.LINEAR, why=Why.FEW_WEEKS, day=TODAY, value=Fraction(3, 10), weeks=3, expected=Fraction(27, 40)
)


def report(outlook: Outlook, **more: Any) -> ForecastReport:
    one = Foreseen(work_kr(**more), OBJECTIVE, Fraction(1), outlook)
    return ForecastReport((one,), TODAY)


def shown(told: ForecastReport | BacktestReport, words: Words = EN) -> str:
    out = Console(file=io.StringIO(), width=200, highlight=False)
    told.show(out, words)
    return out.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_simulation_tells_its_dates():
    text = shown(report(SIMULATED))
    for part in ("50%", "80%", "31%", "2027-01-09", "2027-02-01", "not within a year", "from 7 weeks"):
        assert part in text
    assert "Trending off track" in text


def test_a_straight_line_says_so_and_tells_no_date():
    text = shown(report(STRAIGHT))
    assert "67%" in text or "68%" in text
    assert "straight line; 3 whole weeks are known, a simulation needs 4" in text
    assert "year" not in text


def test_a_line_beyond_the_whole_is_shown_as_the_whole_and_kept_as_it_is():
    beyond = replace(STRAIGHT, expected=Fraction(27, 10))
    assert "100%" in shown(report(beyond))
    assert report(beyond).as_json(EN)["key_results"][0]["forecast"] == 2.7


def test_what_is_old_says_of_when_it_is():
    assert "as of 2026-11-02" in shown(report(replace(SIMULATED, day=date(2026, 11, 2))))
    assert "as of" not in shown(report(SIMULATED))


def test_reached_is_reached():
    there = Outlook(how=How.REACHED, day=TODAY, value=Fraction(1), expected=Fraction(1), chance=1.0)
    text = shown(report(replace(there, dates=dict.fromkeys((50, 85, 95), TODAY))))
    assert text.count("2026-11-21") == 3
    assert "Reached" in text


def test_every_reason_has_words():
    assert set(WHY) == {why.value for why in Why}


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh-CN"])
def test_each_reason_is_said(why, words):
    lines = {shown(report(Outlook(how=How.NONE, why=why, weeks=5)), one) for one in (words, EN)}
    assert len(lines) == (1 if words is EN else 2)
    assert all("{" not in line for line in lines)


def test_the_figures_as_json():
    [told] = report(SIMULATED).as_json(EN)["key_results"]
    assert json.loads(json.dumps(told)) == {
        "id": "KR1",
        "title": work_kr().title,
        "objective": OBJECTIVE.id,
        "how": "simulation",
        "why": None,
        "day": "2026-11-21",
        "progress": 0.5,
        "percent": 50,
        "mark": 1.0,
        "weeks": 7,
        "forecast": 0.8,
        "chance": 0.31,
        "dates": {"50": "2027-01-09", "85": "2027-02-01", "95": None},
        "trending_off": True,
        "notes": ["Trending off track", "simulated from 7 weeks"],
    }


def test_what_cannot_be_told_is_null_in_json():
    [told] = report(Outlook(how=How.NONE, why=Why.NO_VALUE)).as_json(EN)["key_results"]
    assert (told["how"], told["why"], told["dates"]) == ("none", "no_value", {})
    assert {told[name] for name in ("day", "progress", "percent", "forecast", "chance")} == {None}


def test_titles_are_text():
    told = report(replace(SIMULATED, how=How.SIMULATION), id="[red]KR[/red]")
    assert "[red]KR[/red]" in shown(told)


def measured(key_results: int) -> Calibration:
    start, soon, late = date(2026, 10, 1), date(2026, 10, 10), date(2026, 12, 1)
    claims = (
        Claim(85, start, soon, soon, late),
        Claim(85, start, soon, None, late),
        Claim(85, start, date(2027, 2, 1), None, late),
        Claim(95, start, None, None, late),
    )
    return calibrate([Trial(claims, (Odds(start, 0.3, False), Odds(start, 0.9, True)))] * key_results)


def test_a_calibration_tells_how_often_what_was_said_held():
    text = shown(BacktestReport(measured(30)))
    rows = [line.split() for line in text.splitlines()]
    assert ["85%", "up", "to", "14", "60", "30", "50%"] in rows
    assert ["85%", "all", "60", "30", "50%"] in rows
    assert ["50%", "all", "0", "0", "–"] in rows
    assert ["80%", "–", "100%", "30", "90%", "100%"] in rows
    assert "30 dates have not come yet" in text
    assert "30 times no date could be named" in text
    assert "too few" not in text


def test_a_calibration_by_a_few_key_results_says_that_they_are_few():
    told = BacktestReport(measured(3))
    assert "3 key results: too few to judge by, 20 are needed" in shown(told)
    assert told.as_json(EN)["backtest"]["few"] is True


def test_nothing_to_hold_against_is_said_in_place_of_tables():
    nothing = BacktestReport(calibrate([]))
    assert shown(nothing).count("\n") <= 2
    assert "Nothing to hold against yet" in shown(nothing)
    assert nothing.as_json(EN)["backtest"]["brier"] is None


def test_a_calibration_as_json():
    told = json.loads(json.dumps(BacktestReport(measured(30)).as_json(EN)))["backtest"]
    assert told["totals"][1] == {
        "percent": 85,
        "after": 0,
        "upto": None,
        "due": 60,
        "held": 30,
        "waiting": 30,
        "undated": 0,
        "share": 0.5,
    }
    assert len(told["rows"]) == 12
    assert told["chances"][4] == {
        "low": 0.8,
        "high": 1.0,
        "count": 30,
        "mean": pytest.approx(0.9),
        "reached": 30,
    }
    assert (told["totals"][2]["undated"], told["key_results"]) == (30, 30)


def test_both_languages_say_it():
    assert shown(BacktestReport(measured(3)), ZH) != shown(BacktestReport(measured(3)))
    assert shown(report(SIMULATED), ZH) != shown(report(SIMULATED))
