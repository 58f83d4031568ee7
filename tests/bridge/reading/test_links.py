"""Links that are added, removed and shared while their items are known already."""

from __future__ import annotations

import itertools

import pytest

from bridge.errors import Transient
from bridge.model import Anchor, KeyResult, Link
from tests.engine import Bench, keys, query


def initiative(bench: Bench) -> str:
    """An Epic with the label x, and below it one done story, one open."""
    epic = bench.tracker.add("Epic", tier="group", labels=["x"])
    for state in ("done", "todo"):
        bench.tracker.add("S", parent=epic, category=state)
    bench.later(hours=3)
    return f"MEM-{epic}"


def wanted(link: Link) -> float:
    return 50.0 if link.below else 0.0


@pytest.mark.parametrize("deep_first", [True, False], ids=["with what is below first", "hits alone first"])
@pytest.mark.parametrize("together", [True, False], ids=["in one file", "one after the other"])
@pytest.mark.parametrize("kind", ["query", "keys"])
def test_one_selector_with_and_without_what_is_below(
    bench: Bench, deep_first: bool, together: bool, kind: str
) -> None:
    key = initiative(bench)
    deep, flat = (
        (query("label = x"), query("label = x", below=False))
        if kind == "query"
        else (keys(key), keys(key, below=False))
    )
    links = (deep, flat) if deep_first else (flat, deep)
    key_results = [
        KeyResult(id=f"KR{n}", title="T", links=(link,), anchors=()) for n, link in enumerate(links)
    ]
    if not together:
        bench.use(key_results[0])
        bench.sync()
        bench.later(minutes=5)
    bench.use(*key_results)
    expected = {f"KR{n}": wanted(link) for n, link in enumerate(links)}
    assert bench.percents(bench.sync()) == expected
    bench.later(minutes=5)
    assert bench.percents(bench.sync()) == expected


def test_an_anchor_that_becomes_a_link_brings_what_is_below(bench: Bench) -> None:
    key = initiative(bench)
    loose = bench.tracker.add("Loose", category="done")
    anchors = (Anchor("mem", key),)
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{loose}"),), anchors=anchors))
    bench.sync()
    bench.use(KeyResult(id="KR1", title="T", links=(keys(key),), anchors=anchors))
    assert bench.percents(bench.sync()) == {"KR1": 50.0}


def test_a_new_link_to_items_that_are_known_reads_nothing_twice(bench: Bench) -> None:
    key = initiative(bench)
    first = KeyResult(id="KR1", title="T", links=(keys(key),))
    bench.use(first)
    bench.sync()
    bench.use(first, KeyResult(id="KR2", title="T", links=(query("label = x"),)))
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 50.0, "KR2": 50.0}
    assert report.outcome == "done"


def test_a_removed_link_takes_its_items_out_of_the_number(bench: Bench) -> None:
    key = initiative(bench)
    loose = bench.tracker.add("Loose", category="done")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(key), keys(f"MEM-{loose}"))))
    assert bench.percents(bench.sync()) == {"KR1": 66.7}
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{loose}"),)))
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


def test_a_link_that_comes_back_is_read_anew(bench: Bench) -> None:
    key = initiative(bench)
    loose = bench.tracker.add("Loose", category="done")
    both = KeyResult(id="KR1", title="T", links=(keys(key), keys(f"MEM-{loose}")))
    bench.use(both)
    bench.sync()
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{loose}"),)))
    bench.later(hours=1)
    bench.sync()
    bench.later(hours=1)
    bench.sync()
    bench.tracker.add("New", parent=bench.id(key), category="done")
    bench.use(both)
    bench.later(minutes=1)
    assert bench.percents(bench.sync()) == {"KR1": 75.0}


def test_what_was_known_as_a_hit_alone_is_read_below_for_a_link_that_needs_it(bench: Bench) -> None:
    top = bench.tracker.add("Top", tier="group")
    key = initiative(bench)
    bench.tracker.items[bench.id(key)]["parent"] = top
    story = bench.tracker.add("Story", labels=["x"], parent=top)
    parts = [bench.tracker.add("Part", tier="part", parent=story, category="done") for _ in range(2)]
    bench.tracker.change(story, children=parts)
    bench.later(hours=3)
    flat = KeyResult(id="KR1", title="T", links=(query("label = x", below=False),), anchors=())
    bench.use(flat)
    bench.sync()
    bench.later(minutes=5)
    bench.use(flat, KeyResult(id="KR2", title="T", links=(keys(f"MEM-{top}"),), anchors=()))
    report = bench.sync()
    assert report.outcome == "done"
    assert bench.percents(report)["KR2"] == 66.3


def test_an_anchor_that_could_not_be_asked_for_is_named_and_keeps_no_figure_from_moving(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    anchor = bench.tracker.add("Shown here", tier="group")
    at = bench.tracker.items[anchor]["key"]
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),), anchors=(Anchor("mem", at),)))
    calls = itertools.count()

    def refuse(call: str) -> None:
        if call == "resolve" and next(calls) == 1:
            raise Transient("mem", "resolve: answered 503", "later")

    bench.memory.before = refuse
    [problem] = [one for one in bench.sync().problems if one.kind == "transient"]
    assert (problem.item, problem.kr) == (at, "KR1")
