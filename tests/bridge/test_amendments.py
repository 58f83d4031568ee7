"""What was changed since the first revision of a key result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bridge.amendments import Amendment, amendments, original_of
from bridge.model import KeyResult, Metric, RollupRules
from tests.engine import keys, okrs

FIRST = KeyResult(id="KR1", title="T", links=(keys("A-1"),))


def test_nothing_was_changed() -> None:
    assert amendments(FIRST, FIRST) == ()
    assert amendments(None, FIRST) == ()


def test_a_weight_and_a_due_date() -> None:
    now = replace(FIRST, weight=Decimal(2), due=date(2026, 12, 1))
    assert amendments(FIRST, now) == (Amendment("weight", "1", "2"), Amendment("due", "", "2026-12-01"))


def test_links_are_told_as_wholes() -> None:
    [told] = amendments(FIRST, replace(FIRST, links=(keys("A-1"), keys("A-2"))))
    assert told.what == "links"
    assert "A-2" in told.now
    assert "A-2" not in told.was


def test_of_rules_only_what_differs_is_told() -> None:
    now = replace(FIRST, rollup=RollupRules(method="points"))
    assert amendments(FIRST, now) == (Amendment("rollup.method", "count", "points"),)


def test_a_target_that_moved() -> None:
    metric = Metric(Decimal(9), Decimal(3))
    was = replace(FIRST, metric=metric)
    assert amendments(was, replace(was, metric=replace(metric, target=Decimal(4)))) == (
        Amendment("metric.target", "3", "4"),
    )
    [dropped] = amendments(was, FIRST)
    assert (dropped.what, dropped.now) == ("metric", "")


def test_people_and_places_are_no_amendments() -> None:
    assert amendments(FIRST, replace(FIRST, owner="kim", url="https://x.example")) == ()


def test_the_first_revision_that_has_it_is_the_original() -> None:
    later = replace(FIRST, weight=Decimal(5))
    other = KeyResult(id="KR2", title="T")
    assert original_of("KR1", iter([okrs(other), okrs(FIRST), okrs(later)])) == FIRST
    assert original_of("KR9", iter([okrs(other)])) is None
