"""Which items a link brings, and when that is not known."""

from __future__ import annotations

import pytest

from bridge.model import FieldValue, Keys, Label, Link, Project, Query
from bridge.store import Store, link_digest
from bridge.store.membership import Known
from tests.stores import KEYS, NOON, QUERY

TOLD_APART = {
    "another connection": Link("other", Query("labels = onboarding")),
    "another text": Link("acme", Query("labels = other")),
    "another kind of selector": Link("acme", Label("labels = onboarding")),
    "a project of that name": Link("acme", Project("labels = onboarding")),
    "a field": Link("acme", FieldValue("labels", "onboarding")),
    "keys": Link("acme", Keys(("labels = onboarding",))),
}


def test_a_link_that_was_never_read_is_told_from_one_without_hits(store: Store) -> None:
    assert store.membership.ids(QUERY) is None
    store.membership.replace(QUERY, frozenset(), NOON)
    assert store.membership.ids(QUERY) == frozenset()


def test_replacing_leaves_exactly_the_new_hits(store: Store) -> None:
    store.membership.replace(QUERY, frozenset({"1", "2", "3"}), NOON)
    store.membership.replace(KEYS, frozenset({"1"}), NOON)
    store.membership.replace(QUERY, frozenset({"2", "4"}), NOON)
    assert store.membership.ids(QUERY) == {"2", "4"}
    assert store.membership.ids(KEYS) == {"1"}


def test_links_that_differ_in_what_is_below_are_read_each_for_itself(store: Store) -> None:
    store.membership.replace(QUERY, frozenset({"1"}), NOON)
    assert store.membership.ids(Link("acme", QUERY.selector, below=False)) is None


@pytest.mark.parametrize("other", TOLD_APART.values(), ids=TOLD_APART)
def test_links_that_ask_for_something_else_are_told_apart(other: Link) -> None:
    assert link_digest(other) != link_digest(QUERY)


def test_the_digest_is_the_same_for_good() -> None:
    assert link_digest(QUERY).startswith("82d5d6ee95432356")


def test_unreadable_keys_stand_beside_the_hits(store: Store) -> None:
    assert store.membership.unreadable(KEYS) == ()
    store.membership.set_unreadable(KEYS, ["SHOP-9"])
    assert store.membership.ids(KEYS) is None
    store.membership.replace(KEYS, frozenset({"1"}), NOON)
    assert store.membership.unreadable(KEYS) == ("SHOP-9",)
    store.membership.set_unreadable(KEYS, ())
    assert store.membership.unreadable(KEYS) == ()
    assert store.membership.ids(KEYS) == {"1"}


def test_pruning_drops_links_that_nobody_uses_with_their_hits(store: Store) -> None:
    store.membership.replace(QUERY, frozenset({"1"}), NOON)
    store.membership.replace(KEYS, frozenset({"1"}), NOON)
    store.membership.prune([KEYS])
    store.membership.prune([KEYS])
    assert store.membership.ids(QUERY) is None
    assert store.membership.ids(KEYS) == {"1"}
    store.membership.replace(QUERY, frozenset(), NOON)
    assert store.membership.ids(QUERY) == frozenset()


def test_what_is_known_of_many_links_is_told_at_one_look(store: Store) -> None:
    never = Link("acme", Label("x"))
    store.membership.replace(QUERY, frozenset(), NOON)
    store.membership.replace(KEYS, frozenset({"1", "2"}), NOON)
    store.membership.set_unreadable(KEYS, ("SHOP-9",))
    store.membership.set_unreadable(TOLD_APART["keys"], ("AccessDenied",))
    store.membership.replace(TOLD_APART["a project of that name"], frozenset({"7"}), NOON)
    assert store.membership.of([QUERY, KEYS, never, TOLD_APART["keys"]]) == {
        QUERY: Known(frozenset()),
        KEYS: Known(frozenset({"1", "2"}), ("SHOP-9",)),
        never: Known(None),
        TOLD_APART["keys"]: Known(None, ("AccessDenied",)),
    }
    assert store.membership.of([]) == {}
