"""What Redmine's issues mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.redmine import RedmineMapping, Vocabulary

SITE = {
    "base_url": "https://red.example",
    "projects": {"1": "growth"},
    "statuses": {"1": ["New", False], "5": ["Closed", True]},
    "points": "7",
    "labels": "5",
    "blocked": "8",
    "numbers": {"Impact": "9"},
    "panel": {"progress": "2", "status": "4"},
}
FACTS = {
    "id": 12,
    "project": {"id": 1, "name": "Growth Platform"},
    "tracker": {"id": 5, "name": "Story"},
    "status": {"id": 2, "name": "In Progress", "is_closed": False},
    "assigned_to": {"id": 3, "name": "报告 角色"},
    "parent": {"id": 4},
    "children": [13, 15],
    "subject": "目标 <b>x</b>",
    "due_date": "2026-12-20",
    "done_ratio": 40,
    "estimated_hours": 7.5,
    "spent_hours": 0.25,
    "custom_fields": [
        {"id": 2, "name": "KR progress", "value": "38.5"},
        {"id": 4, "name": "KR status", "value": ""},
        {"id": 5, "name": "Labels", "multiple": True, "value": ["okr", "infra"]},
        {"id": 7, "name": "Story points", "value": "3"},
        {"id": 8, "name": "Blocked", "value": "1"},
        {"id": 9, "name": "Impact", "value": "-2"},
    ],
    "created_on": "2026-11-02T09:00:00Z",
    "updated_on": "2026-11-21T16:00:00Z",
    "closed_on": "2026-11-20T10:00:00Z",
}


def raw(**facts):
    return Raw("12", "v", FACTS | facts)


def item(words=Vocabulary(), **facts):  # noqa: B008
    return RedmineMapping("red", SITE, words).item(raw(**facts))


def status(name, closed=False):
    return {"id": 9, "name": name, "is_closed": closed}


def test_an_issue_is_told_in_full():
    told = item()
    assert (told.id, told.key, told.parent, told.project) == ("12", "#12", "4", "growth")
    assert told.children == ("13", "15")
    assert (told.title, told.owner, told.type) == ("目标 <b>x</b>", "报告 角色", "Story")
    assert (told.points, told.percent) == (Decimal(3), Decimal(40))
    assert (told.estimate_seconds, told.spent_seconds) == (Decimal(27000), Decimal(900))
    assert (told.due, told.updated) == (date(2026, 12, 20), datetime(2026, 11, 21, 16, tzinfo=UTC))
    assert (told.labels, told.flagged) == (("okr", "infra"), True)
    assert told.url == "https://red.example/issues/12"


def test_a_number_that_is_none_is_listed_and_never_zero():
    told = item(estimated_hours=None)
    assert told.unusable == ("Impact: -2",)
    assert told.numbers == ()
    assert told.estimate_seconds is None


CATEGORIES = {
    "closed is done, whatever its name": (status("Nothing known", True), 0, Category.DONE),
    "rejected is done too": (status("Rejected", True), 0, Category.DONE),
    "resolved is not done while it is open": (status("Resolved"), 90, Category.IN_PROGRESS),
    "begun by its name": (status("in progress "), 0, Category.IN_PROGRESS),
    "begun by its percentage": (status("Waiting"), 10, Category.IN_PROGRESS),
    "not begun": (status("New"), 0, Category.TODO),
    "an older server tells no is_closed: the site's list does": ({"id": 5, "name": "Zu"}, 0, Category.DONE),
    "a status that nobody lists": ({"id": 77, "name": "?"}, 0, Category.UNDEFINED),
}


@pytest.mark.parametrize(("state", "ratio", "want"), CATEGORIES.values(), ids=CATEGORIES)
def test_categories(state, ratio, want):
    assert item(status=state, done_ratio=ratio).category is want


def test_a_closing_date_that_was_left_on_a_reopened_issue_does_not_count():
    assert item().finished is None
    assert item(status=status("Closed", True)).finished == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(("name", "want"), [("Rejected", True), ("已取消", True), ("Closed", False)])
def test_cancelled_goes_by_the_status(name, want):
    assert item(status=status(name, True)).cancelled is want


TIERS = {
    "an Epic is a group, also below another": ("Epic", {"id": 4}, Tier.GROUP),
    "a Story is a unit, also below an Epic": ("Story", {"id": 4}, Tier.UNIT),
    "what hangs nowhere is a unit": ("Bug", None, Tier.UNIT),
    "what hangs below anything is a part": ("Bug", {"id": 4}, Tier.PART),
}


@pytest.mark.parametrize(("tracker", "parent", "want"), TIERS.values(), ids=TIERS)
def test_tiers(tracker, parent, want):
    assert item(tracker={"id": 1, "name": tracker}, parent=parent).tier is want


def test_trackers_and_statuses_are_called_what_the_site_calls_them():
    words = Vocabulary(groups=("Feature",), cancelled=("Parked",), blocked=("Stuck",))
    told = item(words, tracker={"id": 1, "name": "feature"}, status=status("Parked"))
    assert (told.tier, told.cancelled) == (Tier.GROUP, True)
    assert not item(words, status=status("Rejected", True)).cancelled
    assert RedmineMapping("red", SITE, words).scheme != RedmineMapping("red", SITE).scheme


def test_the_panel_is_what_the_record_tells():
    assert RedmineMapping("red", SITE).panel(raw()) == {"fields": {"progress": 38.5, "status": None}}
    assert RedmineMapping("red", SITE).panel(raw(custom_fields=[])) == {"fields": {}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", None),
        ("tracker", 3),
        ("updated_on", "soon"),
        ("due_date", "31/12/2026"),
        ("parent", {"x": 1}),
    ],
)
def test_what_cannot_be_told_is_named(field, value):
    with pytest.raises(MappingError, match=field):
        item(**{field: value})


def test_the_scheme_is_the_same_for_the_same_site():
    again = json.loads(json.dumps(SITE))
    assert RedmineMapping("red", SITE).scheme == RedmineMapping("red", again).scheme
