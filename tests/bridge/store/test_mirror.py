"""The mirror gives back what was saved, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.model import Category, ItemRef, Tier, WorkItem
from bridge.store import Store, mirror
from tests.stores import FULL, NOON, PANEL, item

TEXTS = st.text(max_size=8)
HELD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
DECIMALS = st.decimals(0, 10**15, allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ITEMS = st.builds(
    WorkItem,
    connection=st.just("acme"),
    id=st.just("1"),
    key=HELD,
    title=HELD,
    tier=st.sampled_from(Tier),
    status=HELD,
    category=st.sampled_from(Category),
    updated=INSTANTS,
    parent=st.none() | HELD,
    children=st.lists(TEXTS, max_size=3).map(tuple),
    resolution=HELD,
    points=st.none() | DECIMALS,
    spent_seconds=st.none() | DECIMALS,
    checks=st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99)),
    numbers=st.lists(st.tuples(TEXTS, DECIMALS), max_size=3).map(tuple),
    labels=st.lists(TEXTS, max_size=3).map(tuple),
    due=st.none() | st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    finished=st.none() | INSTANTS,
)


def test_an_item_comes_back_as_it_was_saved(store: Store) -> None:
    store.mirror.save([FULL, item(1)], {})
    assert {i.id: i for i in store.mirror.load()} == {FULL.id: FULL, "10001": item(1)}


def test_decimals_come_back_digit_by_digit(store: Store) -> None:
    store.mirror.save([FULL], {})
    (loaded,) = store.mirror.load()
    assert str(loaded.points) == "0.50"
    assert str(loaded.numbers[0][1]) == "1E+3"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ITEMS)
def test_any_item_survives_the_database(store: Store, drawn: WorkItem) -> None:
    store.mirror.clear("acme")
    store.mirror.save([drawn], {})
    assert list(store.mirror.load()) == [drawn]


def test_text_that_no_database_holds_is_made_holdable(store: Store) -> None:
    store.mirror.save([item(1, title="a\0b\ud800c\N{PILE OF POO}", labels=("x\0", "\udfff"))], {})
    (loaded,) = store.mirror.load()
    assert loaded.title == "a\ufffdb\ufffdc\N{PILE OF POO}"
    assert loaded.labels == ("x\0", "\udfff")


def test_instants_come_back_in_utc_whatever_their_zone(store: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    store.mirror.save([item(1, updated=NOON.astimezone(shanghai))], {})
    (loaded,) = store.mirror.load()
    assert loaded.updated == NOON
    assert loaded.updated.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="timezone"):
        store.mirror.save([item(1, updated=datetime(2026, 1, 1))], {})  # noqa: DTZ001


def test_saving_again_replaces(store: Store) -> None:
    store.mirror.save([item(1)], {})
    store.mirror.save([item(1, status="Done", category=Category.DONE), item(2)], {})
    assert {i.id: i.status for i in store.mirror.load()} == {"10001": "Done", "10002": "In Progress"}


def test_of_two_copies_in_one_save_the_later_told_stays(store: Store) -> None:
    assert store.mirror.save([item(1), item(1, status="Done")], {}) == 2
    assert [i.status for i in store.mirror.load()] == ["Done"]


def test_load_takes_one_connection_or_all(store: Store) -> None:
    store.mirror.save([item(1), item(1, connection="other")], {})
    assert [i.connection for i in store.mirror.load("other")] == ["other"]
    assert {i.ref for i in store.mirror.load()} == {ItemRef("acme", "10001"), ItemRef("other", "10001")}
    assert list(store.mirror.load("nobody")) == []


def test_repeated_strings_are_shared(store: Store) -> None:
    store.mirror.save([item(n, labels=("a", "b"), points=Decimal(n % 2)) for n in range(4)], {})
    first, second, third, _ = sorted(store.mirror.load(), key=lambda i: i.id)
    assert first.status is second.status
    assert first.labels is second.labels
    assert first.points is third.points


def test_a_save_streams_and_what_came_before_a_failure_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "BATCH", 10)

    def cut_short() -> Iterator[WorkItem]:
        yield from (item(n) for n in range(25))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.mirror.save(cut_short(), {})
    assert len(store.mirror.ids("acme")) == 20


def test_items_may_be_saved_while_others_are_loaded(store: Store) -> None:
    store.mirror.save([item(n) for n in range(5)], {})
    for loaded in store.mirror.load():
        store.mirror.save([item(int(loaded.id) - 10000, status="Seen")], {})
    assert {i.status for i in store.mirror.load()} == {"Seen"}


def test_every_key_ever_seen_leads_to_its_item_and_the_current_one_wins(store: Store) -> None:
    store.mirror.save([item(1, key="OLD-1"), item(2, key="OLD-2")], {})
    store.mirror.save([item(1, key="NEW-1")], {})
    store.mirror.save([item(3, key="OLD-1")], {})
    assert store.mirror.aliases("acme") == {"OLD-1": "10003", "OLD-2": "10002", "NEW-1": "10001"}
    store.mirror.save([item(3, key="OLD-2")], {})
    store.mirror.save([item(3, key="OLD-1")], {})
    assert store.mirror.aliases("acme")["OLD-2"] == "10002"
    assert store.mirror.aliases("other") == {}


def test_forgotten_items_are_gone_and_keep_their_keys(store: Store) -> None:
    store.mirror.save([item(1), item(2), item(1, connection="other")], {item(1).ref: PANEL})
    store.mirror.forget("acme", {"10001", "unknown"})
    store.mirror.forget("acme", ())
    assert {i.ref for i in store.mirror.load()} == {item(2).ref, ItemRef("other", "10001")}
    assert store.mirror.panels("acme", ["10001"]) == {}
    assert store.mirror.aliases("acme")["SHOP-1"] == "10001"


def test_clearing_drops_one_connection_only(store: Store) -> None:
    store.mirror.save([item(1), item(1, connection="other")], {item(1).ref: PANEL})
    store.mirror.clear("acme")
    assert store.mirror.ids("acme") == frozenset()
    assert store.mirror.ids("other") == {"10001"}
    assert store.mirror.panels("acme", ["10001"]) == {}
    assert store.mirror.aliases("acme") == {"SHOP-1": "10001"}


def test_panels_are_kept_until_another_is_found(store: Store) -> None:
    store.mirror.save([item(1), item(2)], {item(1).ref: PANEL})
    store.mirror.save([item(1)], {})
    assert store.mirror.panels("acme", ["10001", "10002", "10003"]) == {"10001": PANEL}
    store.mirror.set_panel("acme", "10001", {"fields": {}, "property": None})
    store.mirror.set_panel("acme", "10002", PANEL)
    assert store.mirror.panels("acme", {"10001"}) == {"10001": {"fields": {}, "property": None}}
    assert store.mirror.panels("acme", {"10002"}) == {"10002": PANEL}


def test_titles_are_told_of_the_items_that_are_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "CHUNK", 2)
    items = [item(at, title=f"Work {at}") for at in range(5)]
    store.mirror.save([*items, item(1, connection="beta", title="Other")], {})
    named = {one.ref: one.title for one in items[1:]} | {ItemRef("beta", items[1].id): "Other"}
    assert store.mirror.titles([*named, ItemRef("acme", "gone")]) == named
    assert store.mirror.titles([]) == {}
