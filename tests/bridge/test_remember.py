"""What a run keeps for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.model import Standing
from bridge.remember import remember
from bridge.store import Store
from tests.bridge.judging import work, work_kr
from tests.engine import okrs

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
KR = work_kr()
OKRS = okrs(KR)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as opened:
        yield opened


def standing(value: str | None, **more: object) -> Standing:
    exact = None if value is None else Fraction(value)
    facts = {"kr": KR, "objective": "O1", "progress": exact, "computed": exact, "work": work(value)} | more
    return Standing(**facts)  # type: ignore[arg-type]


def keep(store: Store, one: Standing, now: datetime = NOW, zone: str = "UTC") -> None:
    remember(store, OKRS, (one,), now, ZoneInfo(zone))


def test_the_last_value_is_kept_exactly(store: Store) -> None:
    keep(store, standing("1/3"))
    last = store.figures.get("KR1")
    assert last is not None
    assert (last.progress, last.at, last.read) == (Fraction(1, 3), NOW, NOW)


def test_a_partial_read_changes_nothing_that_is_known(store: Store) -> None:
    keep(store, standing("1/3"))
    before = store.figures.get("KR1")
    keep(store, standing("1", complete=False), NOW + timedelta(hours=1))
    assert store.figures.get("KR1") == before
    assert len(store.history.points("KR1")) == 1


def test_a_complete_read_without_a_value_keeps_the_last_one_and_its_instant(store: Store) -> None:
    keep(store, standing("1/3"))
    later = NOW + timedelta(hours=1)
    keep(store, standing(None), later)
    last = store.figures.get("KR1")
    assert last is not None
    assert (last.progress, last.at, last.read) == (Fraction(1, 3), NOW, later)


def test_an_override_is_never_taken_for_the_computed_value(store: Store) -> None:
    keep(store, standing("1/3", progress=Fraction(7, 10)))
    last = store.figures.get("KR1")
    assert last is not None
    assert last.progress == Fraction(1, 3)


def test_a_day_is_one_of_the_bridges_zone(store: Store) -> None:
    keep(store, standing("1/3"), zone="Asia/Shanghai")
    [point] = store.history.points("KR1")
    assert point.day.isoformat() == "2026-11-22"


def test_the_baseline_is_that_of_the_first_read_with_a_value(store: Store) -> None:
    keep(store, standing(None))
    assert store.baselines.get("KR1", OKRS.cycle.id) is None
    keep(store, standing("1/3"))
    first = store.baselines.get("KR1", OKRS.cycle.id)
    assert first is not None
    keep(store, standing("2/3"), NOW + timedelta(days=1))
    assert store.baselines.get("KR1", OKRS.cycle.id) == first
