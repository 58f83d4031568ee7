from datetime import UTC, datetime, timedelta

import pytest

from bridge.errors import MappingError
from bridge.model import Category, FieldValue, Keys, Label, Project, Query, Raw
from connectors.memory import Memory, Tracker
from mappings.base import Historical
from mappings.memory import MemoryMapping

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
ENDS = [START + timedelta(days=n, hours=15) for n in range(6)]
MAPPING = MemoryMapping("mem")


def moving(tracker):
    """Yesterday's work, told by the tracker itself: (record, changes)."""
    [past] = Memory("mem", tracker).pasts(["1"])
    return past.raw, past.changes


def worked_on():
    tracker = Tracker(now=START)
    tracker.add("Work", labels=["okr"], fields={"team": "blue"})
    tracker.advance(86_400)
    tracker.change("1", category="done", status="Done", labels=[])
    tracker.advance(86_400)
    tracker.move("1", "NEW")
    return tracker


def found(*selectors, ends=ENDS):
    return MAPPING.replay({}, selectors).stretches(*moving(worked_on()), ends)


def test_a_mapping_of_memory_can_tell_the_past():
    assert isinstance(MAPPING, Historical)


def test_an_item_stands_as_the_tracker_had_it_on_each_day():
    assert [(s.first, s.item.category, s.item.project) for s in found()] == [
        (0, Category.TODO, "MEM"),
        (1, Category.DONE, "MEM"),
        (2, Category.DONE, "NEW"),
    ]
    assert [s.item.updated for s in found()] == [START + timedelta(days=n) for n in range(3)]


def test_it_was_not_there_before():
    ends = [START - timedelta(days=2), START - timedelta(seconds=1), START]
    assert [(s.first, s.item is None) for s in found(ends=ends)] == [(0, True), (2, False)]


SELECTORS = {
    "a label": (Label("okr"), [0]),
    "a project": (Project("MEM"), [0, 1]),
    "a field": (FieldValue("status", "Done"), [1, 2]),
    "a field of its own": (FieldValue("team", "blue"), [0, 1, 2]),
    "a query": (Query('project = MEM AND status = "Done"'), [1]),
    "an id": (Keys(("1",)), [0, 1, 2]),
    "a key": (Keys(("MEM-1",)), [0, 1]),
}


@pytest.mark.parametrize(("selector", "days"), SELECTORS.values(), ids=SELECTORS)
def test_a_selector_hits_what_it_would_have_hit(selector, days):
    assert [s.first for s in found(selector) if selector in s.hits] == days


UNTOLD = {
    "not a query": (Query("project ~ x"), "not understood"),
    "what no change tells": (Query("updated = today"), "updated"),
}


@pytest.mark.parametrize(("selector", "reason"), UNTOLD.values(), ids=UNTOLD)
def test_what_cannot_be_told_is_untold(selector, reason):
    assert reason in MAPPING.replay({}, [selector, Label("x")]).untold[selector]


def test_a_broken_change_is_named():
    raw, _ = moving(worked_on())
    with pytest.raises(MappingError, match="changes"):
        MAPPING.replay({}, ()).stretches(raw, [{"at": "yesterday"}], ENDS)


def test_a_record_that_cannot_be_read_is_named():
    with pytest.raises(MappingError):
        MAPPING.replay({}, ()).stretches(Raw("1", "", {"created": START.isoformat()}), (), ENDS)
