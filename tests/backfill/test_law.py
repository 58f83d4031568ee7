"""The law of the past: replayed to a day, changes come to what a sync on that day recorded.

For any changes of items that are neither deleted nor hidden, and links that can be told of the past.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import FieldValue, KeyResult, Kind, Label, Link, Metric, MetricSource, Project, RollupRules
from bridge.proof import recompute
from bridge.store import Store
from tests.backfill.bench import PastBench
from tests.engine import keys, okrs, query
from tests.stores import urls

DAYS = 6
STATES = {
    "todo": {"category": "todo", "status": "Open", "resolution": ""},
    "in_progress": {"category": "in_progress", "status": "Doing", "resolution": ""},
    "done": {"category": "done", "status": "Done", "resolution": "Fixed"},
    "cancelled": {"category": "done", "status": "Done", "resolution": "Won't Do"},
    "odd": {"category": "undefined", "status": "Odd", "resolution": ""},
}
TIERS = ("group", "unit", "unit", "unit", "part")
LINKS = {
    "key": keys("MEM-1"),
    "label": Link("mem", Label("x")),
    "hits alone": Link("mem", Label("x"), below=False),
    "project": Link("mem", Project("GROW")),
    "field": Link("mem", FieldValue("status", "Doing")),
    "query": query("label = y AND project = MEM"),
}


def key_results() -> Iterator[KeyResult]:
    """Every kind of link with every way to count."""
    rules = {
        "count": RollupRules(),
        "points": RollupRules(method="points"),
        "level": RollupRules(mode="level", method="points"),
        "leaf": RollupRules(mode="leaf", cancelled="as_open"),
        "frozen": RollupRules(scope="frozen"),
        "strict": RollupRules(require_resolution=True, parent_closed="complete", partial=False),
    }
    for at, ((kind, link), (way, rule)) in enumerate(zip(LINKS.items(), rules.items(), strict=True)):
        yield KeyResult(id=f"{kind} by {way}", title="", links=(link,), rollup=rule)
        both = (link, list(LINKS.values())[at - 1])
        yield KeyResult(id=f"{kind} and another", title="", links=both)
    source = MetricSource("mem", "status = Done")
    metric = Metric(Decimal(0), Decimal(9), source=source)
    yield KeyResult(id="metric", title="", kind=Kind.METRIC, metric=metric)


@contextmanager
def bench() -> Iterator[PastBench]:
    with (
        tempfile.TemporaryDirectory() as folder,
        urls("sqlite", Path(folder), made=True) as url,
        Store.open(url) as store,
    ):
        made = PastBench(store, okrs(*key_results()))
        made.tracker.add("An Epic", tier="group")
        made.tracker.add("A story", parent="1")
        made.tracker.add("Another", labels=["x"], project="GROW")
        yield made


def place(bench: PastBench, random: Random, one: str) -> None:
    """Below something that may hold it, or nothing. Parts stand below units, whose records list them; all
    else below groups, be it in a circle."""
    items = bench.tracker.items
    part = items[one]["tier"] == "part"
    above = [id for id, facts in items.items() if facts["tier"] == ("unit" if part else "group")]
    parent = random.choice([*above, *above, None, "NOBODY-1"])
    if part:
        for id in above:
            listed = [child for child in items[id].get("children", []) if child != one]
            listed += [one] if id == parent else []
            if listed != items[id].get("children", []):
                bench.tracker.change(id, children=listed)
    bench.tracker.change(one, parent=parent)


def happen(bench: PastBench, random: Random) -> None:
    """Something that people do."""
    tracker = bench.tracker
    one = random.choice(list(tracker.items))
    match random.randrange(7):
        case 0:
            project, labels = random.choice(["MEM", "GROW"]), random.choice([[], ["x"], ["y"]])
            one = tracker.add("New", tier=random.choice(TIERS), project=project, labels=labels)
            place(bench, random, one)
        case 1 | 2:
            tracker.change(one, **STATES[random.choice(list(STATES))])
        case 3:
            tracker.change(one, labels=random.choice([[], ["x"], ["y"], ["x", "y"]]))
        case 4:
            tracker.change(one, points=random.choice([None, 0, 1, 3, "2.5", -1]))
        case 5:
            place(bench, random, one)
        case _:
            tracker.move(one, random.choice(["MEM", "GROW"]))


def hold_the_law(seed: int, busy: int, days: int = DAYS) -> None:
    random = Random(seed)
    with bench() as made:
        for day in range(1, days + 1):
            for minute in sorted(random.choices(range(9 * 60, 23 * 60), k=random.randrange(busy + 1))):
                made.until(day, *divmod(minute, 60))
                happen(made, random)
            made.until(day, 23, 59)
            made.sync(force=True)
        made.until(days + 1, 12)
        report = made.backfill(days)
        assert report.disagreements == ()
        for kr in made.okrs.key_results:
            points = {
                source: {
                    day: (one.value, one.counts, one.scope, one.inputs)
                    for day, one in made.points(kr.id, source).items()
                }
                for source in ("sync", "backfill")
            }
            assert points["backfill"] == points["sync"], kr.id
            for point in made.store.history.points(kr.id):
                again = recompute(made.store, point)
                assert again is not None
                assert (again.value, again.proven) == (point.value, True), point


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32), st.integers(0, 8))
def test_the_past_replayed_is_the_past_recorded(seed: int, busy: int) -> None:
    hold_the_law(seed, busy)


@pytest.mark.prove
@settings(deadline=None, max_examples=400)
@given(st.integers(0, 2**32), st.integers(0, 14))
def test_it_holds_for_very_many_courses_of_events(seed: int, busy: int) -> None:
    hold_the_law(seed, busy, days=9)


@pytest.mark.prove
def test_every_point_of_a_synced_quarter_can_be_made_again() -> None:
    hold_the_law(seed=2026, busy=6, days=92)
