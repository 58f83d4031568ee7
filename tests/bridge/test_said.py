"""What people say, as points of history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bridge.model import CheckIn, KeyResult, Kind, Metric, MetricSource, Milestone, Okrs, Override
from bridge.pace import PaceRules
from bridge.proof import recompute
from bridge.said import checked_in, overridden
from bridge.standing import Moment
from bridge.store import HistoryPoint, Store
from bridge.timeline import line_of
from tests.engine import keys, okrs

NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
METRIC = KeyResult(id="KR1", title="", kind=Kind.METRIC, metric=Metric(Decimal(0), Decimal(10)))
STEPS = KeyResult(
    id="KR1", title="", kind=Kind.MILESTONE, milestones=(Milestone("a"), Milestone("b"), Milestone("c"))
)
BOTH = KeyResult(id="KR1", title="", kind=Kind.METRIC, metric=METRIC.metric, links=(keys("A-1"),))
READ = Metric(Decimal(0), Decimal(10), source=MetricSource("mem", "x"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'okr-bridge.db'}") as store:
        yield store


def moment(okrs: Okrs) -> Moment:
    return Moment(now=NOON, zone=UTC, cycle=okrs.cycle, rules=PaceRules())


def says(store: Store, kr: KeyResult, days_ago: int = 0, **said: Any) -> None:
    found = okrs(kr, KeyResult(id="KR2", title=""))
    made = CheckIn(kr="KR1", at=NOON - timedelta(days=days_ago), by="li@acme.example", **said)
    store.checkins.add(made)
    checked_in(store, found, made, {}, moment(found))


def told(store: Store) -> dict[int, tuple[str, Fraction | None]]:
    return {point.day.day: (point.source, point.value) for point in store.history.points("KR1")}


def test_a_check_in_is_a_point_of_its_day_and_can_be_proven(store: Store) -> None:
    says(store, METRIC, value=Decimal(4))
    assert told(store) == {12: ("check-in", Fraction(2, 5))}
    [point] = store.history.points("KR1")
    again = recompute(store, point)
    assert again is not None
    assert (again.value, again.proven) == (Fraction(2, 5), True)


def test_a_second_one_of_a_day_takes_its_place_and_the_same_again_adds_nothing(store: Store) -> None:
    for value in (4, 7, 7):
        says(store, METRIC, value=Decimal(value))
    assert told(store) == {12: ("check-in", Fraction(7, 10))}


def test_one_of_a_day_gone_by_tells_what_was_known_then(store: Store) -> None:
    says(store, METRIC, value=Decimal(9))
    says(store, METRIC, days_ago=3, value=Decimal(2))
    assert told(store) == {9: ("check-in", Fraction(1, 5)), 12: ("check-in", Fraction(9, 10))}


def test_milestones_add_up(store: Store) -> None:
    says(store, STEPS, days_ago=2, milestones=("a",))
    says(store, STEPS, milestones=("b",))
    assert told(store) == {10: ("check-in", Fraction(1, 3)), 12: ("check-in", Fraction(2, 3))}


@pytest.mark.parametrize(
    ("kr", "days_ago", "said"),
    [
        (METRIC, 0, {"note": "only words"}),
        (BOTH, 1, {"value": Decimal(4)}),
        (KeyResult(id="KR1", title="", kind=Kind.METRIC, metric=READ), 0, {"value": Decimal(4)}),
    ],
    ids=["it tells no value", "a day gone by of which a tracker tells too", "a tracker that was never read"],
)
def test_there_is_no_point_where(store: Store, kr: KeyResult, days_ago: int, said: dict[str, Any]) -> None:
    says(store, kr, days_ago, **said)
    assert told(store) == {}


def test_an_override_is_a_point_that_leaves_the_computed_line_alone(store: Store) -> None:
    found = okrs(METRIC)
    given = Override(
        kr="KR1", value=Decimal("0.7"), why="pilot", by="li@acme.example", until=date(2026, 10, 20), at=NOON
    )
    overridden(store, given, moment(found))
    [point] = store.history.points("KR1")
    assert (point.day, point.source, point.value) == (NOON.date(), "override", Fraction(7, 10))
    assert point.inputs
    assert recompute(store, point) is None
    assert line_of([point]) == ()


def test_who_looked_is_believed_before_who_told(store: Store) -> None:
    says(store, METRIC, value=Decimal(4))
    [point] = store.history.points("KR1")
    looked = HistoryPoint(
        day=point.day, kr="KR1", source="sync", value=Fraction(1, 2), rule_version=1, inputs="", at=NOON
    )
    store.history.record(looked)
    [day] = line_of(store.history.points("KR1"))
    assert (day.source, day.value, day.others) == ("sync", Fraction(1, 2), (("check-in", Fraction(2, 5)),))
