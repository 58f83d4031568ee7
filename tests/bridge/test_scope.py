"""What came, what was finished, what left."""

from __future__ import annotations

from fractions import Fraction

from bridge.model import BaselineEntry, ItemRef, RollupRules
from bridge.rollup import roll_up
from bridge.scope import Headline, baseline_of, headline, scope_change
from tests.bridge.rollup.making import epic, item, parts, rolled, units


def refs(*names: str) -> tuple[ItemRef, ...]:
    return tuple(ItemRef("acme", name) for name in names)


def test_a_baseline_holds_what_counts_at_its_weight():
    progress = rolled([epic("E"), *units("DTX", 3, None, 1, under="E"), *parts("D", "U2")], method="points")
    assert baseline_of(progress) == {
        ItemRef("acme", "U1"): BaselineEntry(Fraction(3), True),
        ItemRef("acme", "U2"): BaselineEntry(Fraction(3), False),
    }


def test_the_change_is_told_by_id():
    baseline = baseline_of(rolled(units("TTD")))
    change = scope_change(baseline, rolled([item("U1", "D", key="MOVED-1"), item("U3", "D"), item("N", "D")]))
    assert (change.added, change.completed, change.removed) == (refs("N"), refs("N", "U1"), refs("U2"))


def test_cancelled_work_left():
    baseline = baseline_of(rolled(units("TT")))
    assert scope_change(baseline, rolled(units("TX"))).removed == refs("U2")


def test_nothing_changed_is_nothing_told():
    progress = rolled(units("DTT"))
    change = scope_change(baseline_of(progress), progress)
    assert (change.added, change.completed, change.removed) == ((), (), ())


def test_the_headline_is_net():
    baseline = baseline_of(rolled(units("DTTT")))
    later = rolled([*units("TDD"), *units("TT", name="new")])
    assert headline(baseline, later) == Headline(scope=1, completed=1)


def test_a_frozen_scope_tells_new_work_all_the_same():
    baseline = baseline_of(rolled(units("DT")))
    frozen = roll_up(units("DTT"), RollupRules(scope="frozen"), baseline=baseline)
    assert scope_change(baseline, frozen).added == refs("U3")
    assert headline(baseline, frozen) == Headline(scope=1, completed=0)
