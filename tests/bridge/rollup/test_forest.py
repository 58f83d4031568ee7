"""What becomes of cancelled items."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from bridge.model import WorkItem
from bridge.notes import Say
from tests.bridge.rollup.making import counted, entry, epic, item, parts, reason, rolled, said, units, value

CANCELLED_EPIC = [epic("E", "X"), item("A", "D", under="E"), item("B", "T", under="E"), item("Q", "T")]
CANCELLED_PART = [item("S", "P"), *parts("DX", "S")]
NESTED = [epic("E", "X"), item("A", "X", under="E"), item("B", "T", under="E"), item("Q", "D")]

VALUES: dict[str, tuple[list[WorkItem], dict[str, Any], str | None]] = {
    "exclude takes out what is below": (CANCELLED_EPIC, {}, "0"),
    "as_done: all below counts 1": (CANCELLED_EPIC, {"cancelled": "as_done"}, "2/3"),
    "as_open: all below counts 0": (CANCELLED_EPIC, {"cancelled": "as_open"}, "0"),
    "a cancelled part is out of the mean": (CANCELLED_PART, {}, "99/100"),
    "as_open: it is open": (CANCELLED_PART, {"cancelled": "as_open"}, "1/2"),
    "as_done: it is done": ([item("S", "P"), *parts("TX", "S")], {"cancelled": "as_done"}, "1/2"),
    "as_open: a cancelled story ignores its parts": (
        [item("S", "X"), *parts("DD", "S")], {"cancelled": "as_open"}, "0"),
    "as_done: even an undefined one below": (
        [epic("E", "X"), item("S", "U", under="E")], {"cancelled": "as_done"}, "1"),
    "as_open at its own weight": (
        [item("S", "X", 3), item("Q", "D", 1)], {"cancelled": "as_open", "method": "points"}, "1/4"),
    "as_done in level": (CANCELLED_EPIC, {"cancelled": "as_done", "mode": "level"}, "1/2"),
    "a story whose parts are all cancelled tells by itself": (
        [item("S", "P"), *parts("XX", "S")], {}, "0"),
    "a group whose work is cancelled stands for itself": (
        [epic("E", "D"), *units("XX", under="E")], {}, "1"),
}  # fmt: skip


@pytest.mark.parametrize(("items", "rules", "want"), VALUES.values(), ids=VALUES)
def test_cancelled(items: list[WorkItem], rules: dict[str, Any], want: str | None):
    assert value(items, **rules) == (None if want is None else Fraction(want))


def test_what_is_taken_out_is_told_with_what_was_below():
    progress = rolled(NESTED)
    assert said(progress, Say.CANCELLED_EXCLUDED) == {"n": 2, "below": 1, "keys": ["E", "A"]}
    assert progress.counts.excluded == 2
    assert [reason(progress, key) for key in "EAB"] == [Say.CANCELLED, Say.CANCELLED, Say.BELOW_CANCELLED]
    assert entry(progress, "B").reason.args == {"key": "E"}
    assert entry(progress, "E").reason.args == {"resolution": "Won't Do"}


def test_what_is_not_taken_out_is_told_as_cancelled():
    progress = rolled(NESTED, cancelled="as_open")
    assert [reason(progress, key) for key in "AB"] == [Say.CANCELLED_AS_OPEN, Say.CANCELLED_AS_OPEN]
    assert counted(progress) == {"A", "B", "Q"}
    assert progress.counts.excluded == 0


def test_an_item_cancelled_by_status_names_it():
    progress = rolled([item("S", "T", cancelled=True, status="Dropped"), item("Q")])
    assert entry(progress, "S").reason.args == {"resolution": "Dropped"}


def test_nothing_left_is_no_value():
    progress = rolled(units("XX"))
    assert progress.value is None
    assert said(progress, Say.NOTHING_TO_COUNT) == {"n": 2}


def test_no_items_at_all_are_no_value():
    progress = rolled([])
    assert (progress.value, progress.items) == (None, ())
    assert said(progress, Say.NOTHING_TO_COUNT) == {"n": 0}
