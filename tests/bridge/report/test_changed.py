"""What is different, in a few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.amendments import amendments
from bridge.model import Kind, Metric, MetricSource, Milestone
from bridge.moved import Moved
from bridge.movement import Because, Situation, movement
from bridge.report.changed import changed
from bridge.wording import Words
from tests.bridge.movement.ends import OTHER, checkin, end, situation
from tests.bridge.rollup.making import item

WORDS = Words("en")
ASKED = MetricSource("acme", "project = SHOP")
COUNTED = {"kind": Kind.METRIC, "metric": Metric(Decimal(10), Decimal(0), source=ASKED), "links": ()}
BY_HAND = COUNTED | {"metric": Metric(Decimal(10), Decimal(0))}
STEPS = {"kind": Kind.MILESTONE, "milestones": (Milestone("Signed"), Milestone("Live")), "links": ()}


def compared(
    before: Situation, after: Situation, said: tuple[str | None, str | None] = (None, None)
) -> Moved:
    return Moved(
        kr=after.kr,
        movement=movement(end(1, before, said[0]), end(8, after, said[1])),
        amended=amendments(before.kr, after.kr),
    )


def words_of(one: Moved, kind: Because) -> list[list[str]]:
    """What is said of a kind of cause, once for the key result or once for each item."""
    assert one.movement is not None
    return [
        changed(share.cause, ref, one, WORDS)
        for share in one.movement.shares
        if share.cause.kind is kind
        for ref in share.cause.refs or (None,)
    ]


def one_item(was: dict[str, Any], now: dict[str, Any], **rules: Any) -> Moved:
    aside = item("A", "D", 1)
    return compared(
        situation([aside, item("B", **was)], **rules), situation([aside, item("B", **now)], **rules)
    )


ITEMS = {
    Because.COMPLETED: ({}, {"state": "D"}, {}, ["To Do → Done"]),
    Because.REOPENED: ({"state": "D"}, {"state": "P"}, {}, ["Done → In Progress"]),
    Because.PROGRESSED: ({}, {"state": "P"}, {"value": "status"}, ["To Do → In Progress"]),
    Because.CANCELLED: ({}, {"state": "X"}, {}, ["Won't Do"]),
    Because.REINSTATED: ({"state": "X"}, {}, {}, []),
    Because.REESTIMATED: ({}, {"points": "2.5"}, {"method": "points"}, ["– → 2.5"]),
    Because.PLACED: ({}, {"under": "A"}, {}, ["– → A"]),
}


@pytest.mark.parametrize(("was", "now", "rules", "wanted"), ITEMS.values(), ids=ITEMS)
def test_an_item_says_what_became_of_it(was, now, rules, wanted, request):
    kind = Because(request.node.callspec.id)
    assert words_of(one_item(was, now, **rules), kind) == [wanted]


def test_an_item_that_came_says_its_state_and_one_that_went_nothing():
    a, b = item("A", "D"), item("B", "P")
    assert words_of(compared(situation([a]), situation([a, b])), Because.ADDED) == [["In Progress"]]
    assert words_of(compared(situation([a, b]), situation([a])), Because.REMOVED) == [[]]


@pytest.mark.parametrize(
    ("method", "fields", "wanted"),
    [
        ("time", [{"estimate_seconds": Decimal(5400)}, {"estimate_seconds": None}], "1.5 h → –"),
        ("field", [{"numbers": (("Size", Decimal(3)),)}, {"numbers": (("Size", Decimal(5)),)}], "3 → 5"),
    ],
)
def test_an_estimate_is_told_as_the_rules_see_it(method, fields, wanted):
    told = one_item(*fields, method=method, field="Size" if method == "field" else "")
    assert words_of(told, Because.REESTIMATED) == [[wanted]]


def test_other_rules_and_definitions_are_told_from_the_file():
    items = [item("A", "D", 3), item("B", "T", 1)]
    told = compared(situation(items), situation(items, method="points", mode="leaf"))
    assert words_of(told, Because.RULES) == [["rollup.method: count → points", "rollup.mode: story → leaf"]]
    assert words_of(compared(situation([item("A")]), situation([item("A")], link=OTHER)), Because.LINKS)
    easier = BY_HAND | {"metric": Metric(Decimal(10), Decimal(5))}
    told = compared(
        situation(kr=BY_HAND, checkins=(checkin("8"),)), situation(kr=easier, checkins=(checkin("8"),))
    )
    assert words_of(told, Because.DEFINITION) == [["metric.target: 0 → 5"]]


def test_readings_reports_and_milestones_are_told():
    read = compared(situation(kr=COUNTED, current=Decimal(8)), situation(kr=COUNTED, current=Decimal("6.5")))
    assert words_of(read, Because.READING) == [["8 → 6.5"]]
    said = compared(
        situation(kr=BY_HAND, checkins=(checkin("8"),)),
        situation(kr=BY_HAND, checkins=(checkin("8"), checkin("5", 3))),
    )
    assert words_of(said, Because.CHECKIN) == [["8 → 5"]]
    reached = compared(situation(kr=STEPS), situation(kr=STEPS, checkins=(checkin(milestones=("Live",)),)))
    assert words_of(reached, Because.CHECKIN) == [["Live"]]


def test_an_override_says_whose_it_is_on_each_day():
    items = situation([item("A"), item("B", "D")])
    told = words_of(compared(items, items, ("0.7", "0.8")), Because.OVERRIDE)
    assert told == [["2026-11-01: 70% (ann: late)", "2026-11-08: 80% (ann: late)"]]
