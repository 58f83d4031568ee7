"""What people said stays on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bridge.store import OverrideRecord, Revision, Store
from tests.stores import CHECK_IN, NOON, OVERRIDE

LATER = NOON + timedelta(days=1)


def test_a_revision_is_new_only_when_the_file_changed(store: Store) -> None:
    assert store.revisions.record("a", "one", NOON)
    assert not store.revisions.record("a", "one", LATER)
    assert store.revisions.record("b", "two", LATER)
    assert store.revisions.all() == (Revision(1, "a", "one", NOON), Revision(2, "b", "two", LATER))


def test_the_original_stays_beside_the_latest(store: Store) -> None:
    assert store.revisions.first() is None
    assert store.revisions.latest() is None
    for digest in ("a", "b", "c"):
        store.revisions.record(digest, f"document {digest}", NOON)
    first, latest = store.revisions.first(), store.revisions.latest()
    assert (first and first.digest, latest and latest.digest) == ("a", "c")


def test_a_file_put_back_as_it_was_is_a_change(store: Store) -> None:
    assert [store.revisions.record(digest, "", NOON) for digest in ("a", "b", "a")] == [True, True, True]


def test_the_latest_override_stands(store: Store) -> None:
    newer = replace(OVERRIDE, value=Decimal("0.8"), at=LATER)
    assert store.overrides.current("O1-KR1") is None
    store.overrides.put(OVERRIDE)
    store.overrides.put(newer)
    store.overrides.put(replace(OVERRIDE, kr="O1-KR2"))
    assert store.overrides.current("O1-KR1") == newer
    assert store.overrides.all() == {"O1-KR1": newer, "O1-KR2": replace(OVERRIDE, kr="O1-KR2")}


def test_clearing_takes_back_all_that_stood_and_keeps_it_on_record(store: Store) -> None:
    store.overrides.put(OVERRIDE)
    store.overrides.put(replace(OVERRIDE, at=LATER))
    assert store.overrides.clear("O1-KR1", "wang", LATER)
    assert not store.overrides.clear("O1-KR1", "wang", LATER)
    assert store.overrides.current("O1-KR1") is None
    assert store.overrides.log("O1-KR1") == (
        OverrideRecord(OVERRIDE, "wang", LATER),
        OverrideRecord(replace(OVERRIDE, at=LATER), "wang", LATER),
    )


def test_an_override_after_a_cleared_one_stands(store: Store) -> None:
    store.overrides.put(OVERRIDE)
    store.overrides.clear("O1-KR1", "wang", NOON)
    store.overrides.put(replace(OVERRIDE, at=LATER))
    assert store.overrides.current("O1-KR1") == replace(OVERRIDE, at=LATER)
    assert str(store.overrides.all()["O1-KR1"].value) == "0.70"


def test_reports_come_oldest_first(store: Store) -> None:
    late, bare = replace(CHECK_IN, at=LATER), replace(CHECK_IN, kr="O2-KR1", value=None, milestones=())
    for check_in in (late, CHECK_IN, bare, replace(late, note="second thought")):
        store.checkins.add(check_in)
    assert store.checkins.of("O1-KR2") == (CHECK_IN, late, replace(late, note="second thought"))
    assert store.checkins.of("nobody") == ()
    assert store.checkins.all() == {
        "O1-KR2": (CHECK_IN, late, replace(late, note="second thought")),
        "O2-KR1": (bare,),
    }
