"""A tree that changes day by day is the tree that would be built anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import WorkItem
from bridge.replay.past_tree import PastTree
from mappings.links import Tree
from tests.stores import item

ALIASES = {"OLD-1": "10001", "OLD-2": "10002"}
NAMES = ["10001", "10002", "10003", "10004", "K-1", "K-2", "K-3", "K-4", "OLD-1", "OLD-2", "NOBODY-1", None]
KEYS = ["K-1", "K-2", "K-3", "K-4"]


def one(number: int, parent: str | None = None, key: str | None = None) -> WorkItem:
    return replace(item(number), parent=parent, key=key or f"K-{number}")


def shape(tree: Tree) -> tuple[dict[str, WorkItem], dict[str, set[str]]]:
    """Items, and who stands under whom among those that are there."""
    below = {above: set(ids) for above, ids in tree.children.items() if above in tree.items}
    return dict(tree.items), below


def check(past: PastTree, items: list[WorkItem]) -> None:
    assert shape(past.tree) == shape(Tree.of(items, ALIASES))


def test_a_child_that_comes_before_its_parent_is_found_below_it() -> None:
    past = PastTree(ALIASES)
    past.put("10002", one(2, parent="K-1"))
    check(past, [one(2, parent="K-1")])
    past.put("10001", one(1))
    check(past, [one(1), one(2, parent="K-1")])
    assert past.tree.items["10002"].parent == "10001"


def test_a_parent_that_goes_leaves_its_children_to_themselves_until_it_is_back() -> None:
    past = PastTree(ALIASES)
    past.put("10001", one(1))
    past.put("10002", one(2, parent="10001"))
    past.put("10001", None)
    check(past, [one(2, parent="10001")])
    past.put("10001", one(1))
    check(past, [one(1), one(2, parent="10001")])


def test_those_above_an_item_are_told_once_even_in_a_circle() -> None:
    past = PastTree({})
    for made in (one(1, parent="10002"), one(2, parent="10001"), one(3, parent="10001")):
        past.put(made.id, made)
    assert list(past.above("10003")) == ["10001", "10002"]
    assert list(past.above("10001")) == ["10002"]
    assert list(past.above("10009")) == []


STEP = st.tuples(
    st.integers(1, 4), st.booleans(), st.sampled_from(NAMES), st.one_of(st.none(), st.sampled_from([5, 6]))
)


def replayed(steps: list[tuple[int, bool, str | None, int | None]]) -> None:
    past, there = PastTree(ALIASES), {}
    for number, stays, parent, moved in steps:
        made = one(number, parent, None if moved is None else f"K-{number}{moved}") if stays else None
        past.put(f"{10_000 + number}", made)
        there.pop(f"{10_000 + number}", None)
        if made is not None:
            there[made.id] = made
        check(past, list(there.values()))


@settings(deadline=None, max_examples=150)
@given(st.lists(STEP, max_size=12))
def test_after_any_changes_it_is_the_tree_that_would_be_built_anew(
    steps: list[tuple[int, bool, str | None, int | None]],
) -> None:
    replayed(steps)


@pytest.mark.prove
@settings(deadline=None, max_examples=5_000)
@given(st.lists(STEP, max_size=25))
def test_after_very_many_changes_too(steps: list[tuple[int, bool, str | None, int | None]]) -> None:
    replayed(steps)
