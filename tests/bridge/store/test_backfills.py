"""A past that is being read is kept page by page, and is gone when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge.errors import StoreError
from bridge.store import Backfill, Store
from bridge.store.tables import READING
from tests.stores import DAY, NOON, full


def begin(store: Store, digest: str, *wanted: str, connection: str = "acme") -> None:
    store.backfills.begin(Backfill(digest, connection, NOON, DAY, {"statuses": []}, wanted, None))


def test_what_was_begun_is_found_again(store: Store) -> None:
    begun = Backfill("b1", "acme", NOON, DAY, {"statuses": [{"id": "1"}]}, ("2", "1"), None)
    store.backfills.begin(begun)
    assert store.backfills.get("b1") == begun
    assert store.backfills.get("b2") is None


def test_pages_add_up_and_days_come_in_the_order_of_pages(store: Store) -> None:
    begin(store, "b1", "1", "2", "3", "4")
    store.backfills.put_page("b1", ["2", "1"], {}, {0: "a0", 3: "a3"})
    store.backfills.put_page("b1", ["3"], {"3": "no status"}, {})
    store.backfills.put_page("b1", [], {}, {0: "c0"})
    assert store.backfills.read("b1") == ({"1", "2", "3"}, {"3": "no status"})
    assert list(store.backfills.turns("b1", 0)) == ["a0", "c0"]
    assert list(store.backfills.turns("b1", 3)) == ["a3"]
    assert list(store.backfills.turns("b1", 1)) == []


def test_a_page_is_kept_whole_or_not_at_all(store: Store) -> None:
    begin(store, "b1", "1")
    with pytest.raises(StoreError), full(store):
        store.backfills.put_page("b1", ["1"], {}, {0: "a0" * 100_000})
    assert store.backfills.read("b1") == (frozenset(), {})
    assert list(store.backfills.turns("b1", 0)) == []


def test_at_the_end_it_is_known_what_did_not_come(store: Store) -> None:
    begin(store, "b1", "1", "2")
    store.backfills.end("b1", {"2"})
    found = store.backfills.get("b1")
    assert found is not None
    assert found.gone == ("2",)
    store.backfills.end("b1", [])
    ended = store.backfills.get("b1")
    assert ended is not None
    assert ended.gone == ()


def test_beginning_anew_forgets_what_was_read(store: Store) -> None:
    begin(store, "b1", "1")
    store.backfills.put_page("b1", ["1"], {}, {0: "a0"})
    begin(store, "b1", "1")
    assert store.backfills.read("b1") == (frozenset(), {})
    assert list(store.backfills.turns("b1", 0)) == []


def test_a_longer_one_asks_again_for_what_changed_and_keeps_the_rest(store: Store) -> None:
    begin(store, "b1", "1", "2", "3")
    store.backfills.put_page("b1", ["1", "2"], {"2": "odd"}, {0: "a0"})
    store.backfills.put_page("b1", ["3"], {"3": "odd"}, {0: "b0"})
    store.backfills.end("b1", [])
    longer = Backfill("b1", "acme", NOON, DAY + timedelta(days=1), {}, ("1", "2", "3", "4"), None)
    store.backfills.lengthen(longer, {"2", "4"})
    assert store.backfills.get("b1") == longer
    assert store.backfills.read("b1") == ({"1", "3"}, {"3": "odd"})
    assert list(store.backfills.turns("b1", 0)) == ["a0", "b0"]


def test_clearing_leaves_other_connections_and_the_one_that_is_meant(store: Store) -> None:
    for digest, connection in (("b1", "acme"), ("b2", "acme"), ("b3", "other")):
        begin(store, digest, "1", connection=connection)
        store.backfills.put_page(digest, ["1"], {}, {0: digest})
    store.backfills.clear("acme", but="b2")
    assert [store.backfills.get(one) is None for one in ("b1", "b2", "b3")] == [True, False, False]
    assert list(store.backfills.turns("b2", 0)) == ["b2"]


def test_nothing_is_left_of_one_that_is_dropped(store: Store) -> None:
    begin(store, "b1", "1")
    store.backfills.put_page("b1", ["1"], {}, {0: "a0"})
    store.backfills.drop("b1")
    with store.database.read() as connection:
        assert [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in READING] == [
            0
        ] * 3
