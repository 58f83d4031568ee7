"""What should stand on anchor items, to the letter of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Objective, Pace, Standing, What
from bridge.places import Place, Written, place
from bridge.plan import Wanted
from bridge.publish import Publishing, Rules, Stamp, Target, address, stamps, wanted
from bridge.shown import LONGEST, ROLES
from bridge.wording import Words
from tests.written import EN, LATER, NOON, ZH, key_result, objective, standing

EPIC = Target("acme", "10001", "SHOP-1")
KR1, KR2 = key_result("KR1", "Guided onboarding"), key_result("KR2", "Fewer returns")
BOTH = objective(KR1, KR2)
ANCHORS = {"KR1": [EPIC], "KR2": [EPIC]}
URL = "https://okr.example"


def want(
    standings: Sequence[Standing],
    *,
    objectives: Sequence[Objective] = (BOTH,),
    anchors: Mapping[str, Sequence[Target]] = ANCHORS,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    words: Words = EN,
    url: str = URL,
    written: Mapping[Place, Written] | None = None,
    at: Mapping[str, Stamp] | None = None,
) -> tuple[Wanted, ...]:
    publishing = Publishing("here", {"acme": words}, rules, url)
    known = stamps(standings, {}, NOON) if at is None else at
    return wanted(objectives, standings, anchors, publishing, known, written or {})


def fields(places: Sequence[Wanted]) -> dict[str, Any]:
    return {one.name: one.value for one in places if one.what is What.FIELD}


def of(places: Sequence[Wanted], what: What) -> list[Any]:
    return [one.value for one in places if one.what is what]


def entries(places: Sequence[Wanted]) -> list[dict[str, Any]]:
    (value,) = of(places, What.PROPERTY)
    return list(value["key_results"])


def memory(places: Sequence[Wanted]) -> dict[Place, Written]:
    return {place(one): Written(one.value, "7") for one in places}


# --- fields


def test_the_five_fields_of_a_key_result():
    places = want([standing(2, 3, KR1)], objectives=[objective(KR1)])
    assert fields(places) == {
        "key_result": "KR1: Guided onboarding",
        "progress": 67,
        "status": "On track",
        "score": 0.7,
        "updated": "2026-11-02T12:00:00.000+00:00",
    }


def test_an_item_of_several_names_all_and_shows_the_numbers_of_the_first_in_the_file():
    values = fields(want([standing(1, 1, KR2), standing(1, 4, KR1)]))
    assert values["key_result"] == "KR1, KR2: Guided onboarding; Fewer returns"
    assert (values["progress"], values["score"]) == (25, 0.3)


def test_no_value_yet_leaves_the_numbers_empty():
    values = fields(want([standing(0, 0, KR1, pace=Pace.PENDING)], objectives=[objective(KR1)]))
    assert (values["progress"], values["score"]) == (None, None)
    assert values["status"] == "Pending"


def test_without_a_pace_the_status_is_empty():
    assert fields(want([standing(1, 2, KR1, pace=Pace.NONE)]))["status"] is None


def test_zero_is_a_number():
    values = fields(want([standing(0, 4, KR1)]))
    assert (values["progress"], values["score"]) == (0, 0.0)


def test_the_status_is_in_the_connection_s_language():
    assert fields(want([standing(1, 2, KR1, pace=Pace.AT_RISK)], words=ZH))["status"] == "有风险"


def test_long_titles_are_cut_and_line_ends_are_spaces():
    long = key_result("KR1", "一" * 400 + "\nnext")
    value = fields(want([standing(1, 2, long)], objectives=[objective(long)]))["key_result"]
    assert len(value) == LONGEST
    assert value.startswith("KR1: 一一")
    assert value.endswith("…")
    short = key_result("KR1", "two\r\n lines")
    assert (
        fields(want([standing(1, 2, short)], objectives=[objective(short)]))["key_result"] == "KR1: two lines"
    )


@settings(deadline=None, max_examples=60)
@given(st.fractions(0, 1))
def test_the_fields_are_what_is_displayed(value):
    values = fields(want([standing(1, 2, KR1, progress=value)]))
    assert (values["progress"] == 100) == (value == 1)
    assert (values["progress"] == 0) == (value == 0)
    assert abs(values["score"] - value) <= Fraction(51, 1000)
    assert set(values) == set(ROLES)


# --- the property


def test_the_property_holds_every_key_result_of_the_item():
    value = of(want([standing(1, 3, KR1), standing(0, 0, KR2)]), What.PROPERTY)[0]
    assert (value["version"], value["instance"]) == (1, "here")
    assert value["key_results"][0] == {
        "id": "KR1",
        "title": "Guided onboarding",
        "progress": 1 / 3,
        "percent": 33,
        "score": 1 / 3,
        "colour": "red",
        "pace": "on_track",
        "updated": "2026-11-02T12:00:00+00:00",
    }
    assert value["key_results"][1]["progress"] is None
    assert value["key_results"][1]["colour"] is None


# --- when it changed


def test_the_same_figures_keep_their_instant_and_others_get_a_new_one():
    first = stamps([standing(1, 3, KR1)], {}, NOON)
    assert stamps([standing(1, 3, KR1)], first, LATER) == first
    moved = stamps([standing(2, 3, KR1)], first, LATER)
    assert moved["KR1"].updated == LATER
    assert stamps([standing(1, 3, KR1, pace=Pace.AT_RISK)], first, LATER)["KR1"].updated == LATER


def test_a_partial_read_changes_no_instant():
    first = stamps([standing(1, 3, KR1)], {}, NOON)
    assert stamps([standing(2, 3, KR1, complete=False)], first, LATER) == first


def test_instants_are_of_whole_seconds_since_trackers_keep_no_more():
    at = datetime(2026, 11, 2, 12, 0, 1, 999999, tzinfo=UTC)
    assert stamps([standing(1, 3, KR1)], {}, at)["KR1"].updated.microsecond == 0


def test_a_key_result_that_was_not_chosen_keeps_its_stamp():
    first = stamps([standing(1, 3, KR1), standing(1, 3, KR2)], {}, NOON)
    assert stamps([standing(2, 3, KR1)], first, LATER)["KR2"] == first["KR2"]


# --- what could not be read


PARTIAL = standing(9, 10, KR1, complete=False, kept=True)


def test_a_partial_read_writes_no_number_no_comment_and_no_link():
    places = want([PARTIAL], objectives=[objective(KR1)])
    assert fields(places) == {"key_result": "KR1: Guided onboarding"}
    assert [one.what for one in places] == [What.FIELD]


def test_a_partial_read_keeps_what_the_property_said():
    before = want([standing(1, 3, KR1), standing(1, 2, KR2)])
    after = want([PARTIAL, standing(2, 2, KR2)], written=memory(before))
    assert entries(after)[0] == entries(before)[0]
    assert entries(after)[1]["percent"] == 100


def test_once_outdated_that_word_alone_is_written():
    before = want([standing(1, 3, KR1)], objectives=[objective(KR1)])
    outdated = replace(PARTIAL, pace=Pace.OUTDATED)
    after = want([outdated], objectives=[objective(KR1)], written=memory(before))
    assert fields(after) == {"key_result": "KR1: Guided onboarding", "status": "Outdated"}
    assert entries(after) == [{**entries(before)[0], "pace": "outdated"}]
    assert {one.what for one in after} == {What.FIELD, What.PROPERTY}


def test_outdated_before_anything_was_written_shows_no_number():
    (entry,) = entries(want([replace(PARTIAL, pace=Pace.OUTDATED)], objectives=[objective(KR1)]))
    assert (entry["pace"], entry["progress"], entry["percent"]) == ("outdated", None, None)


def test_a_second_key_result_that_is_partial_does_not_stop_the_first():
    values = fields(want([standing(1, 2, KR1), replace(PARTIAL, kr=KR2)]))
    assert values["progress"] == 50


# --- some key results only


def test_a_key_result_that_was_not_chosen_keeps_its_place_in_the_property():
    before = want([standing(1, 3, KR1), standing(1, 2, KR2)])
    after = want([standing(2, 2, KR2)], written=memory(before))
    assert entries(after)[0] == entries(before)[0]
    assert fields(after) == {"key_result": "KR1, KR2: Guided onboarding; Fewer returns"}
    assert {one.kr for one in after if one.what is What.COMMENT} == {"KR2"}


def test_an_item_of_none_of_the_chosen_is_left_alone():
    other = Target("acme", "2", "SHOP-2")
    places = want([standing(1, 2, KR1)], anchors={"KR1": [EPIC], "KR2": [other]})
    assert {one.item for one in places} == {"10001"}


def test_a_key_result_without_an_anchor_is_written_nowhere():
    assert want([standing(1, 2, KR1)], anchors={}) == ()


def test_an_anchor_named_twice_is_one():
    once = want([standing(1, 2, KR1)], anchors={"KR1": [EPIC]})
    assert want([standing(1, 2, KR1)], anchors={"KR1": [EPIC, EPIC]}) == once


# --- switches


@pytest.mark.parametrize(
    ("off", "what"),
    [
        ({"fields": False}, What.FIELD),
        ({"fields": "off"}, What.FIELD),
        ({"comment": "off"}, What.COMMENT),
        ({"comment": False}, What.COMMENT),
        ({"property": "off"}, What.PROPERTY),
        ({"remote_link": False}, What.REMOTE_LINK),
    ],
)
def test_each_place_can_be_off_for_all_or_for_one_key_result(off, what):
    alone = replace(KR1, publish=off)
    everywhere = want([standing(1, 2, KR1), standing(1, 2, KR2)], rules=Rules().merged(off))
    assert what not in {one.what for one in everywhere}
    apart = want(
        [standing(1, 2, alone), standing(1, 2, KR2)],
        objectives=[objective(alone, KR2)],
        anchors={"KR1": [EPIC], "KR2": [Target("acme", "2", "SHOP-2")]},
    )
    assert {one.kr for one in apart if one.what is what} == {"KR2"}


def test_a_key_result_can_turn_on_what_is_off_for_all():
    alone = replace(KR1, publish={"comment": "sticky", "fields": True})
    rules = Rules(fields=False, comment="off")
    places = want([standing(1, 2, alone)], objectives=[objective(alone, KR2)], rules=rules)
    assert {What.FIELD, What.COMMENT} <= {one.what for one in places}


def test_a_key_result_s_own_drift_policy_goes_with_its_places():
    alone = replace(KR1, publish={"drift": "overwrite"})
    places = want([standing(1, 2, alone)], objectives=[objective(alone)])
    assert {one.drift for one in places} == {"overwrite"}


# --- links


def test_a_remote_link_is_named_and_says_how_far():
    places = want([standing(1, 2, KR1)])
    (value,) = of(places, What.REMOTE_LINK)
    assert value == {
        "url": "https://okr.example/kr/KR1",
        "title": "KR1 Guided onboarding",
        "summary": "50% · On track",
        "relationship": "Key result",
        "resolved": False,
    }
    assert [one.name for one in places if one.what is What.REMOTE_LINK] == ["okr-bridge=here&kr=KR1"]


def test_a_reached_key_result_s_link_is_resolved():
    assert of(want([standing(2, 2, KR1)]), What.REMOTE_LINK)[0]["resolved"] is True
    assert of(want([standing(299, 300, KR1)]), What.REMOTE_LINK)[0]["resolved"] is False


ADDRESSES = {
    "its own": ("https://wiki.example/kr1", URL, "https://wiki.example/kr1"),
    "its page": ("", URL, "https://okr.example/kr/KR1"),
    "none": ("", "", ""),
    "not a web address": ("javascript:alert(1)", URL, ""),
}


@pytest.mark.parametrize(("own", "public", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_where_to_see_more(own, public, expected):
    assert address(replace(KR1, url=own), public) == expected


def test_without_an_address_there_is_no_link():
    assert of(want([standing(1, 2, KR1)], url=""), What.REMOTE_LINK) == []


# --- comments


def comment_of(places: Sequence[Wanted]) -> Wanted | None:
    return next((one for one in places if one.what is What.COMMENT), None)


def test_each_key_result_has_a_comment_of_its_own():
    places = want([standing(1, 2, KR1), standing(1, 2, KR2)])
    comments = [one for one in places if one.what is What.COMMENT]
    assert [one.kr for one in comments] == ["KR1", "KR2"]
    assert all(one.body and not one.fresh for one in comments)
    assert len({one.value["hash"] for one in comments}) == 2


def milestones(steps: Sequence[tuple[int, Pace]]) -> list[int | None]:
    """The percentages that comments are made at, one or None for each step."""
    told: list[int | None] = []
    written: dict[Place, Written] = {}
    for done, pace in steps:
        places = want(
            [standing(done, 100, KR1, pace=pace)], rules=Rules(comment="milestones"), written=written
        )
        made = comment_of(places)
        told.append(made.value["percent"] if made else None)
        written |= memory([made]) if made else {}
    return told


ON, RISK = Pace.ON_TRACK, Pace.AT_RISK
ROWS = {
    "the first value": ([(3, ON), (4, ON)], [3, None]),
    "each mark once": ([(3, ON), (25, ON), (49, ON), (50, ON), (74, ON), (75, ON), (99, ON), (100, ON)],
                       [3, 25, None, 50, None, 75, None, 100]),
    "a mark passed": ([(3, ON), (60, ON), (61, ON)], [3, 60, None]),
    "falling back tells nothing": ([(60, ON), (40, ON), (55, ON), (76, ON)], [60, None, None, 76]),
    "another pace": ([(30, ON), (30, RISK), (30, RISK), (31, ON)], [30, 30, None, 31]),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "told"), ROWS.values(), ids=ROWS)
def test_milestones(steps, told):
    assert milestones(steps) == told


def test_two_milestones_that_say_the_same_bear_different_marks():
    rules = Rules(comment="milestones")
    hashes, written = [], {}
    for pace in (ON, RISK, ON, RISK):
        made = comment_of(want([standing(30, 100, KR1, pace=pace)], rules=rules, written=written))
        assert made is not None
        assert made.fresh
        hashes.append(made.value["hash"])
        written |= memory([made])
    assert len(set(hashes)) == 4


def test_from_sticky_to_milestones_starts_with_the_comment_that_stands():
    sticky = want([standing(30, 100, KR1)])
    rules = Rules(comment="milestones")
    assert comment_of(want([standing(40, 100, KR1)], rules=rules, written=memory(sticky))) is None
    assert comment_of(want([standing(50, 100, KR1)], rules=rules, written=memory(sticky))) is not None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(list(Pace)), st.booleans()), min_size=2, max_size=2)
)
def test_the_same_standings_want_the_same_to_the_letter(parts):
    standings = [
        standing(done, 4, kr, pace=pace, complete=complete)
        for (done, pace, complete), kr in zip(parts, (KR1, KR2), strict=True)
    ]
    at = stamps(standings, {}, NOON)
    first = want(standings, at=at)
    again = stamps(standings, at, LATER)
    second = want(standings, at=again, written=memory(first))
    kept = {place(one): one.value for one in first}
    for one in second:
        value, before = one.value, kept[place(one)]
        assert (value["hash"] == before["hash"]) if one.what is What.COMMENT else (value == before)


def test_what_a_tool_cannot_show_is_not_wanted_there():
    publishing = Publishing("here", {"acme": EN}, Rules(), URL, unshown={"acme": {"comment", "score"}})
    told = [standing(1, 2, KR1)]
    places = wanted([BOTH], told, ANCHORS, publishing, stamps(told, {}, NOON), {})
    everything = want(told)
    assert of(everything, What.COMMENT)
    assert of(places, What.COMMENT) == []
    assert fields(places) == {k: v for k, v in fields(everything).items() if k != "score"}
    assert of(places, What.PROPERTY) == of(everything, What.PROPERTY)


def test_the_members_of_a_link_that_a_tool_does_not_keep_are_not_wanted_there():
    publishing = Publishing("here", {"acme": EN}, Rules(), URL, unshown={"acme": {"summary", "resolved"}})
    told = [standing(1, 2, KR1)]
    [value] = of(wanted([BOTH], told, ANCHORS, publishing, stamps(told, {}, NOON), {}), What.REMOTE_LINK)
    assert set(value) == {"url", "title", "relationship"}
