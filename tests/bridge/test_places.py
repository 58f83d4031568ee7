"""Nobody's value is overwritten, and nothing is written twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import What
from bridge.model.same import same
from bridge.places import Verdict, compared, foreign, judge, ours, place, there
from bridge.plan import Wanted
from connectors.base import Found, FoundComment, Mark

CASES = {
    "work moved on": (40, 40, 50, Verdict.WRITE),
    "a person set it": (40, 90, 50, Verdict.DRIFTED),
    "a person set what we want": (40, 50, 50, Verdict.KEEP),
    "nothing is there yet": (None, None, 50, Verdict.WRITE),
    "a person was there first": (None, 90, 50, Verdict.DRIFTED),
    "a person emptied it": (40, None, 50, Verdict.WRITE),
    "nothing is wanted, ours stands": (40, 40, None, Verdict.WRITE),
    "nothing is wanted, theirs stands": (None, 90, None, Verdict.DRIFTED),
    "nothing is wanted, nothing stands": (40, None, None, Verdict.KEEP),
    "zero is a value": (None, 0, 50, Verdict.DRIFTED),
    "an empty text is none": ("On track", "", "At risk", Verdict.WRITE),
    "the tracker made a float of it": (72, 72.0, 72, Verdict.KEEP),
    "the tracker changed line ends": ("a\nb", "a\r\nb", "c", Verdict.WRITE),
}


@pytest.mark.parametrize(("written", "found", "wanted", "verdict"), CASES.values(), ids=CASES)
def test_judge(written, found, wanted, verdict):
    assert judge(written, found, wanted) is verdict


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3)
)


@settings(deadline=None, max_examples=100)
@given(VALUES, VALUES, VALUES)
def test_what_is_neither_ours_nor_wanted_nor_empty_is_drift(written, found, wanted):
    drifted = not any(same(found, other) for other in (written, wanted, None))
    assert (judge(written, found, wanted) is Verdict.DRIFTED) == drifted


@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_after_a_write_all_three_are_equal_and_it_is_kept(value):
    assert judge(value, value, value) is Verdict.KEEP


@settings(deadline=None, max_examples=100)
@given(VALUES, VALUES)
def test_being_the_same_is_mutual(one, other):
    assert same(one, one)
    assert same(one, other) == same(other, one)


SAME = {
    "whole numbers": (72, 72.0),
    "a score": (0.7, 0.70),
    "large numbers": (10**20, 1e20),
    "empty and none": ("", None),
    "outer spaces": (" KR1: a ", "KR1: a"),
    "an instant in two zones": ("2026-11-02T12:00:00.000+00:00", "2026-11-02T20:00:00.000+0800"),
    "an instant with a Z": ("2026-11-02T12:00:00Z", "2026-11-02T12:00:00.000+0000"),
    "members that are absent or empty": ({"a": 1, "b": None, "c": ""}, {"a": 1.0}),
    "no members": ({}, None),
    "instants inside": ({"u": ["2026-11-02T12:00:00Z"]}, {"u": ["2026-11-02T13:00:00+01:00"]}),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_a_tracker_may_give_one_back_for_the_other(one, other):
    assert same(one, other)


DIFFERENT = {
    "zero and none": (0, None),
    "no and none": (False, None),
    "no and zero": (False, 0),
    "a number and its text": (72, "72"),
    "two instants": ("2026-11-02T12:00:00Z", "2026-11-02T12:00:01Z"),
    "an instant and the day": ("2026-11-02T00:00:00Z", "2026-11-02"),
    "letters": ("On track", "on track"),
    "order": ([1, 2], [2, 1]),
    "a local time and an instant": ("2026-11-02T12:00:00", "2026-11-02T12:00:00Z"),
    "what looks like an instant": ("2026-KR1 To do", "2026-KR1 To be"),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_these_are_not_the_same(one, other):
    assert not same(one, other)


def spot(what: What, name: str = "progress", kr: str = "KR1") -> Wanted:
    return Wanted(connection="acme", item="1", key="A-1", kr=kr, what=what, name=name, value=None)


@pytest.mark.parametrize("what", [What.FIELD, What.PROPERTY])
def test_fields_and_property_belong_to_the_item_whatever_its_first_key_result(what):
    assert place(spot(what, kr="KR1")) == place(spot(what, kr="KR2"))


@pytest.mark.parametrize("what", [What.COMMENT, What.REMOTE_LINK])
def test_comments_and_links_belong_to_a_key_result(what):
    assert place(spot(what, kr="KR1")) != place(spot(what, kr="KR2"))


def comment(id: str, kr: str = "KR1", instance: str = "here", hash: str = "h") -> FoundComment:
    return FoundComment(id, Mark(instance, kr, hash))


SEEN = Found(
    fields={"progress": 40},
    property={"instance": "there"},
    comments=(
        comment("100", hash="new"),
        comment("99", hash="old"),
        comment("7", kr="KR2"),
        comment("8", instance="there"),
    ),
    links={"okr-bridge=here&kr=KR1": {"url": "https://a.example", "extra": 1}},
)
FOUND: dict[str, tuple[Wanted, Any]] = {
    "a field": (spot(What.FIELD), 40),
    "a field that is not there": (spot(What.FIELD, "score"), None),
    "the property": (spot(What.PROPERTY), {"instance": "there"}),
    "a link": (spot(What.REMOTE_LINK, "okr-bridge=here&kr=KR1"), SEEN.links["okr-bridge=here&kr=KR1"]),
    "a link that is not there": (spot(What.REMOTE_LINK, "okr-bridge=here&kr=KR2"), None),
    "the oldest comment": (spot(What.COMMENT, "comment"), {"hash": "old"}),
    "no comment": (spot(What.COMMENT, "comment", "KR3"), None),
}


@pytest.mark.parametrize(("where", "value"), FOUND.values(), ids=FOUND)
def test_what_stands_there(where, value):
    assert there(where, SEEN, "here").value == value


def test_the_comment_that_is_remembered_comes_before_the_oldest():
    assert there(spot(What.COMMENT), SEEN, "here", "100").ref == "100"
    assert there(spot(What.COMMENT), SEEN, "here", "gone").ref == "99"


def test_only_this_instance_s_comments_for_the_key_result_are_ours():
    assert [one.id for one in ours(SEEN, "here", "KR1")] == ["99", "100"]


def test_an_item_that_another_instance_marked_is_foreign_but_for_comments_and_links():
    assert foreign(What.FIELD, SEEN, "here")
    assert foreign(What.PROPERTY, SEEN, "here")
    assert not foreign(What.COMMENT, SEEN, "here")
    assert not foreign(What.REMOTE_LINK, SEEN, "here")
    assert not foreign(What.PROPERTY, SEEN, "there")
    assert not foreign(What.PROPERTY, Found(property={"somebody": "else"}), "here")


def test_a_comment_is_compared_by_its_hash_and_a_link_by_its_own_members():
    assert compared(What.COMMENT, {"hash": "h", "percent": 3}) == "h"
    whole = {"url": "https://a.example", "title": "", "summary": "", "relationship": "", "resolved": False}
    assert compared(What.REMOTE_LINK, {"url": "https://a.example", "extra": 1}) == whole
    assert compared(What.REMOTE_LINK, None) is None
    assert compared(What.FIELD, 3) == 3
