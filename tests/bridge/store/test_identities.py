"""Whose the database is, and what goes when a connection leads to another site."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.exchange import export, import_document
from bridge.store import Store
from bridge.store.tables import METADATA
from tests.stores import KEYS, change, fill, fill_passing

NEW = ("new.example",)


KEPT = ("figures", "history", "revisions", "overrides", "check_ins", "runs", "run_writes")


def lasting(store: Store) -> dict[str, list[sa.RowMapping]]:
    with store.database.read() as database:
        return {name: list(database.execute(METADATA.tables[name].select()).mappings()) for name in KEPT}


def test_whose_it_is_is_not_known_at_first_and_remembered_after(store: Store) -> None:
    assert store.identities.get() == store.identities.get("acme") == ()
    store.identities.put(("okr-bridge",))
    store.identities.put(("a.example", "b.example"), "acme")
    assert store.identities.get() == ("okr-bridge",)
    assert store.identities.get("acme") == ("a.example", "b.example")


def test_nothing_of_the_site_before_is_left(store: Store) -> None:
    fill(store)
    fill_passing(store)
    store.outbox.add("1", change())
    store.identities.replace("acme", NEW)
    assert store.identities.get("acme") == NEW
    assert store.cursors.get("acme") is None
    assert store.mirror.ids("acme") == frozenset()
    assert store.mirror.aliases("acme") == {}
    assert store.mirror.panels("acme", ["10001"]) == {}
    assert store.membership.ids(KEYS) is None
    assert store.written.all("acme") == {}
    assert store.parked.all("acme") == ()
    assert store.outbox.pending("acme") == ()
    assert store.baselines.taken("2026-Q4") == frozenset()


def test_what_was_said_of_key_results_stays_and_other_connections_do(store: Store) -> None:
    fill(store)
    before = export(store)
    store.identities.replace("another", NEW)
    assert export(store) == before
    kept = lasting(store)
    store.identities.replace("acme", NEW)
    assert lasting(store) == kept


def test_what_is_taken_in_belongs_to_the_bridge_that_takes_it_in(store: Store) -> None:
    store.identities.put(("here",))
    store.identities.put(("old.example",), "acme")
    import_document(store, export(store), replace=True)
    assert store.identities.get() == ("here",)
    assert store.identities.get("acme") == ()
