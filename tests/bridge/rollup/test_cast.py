"""Which items count: groups, units and parts; the three modes."""

from __future__ import annotations

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

EPIC = [epic("E"), item("S", under="E"), *parts("DT", "S")]
NESTED_UNITS = [item("A", "D"), item("B", under="A"), part("A.1", under="A"), part("B.1", "D", under="B")]
LEFT_OUT_BELOW = [epic("E"), item("S", "U", under="E"), item("Q", "D")]
CANCELLED_BELOW = [item("A"), item("B", "X", under="A"), part("A.1", "D", under="A")]

COUNTING: dict[str, tuple[list[WorkItem], dict[str, Any], set[str]]] = {
    "a group is told by its units": (EPIC, {}, {"S"}),
    "a group of groups too": ([epic("T"), epic("E", under="T"), item("S", under="E")], {}, {"S"}),
    "a unit with units below acts as a group": (NESTED_UNITS, {}, {"B"}),
    "also with one further down": ([item("A"), part("P", under="A"), item("B", under="P")], {}, {"B"}),
    "also with a group below": ([item("A"), epic("E", under="A")], {}, {"E"}),
    "a part whose unit is elsewhere is a unit": ([part("P"), part("Q", under="P")], {}, {"P"}),
    "a part straight under a group is a unit": ([epic("E"), *parts("DT", "E")], {}, {"E.1", "E.2"}),
    "and its parts are its parts": ([epic("E"), part("P", under="E"), part("Q", under="P")], {}, {"P"}),
    "a group with nothing below is a unit": ([epic("E"), item("S")], {}, {"E", "S"}),
    "left out for its status is still below": (LEFT_OUT_BELOW, {}, {"Q"}),
    "so is a missing estimate": (
        [epic("E", points=5), item("S", under="E"), item("Q", "D", 1)],
        {"method": "points", "unestimated": "exclude"},
        {"Q"},
    ),
    "cancelled is not below": (CANCELLED_BELOW, {}, {"A"}),
    "unless nothing is taken out": (CANCELLED_BELOW, {"cancelled": "as_open"}, {"B"}),
    "leaf: what has nothing below": (EPIC, {"mode": "leaf"}, {"S.1", "S.2"}),
    "leaf: wherever it stands": ([*EPIC, part("P"), epic("F")], {"mode": "leaf"}, {"S.1", "S.2", "P", "F"}),
    "leaf: an empty group": ([epic("E"), item("S", "X", under="E")], {"mode": "leaf"}, {"E"}),
    "level: the leaves, by their share": (EPIC, {"mode": "level"}, {"S.1", "S.2"}),
}  # fmt: skip


@pytest.mark.parametrize(("items", "rules", "want"), COUNTING.values(), ids=COUNTING)
def test_what_counts(items: list[WorkItem], rules: dict[str, Any], want: set[str]):
    assert counted(rolled(items, **rules)) == want


def test_parts_of_a_unit_that_acts_as_a_group_give_nothing_and_are_told():
    progress = rolled(NESTED_UNITS)
    assert reason(progress, "A.1") == Say.PART_OF_GROUP
    assert said(progress, Say.PARTS_OF_GROUP) == {"n": 1, "keys": ["A.1"]}
    assert progress.value == Fraction(99, 100)


def test_one_story_split_into_twelve_does_not_outweigh_nine_others():
    split = [item("S", "P"), *parts("D" * 12, "S"), *units("T" * 9)]
    assert value(split) == Fraction(99, 1000)
    assert value([item("S", "P"), *units("T" * 9)]) == 0


def test_without_partial_credit_the_number_is_that_of_the_epic_bar():
    items = [epic("E"), item("A", "D", under="E"), item("B", "P", under="E"), *parts("DDT", "B")]
    assert value(items, partial=False) == Fraction(1, 2)
    assert reason(rolled(items, partial=False), "B.1") == Say.PART_NOT_USED


def test_level_takes_the_mean_level_by_level():
    items = [epic("E"), *units("DT", under="E"), item("S", "D")]
    assert value(items, mode="level") == Fraction(3, 4)
    assert value(items, mode="story") == Fraction(2, 3)


def test_level_passes_over_children_without_a_value():
    items = [epic("E"), *units("DU", under="E"), epic("F"), item("V", "U", under="F")]
    progress = rolled(items, mode="level")
    assert progress.value == 1
    assert entry(progress, "F").value is None


def test_the_mode_is_named_only_where_the_items_have_levels():
    assert said(rolled(EPIC), Say.MODE) == {"mode": "story"}
    assert said(rolled(units("DT")), Say.MODE) is None


def test_a_group_tells_how_many_units_stand_below_it():
    progress = rolled([epic("T"), epic("E", under="T"), *units("DT", under="E"), item("S", under="T")])
    assert entry(progress, "T").reason.args == {"n": 3}
    assert entry(progress, "E").reason.args == {"n": 2}


def test_structure_is_not_changed_by_states():
    for state in "DPTU":
        progress = rolled([epic("E"), item("S", state, under="E"), item("Q")])
        assert reason(progress, "E") == Say.GROUP_BESIDE_UNITS
