"""What items weigh: by count, by estimate, and without one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.model import WorkItem
from bridge.notes import Say
from tests.bridge.rollup.making import (
    counted,
    entry,
    epic,
    item,
    part,
    parts,
    reason,
    rolled,
    said,
    units,
    value,
)

POINTS = {"method": "points"}
LEVEL = {"method": "points", "mode": "level"}
EXCLUDE = {"unestimated": "exclude"}
FIXED = {"unestimated": Decimal(2)}
SUMMED = [item("A", "D"), *parts("TT", "A", 1, 2), item("B", "T", 1)]
NESTED_SUM = [item("A", "D"), part("P", "T", under="A"), *parts("TT", "P", 1, 2), item("B", "T", 1)]
UNDEFINED = [*units("DT", 4, None), item("V", "U", 100)]

VALUES: dict[str, tuple[list[WorkItem], dict[str, Any], str]] = {
    "points": (units("DT", 3, 1), POINTS, "3/4"),
    "time": (
        [item("A", "D", estimate_seconds=Decimal(3600)), item("B", estimate_seconds=Decimal(7200))],
        {"method": "time"},
        "1/3",
    ),
    "a named field": (
        [item("A", "D", numbers=(("Value", Decimal(3)),)), item("B", numbers=(("Value", Decimal(1)),))],
        {"method": "field", "field": "Value"},
        "3/4",
    ),
    "decimals without loss": (units("DT", "0.1", "0.2"), POINTS, "1/3"),
    "0 weighs nothing": (units("DT", 0, 5), POINTS, "0"),
    "a story without one takes the sum of its parts": (SUMMED, POINTS, "3/4"),
    "of parts of parts too": (NESTED_SUM, POINTS, "3/4"),
    "its own beats the sum": ([item("A", "D", 1), *parts("TT", "A", 5, 5), item("B", "T", 1)], POINTS, "1/2"),
    "cancelled parts add nothing": (
        [item("A", "D"), *parts("TX", "A", 1, 8), item("B", "T", 1)],
        POINTS,
        "1/2",
    ),
    "a sum of parts is an estimate for the mean": ([*SUMMED, item("C", "T")], POINTS, "1/2"),
    "mean of the items that count": (UNDEFINED, POINTS, "1/2"),
    "a fixed number": (units("DT", 4, None), POINTS | FIXED, "2/3"),
    "exclude": (units("DT", 4, None), POINTS | EXCLUDE, "1"),
    "none estimated goes by count": (units("DTT"), POINTS, "1/3"),
    "whatever the policy": (units("DTT"), POINTS | EXCLUDE, "1/3"),
    "even with a fixed number": (units("DTT"), POINTS | FIXED, "1/3"),
    "all 0 goes by count": (units("DTT", 0, 0, 0), POINTS, "1/3"),
    "all 0 and by count nothing is left out": (units("DTT", 0, 0, None), POINTS | EXCLUDE, "1/3"),
    "an estimate on a group is no estimate of what counts": (
        [epic("E", points=8), *units("DT", under="E")],
        POINTS,
        "1/2",
    ),
    "leaf: estimates of the items with nothing below": (
        [item("A", "P", 100), *parts("DT", "A", 3, 1)],
        POINTS | {"mode": "leaf"},
        "3/4",
    ),
    "level: a container weighs its own estimate": (
        [epic("E", points=3), *units("DD", 1, 1, under="E"), item("Q", "T", 1)],
        LEVEL,
        "3/4",
    ),
    "level: else the sum of its children": (
        [epic("E"), *units("DD", 1, 2, under="E"), item("Q", "T", 1)],
        LEVEL,
        "3/4",
    ),
    "level: siblings without one take the mean": (
        [epic("E"), *units("DTT", 1, 3, None, under="E")],
        LEVEL,
        "1/6",
    ),
    "level: also a container with nothing estimated below": (
        [epic("E"), *units("DD", under="E"), item("Q", "T", 4), item("R", "T", 2)],
        LEVEL,
        "1/3",
    ),
    "level: siblings of whom none has one weigh the same": (
        [epic("E", points=1), *units("DTTT", under="E"), item("Q", "D", 1)],
        LEVEL,
        "5/8",
    ),
    "level: a fixed number": (
        [epic("E"), *units("DT", None, 4, under="E"), item("Q", "T", 2)],
        LEVEL | FIXED,
        "1/4",
    ),
    "level: exclude": (
        [epic("E"), *units("DT", None, 4, under="E"), item("Q", "D", 4)],
        LEVEL | EXCLUDE,
        "1/2",
    ),
    "level: exclude keeps siblings of whom none has one": (
        [epic("E", points=1), *units("DT", under="E"), item("Q", "D", 1)],
        LEVEL | EXCLUDE,
        "3/4",
    ),
    "level: none at all goes by count": (
        [epic("E"), *units("DT", under="E"), item("Q")],
        LEVEL | FIXED,
        "1/4",
    ),
    "level: siblings that all weigh 0 weigh the same": (
        [epic("E", points=1), *units("DT", 0, 0, under="E"), item("Q", "T", 1)],
        LEVEL,
        "1/4",
    ),
}


@pytest.mark.parametrize(("items", "rules", "want"), VALUES.values(), ids=VALUES)
def test_by_estimate(items: list[WorkItem], rules: dict[str, Any], want: str):
    assert value(items, **rules) == Fraction(want)


@pytest.mark.parametrize("bad", ["-1", "NaN", "Infinity", "1000000000000001"])
def test_what_is_no_estimate_does_not_weigh(bad: str):
    items = [item("A", "D", bad), item("B", "T", 3)]
    progress = rolled(items, **POINTS)
    assert progress.value == Fraction(1, 2)
    assert progress.counts.unestimated == 1


def test_the_largest_estimate_weighs_exactly():
    assert value(units("DT", 10**15, "0.000001"), **POINTS) == 1 / (1 + Fraction(1, 10**21))


def test_unusable_estimates_are_listed_where_estimates_weigh():
    items = [item("A", unusable=("points: -1",)), item("B", "D", 1)]
    assert said(rolled(items, **POINTS), Say.UNUSABLE_ESTIMATES) == {"entries": ["A: points: -1"]}
    assert said(rolled(items), Say.UNUSABLE_ESTIMATES) is None


def test_unestimated_items_are_told_with_the_policy():
    for policy, want in (("mean", "mean"), ("exclude", "exclude"), (Decimal(1), "fixed")):
        remark = said(rolled(units("DT", 4, None), unestimated=policy, **POINTS), Say.UNESTIMATED)
        assert remark == {"k": 1, "n": 2, "policy": want, "keys": ["U2"]}


def test_an_item_left_out_for_its_estimate_says_so():
    progress = rolled(units("DT", 4, None), **POINTS, **EXCLUDE)
    assert counted(progress) == {"U1"}
    assert reason(progress, "U2") == Say.UNESTIMATED_LEFT_OUT
    assert progress.counts.unestimated == 1


def test_by_count_is_said_when_estimates_were_asked_for():
    for rules in (POINTS, LEVEL):
        assert said(rolled(units("DT"), **rules), Say.BY_COUNT) == {"method": "points"}
    assert said(rolled(units("DT")), Say.BY_COUNT) is None


def test_a_level_explains_by_effective_shares():
    items = [epic("E"), *units("DT", 2, 3, under="E"), item("S", "T", 1)]
    progress = rolled(items, **LEVEL)
    shares = {one.item.key: one.weight for one in progress.items}
    assert shares == {"E": Fraction(5, 6), "U1": Fraction(1, 3), "U2": Fraction(1, 2), "S": Fraction(1, 6)}
    assert entry(progress, "E").value == Fraction(2, 5)
    assert not entry(progress, "E").counted
