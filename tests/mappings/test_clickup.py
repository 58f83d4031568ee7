"""What ClickUp's tasks mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.clickup import ClickUpMapping, Vocabulary
from mappings.clickup_fields import Unfit, spelt, value

SITE = {
    "types": {"0": "Task", "1": "Milestone", "1300": "Epic", "1301": "Story"},
    "points": "",
    "percent": "Progress",
    "numbers": ["Impact"],
    "panel": {"progress": "KR progress", "status": "KR status", "updated": "KR updated"},
}
BAR = {"start": 0, "end": 200}
OPTIONS = {"options": [{"id": "o-1", "name": "On track", "orderindex": 0}, {"id": "o-2", "name": "At risk",
                        "orderindex": 1}]}  # fmt: skip
FACTS = {
    "id": "86a1",
    "custom_id": "DEV-12",
    "custom_item_id": 1301,
    "name": "目标 <b>x</b>",
    "status": {"status": "in progress", "type": "custom"},
    "parent": "86a0",
    "children": ["86a2", "86a3"],
    "assignees": [{"id": 7, "username": "报告 角色"}, {"id": 8, "username": None}],
    "tags": [{"name": "okr"}, {"name": "infra"}],
    "checklists": [{"resolved": 1, "unresolved": 2}, {"resolved": 3, "unresolved": 0}],
    "due_date": "1797710400000",
    "points": 3.5,
    "time_estimate": "27000000",
    "time_spent": 900000,
    "custom_fields": [
        {"id": "f1", "name": "KR progress", "type": "number", "value": "38.5"},
        {"id": "f2", "name": "KR status", "type": "drop_down", "type_config": OPTIONS, "value": 1},
        {"id": "f3", "name": "KR updated", "type": "date", "value": "1795262400000"},
        {"id": "f4", "name": "Progress", "type": "manual_progress", "type_config": BAR,
         "value": {"current": "80"}},
        {"id": "f5", "name": "Impact", "type": "number", "value": "-2"},
    ],
    "list": {"id": "901", "name": "Sprint"},
    "url": "https://app.clickup.com/t/86a1",
    "date_created": "1793610000000",
    "date_updated": "1795262400000",
    "date_done": "1795000000000",
}  # fmt: skip


def raw(**facts):
    return Raw("86a1", "v", FACTS | facts)


def item(words=Vocabulary(), zone=UTC, site=SITE, **facts):  # noqa: B008
    return ClickUpMapping("cu", site, words, zone).item(raw(**facts))


def status(name, kind):
    return {"status": name, "type": kind}


def field(**facts):
    return [{"id": "f", "name": "Progress", "type": "number", **facts}]


def test_a_task_is_told_in_full():
    told = item()
    assert (told.id, told.key, told.parent, told.project) == ("86a1", "DEV-12", "86a0", "Sprint")
    assert told.children == ("86a2", "86a3")
    assert (told.title, told.owner, told.type) == ("目标 <b>x</b>", "报告 角色, 8", "Story")
    assert (told.points, told.percent) == (Decimal("3.5"), Decimal(40))
    assert (told.estimate_seconds, told.spent_seconds) == (Decimal(27000), Decimal(900))
    assert told.checks == (4, 6)
    assert told.updated == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert told.created == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert told.labels == ("okr", "infra")
    assert told.url == "https://app.clickup.com/t/86a1"


def test_what_is_not_given_is_none_and_never_zero():
    told = item(
        points=None, time_estimate=None, time_spent=0, checklists=[], custom_fields=[], due_date=None,
        assignees=[], custom_id=None, parent=None,
    )  # fmt: skip
    nothing = (told.points, told.estimate_seconds, told.spent_seconds, told.percent, told.checks, told.due)
    assert nothing == (None,) * 6
    assert (told.numbers, told.unusable, told.owner, told.key) == ((), (), "", "86a1")


def test_an_estimate_of_zero_is_one():
    told = item(points=0, time_estimate=0)
    assert (told.points, told.estimate_seconds) == (0, 0)


def test_a_number_that_is_none_is_listed():
    told = item(points=-1, time_estimate="soon")
    assert set(told.unusable) == {"points: -1", "estimate: soon", "Impact: -2"}
    assert (told.points, told.estimate_seconds, told.numbers) == (None, None, ())


def test_points_may_be_a_custom_field():
    told = item(site={**SITE, "points": "kr PROGRESS"})
    assert told.points == Decimal("38.5")


def test_a_field_may_be_named_by_its_id():
    told = item(site={**SITE, "numbers": ["F1"], "percent": "f1"})
    assert (told.numbers, told.percent) == ((("F1", Decimal("38.5")),), Decimal("38.5"))


CATEGORIES = {
    "closed is done, whatever its name": (status("Nothing known", "closed"), Category.DONE),
    "done is done": (status("in review", "done"), Category.DONE),
    "open is not begun": (status("New", "open"), Category.TODO),
    "unstarted is not begun": (status("New", "unstarted"), Category.TODO),
    "what is active is begun": (status("Waiting", "custom"), Category.IN_PROGRESS),
    "but for what is called otherwise": (status(" backlog ", "custom"), Category.TODO),
    "in Chinese too": (status("待办", "custom"), Category.TODO),
    "a name does not undo what is done": (status("Ready", "done"), Category.DONE),
    "a type that nobody knows": (status("complete", "new-fangled"), Category.UNDEFINED),
    "no type": (status("complete", None), Category.UNDEFINED),
}


@pytest.mark.parametrize(("state", "want"), CATEGORIES.values(), ids=CATEGORIES)
def test_categories(state, want):
    assert item(status=state).category is want


def test_a_date_that_was_left_on_a_reopened_task_does_not_count():
    assert item().finished is None
    assert item(status=status("accepted", "done")).finished == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)


@pytest.mark.parametrize(("name", "want"), [("Cancelled", True), ("已取消", True), ("complete", False)])
def test_cancelled_goes_by_the_status(name, want):
    assert item(status=status(name, "closed")).cancelled is want


TIERS = {
    "an Epic is a group, also below another": (1300, "86a0", Tier.GROUP),
    "a Story is a unit, also below an Epic": (1301, "86a0", Tier.UNIT),
    "what hangs nowhere is a unit": (0, None, Tier.UNIT),
    "a subtask is a part": (None, "86a0", Tier.PART),
    "a type that nobody knows is a task": (77, "86a0", Tier.PART),
}


@pytest.mark.parametrize(("kind", "parent", "want"), TIERS.values(), ids=TIERS)
def test_tiers(kind, parent, want):
    assert item(custom_item_id=kind, parent=parent).tier is want


def test_types_and_statuses_are_called_what_the_workspace_calls_them():
    words = Vocabulary(groups=("story",), cancelled=("Parked",), blocked=("Stuck",), todo=("Idea",))
    told = item(words, status=status("parked", "custom"))
    assert (told.tier, told.cancelled, told.flagged) == (Tier.GROUP, True, False)
    assert item(words, status=status("stuck", "custom")).flagged
    assert item(words, status=status("idea", "custom")).category is Category.TODO
    assert not item(words, status=status("rejected", "closed")).cancelled
    assert ClickUpMapping("cu", SITE, words).scheme != ClickUpMapping("cu", SITE).scheme


def test_a_day_is_that_of_the_zone():
    four_in_shanghai = str(int(datetime(2026, 12, 19, 20, tzinfo=UTC).timestamp() * 1000))
    assert item(due_date=four_in_shanghai).due == date(2026, 12, 19)
    assert item(zone=ZoneInfo("Asia/Shanghai"), due_date=four_in_shanghai).due == date(2026, 12, 20)
    zoned = ClickUpMapping("cu", SITE, zone=ZoneInfo("Asia/Shanghai"))
    assert zoned.scheme != ClickUpMapping("cu", SITE).scheme


SHARES = {
    "a number": (field(value="62.5"), Decimal("62.5")),
    "a bar between its ends": (field(type="manual_progress", type_config={"start": 50, "end": 150},
                                     value={"current": "75"}), Decimal(25)),
    "a bar without ends is of a hundred": (field(type="manual_progress", value={"current": 75}), Decimal(75)),
    "a bar without length": (field(type="manual_progress", type_config={"start": 5, "end": 5},
                                   value={"current": 5}), None),
    "beyond a hundred": (field(value="101"), None),
    "nothing yet": (field(), None),
    "a text": (field(type="text", value="half"), None),
    "no such field": ([], None),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "want"), SHARES.values(), ids=SHARES)
def test_the_percentage(fields, want):
    assert item(custom_fields=fields).percent == want


def test_the_panel_is_what_the_record_tells():
    mapping = ClickUpMapping("cu", SITE)
    assert mapping.panel(raw()) == {
        "fields": {"progress": 38.5, "status": "At risk", "updated": "2026-11-21T12:00:00+00:00"}
    }
    assert mapping.panel(raw(custom_fields=[])) == {"fields": {}}


def test_of_two_fields_with_one_name_it_is_always_the_same():
    one, two = ({"id": id, "name": "KR progress", "type": "number", "value": id} for id in "12")
    mapping = ClickUpMapping("cu", SITE)
    assert mapping.panel(raw(custom_fields=[one, two])) == mapping.panel(raw(custom_fields=[two, one]))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("status", None),
        ("status", {"type": "open"}),
        ("date_updated", "soon"),
        ("date_updated", None),
        ("due_date", "31/12/2026"),
        ("date_created", "x"),
    ],
)
def test_what_cannot_be_told_is_named(name, told):
    with pytest.raises(MappingError, match=name):
        item(**{name: told})


def test_the_scheme_is_the_same_for_the_same_site():
    again = json.loads(json.dumps(SITE))
    assert ClickUpMapping("cu", SITE).scheme == ClickUpMapping("cu", again).scheme


@pytest.mark.parametrize("kind", ["date", "number", "drop_down", "labels", "users", "manual_progress", "new"])
@pytest.mark.parametrize("odd", ["soon", [1], {"x": 1}, True, [{}]])
def test_no_odd_value_of_a_field_keeps_a_task_from_being_told(kind, odd):
    facts = {"id": "f", "name": "KR progress", "type": kind, "value": odd}
    mapping = ClickUpMapping("cu", SITE)
    assert "progress" in mapping.panel(raw(custom_fields=[facts]))["fields"]
    assert mapping.item(raw(custom_fields=[facts])).key == "DEV-12"


SPELT = {
    "an exact number": ({"type": "number"}, Decimal("0.6"), {"value": 0.6}),
    "a number": ({"type": "number"}, 60, {"value": 60}),
    "a number as text": ({"type": "currency"}, "0.6", {"value": 0.6}),
    "a bar": ({"type": "manual_progress"}, 62, {"value": {"current": 62}}),
    "a text": ({"type": "text"}, 60, {"value": "60"}),
    "an option": ({"type": "drop_down", "type_config": OPTIONS}, " At risk", {"value": "o-2"}),
    "an instant": (
        {"type": "date"},
        "2026-11-21T20:00:00+08:00",
        {"value": 1795262400000, "value_options": {"time": True}},
    ),
}


@pytest.mark.parametrize(("into", "wanted", "sent"), SPELT.values(), ids=SPELT)
def test_values_are_put_as_their_field_takes_them(into, wanted, sent):
    assert spelt(into, wanted) == sent


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("number", "many"),
        ("number", True),
        ("date", "soon"),
        ("drop_down", "Nope"),
        ("drop_down", "at risk"),
        ("users", "me"),
    ],
)
def test_what_a_field_takes_not_is_no_value(kind, wanted):
    with pytest.raises(ValueError, match=r".") as told:
        spelt({"type": kind, "type_config": OPTIONS}, wanted)
    assert isinstance(told.value, Unfit) is (kind in ("drop_down", "users"))


@given(st.integers(0, 100) | st.floats(0, 1).map(lambda x: round(x, 2)))
def test_a_number_comes_back_as_it_was_put(number):
    sent = spelt({"type": "number"}, number)["value"]
    assert value({"type": "number", "value": str(sent)}) == number
