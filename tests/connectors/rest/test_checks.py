"""A check tries every path of a description on the items that there are, and says what is wrong with it."""

from __future__ import annotations

import pytest

from bridge.errors import UnexpectedAnswer
from bridge.model import Finding
from tests.inhouse import TOML, Tracker, opened


def findings(tracker: Tracker, *changed: tuple[str, str]) -> list[Finding]:
    text = TOML
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    tracker.make("Work", points=1, percent=0, owner={"name": "李雷"}, due="2026-12-15", custom={"value": 1})
    tracker.tasks["101"]["parent_id"] = 7
    return [one for one in opened(tracker, text).connector.check() if one.level != "info"]


def test_a_description_that_fits_is_in_order(tracker):
    assert findings(tracker) == []
    assert {one.method for one in tracker.asked} == {"GET"}


WRONG = {
    "list": (('items = "tasks"', 'items = "taskz"'), "GET taskz answered 404"),
    "found": (
        ('found = "data.items"\nitem', 'found = "data.list"\nitem'),
        'nothing at "data.list" (read.found)',
    ),
    "total": (('total = "data.total"', 'total = "total"'), 'nothing at "total" (pages.total)'),
    "id": (('id = "id"\nkey', 'id = "uuid"\nkey'), 'item 1 has nothing at "uuid" (item.id)'),
    "title": (('title = "title"\nstatus', 'title = "name"\nstatus'), 'nothing at "name" (item.title)'),
    "updated": (
        ('updated = "updated_at"', 'updated = "title"'),
        'what is at "title" (item.updated) is no time',
    ),
    "one": (('one = "data"', 'one = "data.task"'), 'nothing at "data.task" (read.one)'),
    "one of it": (('one = "data"', 'one = "@"'), 'what is at "@" (read.one) has nothing at "id"'),
    "item": (('item = "tasks/{id}"', 'item = "task/{id}"'), "read.item: item 101 stands in the list"),
    "key": (('by_key = "tasks/number/', 'by_key = "tasks/no/'), "read.by_key: item 101 stands in the list"),
    "children": (('children = "tasks/{id}/children"', 'children = "tasks/{id}/kids"'), "GET tasks/101/kids"),
    "comments": (('path = "tasks/{id}/comments"\n', 'path = "tasks/{id}/says"\n'), "GET tasks/101/says"),
    "changes": (
        ('path = "tasks/{id}/changes"', 'path = "changes/{id}"'),
        "101 is there, and its changes are not",
    ),
    "links": (('path = "tasks/{id}/links"\n', 'path = "tasks/{id}/l"\n'), "GET tasks/101/l"),
}


@pytest.mark.parametrize(("changed", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_error_with_a_hint(tracker, changed, told):
    error, *_ = [one for one in findings(tracker, changed) if one.level == "error"]
    assert told in error.message
    assert error.hint
    assert "\n" not in error.message + error.hint


def test_a_part_that_no_item_has_and_a_status_that_stands_nowhere_are_warnings(tracker):
    tracker.make("Other", state={"name": "挂起"})
    told = findings(tracker, ('points = "points"', 'points = "pts"'))
    assert [one.level for one in told] == ["warning", "warning"]
    assert 'nothing at "pts" (item.points) in any of the first 2 items' in told[0].message
    assert "挂起 stands nowhere" in told[1].message


def test_a_part_that_is_there_and_empty_is_no_warning(tracker):
    text = TOML.partition("[connections.inhouse.write")[0]
    tracker.make("Work", points=None, percent=None, owner={"name": None}, due="", custom={"value": None})
    told = [one.message for one in opened(tracker, text).connector.check() if one.level != "info"]
    assert told == []


def test_a_list_without_items_is_told_for_nothing_could_be_tried(tracker):
    [warning] = [one for one in opened(tracker).connector.check() if one.level != "info"]
    assert "no items" in warning.message


def test_an_item_that_is_another_one_than_was_asked_for_is_never_believed(tracker):
    text = TOML.replace('item = "tasks/{id}"', 'item = "tasks/number/{id}"')
    tracker.make("Work")
    tracker.tasks["101"]["number"] = "102"
    tracker.former["101"] = tracker.make("Other")
    system = opened(tracker, text)
    error, *_ = [one for one in system.connector.check() if one.level == "error"]
    assert "asked for 101, and 102 came" in error.message
    with pytest.raises(UnexpectedAnswer, match="asked for 101, and 102 came"):
        list(system.connector.fetch(["101"]))
