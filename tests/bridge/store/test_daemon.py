"""Pauses, what is next, and notices, as the daemon leaves them for others to see."""

from __future__ import annotations

from datetime import timedelta

from bridge.store import Notice, Store
from tests.stores import NOON

HOUR = timedelta(hours=1)


def test_a_connection_is_held_until_its_instant_and_no_longer(store: Store) -> None:
    store.holds.put("acme", NOON + HOUR, "the hourly quota is used up")
    assert store.holds.get("acme", NOON) == (NOON + HOUR, "the hourly quota is used up")
    assert store.holds.get("acme", NOON + HOUR) is None
    assert store.holds.get("other", NOON) is None


def test_a_later_hold_replaces_and_a_dropped_one_is_over(store: Store) -> None:
    store.holds.put("acme", NOON + HOUR, "quota")
    store.holds.put("acme", NOON + 2 * HOUR, "again")
    store.holds.put("other", NOON + HOUR, "quota")
    assert store.holds.all(NOON) == {"acme": (NOON + 2 * HOUR, "again"), "other": (NOON + HOUR, "quota")}
    store.holds.drop("acme")
    assert store.holds.all(NOON).keys() == {"other"}


def test_what_is_next_is_told_by_connection_and_job(store: Store) -> None:
    store.schedule.put("acme", "sync", NOON)
    store.schedule.put("acme", "sweep", NOON + HOUR)
    store.schedule.put("acme", "sync", NOON + HOUR)
    assert store.schedule.all() == {("acme", "sync"): NOON + HOUR, ("acme", "sweep"): NOON + HOUR}
    store.schedule.put("acme", "sync", None)
    store.schedule.put("acme", "reconcile", None)
    assert store.schedule.all() == {("acme", "sweep"): NOON + HOUR}


def test_a_new_schedule_replaces_the_whole(store: Store) -> None:
    store.schedule.put("gone", "sync", NOON)
    store.schedule.replace({("acme", "sync"): NOON, ("acme", "sweep"): NOON + HOUR})
    assert store.schedule.all() == {("acme", "sync"): NOON, ("acme", "sweep"): NOON + HOUR}
    store.schedule.replace({})
    assert store.schedule.all() == {}


def test_a_notice_stands_until_it_is_over(store: Store) -> None:
    store.notices.put("okrs", NOON, "okrs.toml: line 3", "mend it")
    store.notices.put("ping", NOON - HOUR, "no answer", "look at it")
    store.notices.put("okrs", NOON + HOUR, "okrs.toml: line 4", "mend it")
    standing = Notice("okrs", NOON + HOUR, "okrs.toml: line 4", "mend it")
    assert store.notices.all() == (Notice("ping", NOON - HOUR, "no answer", "look at it"), standing)
    store.notices.drop("ping")
    store.notices.drop("never there")
    assert store.notices.all() == (standing,)
