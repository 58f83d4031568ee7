"""Trello's cards as work items: what is done, given up, under way, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.trello import DEFAULTS, TrelloMapping, Vocabulary

ID = "69072000" + "0" * 15 + "1"
FIELDS = [
    {"id": "f1", "name": "Points", "type": "number", "options": {}},
    {"id": "f2", "name": "Hours", "type": "number", "options": {}},
    {"id": "f3", "name": "KR status", "type": "list", "options": {"o1": "On track"}},
    {"id": "f4", "name": "KR progress", "type": "number", "options": {}},
    {"id": "f5", "name": "Ready", "type": "checkbox", "options": {}},
]
PANEL = {"progress": "KR progress", "status": "KR status", "score": "KR score"}


def raw(**more: Any) -> Raw:
    known = {
        "id": ID, "shortLink": "c0000001", "shortUrl": "https://trello.com/c/c0000001", "name": "Title",
        "closed": False, "idBoard": "b1", "idList": "l1", "cardRole": None, "due": None, "dueComplete": False,
        "dateCompleted": None, "dateLastActivity": "2026-11-02T09:00:00.000Z", "customFieldItems": [],
        "list": {"name": "To Do", "closed": False}, "labels": [], "members": [], "checks": [0, 0],
        "board": {"name": "Work", "shortUrl": "https://trello.com/b/wrkBoard"}, "fields": FIELDS,
    }  # fmt: skip
    listed = more.pop("list", None)
    kept = {**known, **more}
    if listed:
        kept["list"] = {"name": listed, "closed": False}
    return Raw(ID, "1", kept)


def mapped(words: Vocabulary = DEFAULTS, **more: Any) -> Any:
    return TrelloMapping("cards", PANEL, words).item(raw(**more))


def number(field: str, value: str) -> list[dict[str, Any]]:
    return [{"id": "i", "idCustomField": field, "value": {"number": value}}]


TODO, DOING, DONE = Category.TODO, Category.IN_PROGRESS, Category.DONE
STATES = {
    "a list that nothing is known of": ({"list": "Ideas"}, TODO, False),
    "the list of done work": ({"list": "Done"}, DONE, False),
    "with signs around its name": ({"list": "✅ done! 🎉"}, DONE, False),
    "in Chinese": ({"list": "已完成"}, DONE, False),
    "the mark as complete": ({"dueComplete": True}, DONE, False),
    "work under way": ({"list": "In Progress"}, DOING, False),
    "in Chinese too": ({"list": "进行中"}, DOING, False),
    "a check item that is done": ({"checks": [1, 3]}, DOING, False),
    "the list of cancelled work": ({"list": "Won't do"}, TODO, True),
    "a label that cancels": ({"labels": ["重复"]}, TODO, True),
    "complete and cancelled": ({"dueComplete": True, "list": "Cancelled"}, DONE, True),
    "archived": ({"closed": True}, TODO, True),
    "archived when done": ({"closed": True, "dueComplete": True}, DONE, False),
    "archived in the list of done work": ({"closed": True, "list": "Done"}, DONE, False),
    "a list like another one": ({"list": "Not done"}, TODO, False),
    "a line between cards": ({"cardRole": "separator"}, TODO, True),
    "a mirror of another card": ({"cardRole": "mirror"}, TODO, True),
}


@pytest.mark.parametrize(("card", "category", "cancelled"), STATES.values(), ids=STATES)
def test_what_a_card_is_by_default(card, category, cancelled):
    item = mapped(**card)
    assert (item.category, item.cancelled, item.tier) == (category, cancelled, Tier.UNIT)


def test_an_archived_list_archives_its_cards():
    assert mapped(**{"list": None}, closed=False).cancelled is False
    item = TrelloMapping("cards", PANEL).item(
        Raw(ID, "1", {**raw().data, "list": {"name": "To Do", "closed": True}})
    )
    assert item.cancelled


CHOSEN = {
    "done by the mark alone": ({"done_by": "complete"}, {"list": "Done"}, TODO, False),
    "done by the list alone": ({"done_by": "list"}, {"dueComplete": True}, TODO, False),
    "archived means done": ({"archived": "done"}, {"closed": True}, DONE, False),
    "archived means nothing": ({"archived": "open"}, {"closed": True}, TODO, False),
    "own words": ({"done": ("Shipped",)}, {"list": "shipped"}, DONE, False),
    "own words alone": ({"done": ("Shipped",)}, {"list": "Done"}, TODO, False),
}


@pytest.mark.parametrize(("words", "card", "category", "cancelled"), CHOSEN.values(), ids=CHOSEN)
def test_what_a_card_is_by_the_section(words, card, category, cancelled):
    item = mapped(Vocabulary(**words), **card)
    assert (item.category, item.cancelled) == (category, cancelled)


def test_a_card_is_told_whole():
    item = mapped(
        Vocabulary(points=("Story points", "Points"), hours="Hours", numbers=("Hours",)),
        labels=["x", "Blocked"],
        members=["Mei 梅", "Ann"],
        due="2026-12-15T16:00:00.000Z",
        checks=[1, 4],
        customFieldItems=[*number("f1", "3"), *number("f2", "1.5")],
    )
    assert (item.key, item.title, item.status, item.project) == ("c0000001", "Title", "To Do", "wrkBoard")
    assert (item.points, item.estimate_seconds, item.checks) == (Decimal(3), Decimal(5400), (1, 4))
    assert item.numbers == (("Hours", Decimal("1.5")),)
    assert (item.labels, item.flagged, item.owner) == (("x", "Blocked"), True, "Mei 梅")
    assert (item.due, item.created) == (date(2026, 12, 15), datetime(2025, 11, 2, 9, 10, 24, tzinfo=UTC))
    assert item.url == "https://trello.com/c/c0000001"


def test_what_stands_nowhere_is_none_and_never_nought():
    item = mapped(Vocabulary(points=("Points",), hours="Hours", percent="Hours", spent="Nowhere"))
    assert (item.points, item.estimate_seconds, item.percent, item.spent_seconds) == (None,) * 4
    assert (item.checks, item.due, item.finished, item.numbers, item.owner) == (None, None, None, (), "")


@pytest.mark.parametrize("value", ["-1", "a few", "1e9999"])
def test_what_is_no_estimate_is_told(value):
    item = mapped(Vocabulary(points=("Points",)), customFieldItems=number("f1", value))
    assert (item.points, item.unusable) == (None, (f"points: {value}",))


def test_nought_points_are_nought_points():
    item = mapped(Vocabulary(points=("Points",)), customFieldItems=number("f1", "0"))
    assert item.points == 0


TITLES = {"(3) Ship it": Decimal(3), "(0.5) x": Decimal("0.5"), "Ship it (3)": None, "(3 of 4) x": None}


@pytest.mark.parametrize(("title", "points"), TITLES.items(), ids=TITLES)
def test_points_in_a_title_count_where_the_section_says_so(title, points):
    assert mapped(Vocabulary(points_in_title=True), name=title).points == points
    assert mapped(name=title).points is None


def test_a_field_goes_before_the_title():
    words = Vocabulary(points=("points",), points_in_title=True)
    assert mapped(words, name="(3) x", customFieldItems=number("f1", "5")).points == 5


def test_percent_beyond_a_hundred_is_none():
    words = Vocabulary(percent="Hours")
    assert mapped(words, customFieldItems=number("f2", "40")).percent == 40
    assert mapped(words, customFieldItems=number("f2", "140")).percent is None


def test_it_was_finished_when_it_was_marked_and_not_after_a_reopening():
    told = {"dateCompleted": "2026-11-01T08:00:00.000Z"}
    assert mapped(dueComplete=True, **told).finished == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert mapped(**told).finished is None


def test_the_bridges_fields_are_told_as_far_as_the_board_has_them():
    items = [*number("f4", "60"), {"id": "i", "idCustomField": "f3", "value": None, "idValue": "o1"}]
    told = TrelloMapping("cards", PANEL).panel(raw(customFieldItems=items))
    assert told == {"fields": {"progress": 60.0, "status": "On track"}}
    assert TrelloMapping("cards", PANEL).panel(raw()) == {"fields": {"progress": None, "status": None}}


BROKEN = {
    "list": (None, "is missing"),
    "dateLastActivity": ("yesterday", "cannot be read"),
    "due": ("2026-12-15", "cannot be read"),
    "labels": (None, "is missing"),
    "shortLink": (None, "is missing"),
}


@pytest.mark.parametrize(("field", "value", "what"), [(f, *rest) for f, rest in BROKEN.items()], ids=BROKEN)
def test_a_card_that_cannot_be_told_names_the_field(field, value, what):
    data = {**raw().data, field: value}
    if value is None:
        del data[field]
    with pytest.raises(MappingError, match=what) as told:
        TrelloMapping("cards", PANEL).item(Raw(ID, "1", data))
    assert told.value.field == field


def test_the_scheme_moves_with_whatever_decides_the_translation():
    schemes = [
        TrelloMapping("cards", PANEL).scheme,
        TrelloMapping("cards", {"progress": "Other"}).scheme,
        *(TrelloMapping("cards", PANEL, Vocabulary(**words)).scheme for words, *_ in CHOSEN.values()),
    ]
    assert len({*schemes}) == len(schemes) - 1  # two of the rows choose the same words
    assert TrelloMapping("other", PANEL).scheme == schemes[0]
