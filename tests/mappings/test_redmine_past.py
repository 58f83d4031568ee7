"""How Redmine's issues stood, told from their journals."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bridge.errors import MappingError
from bridge.model import Category, FieldValue, Keys, Label, Project, Query, Tier
from tests.mappings.test_redmine import SITE, RedmineMapping, raw

ENDS = [datetime(2026, 11, day, 23, tzinfo=UTC) for day in range(1, 11)]
GLOSSARY = {
    "statuses": {"1": ["New", False], "2": ["In Progress", False], "5": ["Closed", True]},
    "trackers": {"5": "Story", "6": "Task"},
    "labels": "5",
    "fields": {"team": "11", "labels": "5"},
    "projects": {
        "1": {"key": "growth", "parent": "3"},
        "2": {"key": "else", "parent": ""},
        "3": {"key": "firm", "parent": ""},
    },
}
PAST = {"created_on": "2026-11-02T09:00:00Z", "children": [], "parent": None, "custom_fields": []}


def change(day, name, old, new, *, kind="attr"):
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    detail = {"property": kind, "name": name, "old_value": old, "new_value": new}
    return {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "details": [detail]}


def days(told, changes, *selectors, **facts):
    """What is told of the item on each of ten days; None where it was not there."""
    replay = RedmineMapping("red", SITE).replay(GLOSSARY, selectors)
    found = list(replay.stretches(raw(**(PAST | facts)), changes, ENDS))
    assert found[0].first == 0
    spans = [*found, None]
    return [
        told(stretch)
        for stretch, after in pairwise(spans)
        for _ in range(stretch.first, after.first if after else len(ENDS))
    ]


def of_item(name):
    return lambda stretch: getattr(stretch.item, name) if stretch.item else None


def hits(stretch):
    return len(stretch.hits)


CLOSED = {"status": {"id": 5, "name": "Closed", "is_closed": True}, "closed_on": "2026-11-08T12:00:00Z"}
TO, BUSY, END = Category.TODO, Category.IN_PROGRESS, Category.DONE


def test_it_is_not_there_before_it_was_made():
    assert days(of_item("status"), []) == [None, *["In Progress"] * 9]


def test_done_reopened_and_done_again_is_told_as_it_was_with_the_end_of_then():
    log = [
        change(3, "status_id", "1", "5"),
        change(5, "status_id", "5", "2"),
        change(8, "status_id", "2", "5"),
    ]
    assert days(of_item("category"), log, **CLOSED, done_ratio=0) == [
        None, TO, END, END, BUSY, BUSY, BUSY, END, END, END,
    ]  # fmt: skip
    finished = days(of_item("finished"), log, **CLOSED, done_ratio=0)
    assert [one.day if one else None for one in finished] == [
        None, None, 3, 3, None, None, None, 8, 8, 8,
    ]  # fmt: skip


TOLD = {
    "tracker": (change(4, "tracker_id", "6", "5"), "type", "Task", "Story", {}),
    "subject": (change(4, "subject", "旧 <b>", "x"), "title", "旧 <b>", "目标 <b>x</b>", {}),
    "percent": (change(4, "done_ratio", "10", "40"), "percent", 10, 40, {}),
    "no estimate": (change(4, "estimated_hours", None, "7.5"), "estimate_seconds", None, 27_000, {}),
    "an estimate": (change(4, "estimated_hours", "2.0", "7.5"), "estimate_seconds", 7_200, 27_000, {}),
    "a parent": (change(4, "parent_id", "7", "9"), "parent", "7", "9", {"parent": {"id": 9}}),
    "no parent": (change(4, "parent_id", None, "9"), "parent", None, "9", {"parent": {"id": 9}}),
    "project": (change(4, "project_id", "2", "1"), "project", "else", "growth", {"project": {"id": 1}}),
    "points": (
        change(4, "7", "2", "3", kind="cf"), "points", 2, 3, {"custom_fields": [{"id": 7, "value": "3"}]},
    ),
    "a label gone": (
        change(4, "5", "old", None, kind="cf"), "labels", ("a", "old"), ("a",),
        {"custom_fields": [{"id": 5, "value": ["a"]}]},
    ),
    "a label new": (
        change(4, "5", None, "b", kind="cf"), "labels", ("a",), ("a", "b"),
        {"custom_fields": [{"id": 5, "value": ["a", "b"]}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("log", "name", "before", "after", "facts"), TOLD.values(), ids=TOLD)
def test_a_change_is_taken_back(log, name, before, after, facts):
    assert days(of_item(name), [log], **facts) == [None, before, before, *[after] * 7]


def test_a_parents_own_percentage_is_not_told_of_the_past():
    """Redmine reckons it from the children and leaves no journal."""
    log = [change(4, "done_ratio", "10", "40")]
    assert days(of_item("percent"), log, children=[13]) == [None] * 10


def test_what_hung_below_a_story_was_a_part_then():
    log = [change(6, "parent_id", "4", None)]
    facts = {"tracker": {"id": 6, "name": "Task"}}
    assert days(of_item("tier"), log, **facts)[4:6] == [Tier.PART, Tier.UNIT]


HITS = {
    "its number": (Keys(("#12",)), [0, *[1] * 9], {}),
    "another number": (Keys(("13",)), [0] * 10, {}),
    "a project": (Project("else"), [0, 1, 1, *[0] * 7], {"project": {"id": 1}}),
    "a project above": (Project("firm"), [0, 0, 0, *[1] * 7], {"project": {"id": 1}}),
    "a status": (FieldValue("Status", "closed"), [0, 0, 0, 0, 1, *[0] * 5], {}),
    "a label": (Label("b"), [0] * 6 + [1] * 4, {"custom_fields": [{"id": 5, "value": ["a", "b"]}]}),
    "a field": (FieldValue("Team", "a|b"), [0] * 8 + [1, 1], {"custom_fields": [{"id": 11, "value": "a|b"}]}),
    "by its number": (
        FieldValue("cf_11", "x"), [0, *[1] * 7, 0, 0], {"custom_fields": [{"id": 11, "value": "a|b"}]},
    ),
}  # fmt: skip
LOG = [
    change(4, "project_id", "2", "1"),
    change(5, "status_id", "1", "5"),
    change(6, "status_id", "5", "2"),
    change(7, "5", None, "b", kind="cf"),
    change(9, "11", "x", "a|b", kind="cf"),
]


@pytest.mark.parametrize(("selector", "want", "facts"), HITS.values(), ids=HITS)
def test_a_selector_hits_on_each_day_what_was_so_then(selector, want, facts):
    assert days(hits, LOG, selector, **facts) == want


@pytest.mark.parametrize(
    "selector", [Query("query_id=7"), FieldValue("version", "1.0"), FieldValue("nobody", "x")]
)
def test_what_no_journal_tells_is_said(selector):
    replay = RedmineMapping("red", SITE).replay(GLOSSARY, [selector])
    assert "journals do not tell" in replay.untold[selector]


def test_a_status_that_was_deleted_since_is_undefined_and_not_open():
    assert days(of_item("category"), [change(4, "status_id", "99", "2")])[2] is Category.UNDEFINED


def test_journals_that_cannot_be_read_are_named():
    broken = {"at": "yesterday", "details": []}
    replay = RedmineMapping("red", SITE).replay(GLOSSARY, [])
    with pytest.raises(MappingError, match="#12: journals: cannot be read"):
        replay.stretches(raw(**PAST), [broken], ENDS)


def test_a_change_at_the_very_end_of_a_day_is_of_that_day():
    log = [change(4, "subject", "old", "new")]
    log[0]["at"] = f"{ENDS[3]:%Y-%m-%dT%H:%M:%SZ}"
    assert days(of_item("title"), log, subject="new")[2:4] == ["old", "new"]
