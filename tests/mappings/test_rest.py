"""Values of systems that nobody knows beforehand: read as they are meant, or told as unreadable."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import MappingError
from bridge.model import Category, Raw
from mappings.rest import RestMapping, RestWords
from mappings.rest_values import instant, listed, shown, text

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
STAMP = 1793620800


def words(**more):
    names = ("id", "title", "status", "updated", "due", "estimate", "points", "url", "labels")
    find = {name: (lambda record, name=name: record.get(name)) for name in names}
    return RestWords(find=find, statuses={"done": Category.DONE}, zone=SHANGHAI, **more)


def item(**facts):
    record = {"id": 1, "title": "T", "status": "done", "updated": "2026-11-02T12:00:00Z"} | facts
    return RestMapping("x", words()).item(Raw("1", "v", record))


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02T12:00:00Z",
        "2026-11-02T20:00:00",
        "2026-11-02 20:00:00",
        "2026/11/02 20:00:00",
        "2026-11-02T13:00:00+01:00",
        STAMP,
        STAMP * 1000,
        str(STAMP),
        str(STAMP * 1000),
        float(STAMP),
    ],
)
def test_one_instant_in_every_way_that_systems_write_it(value):
    assert instant(value, SHANGHAI) == NOON


@pytest.mark.parametrize("value", [True, {}, [], "soon", None, float("inf"), "9" * 30, {"a": 1}])
def test_what_is_no_time_makes_the_record_unreadable(value):
    with pytest.raises(MappingError, match="1: "):
        item(updated=value)


@pytest.mark.parametrize(
    ("value", "due"),
    {
        "a day": ("2026-12-15", 15),
        "slashes": ("2026/12/15", 15),
        "a late hour": ("2026-12-14T18:00:00Z", 15),
    }.values(),
)
def test_a_due_day_is_one_of_the_systems_own_zone(value, due):
    assert item(due=value).due.day == due


def test_no_due_day_is_none():
    assert item(due="").due is None
    assert item().due is None


def test_hours_are_seconds_and_what_is_no_estimate_is_told():
    found = item(estimate=1.5, points="many")
    assert found.estimate_seconds == 5400
    assert found.points is None
    assert found.unusable == ("points: many",)


def test_an_address_that_is_none_is_left_out():
    assert item(url="javascript:alert(1)").url == ""
    assert item(url="https://x.example/1").url == "https://x.example/1"


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, ""), (True, "true"), (False, "false"), (3, "3"), (2.5, "2.5"), ("完成 <b>", "完成 <b>")],
)
def test_a_value_as_text(value, told):
    assert text(value) == told


def test_lists_are_lists_or_text_with_commas():
    assert listed(["a", 1]) == ("a", "1")
    assert listed("a, b,,") == ("a", "b")
    assert listed({"a": 1}) == ()


@pytest.mark.parametrize(
    ("role", "value", "told"),
    [
        ("progress", "60", 60),
        ("progress", "60%", 60),
        ("progress", 60.0, 60),
        ("score", "0.6", 0.6),
        ("score", "by hand", "by hand"),
        ("status", "60", "60"),
        ("status", "", None),
        ("progress", 0, 0),
    ],
)
def test_a_figure_reads_as_it_was_put(role, value, told):
    assert shown(role, value) == told


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["title", "status", "updated", "due", "estimate", "points", "url", "labels"]),
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_a_record_of_any_shape_is_an_item_or_told(facts):
    with suppress(MappingError):
        assert item(**facts).title == text(facts.get("title", "T"))
