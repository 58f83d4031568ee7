from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping

MAPPING = MemoryMapping("mem")


def record(**facts):
    tracker = Tracker()
    tracker.add("Work", **facts)
    [raw] = Memory("mem", tracker).fetch(["1"])
    return raw


def test_a_record_becomes_a_work_item():
    item = MAPPING.item(
        record(
            tier="part",
            parent="7",
            points="3.5",
            estimate=7200,
            spent=60,
            percent=40,
            checks=[1, 4],
            numbers={"Value": 8},
            labels=["x"],
            flagged=True,
            owner="Ann",
            due="2026-12-15",
        )
    )
    assert (item.connection, item.id, item.key, item.title) == ("mem", "1", "MEM-1", "Work")
    assert (item.tier, item.parent, item.category) == (Tier.PART, "7", Category.TODO)
    assert (item.points, item.estimate_seconds, item.spent_seconds) == (Decimal("3.5"), 7200, 60)
    assert (item.percent, item.checks, item.numbers) == (40, (1, 4), (("Value", Decimal(8)),))
    assert (item.labels, item.flagged, item.owner, item.due) == (("x",), True, "Ann", date(2026, 12, 15))
    assert item.updated == datetime(2026, 10, 1, 8, tzinfo=UTC)


ESTIMATES = {
    "number": (5, Decimal(5), ()),
    "text": ("5", Decimal(5), ()),
    "zero weighs nothing": (0, Decimal(0), ()),
    "none": (None, None, ()),
    "negative": ("-1", None, ("points: -1",)),
    "words": ("big", None, ("points: big",)),
    "not a number": ("NaN", None, ("points: NaN",)),
    "beyond measure": (10**15 + 1, None, (f"points: {10**15 + 1}",)),
}


@pytest.mark.parametrize(("written", "points", "unusable"), ESTIMATES.values(), ids=ESTIMATES)
def test_estimates(written, points, unusable):
    item = MAPPING.item(record(points=written))
    assert (item.points, item.unusable) == (points, unusable)


CANCELLED = {
    "done with such a resolution": ("done", "Won't Do", True),
    "reopened, the resolution left behind": ("todo", "Won't Do", False),
    "done otherwise": ("done", "Fixed", False),
}


@pytest.mark.parametrize(("category", "resolution", "cancelled"), CANCELLED.values(), ids=CANCELLED)
def test_cancelled(category, resolution, cancelled):
    assert MAPPING.item(record(category=category, resolution=resolution)).cancelled is cancelled


BROKEN = {"category": "elsewhere", "updated": "yesterday", "tier": "saga", "due": "soon", "labels": None}


@pytest.mark.parametrize("field", BROKEN)
def test_a_record_that_cannot_be_told_is_named(field):
    with pytest.raises(MappingError, match=r"^1: "):
        MAPPING.item(record(**{field: BROKEN[field]}))


def test_a_missing_part_is_named():
    with pytest.raises(MappingError) as told:
        MAPPING.item(Raw("1", "v", {"category": "todo"}))
    assert (told.value.record, told.value.field) == ("1", "key")


def test_another_vocabulary_is_another_scheme():
    assert MemoryMapping("mem", ("Dropped",)).scheme != MAPPING.scheme
