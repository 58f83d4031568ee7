"""Closed groups above open work, done stories with open sub-tasks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.model import WorkItem
from bridge.notes import Say
from tests.bridge.rollup.making import entry, epic, item, part, parts, reason, rolled, said, units, value

COMPLETE = {"parent_closed": "complete"}
CLOSED = [epic("E", "D"), *units("DTT", 1, 2, 3, under="E")]
WITH_UNDEFINED = [epic("E", "D"), *units("TU", under="E"), item("Q")]
WITH_CANCELLED = [epic("E", "D"), *units("TX", under="E")]
DEEP = [epic("T", "D"), epic("E", "P", under="T"), item("S", "P", under="E"), *parts("TT", "S")]
STORY = [item("S", "D"), *parts("DT", "S")]
ACTING = [item("A", "D"), item("B", "T", under="A")]

VALUES: dict[str, tuple[list[WorkItem], dict[str, Any], str]] = {
    "children: the work below tells": (CLOSED, {"method": "points"}, "1/6"),
    "complete: each at its own weight": (
        [*CLOSED, item("Q", "T", 6)],
        COMPLETE | {"method": "points"},
        "1/2",
    ),
    "complete: what is left out stays out": (WITH_UNDEFINED, COMPLETE, "1/2"),
    "complete: so does a missing estimate": (
        [*CLOSED, item("V", "T", under="E"), item("Q", "T", 6)],
        COMPLETE | {"method": "points", "unestimated": "exclude"},
        "1/2",
    ),
    "complete: a cancelled one stays what the policy says": (
        WITH_CANCELLED,
        COMPLETE | {"cancelled": "as_open"},
        "1/2",
    ),
    "complete: however deep": (DEEP, COMPLETE, "1"),
    "complete: with status weights too": (
        CLOSED,
        COMPLETE | {"value": "status", "status_weights": {"todo": Decimal(0), "done": Decimal("0.9")}},
        "1",
    ),
    "complete: not below a group that is not done": (
        [epic("E", "D", resolution=""), *units("DT", under="E")],
        COMPLETE | {"require_resolution": True},
        "1/2",
    ),
    "complete: not below a cancelled group": (
        [epic("E", "X"), *units("TT", under="E"), item("Q", "D")],
        COMPLETE | {"cancelled": "as_open"},
        "1/3",
    ),
    "a unit that acts as a group is one": (ACTING, COMPLETE, "1"),
    "story: a done story is no group": (STORY, {}, "1"),
    "leaf: every container is a group": (STORY, {"mode": "leaf"}, "1/2"),
    "leaf: and may be complete": (STORY, {"mode": "leaf"} | COMPLETE, "1"),
    "level: every container is a group": (STORY, {"mode": "level"}, "1/2"),
    "level: and may be complete": (STORY, {"mode": "level"} | COMPLETE, "1"),
}


@pytest.mark.parametrize(("items", "rules", "want"), VALUES.values(), ids=VALUES)
def test_closed_above_open(items: list[WorkItem], rules: dict[str, Any], want: str):
    assert value(items, **rules) == Fraction(want)


def test_closing_never_changes_the_scope():
    for rules in ({}, COMPLETE):
        progress = rolled(WITH_UNDEFINED, **rules)
        assert (progress.counts.counted, progress.counts.undefined) == (2, 1)


def test_what_is_taken_as_complete_names_its_group():
    progress = rolled(DEEP, **COMPLETE)
    assert entry(progress, "S").reason.args == {"key": "T"}
    assert reason(rolled(CLOSED, **COMPLETE), "U1") == Say.DONE


WARNINGS: dict[str, tuple[list[WorkItem], dict[str, Any], Say, dict[str, Any] | None]] = {
    "a closed group": (CLOSED, {}, Say.CLOSED_GROUP_OPEN_WORK, {"key": "E", "n": 2}),
    "taken as complete": (CLOSED, COMPLETE, Say.CLOSED_GROUP_COMPLETE, {"key": "E", "n": 2}),
    "not when all is done": ([epic("E", "D"), *units("DD", under="E")], {}, Say.CLOSED_GROUP_OPEN_WORK, None),
    "not when the rest is cancelled": (
        [epic("E", "D"), *units("DX", under="E")],
        {"cancelled": "as_open"},
        Say.CLOSED_GROUP_OPEN_WORK,
        None,
    ),
    "a done story with open parts": (STORY, {}, Say.DONE_UNIT_OPEN_PARTS, {"key": "S", "n": 1}),
    "also without partial": (STORY, {"partial": False}, Say.DONE_UNIT_OPEN_PARTS, {"key": "S", "n": 1}),
    "also with parts of parts": (
        [item("S", "D"), part("A", "D", under="S"), part("B", "T", under="A")],
        {},
        Say.DONE_UNIT_OPEN_PARTS,
        {"key": "S", "n": 1},
    ),
    "by leaf a done story is a closed group": (
        STORY,
        {"mode": "leaf"},
        Say.CLOSED_GROUP_OPEN_WORK,
        {"key": "S", "n": 1},
    ),
}


@pytest.mark.parametrize(("items", "rules", "code", "figures"), WARNINGS.values(), ids=WARNINGS)
def test_the_warning(items: list[WorkItem], rules: dict[str, Any], code: Say, figures: dict[str, Any] | None):
    assert said(rolled(items, **rules), code) == figures
