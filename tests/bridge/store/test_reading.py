"""How far a connection was read, and its site's facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bridge.store import Store
from bridge.store.reading import LONG_AGO
from tests.stores import CURSOR, NOON


def test_a_cursor_comes_back_moves_and_goes(store: Store) -> None:
    assert store.cursors.get("acme") is None
    store.cursors.put("acme", CURSOR)
    moved = replace(CURSOR, since=NOON + timedelta(hours=1), scheme="scheme-2")
    store.cursors.put("acme", moved)
    assert store.cursors.get("acme") == moved
    assert store.cursors.get("other") is None
    store.cursors.drop("acme")
    assert store.cursors.get("acme") is None


def test_facts_come_back_with_their_instant(store: Store) -> None:
    facts = {"fields": [{"id": "customfield_10016", "name": "故事点", "ratio": 1.0}], "deployment": None}
    assert store.sites.get("acme") is None
    store.sites.put("acme", {}, NOON)
    store.sites.put("acme", facts, NOON)
    assert store.sites.get("acme") == (facts, NOON)
    store.sites.doubt("acme")
    assert store.sites.get("acme") == (facts, LONG_AGO)
    store.sites.drop("acme")
    assert store.sites.get("acme") is None
