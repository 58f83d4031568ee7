"""What moved a key result, told by the rules of a run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import BaselineEntry, Kind, Metric, Milestone, Tier
from bridge.movement import Because, End, movement, value_of
from tests.bridge.movement.ends import LINK, OTHER, by_cause, checkin, end, moved, situation
from tests.bridge.rollup.making import epic, item, part, units
from tests.bridge.rollup.worlds import RULES, worlds

F = Fraction
METRIC = {"kind": Kind.METRIC, "metric": Metric(Decimal(10), Decimal(0)), "links": ()}
MILESTONES = {"kind": Kind.MILESTONE, "milestones": (Milestone("Signed"), Milestone("Live")), "links": ()}
CASES = {
    "a story was finished": (
        situation(units("DTTT")),
        situation(units("DDTT")),
        {Because.COMPLETED: F(1, 4)},
    ),
    "one was finished, one came back": (
        situation(units("DT")),
        situation(units("TD")),
        {Because.COMPLETED: F(1, 2), Because.REOPENED: F(-1, 2)},
    ),
    "scope grew": (situation(units("DT")), situation(units("DTTT")), {Because.ADDED: F(-1, 4)}),
    "work was taken away": (situation(units("DTTT")), situation(units("DT")), {Because.REMOVED: F(1, 4)}),
    "work was given up": (situation(units("DT")), situation(units("DX")), {Because.CANCELLED: F(1, 2)}),
    "and taken up again": (situation(units("DX")), situation(units("DT")), {Because.REINSTATED: F(-1, 2)}),
    "an estimate grew": (
        situation(units("DT", 1, 1), method="points"),
        situation(units("DT", 3, 1), method="points"),
        {Because.REESTIMATED: F(1, 4)},
    ),
    "an estimate moved the mean that others take": (
        situation([item("A", "D", 2), item("B", "T", 2), item("C", "T")], method="points"),
        situation([item("A", "D", 2), item("B", "T", 6), item("C", "T")], method="points"),
        {Because.REESTIMATED: F(1, 6) - F(1, 3)},
    ),
    "a part was finished": (
        situation([item("A"), part("A.1", "T", under="A"), part("A.2", "T", under="A")]),
        situation([item("A"), part("A.1", "D", under="A"), part("A.2", "T", under="A")]),
        {Because.COMPLETED: F(1, 2)},
    ),
    "a status is worth something": (
        situation(units("TT"), value="status"),
        situation(units("PT"), value="status"),
        {Because.PROGRESSED: F(1, 4)},
    ),
    "a story went below a cancelled epic": (
        situation([epic("E", "X"), item("A", "D"), item("B", "T")]),
        situation([epic("E", "X"), item("A", "D"), item("B", "T", under="E")]),
        {Because.PLACED: F(1, 2)},
    ),
    "other rules": (
        situation([item("A", "D", 3), item("B", "T", 1)]),
        situation([item("A", "D", 3), item("B", "T", 1)], method="points"),
        {Because.RULES: F(1, 4)},
    ),
    "a link brings more": (
        situation(units("D")),
        replace(
            situation(units("DT"), kr={"links": (LINK, OTHER)}),
            links={item("U1").ref: frozenset({LINK}), item("U2").ref: frozenset({OTHER})},
        ),
        {Because.LINKS: F(-1, 2)},
    ),
    "another link took its place": (
        situation(units("T"), link=OTHER),
        situation(units("D", name="V")),
        {Because.LINKS: F(1)},
    ),
    "a frozen scope was taken anew": (
        situation(units("DT"), scope="frozen", baseline={item("U1").ref: BaselineEntry(F(1), True)}),
        situation(units("DT"), scope="frozen", baseline={item("U2").ref: BaselineEntry(F(1), False)}),
        {Because.BASELINE: F(-1)},
    ),
    "a person reported": (
        situation(kr=METRIC, checkins=(checkin("8"),)),
        situation(kr=METRIC, checkins=(checkin("8"), checkin("5", 3))),
        {Because.CHECKIN: F(3, 10)},
    ),
    "a milestone was reached": (
        situation(kr=MILESTONES),
        situation(kr=MILESTONES, checkins=(checkin(milestones=("Live",)),)),
        {Because.CHECKIN: F(1, 2)},
    ),
    "a target was moved": (
        situation(kr=METRIC, checkins=(checkin("5"),)),
        situation(kr=METRIC | {"metric": Metric(Decimal(10), Decimal(5))}, checkins=(checkin("5"),)),
        {Because.DEFINITION: F(1, 2)},
    ),
    "nothing": (situation(units("DT")), situation(units("DT")), {}),
}


@pytest.mark.parametrize(("before", "after", "wanted"), CASES.values(), ids=CASES)
def test_each_cause_has_its_share(before, after, wanted):
    told = moved(before, after)
    assert by_cause(told) == wanted
    assert told.moved == sum(wanted.values(), F(0))


def test_what_is_finished_and_what_comes_share_what_they_do_together():
    """2 of 4, then 3 of 6 with one more done: +1/4 alone, 2 new -1/6 alone, 0 together."""
    told = moved(situation(units("DDTT")), situation(units("DDDTTT")))
    finished = (F(3, 4) - F(1, 2) + F(3, 6) - F(2, 6)) / 2
    assert by_cause(told) == {Because.COMPLETED: finished, Because.ADDED: -finished}
    assert told.moved == 0


def test_items_that_changed_alike_are_one_cause_and_others_are_not():
    before = situation(units("TTTT", 1, 1, 5, 5), method="points")
    after = situation(units("DDDT", 1, 1, 5, 5), method="points")
    told = moved(before, after)
    assert [(len(one.cause.refs), one.share) for one in told.shares] == [(2, F(1, 6)), (1, F(5, 12))]


UNLIKE = {
    "one has an estimate, the other takes the mean of it": (
        situation([item("A", "D", 3), item("B", "T", 3), item("C", "T")], method="points"),
        situation([item("A", "D", 3), item("B", "D", 3), item("C", "D")], method="points"),
    ),
    "one was half done by its parts": (
        situation([item("A"), part("A.1", "D", under="A"), part("A.2", "T", under="A"), item("B")]),
        situation([item("A", "D"), part("A.1", "D", under="A"), part("A.2", "T", under="A"), item("B", "D")]),
    ),
    "they are parts of different stories": (
        situation(
            [item("A"), part("A.1", under="A"), item("B"), part("B.1", under="B"), part("B.2", under="B")]
        ),
        situation(
            [
                item("A"),
                part("A.1", "D", under="A"),
                item("B"),
                part("B.1", "D", under="B"),
                part("B.2", under="B"),
            ]
        ),
    ),
    "one stands below an Epic that closes": (
        situation([epic("E"), item("A", under="E"), item("B"), item("C")], parent_closed="complete"),
        situation(
            [epic("E", "D"), item("A", "D", under="E"), item("B", "D"), item("C")], parent_closed="complete"
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), UNLIKE.values(), ids=UNLIKE)
def test_items_that_do_not_matter_alike_are_causes_of_their_own(before, after):
    told = [one.cause for one in moved(before, after).shares if one.cause.kind is Because.COMPLETED]
    items = [one for one in told if all(after.items[ref].tier is not Tier.GROUP for ref in one.refs)]
    assert [len(one.refs) for one in items] == [1, 1]


def test_an_item_that_was_finished_and_estimated_anew_is_told_twice():
    before = situation(units("DT", 1, 1), method="points")
    told = moved(before, situation(units("DD", 1, 4), method="points"))
    assert [one.cause.kind for one in told.shares] == [Because.REESTIMATED, Because.COMPLETED]
    assert {ref.id for one in told.shares for ref in one.cause.refs} == {"U2"}


def test_a_new_title_or_time_of_change_is_no_cause():
    before, after = item("A"), item("A", title="Renamed", labels=("x",))
    assert moved(situation([before]), situation([after])).shares == ()


def test_a_value_that_begins_or_ends_has_no_shares():
    told = moved(situation(), situation(units("D")))
    assert (told.moved, told.shares) == (None, ())


def test_what_was_recorded_and_cannot_be_told_again_is_unexplained():
    before, after = situation(units("DT")), situation(units("DD"))
    told = movement(replace(end(1, before), value=F(1, 4)), end(8, after))
    assert by_cause(told) == {Because.COMPLETED: F(1, 2), Because.UNEXPLAINED: F(1, 4)}


def test_a_value_whose_making_was_not_kept_is_unexplained_as_a_whole():
    told = movement(End(end(1, situation()).day, F(1, 4)), end(8, situation(units("DD"))))
    assert by_cause(told) == {Because.UNEXPLAINED: F(3, 4)}


SAID = {
    "a number was set": (None, "0.9", {Because.COMPLETED: F(1, 4), Because.OVERRIDE: F(2, 5)}),
    "it holds what moves below it": ("0.9", "0.9", {Because.COMPLETED: F(1, 4), Because.OVERRIDE: F(-1, 4)}),
    "it ran out": ("0.9", None, {Because.COMPLETED: F(1, 4), Because.OVERRIDE: F(-13, 20)}),
}


@pytest.mark.parametrize(("first", "last", "wanted"), SAID.values(), ids=SAID)
def test_a_persons_number_is_told_beside_what_moved_the_computed_one(first, last, wanted):
    told = movement(end(1, situation(units("DTTT")), first), end(8, situation(units("DDTT")), last))
    assert by_cause(told) == wanted
    assert told.moved == sum(wanted.values(), F(0))


def test_an_override_over_no_value_is_all_there_is():
    told = movement(end(1, situation(), "0.3"), end(8, situation(units("DT"))))
    assert by_cause(told) == {Because.OVERRIDE: F(1, 5)}


@st.composite
def weeks(draw: st.DrawFn):
    """Two worlds of one key result: most items are in both, in any state."""
    rules = draw(RULES)
    worlds_ = [
        {one.ref: one for one in draw(worlds(wild=False, most=8))},
        {one.ref: one for one in draw(worlds(wild=False, most=8))},
    ]
    shared = draw(st.sets(st.sampled_from(sorted(worlds_[0]))))
    after = worlds_[1] | {ref: worlds_[0][ref] for ref in shared}
    return [
        replace(situation(items.values()), kr=replace(situation().kr, rollup=rules))
        for items in (worlds_[0], after)
    ]


@given(week=weeks())
@settings(deadline=None, max_examples=60)
def test_the_shares_add_up_to_the_movement_and_only_what_changed_has_one(week):
    before, after = week
    told = moved(before, after)
    if told.moved is None:
        assert told.shares == ()
        return
    assert sum((one.share for one in told.shares), F(0)) == told.moved
    same = {ref for ref, one in before.items.items() if after.items.get(ref) == one}
    assert not same & {ref for one in told.shares for ref in one.cause.refs}


@pytest.mark.prove
@given(week=weeks())
@settings(deadline=None, max_examples=1500)
def test_the_shares_add_up_in_many_worlds(week):
    test_the_shares_add_up_to_the_movement_and_only_what_changed_has_one.hypothesis.inner_test(week)


@given(states=st.lists(st.sampled_from(["TT", "TD", "DT", "DD", "TX", "XD"]), min_size=2, max_size=9))
@settings(deadline=None, max_examples=40)
def test_items_with_the_same_change_stand_in_one_cause_so_none_gets_more_than_another(states):
    before, after = (situation(units("".join(one[at] for one in states))) for at in (0, 1))
    if value_of(before) is None or value_of(after) is None:
        return
    kinds = [one.cause.kind for one in moved(before, after).shares]
    assert len(kinds) == len({one for one in states if one[0] != one[1]})
