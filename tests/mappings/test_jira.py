from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.jira import CANCELLED, JiraMapping, Vocabulary

SITE = {
    "deployment": "cloud",
    "base_url": "https://acme.atlassian.net",
    "points": ["customfield_16", "customfield_26"],
    "epic_link": "customfield_14",
    "parent_link": "customfield_15",
    "epic_name": "customfield_11",
    "flagged": "customfield_21",
    "numbers": {"Effort": "customfield_31"},
    "panel": {"progress": "customfield_41", "status": "customfield_42"},
}
DONE = {"id": "3", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Fertig"}}
OPEN = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new", "name": "Zu erledigen"}}
STORY = {"id": "7", "name": "Story", "subtask": False, "hierarchyLevel": 0}
ISSUE = {
    "summary": "Guided <b>onboarding</b>",
    "issuetype": STORY,
    "status": OPEN,
    "project": {"id": "1", "key": "SHOP"},
    "updated": "2026-09-27T10:03:11.123+0200",
}


def raw(key="SHOP-12", **fields):
    return Raw("10012", "v", {"id": "10012", "key": key, "fields": ISSUE | fields})


def mapped(site=SITE, vocabulary=None, **fields):
    return JiraMapping("acme", site, vocabulary or Vocabulary()).item(raw(**fields))


def test_an_issue_is_translated_in_full():
    item = mapped(
        status=DONE,
        resolution={"id": "1", "name": "Fixed"},
        assignee={"displayName": "Ada", "emailAddress": "ada@acme.example"},
        labels=["a", "b"],
        created="2026-09-01T00:30:00.000+0800",
        resolutiondate="2026-09-27T10:00:00.000+0200",
        duedate="2026-12-15",
        subtasks=[{"id": "2", "key": "SHOP-2"}, {"id": "3", "key": "SHOP-3"}],
        timeoriginalestimate=3600,
        timespent=0,
    )
    assert (item.connection, item.id, item.key, item.project) == ("acme", "10012", "SHOP-12", "SHOP")
    assert (item.title, item.type, item.owner) == ("Guided <b>onboarding</b>", "Story", "Ada")
    assert (item.status, item.category, item.resolution) == ("Done", Category.DONE, "Fixed")
    assert (item.labels, item.children) == (("a", "b"), ("2", "3"))
    assert (item.estimate_seconds, item.spent_seconds) == (3600, 0)
    assert (item.due, item.finished) == (date(2026, 12, 15), datetime(2026, 9, 27, 8, tzinfo=UTC))
    assert item.url == "https://acme.atlassian.net/browse/SHOP-12"


def test_a_bare_issue_has_nothing_made_up():
    item = mapped()
    assert (item.points, item.estimate_seconds, item.parent, item.due, item.owner) == (
        None,
        None,
        None,
        None,
        "",
    )
    assert (item.children, item.labels, item.numbers, item.unusable) == ((), (), (), ())
    assert not item.flagged
    assert not item.cancelled


ZONES = {
    "without a colon": "2026-09-27T10:03:11.123+0200",
    "in UTC": "2026-09-27T08:03:11.123+0000",
    "with a colon": "2026-09-27T10:03:11.123+02:00",
    "with a Z": "2026-09-27T08:03:11.123Z",
    "half an hour off": "2026-09-27T13:33:11.123+0530",
}


@pytest.mark.parametrize("text", ZONES.values(), ids=ZONES)
def test_times_in_any_zone_are_the_same_instant_in_utc(text):
    item = mapped(updated=text)
    assert item.updated == datetime(2026, 9, 27, 8, 3, 11, 123000, tzinfo=UTC)
    assert item.updated.tzinfo is UTC


KINDS = {
    "an Epic by its level": ({"name": "Feature", "hierarchyLevel": 1}, Tier.GROUP),
    "above an Epic": ({"name": "Initiative", "hierarchyLevel": 3}, Tier.GROUP),
    "a level beats a name": ({"name": "Epic", "hierarchyLevel": 0}, Tier.UNIT),
    "a sub-task by its level": ({"name": "Sub-task", "hierarchyLevel": -1, "subtask": True}, Tier.PART),
    "a sub-task of Data Center": ({"name": "子任务", "subtask": True}, Tier.PART),
    "an Epic of Data Center": ({"name": "Epic", "subtask": False}, Tier.GROUP),
    "an Epic in Chinese": ({"name": "史诗", "subtask": False}, Tier.GROUP),
    "a story of Data Center": ({"name": "Story", "subtask": False}, Tier.UNIT),
}


@pytest.mark.parametrize(("kind", "tier"), KINDS.values(), ids=KINDS)
def test_what_an_issue_is_follows_its_level_then_its_type(kind, tier):
    assert mapped(issuetype=kind).tier is tier


def test_a_renamed_epic_is_known_by_its_epic_name():
    kind = {"name": "Theme", "subtask": False}
    assert mapped(issuetype=kind, customfield_11="Checkout").tier is Tier.GROUP
    assert mapped(issuetype=kind, customfield_11=None).tier is Tier.UNIT


CATEGORIES = {
    "new": Category.TODO,
    "indeterminate": Category.IN_PROGRESS,
    "done": Category.DONE,
    "undefined": Category.UNDEFINED,
    "IN_PROGRESS": Category.IN_PROGRESS,
    "never heard of": Category.UNDEFINED,
}


@pytest.mark.parametrize(("key", "category"), CATEGORIES.items())
def test_a_status_stands_where_its_categorys_key_says_not_its_name(key, category):
    named = {"name": "Done", "statusCategory": {"key": key, "name": "Done"}}
    assert mapped(status=named).category is category


def test_a_status_without_a_category_is_undefined():
    assert mapped(status={"name": "Odd"}).category is Category.UNDEFINED


CANCELLATIONS = {
    "the usual list": ("Won't Fix", DONE, (), (), True),
    "without case and outer spaces": ("  wON'T dO ", DONE, (), (), True),
    "in Chinese": ("已取消", DONE, (), (), True),
    "done for good": ("Fixed", DONE, (), (), False),
    "in neither camp": ("Hold", DONE, (), (), False),
    "left on a reopened item": ("Won't Fix", OPEN, (), (), False),
    "a list of one's own replaces the usual one": ("Won't Fix", DONE, ("Hold",), (), False),
    "a resolution of one's own": ("hold", DONE, ("Hold",), (), True),
    "a status": (None, DONE, (), ("done ",), True),
    "a status in any category": (None, OPEN, (), ("OPEN",), True),
}


@pytest.mark.parametrize(
    ("resolution", "status", "resolutions", "statuses", "cancelled"),
    CANCELLATIONS.values(),
    ids=CANCELLATIONS,
)
def test_cancelled_is_a_listed_resolution_in_category_done_or_a_listed_status(
    resolution, status, resolutions, statuses, cancelled
):
    found = {"name": resolution} if resolution else None
    item = mapped(vocabulary=Vocabulary(resolutions, statuses), resolution=found, status=status)
    assert item.cancelled is cancelled


def test_every_usual_cancelled_resolution_counts():
    assert all(mapped(status=DONE, resolution={"name": name.upper()}).cancelled for name in CANCELLED)


ESTIMATES = {
    "a whole number": (5, Decimal(5)),
    "a float": (0.1, Decimal("0.1")),
    "zero": (0.0, Decimal(0)),
    "a plain decimal string": ("5.0", Decimal(5)),
    "a string with spaces": (" 8 ", Decimal(8)),
    "the largest": (10**15, Decimal(10) ** 15),
    "nothing": (None, None),
    "an empty string": ("", None),
}
USELESS = {
    "negative": (-1, "points: -1"),
    "a negative string": ("-1", "points: -1"),
    "too large": (10**15 + 1, "points: 1000000000000001"),
    "text": ("XL", "points: XL"),
    "not a number": (float("nan"), "points: nan"),
    "endless": (float("inf"), "points: inf"),
    "an exponent": ("1e3", "points: 1e3"),
    "two dots": ("1.2.3", "points: 1.2.3"),
    "other digits": ("٣", "points: ٣"),
    "yes": (True, "points: True"),
    "an option": ({"value": "5"}, "points: {'value': '5'}"),
    "a list": ([5], "points: [5]"),
}


@pytest.mark.parametrize(("value", "points"), ESTIMATES.values(), ids=ESTIMATES)
def test_an_estimate_is_exact(value, points):
    item = mapped(customfield_16=value)
    assert item.points == points
    assert item.unusable == ()


@pytest.mark.parametrize(("value", "told"), USELESS.values(), ids=USELESS)
def test_what_is_no_estimate_is_none_and_told(value, told):
    item = mapped(customfield_16=value)
    assert item.points is None
    assert item.unusable == (told,)


def test_of_several_points_fields_the_first_that_holds_anything_counts():
    assert mapped(customfield_16=None, customfield_26=3).points == 3
    assert mapped(customfield_16=2, customfield_26=3).points == 2
    assert mapped(customfield_16="XL", customfield_26=3).points is None


def test_named_numbers_and_times_are_held_to_the_same_rule():
    item = mapped(customfield_31=2.5, timeoriginalestimate=-5, timespent="x")
    assert item.numbers == (("Effort", Decimal("2.5")),)
    assert item.unusable == ("estimate: -5", "spent: x")
    assert mapped(customfield_31="?").unusable == ("Effort: ?",)


PARENTS = {
    "by id": ({"parent": {"id": "7", "key": "SHOP-1"}}, "7"),
    "by key where no id is told": ({"parent": {"key": "SHOP-1"}}, "SHOP-1"),
    "null": ({"parent": None}, None),
    "Epic Link": ({"parent": None, "customfield_14": "SHOP-1"}, "SHOP-1"),
    "parent before Epic Link": ({"parent": {"id": "7"}, "customfield_14": "SHOP-1"}, "7"),
    "Parent Link": ({"customfield_15": "SHOP-2"}, "SHOP-2"),
    "Epic Link before Parent Link": ({"customfield_14": "SHOP-1", "customfield_15": "SHOP-2"}, "SHOP-1"),
    "Parent Link as an object": ({"customfield_15": {"data": {"id": 9, "key": "SHOP-2"}}}, "9"),
}


@pytest.mark.parametrize(("fields", "parent"), PARENTS.values(), ids=PARENTS)
def test_a_parent_is_told_by_parent_then_epic_link_then_parent_link(fields, parent):
    assert mapped(**fields).parent == parent


def test_an_impediment_flags():
    assert mapped(customfield_21=[{"value": "Impediment"}]).flagged
    assert not mapped(customfield_21=None).flagged
    assert not mapped(customfield_21=[]).flagged


def test_the_project_is_read_off_the_key_where_it_is_not_told():
    assert mapped(project=None, key="SHOP-12").project == "SHOP"


BROKEN = {
    "no status": ("status", {"status": None}),
    "a status that is a text": ("status", {"status": "Done"}),
    "no type": ("issuetype", {"issuetype": None}),
    "no time of change": ("updated", {"updated": None}),
    "a time without a zone": ("updated", {"updated": "2026-09-27T10:03:11"}),
    "a due date that is none": ("duedate", {"duedate": "soon"}),
    "sub-tasks without ids": ("subtasks", {"subtasks": [{"key": "SHOP-2"}]}),
    "a time before all times": ("created", {"created": "0001-01-01T00:00:00.000+0200"}),
    "a parent that is a number": ("parent", {"parent": 7}),
    "a resolution without a name": ("resolution", {"resolution": {"id": "1"}}),
}


@pytest.mark.parametrize(("field", "fields"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_told_names_the_record_and_the_field(field, fields):
    with pytest.raises(MappingError) as told:
        mapped(**fields)
    assert (told.value.record, told.value.field) == ("SHOP-12", field)


@pytest.mark.parametrize("data", [{}, {"key": "SHOP-12"}, {"fields": ISSUE}, {"key": "A-1", "fields": None}])
def test_a_record_that_is_no_issue_is_told(data):
    with pytest.raises(MappingError):
        JiraMapping("acme", SITE, Vocabulary()).item(Raw("10012", "", data))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from([*ISSUE, "parent", "subtasks", "customfield_16", "duedate"]), json))
def test_whatever_stands_in_a_record_it_is_translated_or_told(fields):
    with suppress(MappingError):
        assert mapped(**fields).key == "SHOP-12"


def test_the_panel_is_told_as_far_as_the_record_tells_it():
    mapping = JiraMapping("acme", SITE, Vocabulary())
    found = raw(customfield_41=73.0, customfield_42=None)
    assert mapping.panel(found) == {"fields": {"progress": 73.0, "status": None}}
    with_property = Raw(found.id, "", found.data | {"properties": {"okr-bridge": {"version": 1}}})
    assert mapping.panel(with_property)["property"] == {"version": 1}
    assert mapping.panel(Raw(found.id, "", found.data | {"properties": {}}))["property"] is None
    assert mapping.panel(raw()) == {"fields": {}}


def scheme(site=SITE, **vocabulary):
    return JiraMapping("acme", site, Vocabulary(**vocabulary)).scheme


def test_the_scheme_changes_with_whatever_decides_the_translation():
    assert scheme() == scheme(SITE | {"server_version": "2", "time_zone": "x"})
    others = [
        scheme(SITE | {"points": ["customfield_26"]}),
        scheme(SITE | {"points": ["customfield_26", "customfield_16"]}),
        scheme(SITE | {"epic_link": ""}),
        scheme(SITE | {"numbers": {}}),
        scheme(SITE | {"panel": {}}),
        scheme(cancelled_resolutions=("Hold",)),
        scheme(cancelled_statuses=("Hold",)),
        scheme(base_url="https://elsewhere.example"),
    ]
    assert len({scheme(), *others}) == 9


def test_the_scheme_does_not_depend_on_the_order_of_a_list_of_words():
    words = ("Hold", "Declined", "Later", "Never")
    assert scheme(cancelled_resolutions=words) == scheme(cancelled_resolutions=words[::-1])
    assert scheme(cancelled_resolutions=CANCELLED) == scheme()
