"""What was written, and what is still to be written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.model import Outcome, What
from bridge.store import Pending, Store, Written, WrittenKey
from tests.stores import NOON, change

PLACE = WrittenKey("10001", "O1-KR1", What.FIELD, "progress")


def test_each_place_has_its_own_value(store: Store) -> None:
    status = PLACE._replace(name="status")
    store.written.put("acme", PLACE, Written(40, "", NOON))
    store.written.put("acme", status, Written("正常", "", NOON))
    store.written.put("acme", PLACE, Written(None, "7", NOON))
    store.written.put("other", PLACE, Written(1, "", NOON))
    assert store.written.all("acme") == {PLACE: Written(None, "7", NOON), status: Written("正常", "", NOON)}


@pytest.mark.parametrize("value", [None, 0, 0.0, 1.5, "", "40", [], {"a": [1, None]}, True, 2**70])
def test_a_json_value_comes_back_as_it_was(store: Store, value: object) -> None:
    store.written.put("acme", PLACE, Written(value, "", NOON))
    (found,) = store.written.all("acme").values()
    assert found.value == value
    assert type(found.value) is type(value)


def test_a_dropped_place_is_not_ours_any_more(store: Store) -> None:
    store.written.put("acme", PLACE, Written(40, "", NOON))
    store.written.put("other", PLACE, Written(40, "", NOON))
    store.written.drop("acme", PLACE._replace(kr="O1-KR2"))
    store.written.drop("acme", PLACE)
    assert store.written.all("acme") == {}
    assert PLACE in store.written.all("other")


def test_intents_are_pending_oldest_first(store: Store) -> None:
    first = store.outbox.add("1", change("progress", before={"a": 1}))
    second = store.outbox.add("1", change("status"))
    other = store.outbox.add("2", change(connection="other"))
    assert store.outbox.pending() == (
        Pending(first, "1", change("progress", before={"a": 1}), 0, ""),
        Pending(second, "1", change("status"), 0, ""),
        Pending(other, "2", change(connection="other"), 0, ""),
    )
    assert [p.id for p in store.outbox.pending("acme")] == [first, second]
    assert store.outbox.depth() == 3


@pytest.mark.parametrize(
    "outcome", [Outcome.WRITTEN, Outcome.KEPT, Outcome.DRIFTED, Outcome.REFUSED, Outcome.FAILED]
)
def test_a_settled_intent_is_not_pending(store: Store, outcome: Outcome) -> None:
    first, second = store.outbox.add("1", change()), store.outbox.add("1", change())
    store.outbox.close(first, outcome, "as it went")
    assert [p.id for p in store.outbox.pending()] == [second]
    assert store.outbox.depth() == 1


def test_an_unknown_outcome_stays_pending_with_its_attempts(store: Store) -> None:
    made = store.outbox.add("1", change())
    store.outbox.attempt(made)
    store.outbox.close(made, Outcome.UNKNOWN, "connection lost")
    store.outbox.attempt(made)
    (pending,) = store.outbox.pending()
    assert pending == Pending(made, "1", replace(change(), outcome=Outcome.PLANNED), 2, "connection lost")
