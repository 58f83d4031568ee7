"""Columns are known by name and kind; a share counts between the ends of its column."""

from __future__ import annotations

import pytest

from connectors.feishu.settings import FeishuSettings
from connectors.feishu.shape import Column, shape


def field(name, kind, first=False, **facts):
    return {
        "field_id": f"fld{name}",
        "field_name": name,
        "type": kind,
        "is_primary": first,
        "property": facts,
    }


def shaped(*fields, **more):
    settings = FeishuSettings(name="base", url="u", api="a", base="b", app_id="c", **more)
    return shape("tbl1", "Work", fields, settings)


SPANS = {
    "shown with %": ({"formatter": "0%", "min": 0, "max": 100}, [0, 1]),
    "with ends of its own": ({"formatter": "0", "min": 5, "max": 9}, [5, 9]),
    "without": ({"formatter": "0"}, [0, 100]),
    "ends that are none": ({"min": 3, "max": 3}, [0, 100]),
    "half of the ends": ({"max": 10}, [0, 100]),
}


@pytest.mark.parametrize(("facts", "span"), SPANS.values(), ids=SPANS)
def test_what_is_all_of_a_share_is_told_by_its_column(facts, span):
    assert Column.of(field("Progress", 2, **facts)).span == span


def test_the_first_usual_name_of_the_right_kind_is_taken():
    found = shaped(field("名称", 1, first=True), field("状态", 3), field("STATUS ", 3), field("Points", 1))
    assert {role: column.name for role, column in found.roles.items()} == {
        "title": "名称",
        "status": "STATUS ",
    }


def test_a_column_that_is_named_is_the_only_one_and_may_be_told_by_its_id():
    fields = (field("Status", 3), field("Phase", 3), field("Size", 2))
    assert shaped(*fields, columns={"status": "phase"}).roles["status"].name == "Phase"
    assert shaped(*fields, columns={"status": "fldPhase"}).roles["status"].name == "Phase"
    assert "status" not in shaped(*fields, columns={"status": "Size"}).roles
    assert shaped(*fields, number_fields=("Size", "Nope")).numbers.keys() == {"Size"}


def test_a_column_without_facts_links_to_nothing_and_offers_nothing():
    bare = Column.of({"field_id": "fld1", "field_name": "x", "type": 18, "property": None})
    assert (bare.linked, bare.options, bare.first) == ("", [], False)
