"""What one item is worth: its own state, its share, its parts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.model import Category, RollupRules, WorkItem
from bridge.notes import Say
from bridge.rollup import roll_up
from tests.bridge.rollup.making import entry, item, part, parts, reason, rolled, said, units, value

HALF = Decimal("0.5")
SPLIT = [item("S", "P"), *parts("DDT", "S")]
PARTLESS: dict[str, tuple[WorkItem, dict[str, Any], str, Say]] = {
    "done": (item("S", "D"), {}, "1", Say.DONE),
    "in progress is not done": (item("S", "P"), {}, "0", Say.OPEN),
    "percent": (item("S", "P", percent=Decimal(40)), {"value": "percent"}, "2/5", Say.PERCENT),
    "percent 100 but open": (
        item("S", "P", percent=Decimal(100)),
        {"value": "percent"},
        "99/100",
        Say.PERCENT,
    ),
    "percent below 0": (item("S", "P", percent=Decimal(-5)), {"value": "percent"}, "0", Say.PERCENT),
    "percent 40 but done": (item("S", "D", percent=Decimal(40)), {"value": "percent"}, "1", Say.DONE),
    "no percent, open": (item("S", "P"), {"value": "percent"}, "0", Say.NO_SHARE),
    "no percent, done": (item("S", "D"), {"value": "percent"}, "1", Say.NO_SHARE),
    "checklist": (item("S", "P", checks=(1, 4)), {"value": "checklist", "mode": "leaf"}, "1/4", Say.CHECKS),
    "checklist all done but open": (
        item("S", "P", checks=(4, 4)),
        {"value": "checklist"},
        "99/100",
        Say.CHECKS,
    ),
    "an empty checklist": (item("S", "P", checks=(0, 0)), {"value": "checklist"}, "0", Say.NO_SHARE),
    "check items are partial credit": (item("S", "P", checks=(1, 4)), {}, "1/4", Say.CHECKS),
    "also before a status weight": (item("S", "P", checks=(1, 4)), {"value": "status"}, "1/4", Say.CHECKS),
    "but not without partial": (item("S", "P", checks=(1, 4)), {"partial": False}, "0", Say.OPEN),
    "nor by leaf": (item("S", "P", checks=(1, 4)), {"mode": "leaf"}, "0", Say.OPEN),
    "spent": (
        item("S", "P", estimate_seconds=Decimal(8), spent_seconds=Decimal(2)),
        {"value": "spent"},
        "1/4",
        Say.SPENT,
    ),
    "nothing logged is nothing spent": (
        item("S", "P", estimate_seconds=Decimal(8)),
        {"value": "spent"},
        "0",
        Say.SPENT,
    ),
    "spent without an estimate": (
        item("S", "P", spent_seconds=Decimal(2)),
        {"value": "spent"},
        "0",
        Say.NO_SHARE,
    ),
    "done without a resolution": (item("S", "D", resolution=""), {"require_resolution": True}, "0", Say.OPEN),
    "a status weight": (item("S", "P"), {"value": "status"}, "1/2", Say.STATUS_WEIGHT),
    "a done status weighs what it is given": (
        item("S", "D"),
        {"value": "status", "status_weights": {"done": Decimal("0.9")}},
        "9/10",
        Say.STATUS_WEIGHT,
    ),
    "so does an open one": (
        item("S", "P"),
        {"value": "status", "status_weights": {"in_progress": Decimal(1)}},
        "1",
        Say.STATUS_WEIGHT,
    ),
    "unresolved counts as in progress": (
        item("S", "D", resolution=""),
        {"value": "status", "require_resolution": True},
        "1/2",
        Say.STATUS_WEIGHT,
    ),
}


@pytest.mark.parametrize(("one", "rules", "want", "code"), PARTLESS.values(), ids=PARTLESS)
def test_an_item_is_worth(one: WorkItem, rules: dict[str, Any], want: str, code: Say):
    progress = rolled([one], **rules)
    assert progress.value == Fraction(want)
    assert reason(progress, "S") == code


WITH_PARTS: dict[str, tuple[list[WorkItem], dict[str, Any], str | None]] = {
    "the plain mean of its parts": (SPLIT, {}, "2/3"),
    "whatever value is set": ([*SPLIT[:1], *parts("DTT", "S")], {"value": "percent"}, "1/3"),
    "whatever its parts weigh": ([item("S", "P"), *parts("DT", "S", 1, 9)], {"method": "points"}, "1/2"),
    "before its own percent": (
        [item("S", "P", percent=Decimal(90)), *parts("DT", "S")],
        {"value": "percent"},
        "1/2",
    ),
    "before its own check items": ([item("S", "P", checks=(3, 3)), *parts("DT", "S")], {}, "1/2"),
    "parts by their status": ([item("S", "T"), *parts("PP", "S")], {"value": "status"}, "1/2"),
    "a done story is done": ([item("S", "D"), *parts("TT", "S")], {}, "1"),
    "a part with parts is worth theirs": (
        [item("S", "P"), part("A", "P", under="S"), *parts("DT", "A"), part("B", "T", under="S")],
        {},
        "1/4",
    ),
    "a done part with open parts is done": (
        [item("S", "P"), part("A", "D", under="S"), *parts("TT", "A"), part("B", "T", under="S")],
        {},
        "1/2",
    ),
    "an open part with all parts done is almost done": (
        [item("S", "P"), part("A", "P", under="S"), *parts("DD", "A")],
        {},
        "99/100",
    ),
    "an undefined part gives nothing": ([item("S", "P"), *parts("DTU", "S")], {}, "1/2"),
    "when none has a value the own state tells": (
        [item("S", "P"), *parts("UU", "S")],
        {"value": "status"},
        "1/2",
    ),
    "an undefined story is left out whatever its parts say": ([item("S", "U"), *parts("DD", "S")], {}, None),
    "without partial its own state tells": (SPLIT, {"partial": False, "value": "status"}, "1/2"),
}


@pytest.mark.parametrize(("items", "rules", "want"), WITH_PARTS.values(), ids=WITH_PARTS)
def test_a_story_with_parts_is_worth(items: list[WorkItem], rules: dict[str, Any], want: str | None):
    assert value(items, **rules) == (None if want is None else Fraction(want))


def test_parts_are_told_by_what_became_of_them():
    progress = rolled([*SPLIT, item("Q", "D"), *parts("TU", "Q")])
    assert [reason(progress, key) for key in ("S.1", "Q.1", "Q.2")] == [
        Say.PART_OF_UNIT,
        Say.PART_OF_DONE,
        Say.PART_WITHOUT_VALUE,
    ]
    assert entry(progress, "S").reason.args == {"n": 3, "done": 2}
    assert said(progress, Say.PARTS_WITHOUT_VALUE) == {"n": 1, "statuses": ["Odd"], "keys": ["Q.2"]}
    assert progress.counts.undefined == 0


def test_items_without_a_share_are_listed():
    items = [item("A", "P", percent=Decimal(10)), item("B", "D"), item("C", "T")]
    assert said(rolled(items, value="percent"), Say.WITHOUT_SHARE) == {
        "n": 2,
        "wanted": "percent",
        "keys": ["B", "C"],
    }


@pytest.mark.parametrize("rule", ["value", "mode", "method"])
def test_a_rule_that_does_not_exist_gives_no_number(rule: str):
    with pytest.raises(ValueError, match=f"no such {rule}: mood"):
        value([item("S")], **{rule: "mood"})


REVIEW = item("S", "P", status=" In review ")
MAPS: dict[str, tuple[WorkItem, dict[str, Decimal], str | None]] = {
    "a name beats a category": (REVIEW, {"in_progress": Decimal("0.1"), "In Review": HALF}, "1/2"),
    "names are compared without case and outer spaces": (REVIEW, {"IN REVIEW ": HALF}, "1/2"),
    "a category covers": (REVIEW, {"in_progress": Decimal("0.1")}, "1/10"),
    "what neither covers is undefined": (REVIEW, {"todo": HALF, "done": HALF}, None),
    "a name covers a status without category": (item("S", "U"), {"odd": HALF}, "1/2"),
    "a category is no name": (item("S", "T", status="Done"), {"done": HALF, "todo": Decimal(0)}, "0"),
}


@pytest.mark.parametrize(("one", "weights", "want"), MAPS.values(), ids=MAPS)
def test_a_map_of_statuses(one: WorkItem, weights: dict[str, Decimal], want: str | None):
    own = rolled([one], value="status", status_weights=weights)
    of_connection = roll_up([one], RollupRules(value="status"), status_weights={"acme": weights})
    assert own.value == of_connection.value == (None if want is None else Fraction(want))


def test_the_key_results_own_map_beats_the_connections():
    rules = RollupRules(value="status", status_weights={"in_progress": HALF})
    assert roll_up([REVIEW], rules, status_weights={"acme": {"in_progress": Decimal(1)}}).value == Fraction(
        1, 2
    )


def test_each_connection_has_its_own_map():
    items = [item("A", "P"), item("B", "P", connection="globex")]
    weights = {"acme": {"in_progress": Decimal(1)}}
    assert roll_up(items, RollupRules(value="status"), status_weights=weights).value == Fraction(3, 4)


def test_a_map_is_asked_with_value_status_only():
    weights = {"acme": {"todo": HALF}}
    assert roll_up(units("DT"), RollupRules(), status_weights=weights).value == Fraction(1, 2)


def test_without_a_map_only_no_category_is_undefined():
    progress = rolled(units("DTU"), value="status")
    assert progress.value == Fraction(1, 2)
    assert reason(progress, "U3") == Say.STATUS_UNDEFINED
    assert rolled(units("DTU")).counts.undefined == 1


def test_done_is_the_category_not_the_name():
    assert value([item("S", "T", status="Done")]) == 0
    assert value([item("S", "T", status="Shipped", category=Category.DONE)]) == 1
