"""What the records of a base mean."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier
from mappings.feishu import FeishuMapping, Vocabulary, zone_of
from mappings.feishu_fields import cell, held, instant, plain, told, words

SITE = {
    "base_url": "https://acme.feishu.cn/base/bas",
    "time_zone": "Asia/Shanghai",
    "tables": {"tbl1": {"name": "需求", "roles": {"status": "fld1"}, "numbers": {}, "panel": {}}},
}
MIDNIGHT = 1797609600000
"""2026-12-19 at 0 h in Shanghai, the 18th in London."""
VALUES = {
    "title": "目标 <b>x</b>",
    "status": "进行中",
    "type": "Story",
    "points": 3,
    "estimate": 7.5,
    "spent": 0.25,
    "percent": 0.4,
    "labels": ["okr", "增长"],
    "owner": ["王伟", "Li"],
    "due": MIDNIGHT,
    "finished": MIDNIGHT,
    "blocked": True,
}
DATA = {
    "table": "tbl1",
    "table_name": "需求",
    "values": VALUES,
    "parents": ["tbl1/rec9", "tbl2/rec8"],
    "span": [0, 1],
    "numbers": {"Impact": -2, "Size": 5},
    "panel": {"progress": [2, 38.5], "status": [1, None], "updated": [5, MIDNIGHT]},
    "created": 1793610000000,
    "updated": 1795276800000,
    "children": ["tbl1/rec3"],
}


def item(words=Vocabulary(), zone=UTC, values=None, **data):  # noqa: B008
    raw = Raw("tbl1/rec2", "v", DATA | {"values": VALUES | (values or {})} | data)
    return FeishuMapping("base", SITE, words, zone).item(raw)


def test_a_record_is_told_in_full():
    found = item(zone=ZoneInfo(zone_of(SITE)))
    assert (found.id, found.key, found.title) == ("tbl1/rec2", "tbl1/rec2", "目标 <b>x</b>")
    assert (found.status, found.category, found.tier) == ("进行中", Category.IN_PROGRESS, Tier.UNIT)
    assert (found.parent, found.children, found.project) == ("tbl1/rec9", ("tbl1/rec3",), "需求")
    assert (found.points, found.estimate_seconds, found.spent_seconds) == (3, 27000, 900)
    assert (found.percent, found.numbers, found.unusable) == (40, (("Size", Decimal(5)),), ("Impact: -2",))
    assert (found.labels, found.owner, found.flagged) == (("okr", "增长"), "王伟, Li", True)
    assert found.due == date(2026, 12, 19)
    assert found.updated == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert found.finished is None
    assert found.url == "https://acme.feishu.cn/base/bas?table=tbl1&record=rec2"


def test_a_day_is_that_of_the_bases_zone():
    assert item(zone=UTC).due == date(2026, 12, 18)


NOTHING = dict.fromkeys(VALUES)


def test_what_is_empty_is_none_and_never_zero():
    found = item(values=NOTHING, numbers={}, parents=[], children=[])
    assert (found.points, found.estimate_seconds, found.percent, found.due) == (None, None, None, None)
    assert (found.title, found.owner, found.labels, found.type, found.parent) == ("", "", (), "", None)


STATES = {
    "done": ("已完成", Category.DONE, False),
    "done in English, spelt freely": (" done ", Category.DONE, False),
    "under way": ("In Progress", Category.IN_PROGRESS, False),
    "not begun": ("待办", Category.TODO, False),
    "an empty cell": (None, Category.TODO, False),
    "cancelled": ("已取消", Category.DONE, True),
    "a word that nobody explained": ("待评审", Category.UNDEFINED, False),
    "a checkbox": (True, Category.DONE, False),
    "an open checkbox": (False, Category.TODO, False),
    "what a formula says": (["Done"], Category.DONE, False),
}


@pytest.mark.parametrize(("status", "category", "cancelled"), STATES.values(), ids=STATES)
def test_a_status_is_what_the_lists_say(status, category, cancelled):
    found = item(values={"status": status})
    assert (found.category, found.cancelled) == (category, cancelled)


def test_without_a_column_for_it_a_status_is_undefined():
    values = {name: value for name, value in VALUES.items() if name != "status"}
    raw = Raw("tbl1/rec2", "v", DATA | {"values": values})
    assert FeishuMapping("base", SITE).item(raw).category is Category.UNDEFINED


def test_a_given_list_replaces_the_usual_one():
    words = Vocabulary(done=("上线",), cancelled=("Dropped",))
    assert item(words, values={"status": "上线"}).category is Category.DONE
    assert item(words, values={"status": "Done"}).category is Category.UNDEFINED
    assert item(words, values={"status": "Dropped"}).cancelled


def test_when_it_was_done_holds_for_what_is_done():
    assert item(values={"status": "Done"}).finished == instant(MIDNIGHT)


TIERS = {
    "a type of groups": ("Epic", ["tbl1/rec9"], Tier.GROUP),
    "a type of units, below something": ("需求", ["tbl1/rec9"], Tier.UNIT),
    "no type, below something": (None, ["tbl1/rec9"], Tier.PART),
    "no type, on top": (None, [], Tier.UNIT),
    "another type, below something": ("Bug", ["tbl1/rec9"], Tier.PART),
}


@pytest.mark.parametrize(("type", "parents", "tier"), TIERS.values(), ids=TIERS)
def test_what_an_item_is_comes_from_its_type_and_its_parent(type, parents, tier):
    assert item(values={"type": type}, parents=parents).tier is tier


SHARES = {
    "a fraction": (0.33, [0, 1], Decimal(33)),
    "of a hundred": (40, [0, 100], Decimal(40)),
    "between other ends": (7, [5, 9], Decimal(50)),
    "too much": (1.2, [0, 1], None),
    "too little": (-1, [0, 100], None),
    "a word": ("half", [0, 1], None),
    "yes": (True, [0, 1], None),
    "no column": (0.5, None, None),
}


@pytest.mark.parametrize(("value", "span", "percent"), SHARES.values(), ids=SHARES)
def test_how_far_it_is_counts_between_the_ends_of_its_column(value, span, percent):
    assert item(values={"percent": value}, span=span).percent == percent


@pytest.mark.parametrize("data", [{"updated": None}, {"updated": "soon"}, {"values": None}, {"children": 5}])
def test_a_record_that_cannot_be_told_is_a_mapping_error(data):
    with pytest.raises(MappingError):
        FeishuMapping("base", SITE).item(Raw("tbl1/rec2", "v", DATA | data))


def test_the_scheme_changes_with_words_columns_and_zone():
    shapes = {"tables": {"tbl1": {"roles": {"status": "fld2"}}}}
    schemes = {
        FeishuMapping("base", SITE).scheme,
        FeishuMapping("base", SITE, Vocabulary(done=("x",))).scheme,
        FeishuMapping("base", SITE | shapes).scheme,
        FeishuMapping("base", SITE, zone=ZoneInfo("Asia/Tokyo")).scheme,
    }
    assert len(schemes) == 4
    assert FeishuMapping("other", SITE).scheme in schemes


def test_the_panel_is_told_by_role():
    raw = Raw("tbl1/rec2", "v", DATA)
    assert FeishuMapping("base", SITE).panel(raw) == {
        "fields": {"progress": 38.5, "status": None, "updated": "2026-12-18T16:00:00.000+00:00"}
    }


SHAPES = {
    "nothing": (None, None),
    "an empty text": ("", None),
    "an empty list": ([], None),
    "text in segments": ([{"text": "a", "type": "text"}, {"text": "b", "type": "mention"}], "ab"),
    "text as it is": ("a", "a"),
    "one choice": ("Done", "Done"),
    "several choices": (["a", "b"], ["a", "b"]),
    "people": ([{"id": "ou", "name": "王", "avatar_url": "u"}, {"id": "ou2"}], ["王", "ou2"]),
    "links by ids": (["rec1", "rec2"], ["rec1", "rec2"]),
    "links in an object": ({"link_record_ids": ["rec1"]}, ["rec1"]),
    "links of the older call": ([{"record_ids": ["rec1"], "table_id": "t", "text": "x"}], ["rec1"]),
    "no links": ({"link_record_ids": []}, None),
    "a web address": ({"text": "page", "link": "https://x.example"}, "page"),
    "a computed number": ({"type": 2, "value": [5]}, 5),
    "a computed text": ({"type": 1, "value": [{"text": "✅ 正常", "type": "text"}]}, "✅ 正常"),
    "a computed choice": ({"type": 3, "value": ["Done"]}, ["Done"]),
    "yes": (True, True),
    "a number": (0, 0),
}


@pytest.mark.parametrize(("value", "wanted"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_a_cell_is_one_plain_value(value, wanted):
    assert plain(value) == wanted


def test_words_are_as_people_type_them():
    assert words(True) == ("true",)
    assert words(3.0) == ("3",)
    assert words(None) == ()


CELLS = {
    "empty": (5, None, None),
    "an instant": (5, "2026-12-19T00:00:00+08:00", MIDNIGHT),
    "a number": (2, 60, 60),
    "a number as text": (1, 60, "60"),
}


@pytest.mark.parametrize(("kind", "value", "wanted"), CELLS.values(), ids=CELLS)
def test_a_figure_is_spelt_as_its_column_takes_it(kind, value, wanted):
    assert cell(kind, value) == wanted


def test_what_is_no_instant_is_refused_and_what_is_no_time_is_none():
    with pytest.raises(ValueError, match="soon"):
        cell(5, "soon")
    assert [instant(one) for one in (None, True, "5", 10**30)] == [None] * 4
    assert told(1, ["a", "b"]) == "a b"
    assert held({}) == {}
