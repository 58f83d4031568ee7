"""Metrics, milestones, blends."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.metric import Reading, blended, disagree, holds, measure, milestones_reached
from bridge.model import Blend, Metric, Milestone

NUMBERS = st.decimals(-(10**6), 10**6, places=3)
BAND = Metric(band=(Decimal(5), Decimal(7)))
TITLES = [Milestone("Design"), Milestone("Build", Decimal(3))]


def way(baseline: str, target: str) -> Metric:
    return Metric(Decimal(baseline), Decimal(target))


WAYS = {
    "up": (way("10", "20"), "15", "1/2", "1/2"),
    "down": (way("9", "3"), "7", "1/3", "1/3"),
    "below the baseline is 0, raw kept": (way("10", "20"), "5", "0", "-1/2"),
    "beyond the target is 1, raw kept": (way("10", "20"), "25", "1", "3/2"),
    "decimals without loss": (way("0", "0.3"), "0.1", "1/3", "1/3"),
    "through zero": (way("-5", "5"), "0", "1/2", "1/2"),
}


@pytest.mark.parametrize(("metric", "current", "progress", "raw"), WAYS.values(), ids=WAYS)
def test_a_metric(metric: Metric, current: str, progress: str, raw: str):
    assert measure(metric, Decimal(current)) == Reading(Fraction(progress), Fraction(raw))


BANDS = {"4.9": ("0", "0.1"), "5": ("1", "0"), "6": ("1", "0"), "7": ("1", "0"), "10": ("0", "3")}


@pytest.mark.parametrize(("current", "want"), BANDS.items(), ids=BANDS)
def test_a_band_is_1_inside_edges_included_and_tells_the_distance(current: str, want: tuple[str, str]):
    assert measure(BAND, Decimal(current)) == Reading(Fraction(want[0]), None, Decimal(want[1]))


def test_no_reading_is_no_value():
    assert measure(BAND, None) == measure(way("0", "1"), None) == Reading(None)


@pytest.mark.parametrize("metric", [way("4", "4"), Metric(), Metric(baseline=Decimal(1))])
def test_a_metric_without_a_way_is_refused(metric: Metric):
    with pytest.raises(ValueError, match="baseline and a target"):
        measure(metric, Decimal(4))


@settings(deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_share_is_within_0_and_1(baseline: Decimal, target: Decimal, current: Decimal):
    if baseline != target:
        reading = measure(Metric(baseline, target), current)
        assert reading.progress is not None
        assert 0 <= reading.progress <= 1
        assert reading.raw is not None
        assert Fraction(baseline) + reading.raw * Fraction(target - baseline) == Fraction(current)


def test_a_guard_holds_inside_its_band_or_at_its_target():
    assert [holds(BAND, Decimal(at)) for at in (4, 5, 8)] == [False, True, False]
    assert [holds(way("90", "99"), Decimal(at)) for at in (98, 99, 100)] == [False, True, True]


REACHED = {
    "none": ((), "0"),
    "by weight": (("Build",), "3/4"),
    "all": (("Build", "Design"), "1"),
    "titles without case and outer spaces": ((" build ",), "3/4"),
    "an unknown title is nothing": (("Launch",), "0"),
    "twice is once": (("Design", "design"), "1/4"),
}


@pytest.mark.parametrize(("done", "want"), REACHED.values(), ids=REACHED)
def test_milestones(done: tuple[str, ...], want: str):
    assert milestones_reached(TITLES, done) == Fraction(want)


def test_milestones_that_weigh_nothing_are_no_value():
    assert milestones_reached([], ["Build"]) is None
    assert milestones_reached([Milestone("Build", Decimal(0))], ["Build"]) is None


BLENDS = {
    "the weighted mean": ("0.5", "0.5", "1", "0", "1/2"),
    "weights need not sum to 1": ("1", "3", "1", "0", "1/4"),
    "no work value": ("0.5", "0.5", None, "1", None),
    "no metric value": ("0.5", "0.5", "1", None, None),
    "a part that weighs nothing may be missing": ("1", "0", "1/3", None, "1/3"),
    "nothing weighs anything": ("0", "0", "1", "1", None),
}


@pytest.mark.parametrize(("by_work", "by_metric", "work", "metric", "want"), BLENDS.values(), ids=BLENDS)
def test_a_blend(by_work: str, by_metric: str, work: str | None, metric: str | None, want: str | None):
    values = [None if value is None else Fraction(value) for value in (work, metric, want)]
    assert blended(Blend(Decimal(by_work), Decimal(by_metric)), values[0], values[1]) == values[2]


DISAGREE = {
    "work is done, the number is not": ("0.81", "0.19", True),
    "the number is there without the work": ("0.19", "0.81", True),
    "80% is not above 80%": ("0.8", "0.1", False),
    "20% is not below 20%": ("0.9", "0.2", False),
    "both high": ("0.9", "0.9", False),
}


@pytest.mark.parametrize(("work", "metric", "want"), DISAGREE.values(), ids=DISAGREE)
def test_work_and_metric_disagree(work: str, metric: str, want: bool):
    assert disagree(Fraction(work), Fraction(metric)) is want


def test_an_unknown_side_disagrees_with_nothing():
    assert not disagree(None, Fraction(0))
    assert not disagree(Fraction(1), None)
