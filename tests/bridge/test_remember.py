"""What a run keeps for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bridge.assess import People, World
from bridge.model import Category, Standing, WorkItem
from bridge.proof import Recomputed, recompute, situation
from bridge.remember import Behind, remember
from bridge.rollup import roll_up
from bridge.store import Store
from bridge.store.tables import INPUTS, ITEM_STATES
from tests.bridge.judging import LINKS, at_day, checkin, work, work_kr
from tests.engine import okrs
from tests.stores import item

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


def behind(*items: WorkItem) -> Behind:
    world = World({}, {}, frozenset(), people=People({"KR1": (checkin(at_day(3), "0.5"),)}))
    return Behind(world, {"KR1": {item.ref: (0, 2) for item in items}})


def test_what_a_point_was_made_of_is_kept_with_it(store: Store) -> None:
    items = [replace(item(1), category=Category.DONE), item(2)]
    whole = standing("1/2", work=roll_up(items, KR.rollup))
    remember(store, OKRS, (whole,), NOW, ZoneInfo("UTC"), behind(*items))
    (point,) = store.history.points("KR1")
    made_of = situation(store, point.inputs)
    assert made_of is not None
    assert set(made_of.items) == {one.ref for one in items}
    assert made_of.links[items[0].ref] == {LINKS[0], LINKS[2]}
    assert recompute(store, point) == Recomputed(Fraction(1, 2), True)


def test_a_run_without_news_keeps_nothing_more(store: Store) -> None:
    def kept() -> int:
        with store.database.read() as connection:
            every = (connection.execute(sa.select(one)).all() for one in (INPUTS, ITEM_STATES))
            return sum(len(rows) for rows in every)

    items = [replace(item(number), category=Category.DONE) for number in range(20)]
    remember(store, OKRS, (standing("1", work=roll_up(items, KR.rollup)),), NOW, UTC, behind(*items))
    first = kept()
    again = [replace(one, title="Another title") for one in items]
    later = NOW + timedelta(hours=1)
    remember(store, OKRS, (standing("1", work=roll_up(again, KR.rollup)),), later, UTC, behind(*again))
    assert kept() == first
    reopened = [replace(items[0], category=Category.TODO), *items[1:]]
    remember(store, OKRS, (standing("19/20", work=roll_up(reopened, KR.rollup)),), later, UTC, behind(*items))
    assert kept() - first == 3, "one state, its bundle, and what names them"
