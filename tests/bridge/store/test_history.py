"""History is only ever added to, and has one current point a day and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import sqlalchemy as sa

from bridge.store import Store
from bridge.store.tables import HISTORY as TABLE
from tests.stores import DAY, HISTORY, NOON

TOMORROW = DAY + timedelta(days=1)


def rows(store: Store) -> int:
    with store.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(TABLE)) or 0


def test_a_point_comes_back_as_it_was(store: Store) -> None:
    assert store.history.record(HISTORY)
    assert store.history.points("O1-KR1") == (HISTORY,)


def test_the_newest_of_a_day_and_source_is_the_current_one(store: Store) -> None:
    later = replace(HISTORY, value=Fraction(2, 3), at=NOON + timedelta(hours=1))
    store.history.record(HISTORY)
    store.history.record(later)
    assert store.history.points("O1-KR1") == (later,)
    assert rows(store) == 2


def test_what_was_told_last_is_current_whatever_its_instant(store: Store) -> None:
    corrected = replace(HISTORY, value=Fraction(1, 2), at=NOON - timedelta(days=1))
    store.history.record(HISTORY)
    store.history.record(corrected)
    assert store.history.points("O1-KR1") == (corrected,)


def test_the_same_told_again_adds_nothing(store: Store) -> None:
    store.history.record(HISTORY)
    assert not store.history.record(replace(HISTORY, at=NOON + timedelta(hours=1)))
    assert rows(store) == 1


def test_back_to_an_older_value_is_news(store: Store) -> None:
    for value in (Fraction(1), Fraction(2), Fraction(1)):
        assert store.history.record(replace(HISTORY, value=value))
    assert rows(store) == 3


def test_days_sources_and_key_results_stand_apart(store: Store) -> None:
    backfilled = replace(HISTORY, source="backfill", value=None)
    tomorrow = replace(HISTORY, day=TOMORROW)
    for point in (tomorrow, HISTORY, backfilled, replace(HISTORY, kr="O1-KR2")):
        store.history.record(point)
    assert store.history.points("O1-KR1") == (HISTORY, backfilled, tomorrow)


def test_a_span_has_both_its_ends(store: Store) -> None:
    points = [replace(HISTORY, day=DAY + timedelta(days=n)) for n in range(4)]
    for point in points:
        store.history.record(point)
    assert store.history.points("O1-KR1", points[1].day, points[2].day) == (points[1], points[2])
    assert store.history.points("O1-KR1", first=points[3].day) == (points[3],)
    assert store.history.points("O1-KR1", last=points[0].day) == (points[0],)
    assert store.history.points("nobody") == ()


def test_points_told_together_are_each_compared_with_their_own(store: Store) -> None:
    store.history.record(HISTORY)
    other = replace(HISTORY, kr="O1-KR2")
    again = replace(HISTORY, at=NOON + timedelta(hours=1))
    assert store.history.record_all([again, other]) == 1
    assert store.history.record_all([replace(again, day=TOMORROW), replace(other, value=None)]) == 2
    assert store.history.record_all([]) == 0
    assert [point.value for point in store.history.points("O1-KR2")] == [None]
    assert rows(store) == 4
