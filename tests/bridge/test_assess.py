"""From what is known to where every key result stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from bridge.assess import Assessment, Past, World, assess, objective_of
from bridge.model import ItemRef, KeyResult, Link, Objective, Okrs, WorkItem
from bridge.standing import Kept, Moment
from mappings.links import Tree
from tests.bridge.rollup.making import epic, item, part
from tests.engine import CYCLE, keys, okrs, query

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
BY_KEY, BY_QUERY = keys("E", on="acme"), query("x = y", on="acme")
ITEMS = [epic("E"), item("S1", "D", under="E"), item("S2", under="E"), item("S3", "D")]


def world(hits: Mapping[Link, set[str]], items: list[WorkItem] | None = None, **more: Any) -> World:
    trees = {"acme": Tree.of(ITEMS if items is None else items)}
    found = {link: frozenset(ids) for link, ids in hits.items()}
    return World(**{"trees": trees, "hits": found, "unreadable": frozenset(), "read": {"acme": NOW}} | more)


def judged(told: World, *links: Link, file: Okrs | None = None) -> Assessment:
    asked = file or okrs(KeyResult(id="KR1", title="T", links=links))
    return assess(asked, told, Moment(NOW, UTC, CYCLE))


def test_an_item_counts_once_and_is_known_by_every_link_that_brought_it() -> None:
    """R13."""
    told = judged(world({BY_KEY: {"E"}, BY_QUERY: {"S1", "S3"}}), BY_KEY, BY_QUERY)
    assert told.standings[0].progress == Fraction(2, 3)
    assert told.brought["KR1"][ItemRef("acme", "S1")] == (0, 1)
    assert told.brought["KR1"][ItemRef("acme", "S3")] == (1,)


def test_a_hit_that_is_not_there_leaves_the_last_value() -> None:
    past = Past(kept={"KR1": Kept(Fraction(1, 4), NOW - timedelta(days=1))})
    told = judged(world({BY_KEY: {"E"}, BY_QUERY: {"S9"}}, past=past), BY_KEY, BY_QUERY).standings[0]
    assert (told.complete, told.computed, told.progress) == (False, None, Fraction(1, 4))
    assert told.work is not None
    assert told.work.counts.unreadable == 1


def test_a_part_that_is_listed_and_not_there_leaves_the_last_value() -> None:
    items = [item("S1", children=("P1", "P2")), part("P1", "D", under="S1")]
    link = keys("S1", on="acme")
    hidden = judged(world({link: {"S1"}}, items), link).standings[0]
    assert (hidden.complete, hidden.progress) == (False, None)
    alone = keys("S1", below=False, on="acme")
    assert judged(world({alone: {"S1"}}, items), alone).standings[0].complete


def test_an_unreadable_link_spoils_its_key_results_alone() -> None:
    told = world({BY_KEY: {"E"}, BY_QUERY: {"S3"}}, unreadable=frozenset({BY_QUERY}))
    file = okrs(
        KeyResult(id="KR1", title="T", links=(BY_KEY, BY_QUERY)),
        KeyResult(id="KR2", title="T", links=(BY_KEY,)),
    )
    first, second = judged(told, file=file).standings
    assert (first.complete, second.complete, second.progress) == (False, True, Fraction(1, 2))


def test_freshness_is_that_of_the_oldest_connection() -> None:
    other = keys("E", on="other")
    trees = {name: Tree.of(ITEMS) for name in ("acme", "other")}
    both = {BY_KEY: {"E"}, other: {"E"}}
    for days, pace in ((3, "on_track"), (9, "outdated")):
        read = {"acme": NOW, "other": NOW - timedelta(days=days)}
        assert judged(world(both, trees=trees, read=read), BY_KEY, other).standings[0].pace == pace
    assert judged(world(both, trees=trees, read={"acme": NOW}), BY_KEY, other).standings[0].pace == "outdated"


def test_the_objective_of_a_key_result() -> None:
    file = okrs(KeyResult(id="KR1", title="T"))
    assert objective_of(file, "KR1") == file.objectives[0]
    assert isinstance(file.objectives[0], Objective)
