"""What decides about an item's part in a number comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.model import Category, Tier, WorkItem
from bridge.replay.states import ALWAYS, Unpacker, packed
from tests.stores import FULL, item

ITEMS = {
    "a bare one": item(1),
    "one with everything": FULL,
    "a cancelled part": item(
        2, tier=Tier.PART, category=Category.DONE, cancelled=True, resolution="Won't Do"
    ),
    "estimates of nought": item(3, points=Decimal(0), percent=Decimal("0.00"), spent_seconds=Decimal(0)),
    "a check list": item(4, checks=(0, 3), parent="10001"),
    "numbers and what is none": item(5, numbers=(("Size", Decimal("1.50")),), unusable=("points: -1",)),
    "parts that cannot be read": item(6, children=("10009", "10010")),
}


def bare(one: WorkItem) -> WorkItem:
    """Without what decides nothing."""
    return replace(
        one, title="", updated=ALWAYS, type="", project="", labels=(), flagged=False, owner="",
        due=None, created=None, finished=None, url="",
    )  # fmt: skip


@pytest.mark.parametrize("one", ITEMS.values(), ids=ITEMS)
def test_it_comes_back_through_json(one: WorkItem) -> None:
    assert Unpacker().item(json.loads(json.dumps(packed(one)))) == bare(one)


def test_what_decides_nothing_makes_no_difference() -> None:
    assert packed(replace(FULL, title="Another", owner="me", labels=())) == packed(FULL)


def test_what_repeats_is_made_once() -> None:
    unpacker = Unpacker()
    one, two = (unpacker.item(json.loads(json.dumps(packed(FULL)))) for _ in range(2))
    assert one.status is two.status
    assert one.points is two.points
