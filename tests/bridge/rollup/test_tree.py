"""Items, each once; parents among them, without circles."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from bridge.model import Category, Tier
from bridge.notes import Say
from tests.bridge.rollup.making import (
    DAY,
    counted,
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

LATER = DAY + timedelta(minutes=5)


def test_the_same_item_from_two_links_counts_once():
    assert rolled([*units("DT"), *units("DT")]).counts.counted == 2


def test_ids_are_those_of_a_connection():
    twins = [item("1", "D", connection="acme"), item("1", "T", connection="globex")]
    assert value(twins) == Fraction(1, 2)


def test_of_two_copies_the_later_update_counts():
    stale, fresh = item("S", "T"), item("S", "D", updated=LATER)
    assert value([stale, fresh]) == value([fresh, stale]) == 1


def test_copies_that_differ_are_listed_and_equal_ones_are_not():
    assert said(rolled([item("S", "T"), item("S", "D")]), Say.COPIES_DIFFER) == {"keys": ["S"]}
    assert said(rolled([item("S", "T"), item("S", "T")]), Say.COPIES_DIFFER) is None


LESS_ADVANCED = {
    "to do before in progress": (item("S", "T"), item("S", "P")),
    "in progress before done": (item("S", "P"), item("S", "D")),
    "in progress before cancelled": (item("S", "P"), item("S", "X")),
    "cancelled before done": (item("S", "X"), item("S", "D")),
    "without resolution before resolved": (item("S", "D", resolution=""), item("S", "D")),
    "less percent": (item("S", "P", percent=Decimal(10)), item("S", "P", percent=Decimal(20))),
    "less checked": (item("S", "P", checks=(1, 3)), item("S", "P", checks=(2, 3))),
    "less spent": (item("S", "P", spent_seconds=Decimal(1)), item("S", "P", spent_seconds=Decimal(2))),
}


@pytest.mark.parametrize(("behind", "ahead"), LESS_ADVANCED.values(), ids=LESS_ADVANCED)
def test_of_copies_of_one_moment_the_less_advanced_counts(behind, ahead):
    for copies in ([behind, ahead], [ahead, behind], [ahead, behind, ahead]):
        assert [one.item for one in rolled(copies).items] == [behind]


def test_a_parent_is_told_by_id_or_by_key():
    by_id = [epic("10", key="SHOP-1"), item("A", "D", under="10")]
    by_key = [epic("10", key="SHOP-1"), item("A", "D", under="SHOP-1")]
    assert value(by_id) == value(by_key) == 1


def test_an_id_beats_a_key_and_the_later_of_two_keys_has_it():
    clash = [epic("10", key="E1"), epic("11", key="10", updated=LATER), item("A", under="10")]
    assert reason(rolled(clash), "E1") == Say.GROUP_BESIDE_UNITS
    moved = [
        epic("10", key="E", updated=LATER),
        epic("11", key="E"),
        item("A", "D", under="E"),
    ]
    told = {one.item.id: one.reason.code for one in rolled(moved).items}
    assert (told["10"], told["11"]) == (Say.GROUP_BESIDE_UNITS, Say.OPEN)


def test_a_parent_on_another_connection_is_none():
    strangers = [epic("E", connection="globex"), item("A", "D", under="E")]
    assert counted(rolled(strangers)) == {"E", "A"}


def test_children_that_an_item_lists_do_not_make_it_a_parent():
    assert value([epic("E", children=("A",)), item("A", "D")]) == Fraction(1, 2)


def test_an_item_whose_parent_is_outside_counts_by_itself():
    assert counted(rolled([item("A", under="OUTSIDE"), part("B", under="OUTSIDE")])) == {"A", "B"}


def test_every_edge_of_a_circle_is_dropped_and_no_other():
    circle = [epic("A", under="C"), epic("B", under="A"), epic("C", under="B"), item("D", under="C")]
    progress = rolled(circle)
    assert said(progress, Say.CYCLE_DROPPED) == {"keys": ["A", "B", "C"]}
    assert counted(progress) == {"A", "B", "D"}
    assert reason(progress, "C") == Say.GROUP_BESIDE_UNITS


def test_what_only_hangs_on_a_circle_keeps_its_parent():
    progress = rolled([item("0", "D", under="A"), epic("A", under="B"), epic("B", under="A")])
    assert said(progress, Say.CYCLE_DROPPED) == {"keys": ["A", "B"]}
    assert counted(progress) == {"0", "B"}


def test_an_item_that_is_its_own_parent_loses_that_parent():
    progress = rolled([item("A", "D", under="A"), item("B")])
    assert progress.value == Fraction(1, 2)
    assert said(progress, Say.CYCLE_DROPPED) == {"keys": ["A"]}


def test_the_order_of_items_does_not_matter():
    items = [epic("E"), *units("DTX", 3, None, 1, under="E"), item("S", "P", 2), *parts("DT", "S")]
    want = rolled(items, method="points")
    for seed in range(5):
        shuffled = items * 2
        random.Random(seed).shuffle(shuffled)
        assert rolled(shuffled, method="points") == want


def test_a_family_is_explained_together_parents_first():
    items = [epic("1"), item("3"), item("2", under="1"), part("4", under="2")]
    assert [one.item.key for one in rolled(items).items] == ["1", "2", "4", "3"]


@pytest.mark.parametrize("mode", ["story", "leaf", "level"])
@pytest.mark.parametrize("tier", [Tier.UNIT, Tier.PART])
def test_a_chain_ten_thousand_deep_is_no_trouble(mode: str, tier: Tier):
    chain = [item(str(n), "P", under=str(n - 1), tier=tier) for n in range(1, 10_000)]
    deep = [item("0", "P", points=3), *chain, item("last", "D", under="9999", tier=tier)]
    assert value(deep, mode=mode, method="points") == (
        1 if mode != "story" or tier is Tier.UNIT else Fraction(99, 100)
    )


def test_a_circle_of_ten_thousand_is_no_trouble():
    circle = [item(str(n), under=str((n + 1) % 10_000), category=Category.DONE) for n in range(10_000)]
    assert value(circle) == 1
