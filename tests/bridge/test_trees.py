"""Trees kept from run to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.model import Category, Tier, WorkItem
from bridge.store import Store
from bridge.trees import Trees
from mappings.links import Tree

NOW = datetime(2026, 10, 5, tzinfo=UTC)


def item(id: str, parent: str | None = None, title: str = "t", connection: str = "mem") -> WorkItem:
    return WorkItem(
        connection=connection, id=id, key=f"A-{id}", title=title, tier=Tier.UNIT, status="todo",
        category=Category.TODO, updated=NOW, parent=parent,
    )  # fmt: skip


def anew(store: Store) -> Tree:
    return Trees(store).of("mem")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'okr-bridge.db'}") as store:
        yield store


@pytest.fixture
def trees(store: Store) -> Trees:
    store.mirror.save([item("1"), item("2", parent="A-1"), item("9", connection="other")], {})
    made = Trees(store)
    made.of("mem")
    return made


def save(store: Store, trees: Trees, items: Iterable[WorkItem]) -> None:
    store.mirror.save(items := list(items), {})
    trees.saved("mem", items)


def test_a_tree_is_loaded_once_while_nothing_changes(store: Store, trees: Trees) -> None:
    first = trees.of("mem")
    store.mirror.clear("mem")
    assert trees.of("mem") is first
    assert first.children == {"1": ("2",)}


def test_what_is_saved_and_forgotten_shows_as_if_loaded_anew(store: Store, trees: Trees) -> None:
    save(store, trees, [item("3", parent="2"), item("2", parent="1", title="renamed")])
    assert trees.of("mem") == anew(store)
    assert trees.of("mem").items["2"].title == "renamed"
    store.mirror.forget("mem", ["2"])
    trees.forgot("mem", ["2"])
    assert trees.of("mem") == anew(store)
    assert trees.of("mem").items.keys() == {"1", "3"}


def test_what_did_not_change_is_the_very_same(store: Store, trees: Trees) -> None:
    before = trees.of("mem").items["1"]
    save(store, trees, [item("3")])
    assert trees.of("mem").items["1"] is before


def test_a_connection_that_was_never_asked_for_is_loaded_whole(store: Store) -> None:
    store.mirror.save([item("1")], {})
    trees = Trees(store)
    save(store, trees, [item("2")])
    assert trees.of("mem").items.keys() == {"1", "2"}


TURNS = {
    "the next": ((1, 2), True),
    "the same again": ((1, 1), False),
    "after that of another writer": ((1, 3), False),
}


@pytest.mark.parametrize(("tokens", "kept"), TURNS.values(), ids=TURNS.keys())
def test_a_tree_is_kept_over_to_the_very_next_turn_alone(
    store: Store, trees: Trees, tokens: tuple[int, int], kept: bool
) -> None:
    with trees.turn(tokens[0]):
        first = trees.of("mem")
    with trees.turn(tokens[1]):
        assert (trees.of("mem") is first) is kept


def test_after_a_turn_that_broke_off_nothing_is_trusted(store: Store, trees: Trees) -> None:
    first = trees.of("mem")
    with pytest.raises(RuntimeError), trees.turn(1):
        raise RuntimeError
    with trees.turn(2):
        assert trees.of("mem") is not first


def test_a_connection_that_leads_elsewhere_is_loaded_anew(store: Store, trees: Trees) -> None:
    store.mirror.clear("mem")
    trees.drop("mem")
    assert trees.of("mem").items == {}
