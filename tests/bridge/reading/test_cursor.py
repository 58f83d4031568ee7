"""How far a connection has been read, and when that is not to be trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.errors import Transient
from bridge.model import KeyResult
from bridge.reading import Connection
from mappings.memory import MemoryMapping
from tests.engine import Bench, keys, query


class Renamed:
    """A mapping under another configuration: what was in progress counts as done."""

    def __init__(self, inner: MemoryMapping) -> None:
        self._inner = inner

    scheme = "another"

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def item(self, raw: object) -> object:
        from dataclasses import replace

        from bridge.model import Category

        item = self._inner.item(raw)  # type: ignore[arg-type]
        return replace(item, category=Category.DONE) if item.status == "Almost" else item


def reconfigure(bench: Bench) -> None:
    """From now on the connection translates by other rules."""
    bench.connect = lambda name: Connection(  # type: ignore[method-assign,assignment]
        name,
        bench.memory,
        Renamed(MemoryMapping(name)),  # type: ignore[arg-type]
    )


def two_epics(bench: Bench) -> list[list[str]]:
    """Two key results of an Epic each, with one done story and one open; the stories' ids."""
    made = [bench.epic("done", "todo") for _ in range(2)]
    bench.use(
        *(KeyResult(id=f"KR{n}", title="T", links=(keys(epic),)) for n, (epic, _) in enumerate(made, 1))
    )
    return [stories for _, stories in made]


def test_other_rules_of_translation_read_everything_anew(bench: Bench) -> None:
    stories = two_epics(bench)
    for _, open_one in stories:
        bench.tracker.items[open_one]["status"] = "Almost"
    assert bench.percents(bench.sync()) == {"KR1": 50.0, "KR2": 50.0}
    bench.later(minutes=1)
    reconfigure(bench)
    assert bench.percents(bench.sync(only=frozenset({"KR1"}))) == {"KR1": 100.0}
    assert bench.percents(bench.sync()) == {"KR1": 100.0, "KR2": 100.0}


@pytest.mark.parametrize("orders", [{"full": True}, {}], ids=["reading all", "reading on"])
def test_a_run_for_one_key_result_loses_no_change_of_the_others(
    bench: Bench, orders: dict[str, bool]
) -> None:
    stories = two_epics(bench)
    bench.sync()
    bench.later(minutes=10)
    bench.finish(stories[1][1])
    bench.later(minutes=10)
    bench.sync(only=frozenset({"KR1"}), **orders)
    bench.later(minutes=10)
    assert bench.percents(bench.sync()) == {"KR1": 50.0, "KR2": 100.0}


def test_a_gap_of_more_than_two_weeks_reads_all(bench: Bench) -> None:
    stories = two_epics(bench)
    bench.sync()
    bench.tracker.items[stories[0][1]]["category"] = "done"
    bench.later(days=15)
    assert bench.percents(bench.sync())["KR1"] == 100.0


def test_after_a_long_gap_a_run_for_one_key_result_loses_no_change_of_the_others(bench: Bench) -> None:
    stories = two_epics(bench)
    bench.sync()
    bench.later(days=1)
    bench.finish(stories[1][1])
    bench.later(days=15)
    assert bench.percents(bench.sync(only=frozenset({"KR1"}))) == {"KR1": 50.0}
    bench.later(minutes=1)
    assert bench.percents(bench.sync()) == {"KR1": 50.0, "KR2": 100.0}


@pytest.mark.parametrize("call", ["changed", "fetch", "identities", "children"])
def test_a_run_that_fails_midway_is_made_up_for_by_the_next(bench: Bench, call: str) -> None:
    stories = two_epics(bench)
    for id in (*stories[0], *stories[1]):
        bench.tracker.items[id]["labels"] = ["x"]
    three = KeyResult(id="KR3", title="T", links=(query("label = x"),))
    bench.use(*bench.okrs.key_results, three)
    bench.sync()
    bench.later(hours=2)
    bench.finish(stories[0][1])
    bench.tracker.add("New", parent=bench.tracker.items[stories[1][0]]["parent"], labels=["x"])

    def fail(name: str) -> None:
        if name == call:
            raise Transient("mem", "no answer")

    bench.memory.before = fail
    first = bench.sync()
    assert first.outcome in ("failed", "partial")
    bench.memory.before = lambda _: None
    bench.later(minutes=1)
    report = bench.sync()
    assert report.outcome == "done"
    assert bench.percents(report) == {"KR1": 100.0, "KR2": 33.3, "KR3": 60.0}


@pytest.mark.parametrize("skew", [timedelta(hours=1), timedelta(hours=-1)], ids=["ahead", "behind"])
def test_the_servers_clock_decides_what_has_changed(bench: Bench, skew: timedelta) -> None:
    stories = two_epics(bench)
    bench.now += skew
    bench.sync()
    for id in (stories[0][1], stories[1][1]):
        bench.later(minutes=10)
        bench.finish(id)
        bench.sync()
    assert bench.percents(bench.sync()) == {"KR1": 100.0, "KR2": 100.0}


def test_strangers_whose_parents_come_in_the_same_batch(bench: Bench) -> None:
    epic, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    # the part is older than its story, so that it comes first
    part = bench.tracker.add("Part", tier="part", category="done")
    other = bench.tracker.add("Part", tier="part")
    story = bench.tracker.add("Story", parent=bench.id(epic), children=[part, other])
    for id in (part, other):
        bench.tracker.change(id, parent=story)
    assert bench.percents(bench.sync()) == {"KR1": 75.0}


def test_what_the_bridge_wrote_itself_comes_back_without_harm(bench: Bench) -> None:
    two_epics(bench)
    bench.sync()
    for _ in range(2):
        bench.later(seconds=10)
        report = bench.sync()
        assert report.changes == ()
        assert report.requests["mem"] <= 3


def test_a_query_that_is_refused_leaves_the_others_alone(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bad = query("this is no query")
    bench.use(
        KeyResult(id="KR1", title="T", links=(keys(epic), bad)),
        KeyResult(id="KR2", title="T", links=(keys(epic),)),
    )
    report = bench.sync()
    assert bench.percents(report) == {"KR1": None, "KR2": 50.0}
    assert [problem.kind for problem in report.problems] == ["rejected"]
    bench.later(minutes=5)
    bench.finish(stories[1])
    report = bench.sync()
    assert bench.percents(report) == {"KR1": None, "KR2": 100.0}


def test_two_silences_leave_the_connection_alone(bench: Bench) -> None:
    asked: list[str] = []

    def fail(name: str) -> None:
        asked.append(name)
        if name == "identities":
            raise Transient("mem", "no answer")

    bench.use(KeyResult(id="KR1", title="T", links=tuple(query(f"label = l{n}") for n in range(6))))
    bench.memory.before = fail
    report = bench.sync()
    assert report.failed
    assert asked.count("identities") == 2
