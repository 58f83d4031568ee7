"""What a task means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from bridge.model.same import same
from mappings.asana import AsanaMapping, Vocabulary
from mappings.asana_fields import spelt, value_of

TASK = {
    "gid": "12", "name": "完成 <b>😀</b>", "completed": False, "completed_at": None,
    "created_at": "2026-10-01T08:00:00.000Z", "modified_at": "2026-10-02T09:30:00.123Z",
    "due_on": "2026-12-15", "resource_subtype": "default_task",
    "assignee": {"gid": "5", "name": "李雷"}, "parent": None,
    "memberships": [], "tags": [{"gid": "9", "name": "okr"}, {"gid": "10", "name": "增长"}],
    "num_subtasks": 0, "actual_time_minutes": 90, "custom_type": None, "permalink_url": "https://app.asana.com/0/1/12",
    "custom_fields": [], "children": ["13", "14"],
}  # fmt: skip


def enum(name, chosen):
    return {"name": name, "resource_subtype": "enum", "enum_value": chosen and {"gid": "1", "name": chosen}}


def number(name, value, form="none", gid="77"):
    return {"gid": gid, "name": name, "resource_subtype": "number", "format": form, "number_value": value}


def lies_in(*sections):
    """A task in as many projects, in the section of this name in each."""
    return [
        {"project": {"gid": str(n)}, "section": {"gid": f"9{n}", "name": s}} for n, s in enumerate(sections)
    ]


def item(words=None, numbers=(), **more):
    mapping = AsanaMapping("asana", words or Vocabulary(), number_fields=numbers)
    return mapping.item(Raw("12", "1", {**TASK, **more}))


def test_a_task_is_translated_whole():
    found = item(memberships=lies_in("To do"))
    assert (found.key, found.title, found.owner) == ("12", "完成 <b>😀</b>", "李雷")
    assert (found.status, found.category, found.tier) == ("To do", Category.TODO, Tier.UNIT)
    assert (found.labels, found.children, found.project) == (("okr", "增长"), ("13", "14"), "0")
    assert (found.due, found.spent_seconds) == (date(2026, 12, 15), 5400)
    assert found.updated == datetime(2026, 10, 2, 9, 30, 0, 123000, UTC)
    assert (found.points, found.estimate_seconds, found.percent, found.finished) == (None, None, None, None)
    assert (found.cancelled, found.flagged, found.unusable) == (False, False, ())


STATES = {
    "complete": ({"completed": True}, "Complete", Category.DONE),
    "incomplete": ({}, "Incomplete", Category.TODO),
    "complete wherever it lies": (
        {"completed": True, "memberships": lies_in("Doing")},
        "Doing",
        Category.DONE,
    ),
    "a section of work under way": (
        {"memberships": lies_in("in progress")},
        "in progress",
        Category.IN_PROGRESS,
    ),
    "an approval that was given": (
        {"completed": True, "approval_status": "approved"},
        "Complete",
        Category.DONE,
    ),
    "an approval that was refused": (
        {"completed": True, "approval_status": "rejected", "memberships": lies_in("Doing")},
        "Rejected",
        Category.DONE,
    ),
    "an approval that wants changes": (
        {
            "completed": True,
            "completed_at": "2026-10-02T09:30:00.123Z",
            "approval_status": "changes_requested",
        },
        "Changes requested",
        Category.IN_PROGRESS,
    ),
    "complete in a column that is called like an answer": (
        {"completed": True, "memberships": lies_in("Changes requested")},
        "Changes requested",
        Category.DONE,
    ),
    "the status of a task of one's own type": (
        {"custom_type_status_option": {"gid": "3", "name": "Review"}, "memberships": lies_in("To do")},
        "Review",
        Category.IN_PROGRESS,
    ),
    "in Chinese": ({"memberships": lies_in("进行中")}, "进行中", Category.IN_PROGRESS),
    "the section that means something": (
        {"memberships": lies_in("Q4", "Doing")},
        "Doing",
        Category.IN_PROGRESS,
    ),
    "the status field before the section": (
        {"custom_fields": [enum("status", "Review")], "memberships": lies_in("To do")},
        "Review",
        Category.IN_PROGRESS,
    ),
    "an empty status field": (
        {"custom_fields": [enum("Status", None)], "memberships": lies_in("To do")},
        "To do",
        Category.TODO,
    ),
    "a section called Done is not done by itself": ({"memberships": lies_in("Done")}, "Done", Category.TODO),
    "stuck work is under way": ({"memberships": lies_in("阻塞")}, "阻塞", Category.IN_PROGRESS),
}


@pytest.mark.parametrize(("more", "status", "category"), STATES.values(), ids=STATES)
def test_where_a_task_stands(more, status, category):
    found = item(**more)
    assert (found.status, found.category) == (status, category)


def test_a_team_that_works_by_columns_names_those_that_are_done():
    words = Vocabulary(done=("Done", "完成"))
    assert item(words, memberships=lies_in("完成")).category is Category.DONE


@pytest.mark.parametrize("word", ["Cancelled", "won't do", "已取消", " REJECTED "])
def test_cancelled_is_told_by_section_or_field_complete_or_not(word):
    assert item(memberships=lies_in("Backlog", word)).cancelled
    assert item(custom_fields=[enum("状态", word)], completed=True).cancelled


def test_an_approval_that_was_refused_is_given_up_and_one_that_wants_changes_is_not_finished():
    refused = item(completed=True, approval_status="rejected")
    again = item(completed=True, completed_at="2026-10-02T09:30:00.123Z", approval_status="changes_requested")
    assert (refused.cancelled, again.cancelled, again.finished) == (True, False, None)


def test_blocked_is_told_and_configurable():
    assert item(memberships=lies_in("Blocked")).flagged
    assert item(Vocabulary(blocked=("Waiting",)), custom_fields=[enum("Status", "Waiting")]).flagged


PARENT = {"parent": {"gid": "1"}}
TIERS = {
    "a task": ({}, Tier.UNIT),
    "a subtask": (PARENT, Tier.PART),
    "an epic by its field": ({"custom_fields": [enum("Type", "Epic")]}, Tier.GROUP),
    "a custom task type": ({"custom_type": {"gid": "1", "name": "史诗"}}, Tier.GROUP),
    "a story below something": ({"custom_fields": [enum("类型", "Story")], **PARENT}, Tier.UNIT),
    "a milestone": ({"resource_subtype": "milestone"}, Tier.UNIT),
}


@pytest.mark.parametrize(("more", "tier"), TIERS.values(), ids=TIERS)
def test_what_a_task_is(more, tier):
    assert item(**more).tier is tier


FIGURES = {
    "points": ([number("Story points", 3.5)], "points", Decimal("3.5")),
    "points in Chinese": ([number("故事点", 0)], "points", 0),
    "empty points are none and not 0": ([number("Story points", None)], "points", None),
    "a duration is in minutes": ([number("Estimated time", 90, "duration")], "estimate_seconds", 5400),
    "a plain number is in hours": ([number("Estimated time", 1.5)], "estimate_seconds", 5400),
    "percent as a number": ([number("Progress", 40)], "percent", 40),
    "percent as a share": ([number("进度", 0.57, "percentage")], "percent", 57),
    "more than all is no percent": ([number("Progress", 140)], "percent", None),
    "the first field of the list counts": ([number("Points", 1), number("Story points", 2)], "points", 2),
}


@pytest.mark.parametrize(("fields", "name", "value"), FIGURES.values(), ids=FIGURES)
def test_figures(fields, name, value):
    assert getattr(item(custom_fields=fields), name) == value


def test_what_is_no_estimate_is_none_and_told():
    found = item(custom_fields=[number("Story points", -1)])
    assert (found.points, found.unusable) == (None, ("points: -1",))


def test_a_number_that_a_formula_gives_is_one():
    formula = {**number("Story points", 8), "resource_subtype": "formula"}
    assert item(custom_fields=[formula]).points == 8


def test_number_fields_are_told_by_the_names_that_key_results_use():
    fields = [number("Impact", 8, gid="70"), number("Other", 5, gid="71")]
    assert item(numbers=("impact", "71", "Nope"), custom_fields=fields).numbers == (("71", 5), ("impact", 8))


BROKEN = {
    "completed": (None, "is missing"),
    "modified_at": ("yesterday", "cannot be read"),
    "created_at": ("2026-10-01", "cannot be read"),
    "due_on": ("soon", "cannot be read"),
    "parent": ({"name": "x"}, "cannot be read"),
    "memberships": ([{"project": {"name": "x"}}], "cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_record_that_cannot_be_told_names_the_field(name):
    value, words = BROKEN[name]
    with pytest.raises(MappingError, match=words) as told:
        item(**{name: value})
    assert (told.value.record, told.value.field) == ("12", name)


def test_the_scheme_moves_with_whatever_decides_the_translation():
    some = [
        AsanaMapping("asana"),
        AsanaMapping("asana", Vocabulary(done=("Done",))),
        AsanaMapping("asana", panel_names={"progress": "KR"}),
        AsanaMapping("asana", number_fields=("Impact",)),
        AsanaMapping("asana", reading="other projects"),
    ]
    assert len({one.scheme for one in some}) == 5
    assert AsanaMapping("other").scheme == some[0].scheme


@given(st.integers(0, 100), st.sampled_from(["none", "percentage"]))
def test_a_number_put_is_the_number_found_whatever_the_format(value, form):
    field = number("KR progress", None, form)
    found = value_of({**field, "number_value": spelt(field, value)})
    assert same(found, value)
    assert not same(found, value + 1)
