"""`forecast` on the command line: all or one, backtest, JSON, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from bridge.store import HistoryPoint, Store
from tests.shell import Shell

START = date(2026, 10, 1)


@pytest.fixture
def remembered(shell: Shell) -> Shell:
    """METRIC gained a hundredth a day until the day before NOON's."""
    shell.run("status")
    _remember(shell.folder / "okr-bridge.db", 50)
    return shell


def _remember(database: Path, days: int) -> None:
    store = Store.open(f"sqlite:///{database}")
    store.history.record_all(
        HistoryPoint(
            day=START + timedelta(at),
            kr="METRIC",
            source="backfill",
            value=Fraction(at, 100),
            rule_version=1,
            inputs="",
            at=datetime(2026, 11, 21, tzinfo=UTC),
        )
        for at in range(days + 1)
    )
    store.close()


def test_every_key_result_is_told_of_in_file_order(remembered: Shell) -> None:
    told = remembered.json("forecast")["key_results"]
    assert [(one["id"], one["how"], one["why"]) for one in told] == [
        ("WORK", "none", "no_value"),
        ("METRIC", "simulation", None),
        ("STONES", "none", "milestone"),
        ("LEARN", "none", "learning"),
    ]
    assert told[1]["day"] == "2026-11-20"
    assert told[1]["percent"] == 50
    assert told[1]["trending_off"]
    assert "2027-01" in told[1]["dates"]["50"]


def test_one_key_result_is_told_of_alone(remembered: Shell) -> None:
    assert remembered.run("forecast", "METRIC") == 0
    assert "METRIC" in remembered.out
    assert "STONES" not in remembered.out
    assert {"simulated", "weeks;"} <= set(remembered.out.split())


def test_the_same_question_has_the_same_answer(remembered: Shell) -> None:
    first, second = (remembered.json("forecast", "METRIC") for _ in range(2))
    assert first == second


def test_the_past_is_held_against_what_came(remembered: Shell) -> None:
    told = remembered.json("forecast", "--backtest")["backtest"]
    assert (told["key_results"], told["few"]) == (1, True)
    assert remembered.run("forecast", "METRIC", "--backtest") == 0
    assert "too few to judge by" in remembered.out
    assert remembered.run("forecast", "WORK", "--backtest") == 0
    assert "Nothing to hold against yet" in remembered.out


@pytest.mark.parametrize("more", [[], ["--backtest"]])
def test_an_unknown_key_result_is_refused(remembered: Shell, more: list[str]) -> None:
    assert remembered.run("forecast", "METRICS", *more) == 2
    assert "did you mean METRIC?" in remembered.err


def test_looking_ahead_leaves_nothing_behind(remembered: Shell) -> None:
    remembered.run("forecast")
    before = remembered.json("history", "METRIC")
    remembered.run("forecast", "--backtest")
    assert remembered.json("history", "METRIC") == before
    assert remembered.json("runs") == {"runs": []}


def test_an_explanation_tells_the_simulation(remembered: Shell) -> None:
    told = remembered.json("explain", "METRIC")
    ahead = remembered.json("forecast", "METRIC")["key_results"][0]
    assert told["outlook"] == {name: ahead[name] for name in told["outlook"]}
    assert told["forecast"] == ahead["forecast"]
    assert remembered.run("explain", "METRIC") == 0
    assert f"85%: {ahead['dates']['85']}" in remembered.out
    assert "Trending off track" in remembered.out


def test_an_explanation_without_a_simulation_has_no_line_of_it(remembered: Shell) -> None:
    assert remembered.json("explain", "STONES")["outlook"]["why"] == "milestone"
    remembered.run("explain", "STONES")
    assert "85%" not in remembered.out
