"""Frozen scope: the baseline's items at its weights, with the values of today."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from bridge.model import Baseline, BaselineEntry, ItemRef, Progress, RollupRules, WorkItem
from bridge.notes import Say
from bridge.rollup import roll_up
from bridge.scope import baseline_of
from tests.bridge.rollup.making import (
    counted,
    entry,
    epic,
    item,
    parts,
    reason,
    recomputed,
    rolled,
    said,
    units,
)


def frozen(items: list[WorkItem], baseline: Baseline | None, **rules: Any) -> Progress:
    return roll_up(items, RollupRules(scope="frozen", **rules), baseline=baseline)


def then(*weights: int, name: str = "U") -> Baseline:
    """A baseline of open items U1, U2 ... at these weights."""
    refs = [ItemRef("acme", f"{name}{at}") for at in range(1, len(weights) + 1)]
    return {ref: BaselineEntry(Fraction(weight), False) for ref, weight in zip(refs, weights, strict=True)}


VALUES: dict[str, tuple[list[WorkItem], Baseline, str | None]] = {
    "the weights are those of then": (units("DT", 1, 99), then(3, 1), "3/4"),
    "the values are those of today": (units("DD"), then(1, 1), "1"),
    "new work does not count": (units("DTTT"), then(1, 1), "1/2"),
    "a vanished item leaves": (units("D"), then(1, 1), "1"),
    "a cancelled item leaves": (units("DX"), then(1, 1), "1"),
    "an undefined item leaves": (units("DU"), then(1, 1), "1"),
    "a missing estimate of today does not matter": (units("DT"), then(1, 3), "1/4"),
    "partial credit is of today": ([*units("PT"), *parts("DT", "U1")], then(1, 1), "1/4"),
    "a container is worth what is below it": (
        [*units("PT"), *units("DDDT", under="U1", name="new")], then(1, 1), "3/8"),
    "by the weights of today": (
        [*units("PT"), *units("DT", 1, 3, under="U1", name="new")], then(1, 1), "1/8"),
    "a container whose work has no value leaves": (
        [*units("PD"), *units("UU", under="U1", name="new")], then(1, 1), "1"),
    "an item that became a part is worth itself": (
        [item("New", "P"), *parts("DT", "New"), item("New.3", "T")],
        {ItemRef("acme", "New.1"): BaselineEntry(Fraction(1), False)}, "1"),
    "nothing left is no value": (units("XX", name="V"), then(1), None),
    "all that is left weighs 0": (units("DT"), then(0, 0), "1/2"),
}  # fmt: skip


@pytest.mark.parametrize(("items", "baseline", "want"), VALUES.values(), ids=VALUES)
def test_frozen(items: list[WorkItem], baseline: Baseline, want: str | None):
    progress = frozen(items, baseline, method="points")
    assert progress.value == recomputed(progress) == (None if want is None else Fraction(want))


def test_growth_is_told_and_does_not_count():
    progress = frozen(units("DTT"), then(1, 1))
    assert said(progress, Say.FROZEN_GROWTH) == {"n": 1, "keys": ["U3"]}
    assert reason(progress, "U3") == Say.GREW
    assert counted(progress) == {"U1", "U2"}


def test_work_inside_a_baseline_item_is_no_growth():
    progress = frozen([*units("P"), *units("DT", under="U1", name="new")], then(1))
    assert said(progress, Say.FROZEN_GROWTH) is None
    assert entry(progress, "new1").reason.args == {"key": "U1"}
    assert reason(progress, "U1") == Say.ROLLED_UP
    assert entry(progress, "U1").value == Fraction(1, 2)


def test_new_work_that_would_not_count_is_no_growth():
    progress = frozen([*units("D"), item("V", "U")], then(1))
    assert said(progress, Say.FROZEN_GROWTH) is None
    assert reason(progress, "V") == Say.STATUS_UNDEFINED


def test_what_left_is_told():
    progress = frozen([*units("DXU"), epic("E")], then(1, 1, 1, 1))
    assert said(progress, Say.FROZEN_GONE) == {
        "vanished": 1,
        "cancelled": 1,
        "without_value": 1,
        "keys": ["U2", "U3"],
        "ids": ["U4"],
    }
    assert said(frozen(units("D"), then(1)), Say.FROZEN_GONE) is None


def test_the_cancelled_stay_where_the_policy_keeps_them():
    assert frozen(units("DX"), then(1, 1), cancelled="as_open").value == Fraction(1, 2)


def test_without_a_baseline_it_is_todays_scope_and_says_so():
    progress = frozen(units("DT"), None)
    assert progress.value == Fraction(1, 2)
    assert said(progress, Say.NO_BASELINE) == {}


def test_a_live_scope_does_not_look_at_the_baseline():
    assert roll_up(units("DT"), RollupRules(), baseline=then(1)) == rolled(units("DT"))


def test_frozen_and_unchanged_is_the_same_number():
    items = [epic("E"), *units("DTP", 3, None, 5, under="E"), *parts("DT", "U3")]
    live = rolled(items, method="points")
    assert frozen(items, baseline_of(live), method="points").value == live.value


def test_by_leaf_a_story_that_was_split_is_worth_its_parts():
    items = [*units("PT"), *parts("DDDT", "U1")]
    assert frozen(items, then(1, 1), mode="leaf").value == Fraction(3, 8)
