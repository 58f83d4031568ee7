"""What Notion's pages mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.notion import NotionMapping, Vocabulary
from mappings.notion_fields import spelt, value_of

ID = "01234567-89ab-cdef-0123-456789abcdef"
PARENTS = [
    {"id": "up", "type": "relation", "target": "tasks"},
    {"id": "pr", "type": "relation", "target": "projects"},
]
GROUPS = {"o1": ["To-do", 0, 3], "o2": ["In progress", 1, 3], "o3": ["Complete", 2, 3]}
TASKS = {
    "name": "Tasks",
    "database": "db",
    "properties": {},
    "title": "title",
    "key": {"id": "id", "type": "unique_id", "prefix": "TASK"},
    "roles": {
        "status": {"id": "st", "type": "status", "groups": GROUPS},
        "type": {"id": "ty", "type": "select"},
        "points": {"id": "po", "type": "number", "format": "number"},
        "estimate": {"id": "es", "type": "number", "format": "number"},
        "spent": {"id": "sp", "type": "number", "format": "number"},
        "percent": {"id": "pe", "type": "number", "format": "percent"},
        "labels": {"id": "la", "type": "multi_select"},
        "owner": {"id": "ow", "type": "people"},
        "due": {"id": "du", "type": "date"},
        "blocked": {"id": "bl", "type": "checkbox"},
    },
    "parents": PARENTS,
    "numbers": {"Impact": {"id": "im", "type": "number", "format": ""}},
    "panel": {
        "progress": {"id": "kp", "type": "number", "format": "number"},
        "status": {"id": "ks", "type": "rich_text"},
    },
}
PROJECTS = {**TASKS, "name": "Projects", "key": None, "roles": {}, "parents": [], "numbers": {}, "panel": {}}
SITE = {"sources": {"tasks": TASKS, "projects": PROJECTS}}
VALUES = {
    "title": "目标 <b>x</b>",
    "id": {"prefix": "TASK", "number": 12},
    "st": {"id": "o2", "name": "Doing it"},
    "ty": {"id": "t", "name": "Story"},
    "po": 3,
    "es": 7.5,
    "sp": 0.25,
    "pe": 0.4,
    "la": ["okr", "infra"],
    "ow": ["报告 角色", "", "Ada"],
    "du": {"start": "2026-12-01", "end": "2026-12-20T10:00:00.000+08:00"},
    "bl": True,
    "im": -2,
    "kp": 38.5,
    "ks": "",
}
FACTS = {
    "id": ID,
    "source": "tasks",
    "url": "https://www.notion.so/x",
    "created_time": "2026-11-02T09:00:00.000Z",
    "last_edited_time": "2026-11-21T16:00:00.000Z",
    "parent": "p",
    "parent_source": "tasks",
    "children": ["c1", "c2"],
    "group": None,
}


def raw(values=None, **facts):
    return Raw(ID, "v", {**FACTS, "values": VALUES | (values or {}), **facts})


def item(words=Vocabulary(), values=None, site=SITE, **facts):  # noqa: B008
    return NotionMapping("no", site, words).item(raw(values, **facts))


def with_status(**status):
    roles = {**TASKS["roles"], "status": {"id": "st", **status}}
    return {"sources": {"tasks": {**TASKS, "roles": roles}}}


def test_a_page_is_told_in_full():
    told = item()
    assert (told.id, told.key, told.parent, told.project) == (ID, "TASK-12", "p", "Tasks")
    assert (told.title, told.owner, told.type) == ("目标 <b>x</b>", "报告 角色, Ada", "Story")
    assert (told.points, told.percent) == (Decimal(3), Decimal(40))
    assert (told.estimate_seconds, told.spent_seconds) == (Decimal(27000), Decimal(900))
    assert (told.due, told.updated) == (date(2026, 12, 20), datetime(2026, 11, 21, 16, tzinfo=UTC))
    assert (told.labels, told.flagged, told.children) == (("okr", "infra"), True, ("c1", "c2"))
    assert (told.status, told.url) == ("Doing it", "https://www.notion.so/x")


def test_without_a_unique_id_the_key_is_the_id_as_addresses_end():
    assert item(values={"id": {"prefix": None, "number": 3}}).key == ID.replace("-", "")


def test_what_is_not_there_is_none_and_never_zero():
    told = item(values=dict.fromkeys(("po", "es", "sp", "pe", "im", "du", "ow", "la")))
    assert (told.points, told.estimate_seconds, told.spent_seconds, told.percent) == (None,) * 4
    assert (told.numbers, told.due, told.owner, told.labels, told.unusable) == ((), None, "", (), ())


def test_a_number_that_is_no_estimate_is_listed():
    assert item().unusable == ("Impact: -2",)
    assert item().numbers == ()
    assert item(values={"im": 2}).numbers == (("Impact", Decimal(2)),)


GROUPED = {
    "the first group": ("o1", None, Category.TODO),
    "the middle one": ("o2", None, Category.IN_PROGRESS),
    "the last one": ("o3", None, Category.DONE),
    "a group of another name, by its place": ("o9", ["Fertig", 2, 3], Category.DONE),
    "one between": ("o9", ["Läuft", 1, 3], Category.IN_PROGRESS),
    "a name beats the place": ("o9", ["Complete", 0, 3], Category.DONE),
    "an option that stands in no group": ("o9", None, Category.UNDEFINED),
    "one group alone says nothing": ("o9", ["All", 0, 1], Category.UNDEFINED),
}


@pytest.mark.parametrize(("option", "group", "want"), GROUPED.values(), ids=GROUPED)
def test_categories_go_by_the_group(option, group, want):
    status = {"id": option, "name": "Done, by its name alone"}
    assert item(values={"st": status}, group=group).category is want


def test_a_page_without_a_status_is_undefined():
    told = item(values={"st": None})
    assert (told.category, told.status) == (Category.UNDEFINED, "")


def test_given_names_beat_the_group():
    words = Vocabulary(done=("doing it",))
    assert item(words).category is Category.DONE
    assert item(words, values={"st": {"id": "o1", "name": "Other"}}).category is Category.TODO


SELECTS = {
    "usual, in Chinese": ("已完成", Vocabulary(), Category.DONE),
    "under way": ("In progress", Vocabulary(), Category.IN_PROGRESS),
    "not begun": ("待办", Vocabulary(), Category.TODO),
    "nobody knows": ("Parked", Vocabulary(), Category.UNDEFINED),
    "given": ("Parked", Vocabulary(todo=("parked",)), Category.TODO),
    "a given map is the whole map": ("Done", Vocabulary(todo=("parked",)), Category.UNDEFINED),
}


@pytest.mark.parametrize(("name", "words", "want"), SELECTS.values(), ids=SELECTS)
def test_a_select_goes_by_names(name, words, want):
    told = item(words, values={"st": {"id": "s", "name": name}}, site=with_status(type="select"))
    assert told.category is want


@pytest.mark.parametrize(("ticked", "want"), [(True, Category.DONE), (False, Category.TODO)])
def test_a_checkbox_is_done_or_not(ticked, want):
    assert item(values={"st": ticked}, site=with_status(type="checkbox")).category is want


@pytest.mark.parametrize(("name", "want"), [("Cancelled", True), ("已取消", True), ("Done", False)])
def test_cancelled_goes_by_the_status(name, want):
    told = item(values={"st": {"id": "o3", "name": name}})
    assert (told.cancelled, told.category) == (want, Category.DONE)


TIERS = {
    "an Epic is a group, also below another": ({"ty": {"name": "Epic"}}, {}, Tier.GROUP),
    "a Story is a unit, also below an Epic": ({"ty": {"name": "story "}}, {}, Tier.UNIT),
    "what hangs nowhere is a unit": ({"ty": {"name": "Bug"}}, {"parent": ""}, Tier.UNIT),
    "a sub-item is a part": ({"ty": {"name": "Bug"}}, {}, Tier.PART),
    "without a type too": ({"ty": None}, {}, Tier.PART),
    "what hangs on another database is a unit": ({"ty": None}, {"parent_source": "projects"}, Tier.UNIT),
    "what other databases hang on is a group": ({}, {"source": "projects", "parent": ""}, Tier.GROUP),
}


@pytest.mark.parametrize(("values", "facts", "want"), TIERS.values(), ids=TIERS)
def test_tiers(values, facts, want):
    assert item(values=values, **facts).tier is want


def test_a_database_may_be_one_of_groups():
    for name in ("tasks", "Tasks ", "db"):
        assert item(Vocabulary(group_databases=(name,))).tier is Tier.GROUP


def test_words_are_what_the_workspace_calls_them():
    words = Vocabulary(groups=("Feature",), cancelled=("Parked",), blocked=("Stuck",), time_unit="days")
    told = item(words, values={"ty": {"name": "feature"}, "st": {"id": "o3", "name": "Parked"}, "es": 2})
    assert (told.tier, told.cancelled, told.estimate_seconds) == (Tier.GROUP, True, Decimal(57600))
    stuck = item(words, values={"bl": False, "st": {"id": "o2", "name": "Stuck"}})
    assert stuck.flagged
    assert not item(words, values={"bl": False}).flagged


PERCENTS = {
    "a share in a property of percents": (0.57, "percent", Decimal(57)),
    "0 to 100 in a plain number": (57, "number", Decimal(57)),
    "above": (1.2, "percent", None),
    "no number": ("57%", "number", None),
}


@pytest.mark.parametrize(("value", "format", "want"), PERCENTS.values(), ids=PERCENTS)
def test_percent_done(value, format, want):
    roles = {**TASKS["roles"], "percent": {"id": "pe", "type": "number", "format": format}}
    site = {"sources": {"tasks": {**TASKS, "roles": roles}}}
    assert item(values={"pe": value}, site=site).percent == want


def test_the_panel_is_what_the_record_tells():
    assert NotionMapping("no", SITE).panel(raw()) == {"fields": {"progress": 38.5, "status": None}}
    assert NotionMapping("no", SITE).panel(raw(source="projects")) == {"fields": {}}


UNTOLD = {
    "last_edited_time": {"last_edited_time": "soon"},
    "created_time": {"created_time": "2026-11-02T09:00:00"},
    "database": {"source": "elsewhere"},
    "due": {"values": VALUES | {"du": {"start": "31/12/2026", "end": None}}},
    "page": {"values": VALUES | {"ow": 3}},
}


@pytest.mark.parametrize("field", UNTOLD)
def test_what_cannot_be_told_is_named(field):
    broken = Raw(ID, "v", {**FACTS, "values": VALUES, **UNTOLD[field]})
    with pytest.raises(MappingError) as told:
        NotionMapping("no", SITE).item(broken)
    assert told.value.field == field


def test_the_scheme_is_the_same_for_the_same_site_and_moves_with_groups_and_words():
    first = NotionMapping("no", SITE).scheme
    assert NotionMapping("no", json.loads(json.dumps(SITE))).scheme == first
    assert NotionMapping("no", SITE, Vocabulary(done=("x",))).scheme != first
    assert NotionMapping("no", SITE, Vocabulary(time_unit="days")).scheme != first
    assert NotionMapping("no", with_status(type="status", groups={})).scheme != first


PLAIN = {
    "a formula's number": ({"type": "formula", "formula": {"type": "number", "number": 2}}, 2),
    "a rollup's number": (
        {"type": "rollup", "rollup": {"type": "number", "number": 2, "function": "sum"}},
        2,
    ),
    "a rollup's list": ({"type": "rollup", "rollup": {"type": "array", "array": [], "function": "x"}}, None),
    "people without a picture": (
        {"type": "people", "people": [{"id": "u", "name": "A", "avatar_url": "x"}]},
        ["A"],
    ),
    "people who may not be seen": ({"type": "people", "people": [{"id": "u"}]}, [""]),
    "files, whose addresses expire": ({"type": "files", "files": [{"name": "x"}]}, None),
    "an empty choice": ({"type": "select", "select": None}, None),
    "text in pieces": ({"type": "rich_text", "rich_text": [{"plain_text": "a"}, {"plain_text": "b"}]}, "ab"),
}


@pytest.mark.parametrize(("one", "want"), PLAIN.values(), ids=PLAIN)
def test_values_in_plain_form(one, want):
    assert value_of(one) == want


SPELT = {
    "a number": (60, {"type": "number"}, {"number": 60}),
    "a share": (57, {"type": "number", "format": "percent"}, {"number": 0.57}),
    "no number": (None, {"type": "number"}, {"number": None}),
    "a choice": ("On track", {"type": "select"}, {"select": {"name": "On track"}}),
    "no choice": (None, {"type": "status"}, {"status": None}),
    "no text": (None, {"type": "rich_text"}, {"rich_text": []}),
}


@pytest.mark.parametrize(("value", "one", "want"), SPELT.values(), ids=SPELT)
def test_values_as_they_are_sent(value, one, want):
    assert spelt(value, one) == want
