"""Writes that failed stay where they are told from, until the place is as it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bridge.store import Store
from tests.stores import NOON, PARKED

LATER = replace(PARKED, item="10002", key="SHOP-2", since=NOON + timedelta(hours=1), final=True, value="正常")
OTHER = replace(PARKED, connection="other")


def test_a_parked_write_comes_back_as_it_was(store: Store) -> None:
    for parked in (LATER, OTHER, PARKED):
        store.parked.put(parked)
    assert store.parked.all() == (PARKED, OTHER, LATER)
    assert store.parked.all("acme") == (PARKED, LATER)
    assert store.parked.all("nobody") == ()


def test_failing_again_replaces_what_was_parked_at_the_place(store: Store) -> None:
    again = replace(PARKED, attempts=3, next=NOON + timedelta(minutes=8), message="acme: 500")
    store.parked.put(PARKED)
    store.parked.put(again)
    assert store.parked.all() == (again,)


def test_each_place_is_parked_for_itself(store: Store) -> None:
    status = replace(PARKED, name="status")
    store.parked.put(PARKED)
    store.parked.put(status)
    store.parked.drop("acme", "10001", "O1-KR2", "field", "progress")
    store.parked.drop("other", "10001", "O1-KR1", "field", "progress")
    assert store.parked.all() == (PARKED, status)
    store.parked.drop("acme", "10001", "O1-KR1", "field", "progress")
    assert store.parked.all() == (status,)


def test_one_connection_or_all_can_be_cleared(store: Store) -> None:
    for parked in (PARKED, OTHER):
        store.parked.put(parked)
    store.parked.clear("acme")
    assert store.parked.all() == (OTHER,)
    store.parked.clear()
    assert store.parked.all() == ()
