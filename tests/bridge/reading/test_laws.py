"""The law of reading on: it gives what reading everything for the first time gives, whatever people did."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import KeyResult
from bridge.store import Store
from tests.engine import Bench, keys, okrs, query

KEY_RESULTS = (
    KeyResult(id="EPIC", title="T", links=(keys("MEM-1"),), anchors=()),
    KeyResult(id="TOP", title="T", links=(keys("MEM-3"),), anchors=()),
    KeyResult(
        id="ALONE", title="T", links=(keys("MEM-1", below=False), query("label = x", below=False)), anchors=()
    ),
    KeyResult(id="QUERY", title="T", links=(query("label = x"),), anchors=()),
    KeyResult(id="BOTH", title="T", links=(keys("MEM-2"), query("label = y")), anchors=()),
)
CATEGORIES = ("todo", "in_progress", "done")
WHO = st.integers(0, 30)
ACTIONS = st.one_of(
    st.tuples(st.just("add"), WHO, st.sampled_from(["unit", "group"])),
    st.tuples(st.just("split"), WHO, st.sampled_from(CATEGORIES)),
    st.tuples(st.just("turn"), WHO, st.sampled_from(CATEGORIES)),
    st.tuples(st.just("label"), WHO, st.sampled_from([[], ["x"], ["y"], ["x", "y"]])),
    st.tuples(st.just("hang"), WHO, WHO),
    st.tuples(st.just("delete"), WHO, st.none()),
    st.tuples(st.just("move"), WHO, st.sampled_from(["MEM", "OTHER"])),
    st.tuples(st.just("choose"), st.sets(st.integers(0, 4), min_size=1), st.none()),
)


@contextmanager
def desk() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/okr.db") as store:
        yield Bench(store, okrs(*KEY_RESULTS))


def furnish(bench: Bench) -> None:
    for labels in ([], ["x"]):
        bench.tracker.add("Epic", tier="group", labels=labels)
    bench.tracker.add("Top", tier="group")
    for parent in ("1", "2", "3"):
        bench.tracker.add("Story", parent=parent, labels=["y"])
    bench.tracker.change("2", parent="3")


def act(bench: Bench, action: tuple[str, Any, Any]) -> None:
    """What somebody does to an item; to none where it would make no sense."""
    what, who, how = action
    tracker = bench.tracker
    if what == "choose":
        bench.use(*(KEY_RESULTS[n] for n in sorted(who)))
        return
    ids = sorted(tracker.items)
    id = ids[who % len(ids)]
    item = tracker.items[id]
    match what:
        case "add":
            tracker.add("New", tier=how, parent=id if item["tier"] == "group" else None)
        case "split" if item["tier"] == "unit":
            part = tracker.add("Part", tier="part", parent=id, category=how)
            tracker.change(id, children=[*item.get("children", []), part])
        case "turn":
            tracker.change(id, category=how)
        case "label" if item["tier"] != "part":
            tracker.change(id, labels=how)
        case "hang" if item["tier"] != "part":
            parent = ids[how % len(ids)]
            if tracker.items[parent]["tier"] == "group":
                tracker.change(id, parent=None if parent == id else parent)
        case "delete" if id not in ("1", "2", "3"):
            tracker.delete(id)
            above = tracker.items.get(item["parent"] or "")
            if above and "children" in above:
                above["children"] = [child for child in above["children"] if child != id]
        case "move" if item["tier"] != "part":
            tracker.move(id, how)


def anew(bench: Bench) -> dict[str, Any]:
    """What a bridge that sees the tracker for the first time makes of it."""
    with desk() as fresh:
        fresh.tracker, fresh.memory, fresh.okrs, fresh.now = (
            bench.tracker,
            bench.memory,
            bench.okrs,
            bench.now,
        )
        return told(fresh)


def told(bench: Bench) -> dict[str, Any]:
    return {one.kr.id: (one.complete, one.computed) for one in bench.sync(dry=True).standings}


def holds(actions: list[tuple[str, Any, Any]], step: Callable[[Bench], None]) -> None:
    with desk() as bench:
        furnish(bench)
        bench.sync(dry=True)
        for action in actions:
            step(bench)
            act(bench, action)
        bench.later(hours=1)
        assert told(bench) == anew(bench)


def minutes(bench: Bench) -> None:
    bench.later(minutes=7)
    bench.sync(dry=True)


def hours(bench: Bench) -> None:
    bench.later(hours=2)
    bench.sync(dry=True)


@given(st.lists(ACTIONS, max_size=8))
@settings(max_examples=15, deadline=None)
def test_reading_on_gives_what_reading_all_gives(actions: list[tuple[str, Any, Any]]) -> None:
    holds(actions, minutes)


@pytest.mark.prove
@pytest.mark.parametrize("step", [minutes, hours])
@given(actions=st.lists(ACTIONS, max_size=20))
@settings(max_examples=60, deadline=None)
def test_reading_on_gives_what_reading_all_gives_at_length(
    step: Callable[[Bench], None], actions: list[tuple[str, Any, Any]]
) -> None:
    holds(actions, step)
