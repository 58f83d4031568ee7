"""What people say is checked before it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import UsageError
from bridge.model import CheckIn, KeyResult, Kind, Metric, MetricSource, Milestone, Override
from bridge.people import check_in, facts_of, instant, override

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
METRIC = Metric(Decimal(9), Decimal(3))
FED = Metric(Decimal(9), Decimal(3), source=MetricSource("acme", "labels = bug"))


def kr(kind: Kind, **more: object) -> KeyResult:
    return KeyResult(**{"id": "KR1", "title": "T", "kind": kind} | more)  # type: ignore[arg-type]


def said(**facts: object) -> CheckIn:
    return CheckIn(**{"kr": "KR1", "at": NOW, "by": "ann"} | facts)  # type: ignore[arg-type]


TAKEN = {
    "a metric's value": (kr(Kind.METRIC, metric=METRIC), said(value=Decimal("4.5"))),
    "a value below the baseline": (kr(Kind.METRIC, metric=METRIC), said(value=Decimal(-40))),
    "a note on counted work": (kr(Kind.WORK), said(note="slow")),
    "no confidence at all": (kr(Kind.WORK), said(confidence=Decimal(0))),
    "a milestone": (kr(Kind.MILESTONE, milestones=(Milestone("A"),)), said(milestones=("A",))),
    "what was learnt": (kr(Kind.LEARNING), said(value=Decimal(1))),
    "a blend's metric": (kr(Kind.BLEND, metric=METRIC), said(value=Decimal(4))),
    "something of yesterday": (kr(Kind.WORK), said(note="slow", at=NOW - timedelta(days=1))),
}
REFUSED = {
    "a value of counted work": (kr(Kind.WORK), said(value=Decimal(1))),
    "a value that a tracker tells": (kr(Kind.METRIC, metric=FED), said(value=Decimal(1))),
    "a value of milestones": (kr(Kind.MILESTONE), said(value=Decimal(1))),
    "more than all that can be learnt": (kr(Kind.LEARNING), said(value=Decimal("1.1"))),
    "an unknown milestone": (kr(Kind.MILESTONE, milestones=(Milestone("A"),)), said(milestones=("B",))),
    "more than certain": (kr(Kind.WORK), said(confidence=Decimal("1.01"))),
    "less than hopeless": (kr(Kind.WORK), said(confidence=Decimal("-0.1"))),
    "a moment ahead": (kr(Kind.WORK), said(note="x", at=NOW + timedelta(seconds=1))),
    "nothing": (kr(Kind.WORK), said()),
    "beyond all measure": (kr(Kind.METRIC, metric=METRIC), said(value=Decimal("1e16"))),
}


@pytest.mark.parametrize(("key_result", "checkin"), TAKEN.values(), ids=TAKEN)
def test_taken(key_result: KeyResult, checkin: CheckIn) -> None:
    assert check_in(key_result, checkin, NOW) == checkin


@pytest.mark.parametrize(("key_result", "checkin"), REFUSED.values(), ids=REFUSED)
def test_refused(key_result: KeyResult, checkin: CheckIn) -> None:
    with pytest.raises(UsageError) as refusal:
        check_in(key_result, checkin, NOW)
    assert refusal.value.hint


def given(value: str, until: date) -> Override:
    return Override(kr="KR1", value=Decimal(value), why="w", by="kim", until=until, at=NOW)


def test_an_overrides_last_day_is_one_of_the_bridges_zone() -> None:
    """At noon UTC it is still the 21st in Shanghai; five hours later it is not."""
    today = date(2026, 11, 21)
    assert override(kr(Kind.WORK), given("0.5", today), SHANGHAI).until == today
    late = Override(**{**_parts(given("0.5", today)), "at": NOW + timedelta(hours=5)})
    with pytest.raises(UsageError, match="has passed"):
        override(kr(Kind.WORK), late, SHANGHAI)


def _parts(one: Override) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


@pytest.mark.parametrize("value", ["-0.01", "1.01", "70"])
def test_an_override_is_a_share(value: str) -> None:
    with pytest.raises(UsageError, match=r"70%|share"):
        override(kr(Kind.WORK), given(value, date(2026, 12, 1)), SHANGHAI)


def test_an_instant_without_a_zone_is_meant_in_the_bridges_own() -> None:
    naive = datetime.fromisoformat("2026-11-21T09:00")
    assert instant(naive, NOW, SHANGHAI) == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert instant(naive.replace(tzinfo=UTC), NOW, SHANGHAI).hour == 9
    assert instant(None, NOW, SHANGHAI) == NOW


def test_what_was_said_is_told_back_as_plain_json() -> None:
    told = facts_of(said(value=Decimal("4.5"), confidence=Decimal(1), milestones=("A",)))
    assert (told["value"], told["confidence"], told["milestones"]) == (4.5, 1, ["A"])
    assert told["at"] == "2026-11-21T12:00:00+00:00"
