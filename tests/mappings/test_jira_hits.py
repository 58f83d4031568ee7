"""Which selectors hit an issue as it stood: Jira's rules, over what the log tells."""

import pytest

from bridge.model import FieldValue, Keys, Label, Project, Query
from tests.changelogs import ENDS, GLOSSARY, SITE, at, day_by_day, entry, item, kind, of_status, raw, replay
from tests.changelogs import resolution as named
from tests.changelogs import status as of

DATACENTER = SITE | {"deployment": "datacenter"}
PARENT = {"parent": {"id": "501", "key": "SHOP-51"}}
RICH = {
    "status": of("5"),
    "resolution": named("20"),
    "labels": ["Mobile", "pay"],
    "customfield_16": 5.0,
    "customfield_40": {"id": "77", "value": "Blue"},
    "customfield_41": [{"id": "81", "value": "Good"}, {"id": "82", "value": "New"}],
    "fixVersions": [{"id": "91", "name": "2.10"}],
    "priority": {"id": "2", "name": "High"},
    "customfield_21": [{"value": "Impediment"}],
    **PARENT,
}


def hit(selector, site=SITE, **fields):
    """Whether the record as it stands is hit; the selector must be told."""
    found = replay([selector], site=site)
    assert found.untold == {}
    [stretch] = found.stretches(raw(**fields), (), ENDS)
    return selector in stretch.hits


def days(selector, record, *entries, **how):
    """The days of October on which it was hit."""
    stretches = day_by_day(replay([selector], **how).stretches(record, entries, ENDS))
    return [n + 1 for n, stretch in enumerate(stretches) if selector in stretch.hits]


SELECTORS = {
    "a label, in any case": (Label("mobile"), True),
    "another label": (Label("mob"), False),
    "a project by key": (Project("shop"), True),
    "another project": (Project("NEW"), False),
    "a field by name": (FieldValue("Team", "blue"), True),
    "a field by id": (FieldValue("customfield_40", "Blue"), True),
    "a value by its id": (FieldValue("Team", "77"), True),
    "one of several values": (FieldValue("rating", "New"), True),
    "a number however it is written": (FieldValue("Story Points", "5"), True),
    "another number": (FieldValue("Story Points", "50"), False),
    "a version": (FieldValue("fixVersion", "2.10"), True),
    "a version is no number": (FieldValue("fixVersion", "2.1"), False),
    "a field of Jira's own": (FieldValue("priority", "high"), True),
    "keys, by key": (Keys(("SHOP-9", "shop-1")), True),
    "keys, by id": (Keys(("10012",)), True),
    "other keys": (Keys(("SHOP-9",)), False),
}


@pytest.mark.parametrize(("selector", "wanted"), SELECTORS.values(), ids=SELECTORS)
def test_a_selector(selector, wanted):
    assert hit(selector, **RICH) is wanted


QUERIES = {
    "status by name": ("status = done", True),
    "status by id": ("status = 5", True),
    "status category by name": ('statusCategory = "Done"', True),
    "status category by key": ("statusCategory in (new, indeterminate)", False),
    "type": ("type = Story", True),
    "type, the long way": ("issuetype not in (Bug, Epic)", True),
    "resolution": ("resolution = Fixed", True),
    "unresolved": ("resolution = Unresolved", False),
    "resolved": ("resolution is not EMPTY", True),
    "a flag": ("Flagged is not EMPTY", True),
    "project by id": ("project = 100", True),
    "project by name": ("project = Shop", True),
    "parent by key": ("parent = shop-51", True),
    "parent by id": ("parent in (501)", True),
    "a story's Epic, the old way": ('"Epic Link" = SHOP-51', True),
    "by the field's id": ("cf[14] = SHOP-51", True),
    "an Epic's parent, which it is not": ('"Parent Link" = SHOP-51', False),
    "and": ("labels = pay and status = Open", False),
    "or": ("labels = pay or status = Open", True),
    "not": ("not status = Done", False),
    "not of an and": ("not (status = Done and labels = nothing)", True),
    "not equal": ("labels != pay", False),
    "two labels": ("labels = pay AND labels = mobile", True),
    "a number by its field's kind": ('"Story Points[Number]" = 5', True),
}


@pytest.mark.parametrize(("text", "wanted"), QUERIES.values(), ids=QUERIES)
def test_a_query(text, wanted):
    assert hit(Query(text), **RICH) is wanted


EMPTY = {
    "is empty": ("labels is EMPTY", True),
    "is not empty": ("labels is not EMPTY", False),
    "not equal leaves it out": ("labels != pay", False),
    "not in leaves it out": ("labels not in (pay)", False),
    "not turns equal around": ("not labels = pay", False),
    "not twice": ("not not labels = pay", False),
    "not turns not equal around": ("not labels != pay", False),
    "not of empty": ("not labels is EMPTY", False),
    "in, with empty": ("labels in (pay, EMPTY)", True),
    "not in, with empty": ("labels not in (pay, EMPTY)", False),
    "no resolution": ("resolution = Unresolved", True),
    "another resolution than one": ("resolution != Fixed", False),
    "no parent": ("parent is EMPTY", True),
    "no points": ("'Story Points' is EMPTY", True),
    "or of a turned around and": ("not (labels = pay and status = Done)", True),
}


@pytest.mark.parametrize(("text", "wanted"), EMPTY.values(), ids=EMPTY)
def test_what_is_empty_is_hit_as_in_jira(text, wanted):
    assert hit(Query(text)) is wanted


LEVELS = {
    "a story has an Epic Link": ("7", '"Epic Link" = SHOP-51', True, True),
    "a story's parent": ("7", "parent = SHOP-51", True, False),
    "a sub-task's parent": ("8", "parent = SHOP-51", True, True),
    "a sub-task has no Epic Link": ("8", '"Epic Link" = SHOP-51', False, False),
    "an Epic has a Parent Link": ("9", '"Parent Link" = SHOP-51', True, True),
    "an Epic's parent": ("9", "parent = SHOP-51", True, False),
}


@pytest.mark.parametrize(("type", "text", "cloud", "datacenter"), LEVELS.values(), ids=LEVELS)
def test_on_data_center_parent_is_a_sub_tasks_alone(type, text, cloud, datacenter):
    fields = {"issuetype": kind(type), **PARENT}
    assert hit(Query(text), **fields) is cloud
    assert hit(Query(text), DATACENTER, **fields) is datacenter


def test_a_label_that_was_lost_hit_until_then():
    log = entry(at(4), item("labels", (None, "okr pay"), (None, "pay"), "labels"))
    assert days(Label("okr"), raw(labels=["pay"]), log) == [1, 2, 3]


def test_a_status_in_a_query_is_that_of_the_day():
    log = (entry(at(3), of_status("1", "3")), entry(at(6), of_status("3", "5")))
    assert days(Query("status = 'In Progress'"), raw(status=of("5")), *log) == [3, 4, 5]


def test_nothing_hits_an_issue_that_was_not_there():
    assert days(Project("SHOP"), raw(created=at(4))) == [4, 5, 6, 7, 8, 9, 10]


MOVED = entry(
    at(4),
    item("project", ("100", "Shop"), ("200", "News"), "project"),
    item("Key", (None, "SHOP-1"), (None, "NEW-7")),
)
MOVED_NOW = {"key": "NEW-7", "project": {"id": "200", "key": "NEW", "name": "News"}}


def test_an_issue_that_moved_was_in_its_old_project_until_then():
    assert days(Project("SHOP"), raw(**MOVED_NOW), MOVED) == [1, 2, 3]
    assert days(Project("NEW"), raw(**MOVED_NOW), MOVED) == [4, 5, 6, 7, 8, 9, 10]


def test_a_project_is_found_by_the_key_it_has_today():
    renamed = GLOSSARY | {"projects": [{"id": "100", "key": "STORE", "name": "Store"}]}
    assert days(Project("STORE"), raw(**MOVED_NOW), MOVED, glossary=renamed) == [1, 2, 3]


@pytest.mark.parametrize("key", ["SHOP-1", "NEW-7", "10012"])
def test_any_key_that_an_issue_ever_bore_means_it_on_all_days(key):
    assert days(Query(f"key = {key}"), raw(**MOVED_NOW), MOVED) == list(range(1, 11))


def test_a_parent_is_found_under_a_key_that_the_log_knew_it_by():
    """It moved from OLD-5 to SHOP-51 in between."""
    log = entry(at(4), item("IssueParentAssociation", (None, None), ("501", "OLD-5")))
    for key in ("OLD-5", "SHOP-51", "501"):
        assert days(Query(f"parent = {key}"), raw(**PARENT), log) == [4, 5, 6, 7, 8, 9, 10]


def test_a_parent_is_found_under_any_key_that_somebody_resolved():
    known = GLOSSARY | {"keys": {"OLD-9": "501"}}
    assert days(Query("parent = old-9"), raw(**PARENT)) == []
    assert days(Query("parent = old-9"), raw(**PARENT), glossary=known) == list(range(1, 11))
    both = GLOSSARY | {"keys": {"OLD-9": "501", "SHOP-51": "501"}}
    assert days(Query("'Epic Link' = OLD-9"), raw(customfield_14="SHOP-51"), glossary=both) == list(
        range(1, 11)
    )


def test_the_issues_that_selectors_name_are_told():
    named = [Query("parent in (SHOP-51, 502) and not ('Epic Link' = A-1)"), Keys(("B-2",)), Label("no-key")]
    assert replay(named).keys == ("A-1", "B-2", "SHOP-51")


def test_versions_came_and_went_one_by_one():
    log = (
        entry(at(3), item("Fix Version", (None, None), ("91", "1.0"))),
        entry(
            at(5),
            item("Fix Version", ("91", "1.0"), (None, None)),
            item("Fix Version", (None, None), ("92", "1.1")),
        ),
    )
    now = raw(fixVersions=[{"id": "92", "name": "1.1"}, {"id": "93", "name": "later"}])
    assert days(Query("fixVersion = '1.0'"), now, *log) == [3, 4]
    assert days(Query("fixVersion = 1.1"), now, *log) == [5, 6, 7, 8, 9, 10]
    assert days(Query("fixVersion in (later)"), now, *log) == list(range(1, 11))


CHOICES = {
    "one": (("81", "Good"), {"Good"}),
    "several": (("[81, 82]", "Good, New"), {"Good", "New"}),
    "several without a space": (("[81, 82]", "Good,New"), {"Good", "New"}),
    "a comma of its own": (("[83]", "Good, but late"), {"Good, but late"}),
    "in two steps": ((None, "Parent values: Good(81)Level 1 values: New(82)"), {"Good"}),
    "words alone": ((None, "Good New"), {"Good", "New"}),
    "none": (("", ""), set()),
}


@pytest.mark.parametrize(("before", "values"), CHOICES.values(), ids=CHOICES)
def test_values_of_a_field_are_those_of_the_log(before, values):
    log = entry(at(4), item("Rating", before, ("84", "Bad"), "customfield_41", "custom"))
    for value in ("Good", "New", "Good, but late"):
        hits = days(FieldValue("Rating", value), raw(customfield_41=[{"id": "84", "value": "Bad"}]), log)
        assert hits == ([1, 2, 3] if value in values else [])


def test_a_number_that_was_is_compared_as_one():
    log = entry(at(4), item("Rating", (None, "5.0"), (None, None), "customfield_41", "custom"))
    assert days(FieldValue("Rating", "5"), raw(), log) == [1, 2, 3]


def test_a_stretch_begins_where_only_membership_changed():
    log = entry(at(4), item("priority", ("3", "Low"), ("2", "High"), "priority"))
    selector = FieldValue("priority", "High")
    found = replay([selector]).stretches(raw(priority={"id": "2", "name": "High"}), (log,), ENDS)
    assert [(s.first, s.hits) for s in found] == [(0, frozenset()), (3, frozenset({selector}))]
    assert [s.first for s in replay().stretches(raw(), (log,), ENDS)] == [0]


UNTOLD = {
    "a sprint": ("sprint = 12", "sprint: not among the fields"),
    "a person": ("assignee = ada", "assignee: not among the fields"),
    "a field of Jira's own without a past": ("watchers = ada", "watchers: not among the fields"),
    "a field that nobody knows": ('"No such field" = 1', "No such field: not among the fields"),
    "a field called by its id": ("summary = x", "summary: not among the fields"),
    "a name that two fields bear": ("Twin = x", "Twin: 2 fields bear this name"),
    "a date": ("cf[40] = 2026-01-01", "a date"),
    "a day from now": ("Team in (-7d)", "a date"),
    "a category in another language": ("statusCategory = 完成", "no category is known by that name"),
    "a function in one clause of many": ("labels = a and sprint in openSprints()", "openSprints()"),
    "a field that records do not hold": ("cf[42] = x", "customfield_42: not read with the past of issues"),
    "a component where it is not held": ("affectedVersion = 1", "versions: not read"),
}


@pytest.mark.parametrize(("text", "reason"), UNTOLD.values(), ids=UNTOLD)
def test_what_cannot_be_told_is_untold_with_the_reason_and_hits_nothing(text, reason):
    selector, other = Query(text), Label("pay")
    found = replay([selector, other])
    assert reason in found.untold[selector]
    assert list(found.untold) == [selector]
    [stretch] = found.stretches(raw(labels=["pay"], customfield_42="x"), (), ENDS)
    assert stretch.hits == {other}


def test_the_fields_that_selectors_ask_for_are_told_held_or_not():
    selectors = [FieldValue("Team", "x"), Query("fixVersion = 1 or labels = a"), Query("'Story Points' = 1")]
    bare = {name: value for name, value in GLOSSARY.items() if name != "held"}
    for glossary in (GLOSSARY, bare):
        assert replay(selectors, glossary=glossary).fields == ("customfield_40", "fixVersions")
    assert set(replay(selectors, glossary=bare).untold) == set(selectors[:2])


def test_many_selectors_are_answered_at_once():
    labels = [Label(f"l{n}") for n in range(300)]
    projects = [Project("SHOP"), Project("NEW"), Query("project = SHOP and labels = l7")]
    found = replay([*labels, *projects])
    [stretch] = found.stretches(raw(labels=["l7", "l8"]), (), ENDS)
    assert stretch.hits == {labels[7], labels[8], projects[0], projects[2]}
