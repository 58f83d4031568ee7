"""What was said last, and the baseline, are kept exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from bridge.model import BaselineEntry, ItemRef
from bridge.store import Store
from tests.stores import BASELINE, FIGURES, NOON


def test_figures_are_kept_exactly(store: Store) -> None:
    third = replace(FIGURES, progress=Fraction(10**30 + 1, 3 * 10**30))
    store.figures.put("O1-KR1", third)
    assert store.figures.get("O1-KR1") == third


def test_no_value_is_kept_as_none_and_not_as_nought(store: Store) -> None:
    store.figures.put("a", replace(FIGURES, progress=None, read=NOON))
    store.figures.put("b", replace(FIGURES, progress=Fraction(0)))
    assert store.figures.all() == {
        "a": replace(FIGURES, progress=None, read=NOON),
        "b": replace(FIGURES, progress=Fraction(0)),
    }
    assert store.figures.get("c") is None


def test_putting_figures_again_replaces_them(store: Store) -> None:
    store.figures.put("a", FIGURES)
    store.figures.put("a", replace(FIGURES, hash="h2", pace="on_track"))
    assert store.figures.all() == {"a": replace(FIGURES, hash="h2", pace="on_track")}


def test_a_baseline_belongs_to_a_key_result_and_a_cycle(store: Store) -> None:
    store.baselines.put("O1-KR1", "2026-Q4", BASELINE, NOON)
    store.baselines.put("O1-KR1", "2027-Q1", {}, NOON)
    assert store.baselines.get("O1-KR1", "2026-Q4") == BASELINE
    assert store.baselines.taken("2026-Q4") == {"O1-KR1"}
    assert store.baselines.taken("2026-Q3") == frozenset()
    assert store.baselines.all("2026-Q4") == {"O1-KR1": BASELINE}
    assert store.baselines.all("2026-Q3") == {}
    assert store.baselines.get("O1-KR1", "2027-Q1") == {}
    assert store.baselines.get("O1-KR2", "2026-Q4") is None


def test_a_baseline_can_be_taken_anew(store: Store) -> None:
    anew = {ItemRef("acme", "3"): BaselineEntry(Fraction(1, 3), True)}
    store.baselines.put("O1-KR1", "2026-Q4", BASELINE, NOON)
    store.baselines.put("O1-KR1", "2026-Q4", anew, NOON)
    assert store.baselines.get("O1-KR1", "2026-Q4") == anew
