"""Whose child an issue was: one parent, told under four names."""

import pytest

from mappings.jira_past import JiraReplay
from tests.changelogs import ENDS, SITE, at, day_by_day, entry, item, raw, replay

E1, E2, S = ("501", "SHOP-51"), ("502", "SHOP-52"), ("601", "SHOP-61")
NONE = (None, None)
ASSOCIATION = "IssueParentAssociation"
EMPTY = ("", "")


def link(name, old, new, id=""):
    return item(name, old, new, id, "custom" if name in ("Epic Link", "Parent Link") else "jira")


def cloud(parent):
    return raw(parent=parent and {"id": parent[0], "key": parent[1]})


def parents(record, *entries, site=SITE):
    """The parent on each day, without repetitions."""
    values = [s.item.parent for s in day_by_day(replay(site=site).stretches(record, entries, ENDS))]
    return [(n + 1, value) for n, value in enumerate(values) if n == 0 or value != values[n - 1]]


ONE_NAME = {
    "Cloud": (ASSOCIATION, ""),
    "a sub-task": ("Parent", ""),
    "an Epic's story": ("Epic Link", ""),
    "an Epic's story, with the field's id": ("Epic Link", "customfield_14"),
    "an Epic's story, with an id the site tells nothing of": ("Epic Link", "customfield_10014"),
    "above an Epic": ("Parent Link", ""),
}


@pytest.mark.parametrize(("name", "id"), ONE_NAME.values(), ids=ONE_NAME)
def test_a_parent_is_told_by_its_id_under_any_name(name, id):
    log = (entry(at(3), link(name, NONE, E1, id)), entry(at(5), link(name, E1, E2, id)))
    assert parents(cloud(E2), *log) == [(1, None), (3, "501"), (5, "502")]
    left = (entry(at(3), link(name, E1, NONE, id)),)
    assert parents(cloud(None), *left) == [(1, "501"), (3, None)]


def test_a_parent_without_an_id_is_told_by_its_key():
    """Parent Link has no ids on Cloud."""
    log = entry(at(3), link("Parent Link", (None, "SHOP-9"), (None, "SHOP-51")))
    assert parents(cloud(E1), log) == [(1, "SHOP-9"), (3, "501")]


def test_an_epic_link_of_data_center_holds_a_key_now_and_an_id_then():
    record = raw(customfield_14="SHOP-52")
    log = entry(at(3), link("Epic Link", E1, E2))
    assert parents(record, log, site=SITE | {"deployment": "datacenter"}) == [(1, "501"), (3, "SHOP-52")]


def test_one_change_told_twice_is_one():
    log = (
        entry(at(3, "12:00:00.121"), link(ASSOCIATION, NONE, E1)),
        entry(at(3, "12:00:00.126"), link("Parent Link", NONE, (None, "SHOP-51"))),
    )
    assert parents(cloud(E1), *log) == [(1, None), (3, "501")]
    assert parents(cloud(E1), entry(at(3), link(ASSOCIATION, NONE, E1), link("Epic Link", NONE, E1))) == [
        (1, None),
        (3, "501"),
    ]


BECAME_A_PART = (link("Epic Link", E1, NONE), link("Parent", NONE, S))


@pytest.mark.parametrize("order", [1, -1], ids=["link first", "parent first"])
def test_a_story_that_became_a_sub_task_had_its_epic_before(order):
    items = BECAME_A_PART[::order]
    assert parents(cloud(S), entry(at(3), *items)) == [(1, "501"), (3, "601")]
    apart = [entry(at(3, f"12:00:00.00{n}"), one) for n, one in enumerate(items)]
    assert parents(cloud(S), *apart) == [(1, "501"), (3, "601")]


@pytest.mark.parametrize("order", [1, -1], ids=["link first", "parent first"])
def test_one_issue_may_be_parent_under_two_names(order):
    items = [link("Epic Link", E1, NONE), link("Parent", NONE, E1)][::order]
    made = entry(at(2), link("Epic Link", NONE, E1))
    assert parents(cloud(E1), made, entry(at(4), *items)) == [(1, None), (2, "501")]


def test_several_changes_under_one_name_in_one_entry_are_undone_to_the_first():
    items = [link(ASSOCIATION, NONE, E1), link(ASSOCIATION, E1, E2)]
    assert parents(cloud(E2), entry(at(4), *items)) == [(1, None), (4, "502")]


def test_a_parent_that_changed_its_name_on_the_way_is_followed():
    log = (
        entry(at(2), link("Epic Link", NONE, E1)),
        entry(at(4), link(ASSOCIATION, E1, E2)),
        entry(at(6), link(ASSOCIATION, E2, NONE)),
    )
    assert parents(cloud(None), *log) == [(1, None), (2, "501"), (4, "502"), (6, None)]


def test_a_parent_set_without_a_trace_is_that_of_the_record_since_the_last_entry():
    log = (entry(at(4), link(ASSOCIATION, NONE, E1)),)
    assert parents(cloud(E2), *log) == [(1, None), (4, "502")]


def test_empty_texts_are_no_parent():
    assert parents(cloud(E1), entry(at(4), link(ASSOCIATION, EMPTY, E1))) == [(1, None), (4, "501")]


def test_children_of_an_epic_are_no_parent():
    log = entry(at(4), item("Epic Child", NONE, E2, "", "custom"))
    assert parents(cloud(E1), log) == [(1, "501")]


def test_a_record_that_holds_both_is_left_with_what_the_log_told():
    record = raw(parent={"id": "502", "key": "SHOP-52"}, customfield_14="SHOP-52")
    assert parents(record, entry(at(4), link(ASSOCIATION, NONE, E2))) == [(1, None), (4, "502")]


def test_a_replay_needs_no_name_of_a_field():
    bare = {"deployment": "cloud"}
    assert isinstance(replay(site=bare, glossary={}), JiraReplay)
    assert parents(cloud(E2), entry(at(4), link("Epic Link", E1, E2)), site=bare) == [(1, "501"), (4, "502")]
