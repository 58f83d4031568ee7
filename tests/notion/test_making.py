"""The Epic that is made for a key result without work."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, Rejected
from bridge.model import Bullets, Paragraph, Span
from connectors.base import NewItem
from tests.notion import shapes
from tests.notion.desk import opened

MARKER = "okr-bridge-here-KR1"
BODY = (
    Paragraph((Span("Holds the work for "), Span("<b>KR1</b> **x**", strong=True))),
    Bullets(((Span("one"),), (Span("two", href="https://okr.example/1"),))),
)


def test_it_is_made_once_where_the_unique_ids_begin_so(notion):
    connector = opened(notion)
    key = connector.make(NewItem(project="work", title="上线 <b>", marker=MARKER, body=BODY, labels=("a,b",)))
    assert connector.find_made(MARKER) == key == "WORK-1"
    [id] = connector.resolve([key]).values()
    labels = [one["name"] for one in notion.pages[id]["properties"]["Labels"]["multi_select"]]
    assert labels == ["a b", MARKER]
    kinds = [(one["type"], [part["text"]["content"] for part in one[one["type"]]["rich_text"]])
             for one in notion.contents[id]]  # fmt: skip
    assert kinds == [
        ("paragraph", ["Holds the work for ", "<b>KR1</b> **x**"]),
        ("bulleted_list_item", ["one"]),
        ("bulleted_list_item", ["two"]),
    ]


def test_the_type_is_one_that_there_is(notion):
    notion.sources[notion.work]["properties"]["Type"]["select"]["options"] = [shapes.option("史诗")]
    connector = opened(notion)
    [id] = connector.resolve([connector.make(NewItem(project="Work", title="x", marker=MARKER))]).values()
    assert notion.value(id, "Type")["name"] == "史诗"


def test_places_that_lack_what_it_takes_are_refused_before_anything_is_made(notion):
    bare = {"Labels": ("multi_select", {"options": []}), "Name": ("title", {})}
    notion.database("Bare", bare)
    for project, words in {"Nope": "no database", "Projects": "no multi-select", "Bare": "no select"}.items():
        with pytest.raises(Rejected, match=words):
            opened(notion).can_make(project)
    opened(notion).can_make("Work")
    assert notion.written_to == []


def test_without_labels_nothing_was_made(notion):
    assert opened(notion, databases=(notion.projects,)).find_made(MARKER) is None


def test_an_epic_that_lacks_its_label_is_told(notion):
    notion.deaf.add("Labels")
    with pytest.raises(Rejected, match="without the label"):
        opened(notion).make(NewItem(project="Work", title="x", marker=MARKER))


def test_long_markers_stay_apart(notion):
    connector = opened(notion)
    first, second = ("okr-bridge:" + "x" * 190 + end for end in "12")
    key = connector.make(NewItem(project="Work", title="x", marker=first))
    assert (connector.find_made(first), connector.find_made(second)) == (key, None)


def test_the_missing_capability_is_named(notion):
    connector = opened(notion)
    connector.describe()
    notion.capable = False
    with pytest.raises(AccessDenied) as told:
        connector.make(NewItem(project="Work", title="x", marker=MARKER))
    assert "Insert content" in told.value.hint
