"""Progress beside the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bridge.model import Ambition, CurvePoint, Metric, Pace
from bridge.pace import (
    PaceRules,
    Timing,
    age,
    elapsed,
    expected,
    forecast,
    judge_pace,
    success_mark,
    trending_off,
)
from tests.bridge.judging import SHANGHAI, START, cycle

HALFWAY = Fraction(1, 2)
RATIO = PaceRules()
DIFFERENCE = PaceRules(rule="difference")
DAYS = {-3: "0", 0: "0", 1: "1/100", 40: "2/5", 99: "99/100", 100: "1", 250: "1"}


@pytest.mark.parametrize(("day", "want"), DAYS.items())
def test_elapsed_is_day_by_length_within_0_and_1(day: int, want: str):
    assert elapsed(cycle(), START + timedelta(days=day)) == Fraction(want)


def day_of(now: datetime) -> Fraction:
    return elapsed(cycle(), now.astimezone(SHANGHAI).date())


def test_elapsed_moves_at_midnight_of_the_zone_only():
    midnight = datetime(2026, 10, 11, tzinfo=SHANGHAI)
    assert day_of(midnight - timedelta(seconds=1)) == Fraction(9, 100)
    assert day_of(midnight) == day_of(midnight + timedelta(hours=23, minutes=59)) == Fraction(10, 100)


WORDS = {
    "closed beats all": (RATIO, None, Timing(HALFWAY, HALFWAY, 99, closed=True), Pace.CLOSED),
    "outdated beats pending": (RATIO, None, Timing(HALFWAY, HALFWAY, 8), Pace.OUTDATED),
    "seven days old is fresh": (RATIO, "1/2", Timing(HALFWAY, HALFWAY, 7), Pace.ON_TRACK),
    "no value": (RATIO, None, Timing(HALFWAY, HALFWAY, 0), Pace.PENDING),
    "day 0 without grace": (
        PaceRules(grace=Decimal(0)),
        "0",
        Timing(Fraction(0), Fraction(0), 0),
        Pace.PENDING,
    ),
    "below the grace": (RATIO, "0", Timing(Fraction(69, 1000), HALFWAY, 0), Pace.PENDING),
    "at the grace": (RATIO, "0", Timing(Fraction(7, 100), HALFWAY, 0), Pace.OFF_TRACK),
    "nothing expected": (RATIO, "0", Timing(HALFWAY, Fraction(0), 0), Pace.PENDING),
    "ratio just below 0.40": (RATIO, "0.199", Timing(HALFWAY, HALFWAY, 0), Pace.OFF_TRACK),
    "ratio 0.40": (RATIO, "0.2", Timing(HALFWAY, HALFWAY, 0), Pace.AT_RISK),
    "ratio just below 0.70": (RATIO, "0.349", Timing(HALFWAY, HALFWAY, 0), Pace.AT_RISK),
    "ratio 0.70": (RATIO, "0.35", Timing(HALFWAY, HALFWAY, 0), Pace.ON_TRACK),
    "an edge that floats miss": (RATIO, "0.07", Timing(Fraction(1, 10), Fraction(1, 10), 0), Pace.ON_TRACK),
    "difference just below -0.40": (DIFFERENCE, "0.099", Timing(HALFWAY, HALFWAY, 0), Pace.OFF_TRACK),
    "difference -0.40": (DIFFERENCE, "0.1", Timing(HALFWAY, HALFWAY, 0), Pace.AT_RISK),
    "difference just below -0.20": (DIFFERENCE, "0.299", Timing(HALFWAY, HALFWAY, 0), Pace.AT_RISK),
    "difference -0.20": (DIFFERENCE, "0.3", Timing(HALFWAY, HALFWAY, 0), Pace.ON_TRACK),
    "own edges of the difference": (
        PaceRules(rule="difference", off_track=Decimal("0.3"), at_risk=Decimal("0.1")),
        "0.39",
        Timing(HALFWAY, HALFWAY, 0),
        Pace.AT_RISK,
    ),
    "the curve replaces elapsed": (RATIO, "0.1", Timing(HALFWAY, Fraction(1, 10), 0), Pace.ON_TRACK),
}


EDGES = {
    "the ratio's defaults": ("0.40", "0.70", ("-0.4", "-0.2")),
    "signed": ("-0.40", "-0.20", ("-0.4", "-0.2")),
    "signed and ahead": ("-0.1", "0.1", ("-0.1", "0.1")),
    "signed and equal": ("-0.3", "-0.3", ("-0.3", "-0.3")),
    "distances": ("0.3", "0.1", ("-0.3", "-0.1")),
}


@pytest.mark.parametrize(("off_track", "at_risk", "want"), EDGES.values(), ids=EDGES)
def test_edges_of_the_difference(off_track: str, at_risk: str, want: tuple[str, str]):
    rules = PaceRules("difference", Decimal(off_track), Decimal(at_risk))
    assert rules.behind == (Fraction(want[0]), Fraction(want[1]))


@pytest.mark.parametrize(("rules", "share", "timing", "want"), WORDS.values(), ids=WORDS)
def test_the_first_word_that_holds(rules: PaceRules, share: str | None, timing: Timing, want: Pace):
    assert judge_pace(None if share is None else Fraction(share), timing, rules) is want


def test_age_counts_whole_days():
    now = datetime(2026, 11, 10, 8, tzinfo=UTC)
    assert age(now, SHANGHAI, cycle(), now - timedelta(days=7, hours=23)) == 7
    assert age(now, SHANGHAI, cycle(), now - timedelta(days=8)) == 8


def test_what_was_never_known_ages_from_the_start_date_in_the_zone():
    start = datetime(2026, 10, 1, tzinfo=SHANGHAI)
    assert age(start + timedelta(days=8), SHANGHAI, cycle(), None) == 8
    assert age(start + timedelta(days=8, seconds=-1), SHANGHAI, cycle(), None) == 7
    assert age(start + timedelta(days=8), ZoneInfo("America/New_York"), cycle(), None) == 7


def curve(*points: tuple[int, str]) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(START + timedelta(days=day), Decimal(value)) for day, value in points)


CURVES = {
    "none is the straight line": ((), 40, "2/5"),
    "from 0 on the start date": (curve((50, "0.2")), 0, "0"),
    "straight between": (curve((50, "0.2")), 25, "1/10"),
    "through its points": (curve((50, "0.2")), 50, "1/5"),
    "on to 1 after the last day": (curve((50, "0.2")), 75, "3/5"),
    "1 after the last day": (curve((50, "0.2")), 100, "1"),
    "points in any order": (curve((80, "0.5"), (50, "0.2")), 65, "7/20"),
    "before the start date": (curve((50, "0.2")), -5, "0"),
    "long after the end": (curve((50, "0.2")), 300, "1"),
    "a later start": (curve((30, "0")), 20, "0"),
}


@pytest.mark.parametrize(("points", "day", "want"), CURVES.values(), ids=CURVES)
def test_a_curve(points: tuple[CurvePoint, ...], day: int, want: str):
    assert expected(cycle(), START + timedelta(days=day), points, None) == Fraction(want)


def test_a_curve_speaks_in_the_metrics_unit():
    metric = Metric(Decimal(9), Decimal(3))
    on = START + timedelta(days=50)
    assert expected(cycle(), on, curve((50, "6")), metric) == Fraction(1, 2)
    assert expected(cycle(), on, curve((50, "12")), metric) == 0


def test_a_band_has_no_curve():
    band = Metric(band=(Decimal(5), Decimal(7)))
    assert expected(cycle(), START + timedelta(days=50), curve((50, "6")), band) == HALFWAY


FORECASTS = {
    "progress x length / day": ("0.3", Fraction(40, 90), Fraction(27, 40)),
    "raw above 1": ("0.9", HALFWAY, Fraction(9, 5)),
    "none before the grace": ("0.3", Fraction(6, 100), None),
    "none on day 0": ("0.3", Fraction(0), None),
    "none without a value": (None, HALFWAY, None),
    "after the end it is what there is": ("0.3", Fraction(1), Fraction(3, 10)),
}


@pytest.mark.parametrize(("share", "gone", "want"), FORECASTS.values(), ids=FORECASTS)
def test_the_straight_line_ends(share: str | None, gone: Fraction, want: Fraction | None):
    assert forecast(None if share is None else Fraction(share), gone, RATIO) == want


TRENDS = {
    "committed just below 1": (Fraction(99, 100), Ambition.COMMITTED, True),
    "committed at 1": (Fraction(1), Ambition.COMMITTED, False),
    "aspirational at 0.7": (Fraction(7, 10), Ambition.ASPIRATIONAL, False),
    "aspirational below": (Fraction(69, 100), Ambition.ASPIRATIONAL, True),
    "learning has no mark": (Fraction(0), Ambition.LEARNING, False),
    "no forecast, no trend": (None, Ambition.COMMITTED, False),
}


@pytest.mark.parametrize(("figure", "ambition", "want"), TRENDS.values(), ids=TRENDS)
def test_trending_off_track(figure: Fraction | None, ambition: Ambition, want: bool):
    assert trending_off(figure, ambition) is want


def test_success_marks():
    assert [success_mark(ambition) for ambition in Ambition] == [Fraction(1), Fraction(7, 10), None]
