"""Rolling up anew only what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from bridge.again import Again, anew
from bridge.model import Baseline, BaselineEntry, Category, ItemRef, KeyResult, RollupRules, Tier, WorkItem

NONE: Mapping[str, Mapping[str, Decimal]] = {}
KR = KeyResult(id="O1-KR1", title="t")
NOW = datetime(2026, 10, 5, tzinfo=UTC)


def unit(id: str, category: Category = Category.TODO) -> WorkItem:
    status = category.value
    return WorkItem(
        connection="mem", id=id, key=f"A-{id}", title=id, tier=Tier.UNIT, status=status, category=category,
        updated=NOW,
    )  # fmt: skip


WORK = [unit("1", Category.DONE), unit("2"), unit("3")]


def test_the_same_work_gives_the_very_same_answer() -> None:
    again = Again()
    first = again(KR, WORK, NONE, None)
    assert first == anew(KR, WORK, NONE, None)
    assert again(KR, [replace(item) for item in WORK], {}, None) is first


BASELINE = {ItemRef("mem", "1"): BaselineEntry(Fraction(3), done=False)}
OTHERS = {
    "an item done": (KR, [*WORK[:2], unit("3", Category.DONE)], NONE, None),
    "an item more": (KR, [*WORK, unit("4")], NONE, None),
    "an item less": (KR, WORK[:2], NONE, None),
    "another rule": (replace(KR, rollup=RollupRules(mode="leaf")), WORK, NONE, None),
    "weights of statuses": (KR, WORK, {"mem": {"todo": Decimal("0.5")}}, None),
    "a baseline": (KR, WORK, NONE, BASELINE),
}


@pytest.mark.parametrize("given", OTHERS.values(), ids=OTHERS.keys())
def test_anything_else_is_reckoned_anew(
    given: tuple[KeyResult, list[WorkItem], Mapping[str, Mapping[str, Decimal]], Baseline | None],
) -> None:
    again = Again()
    before = again(KR, WORK, NONE, None)
    after = again(*given)
    assert after is not before
    assert after == anew(*given)
    assert again(*given) is after


def test_key_results_are_kept_apart() -> None:
    again = Again()
    one, two = again(KR, WORK, NONE, None), again(replace(KR, id="O1-KR2"), WORK[1:], NONE, None)
    assert (one.value, two.value) == (Fraction(1, 3), Fraction(0))
    assert again(KR, WORK, NONE, None) is one
