"""What holds for every key result, however its work is shaped."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Category, RollupRules, Tier, WorkItem
from bridge.rollup import roll_up
from bridge.scope import baseline_of
from tests.bridge.rollup.making import item, recomputed
from tests.bridge.rollup.naive import Naive
from tests.bridge.rollup.worlds import RULES, worlds

quick = settings(deadline=None, max_examples=60)
thorough = settings(deadline=None, max_examples=1000)


def finished(one: WorkItem) -> WorkItem:
    return replace(one, category=Category.DONE, status="Done", resolution="Fixed")


def bounds(items: list[WorkItem], rules: RollupRules) -> None:
    progress = roll_up(items, rules)
    assert progress.value is None or 0 <= progress.value <= 1
    assert (progress.value is None) == (progress.counts.counted == 0)


def explained(items: list[WorkItem], rules: RollupRules) -> None:
    progress = roll_up(items, rules)
    assert recomputed(progress) == progress.value
    assert {one.item.ref for one in progress.items} == {one.ref for one in items}
    assert len(progress.items) == len({one.ref for one in items})
    done = sum(one.counted and one.value == 1 for one in progress.items)
    assert (progress.counts.counted, progress.counts.done) == (sum(o.counted for o in progress.items), done)


def unordered(items: list[WorkItem], rules: RollupRules, seed: int) -> None:
    pages = items + random.Random(seed).sample(items, k=len(items) // 2)
    random.Random(seed + 1).shuffle(pages)
    assert roll_up(iter(pages), rules) == roll_up(items, rules)


def as_written(items: list[WorkItem], rules: RollupRules) -> None:
    assert roll_up(items, rules).value == Naive(items, rules).value()


def frozen_recomputes(before: list[WorkItem], after: list[WorkItem], rules: RollupRules) -> None:
    mode = "story" if rules.mode == "level" else rules.mode
    rules = replace(rules, mode=mode, scope="frozen")
    baseline = baseline_of(roll_up(before, replace(rules, scope="live")))
    progress = roll_up(after, rules, baseline=baseline)
    assert recomputed(progress) == progress.value
    assert {one.item.ref for one in progress.items if one.counted} <= set(baseline)


def never_lowered(items: list[WorkItem], rules: RollupRules) -> None:
    rules = replace(rules, cancelled="exclude")
    before = roll_up(items, rules)
    for one in before.items:
        if one.counted:
            after = roll_up([finished(i) if i is one.item else i for i in items], rules)
            assert after.value is not None
            assert before.value is not None
            assert after.value >= before.value


def unmoved(items: list[WorkItem], rules: RollupRules, under: int) -> None:
    rules = replace(rules, cancelled="exclude")
    parent = str(under % len(items))
    for tier in Tier:
        more = item("cancelled", "X", 8, parent, tier=tier, checks=(1, 2))
        before, after = roll_up(items, rules), roll_up([*items, more], rules)
        assert after.value == before.value
        assert after.counts == replace(before.counts, excluded=after.counts.excluded)


def split_leaves_others(items: list[WorkItem], rules: RollupRules, states: list[str]) -> None:
    """Sub-tasks without estimates below a story change neither its weight nor anybody else's part."""
    rules = replace(rules, mode="story")
    before = roll_up(items, rules)
    stories = [one.item for one in before.items if one.counted and one.item.tier is not Tier.GROUP]
    if not stories:
        return
    split = stories[0]
    pieces = [item(f"piece{at}", state, under=split.id, tier=Tier.PART) for at, state in enumerate(states)]
    after = {one.item.ref: one for one in roll_up([*items, *pieces], rules).items}
    for one in before.items:
        now = after[one.item.ref]
        assert (now.weight, now.counted) == (one.weight, one.counted)
        assert one.item is split or now.value == one.value


SIMPLE = RULES.filter(lambda rules: rules.value in ("done", "status", "percent"))
STATES = st.lists(st.sampled_from("DPT"), min_size=1, max_size=4)
TAME = worlds(wild=False)

LAWS = {
    "the value is within 0 and 1, and none only with nothing to count": (bounds, (worlds(), RULES)),
    "the explanation recomputes to the number": (explained, (worlds(), RULES)),
    "order, paging and duplicates do not matter": (unordered, (worlds(), RULES, st.integers(0, 99))),
    "it does what the rules say, word by word": (as_written, (TAME, SIMPLE)),
    "a frozen scope recomputes from baseline items alone": (frozen_recomputes, (worlds(), worlds(), RULES)),
    "completing a counted item never lowers the value": (never_lowered, (worlds(), RULES)),
    "a cancelled item changes nothing": (unmoved, (worlds(), RULES, st.integers(0, 99))),
    "splitting a story leaves the others their share": (
        split_leaves_others,
        (worlds(states="DPTU"), RULES, STATES),
    ),
}


@pytest.mark.parametrize("law", LAWS)
def test_for_all_key_results(law: str):
    check, given_by = LAWS[law]
    quick(given(*given_by)(check))()


@pytest.mark.prove
@pytest.mark.parametrize("law", LAWS)
def test_for_very_many_key_results(law: str):
    check, given_by = LAWS[law]
    thorough(given(*given_by)(check))()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("DT"), st.decimals(0, 10**15, places=6)), min_size=1))
def test_sums_are_exact(estimates: list[tuple[str, Decimal]]):
    items = [item(str(at), state, points) for at, (state, points) in enumerate(estimates)]
    whole = sum((Fraction(points) for _, points in estimates), Fraction(0))
    done = sum((Fraction(points) for state, points in estimates if state == "D"), Fraction(0))
    if whole:
        assert roll_up(items, RollupRules(method="points")).value == done / whole
