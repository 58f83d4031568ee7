"""A figure of the past can be made again, or it is said that it cannot."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from bridge.model import KeyResult
from bridge.proof import RULE_VERSION, recompute, situation
from bridge.store import HistoryPoint, Store
from tests.engine import Bench, keys, okrs
from tests.stores import HISTORY


@pytest.fixture
def synced(tmp_path: Path) -> Bench:
    bench = Bench(Store.open(f"sqlite:///{tmp_path}/okr.db"), okrs())
    key, _ = bench.epic("done", "todo", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.sync()
    return bench


def point(bench: Bench) -> HistoryPoint:
    (one,) = bench.store.history.points("KR1")
    return one


def test_what_a_sync_said_can_be_made_again(synced: Bench) -> None:
    made = recompute(synced.store, point(synced))
    assert made is not None
    assert (made.value, made.proven) == (Fraction(1, 3), True)


def test_it_tells_what_each_item_was_and_which_link_brought_it(synced: Bench) -> None:
    made_of = situation(synced.store, point(synced).inputs)
    assert made_of is not None
    (link,) = made_of.kr.links
    assert [one.status for one in made_of.items.values()] == ["Open"] * 4
    assert set(made_of.links.values()) == {frozenset({link})}


def test_a_value_that_is_not_what_it_was_made_of_is_found_out(synced: Bench) -> None:
    forged = replace(point(synced), value=Fraction(1))
    made = recompute(synced.store, forged)
    assert made is not None
    assert made.value != forged.value


def test_pieces_that_are_not_those_of_the_digest_prove_nothing(synced: Bench) -> None:
    real = point(synced).inputs
    (document,) = synced.store.inputs.documents([real]).values()
    text = json.dumps({**document, "value": "0.7"})
    synced.store.inputs.keep({}, {"forged": text})
    made = recompute(synced.store, replace(point(synced), inputs="forged"))
    assert made is not None
    assert not made.proven


def test_of_points_without_inputs_or_under_other_rules_nothing_is_said(synced: Bench) -> None:
    assert recompute(synced.store, HISTORY) is None
    assert recompute(synced.store, replace(point(synced), rule_version=RULE_VERSION + 1)) is None
