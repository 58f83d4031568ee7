"""Taking back what the bridge made, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from bridge.errors import Transient
from bridge.model import ItemRef, KeyResult
from bridge.report.steps import StepsReport
from bridge.store import Store
from bridge.unpublish import Live, unpublish
from connectors.base import Mark
from tests.engine import Bench, keys, okrs


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Bench(store, okrs())
        epic, _ = made.epic("done", "todo")
        made.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
        made.sync()
        yield made


def take_back(bench: Bench, live: Live | None = None, *, really: bool = True) -> StepsReport:
    return unpublish(bench.store, {"mem": bench.connect("mem")}, "test", live or {}, really=really)


def test_what_is_shown_rightly_stays_where_only_left_overs_are_to_go(bench: Bench) -> None:
    assert take_back(bench, {ItemRef("mem", "1"): frozenset({"KR1"})}).steps == ()
    assert len(bench.tracker.comments["1"]) == 1
    left = take_back(bench, {ItemRef("mem", "1"): frozenset({"KR2"})})
    assert {step.what for step in left.steps} >= {"comment", "remote link"}
    assert bench.tracker.comments["1"] == {}
    assert bench.tracker.panels["1"]["progress"] == 50


def test_a_plan_takes_nothing_back(bench: Bench) -> None:
    report = take_back(bench, really=False)
    assert {(step.what, step.outcome) for step in report.steps} == {
        ("values", "planned"),
        ("comment", "planned"),
        ("remote link", "planned"),
    }
    assert {step.name for step in report.steps} == {"MEM-1"}
    assert len(bench.tracker.comments["1"]) == 1


def test_everything_of_ours_goes_and_nothing_is_left_to_take_back(bench: Bench) -> None:
    assert {step.outcome for step in take_back(bench).steps} == {"written"}
    tracker = bench.tracker
    assert set(tracker.panels["1"].values()) == {None}
    assert (tracker.properties.get("1"), tracker.comments["1"], tracker.links["1"]) == (None, {}, {})
    assert take_back(bench).steps == ()


def test_a_persons_value_comment_and_link_stay(bench: Bench) -> None:
    tracker = bench.tracker
    tracker.panels["1"]["progress"] = 99
    spoken = tracker.say("1", "well done")
    tracker.links["1"]["https://wiki.example"] = {"url": "https://wiki.example"}
    report = take_back(bench)
    assert [step.detail.partition(":")[0] for step in report.steps if step.outcome == "drifted"] == [
        "progress"
    ]
    assert tracker.panels["1"]["progress"] == 99
    assert list(tracker.comments["1"]) == [spoken]
    assert list(tracker.links["1"]) == ["https://wiki.example"]


def test_another_instances_marks_stay(bench: Bench) -> None:
    theirs = {"version": 1, "instance": "other", "key_results": []}
    bench.tracker.properties["1"] = theirs
    bench.tracker.comments["1"]["999"] = {"body": "theirs", "mark": asdict(Mark("other", "KR1", "h"))}
    bench.tracker.links["1"]["okr-bridge=other&kr=KR1"] = {"url": "u"}
    take_back(bench)
    assert bench.tracker.properties["1"] == theirs
    assert list(bench.tracker.comments["1"]) == ["999"]
    assert list(bench.tracker.links["1"]) == ["okr-bridge=other&kr=KR1"]


def test_an_item_that_is_gone_is_forgotten(bench: Bench) -> None:
    bench.tracker.delete("1")
    assert take_back(bench) == StepsReport(())
    assert bench.store.written.all("mem") == {}


def test_what_could_not_be_taken_back_is_tried_again(bench: Bench) -> None:
    def fail(call: str) -> None:
        if call == "remove_comment":
            raise Transient("mem", "no answer")

    bench.memory.before = fail
    report = take_back(bench)
    assert [problem.kind for problem in report.problems] == ["transient"]
    bench.memory.before = lambda _: None
    assert {step.what for step in take_back(bench).steps} >= {"comment", "remote link"}
    assert bench.tracker.comments["1"] == {}


def test_a_run_after_it_writes_everything_anew(bench: Bench) -> None:
    take_back(bench)
    bench.later(minutes=1)
    report = bench.sync()
    assert report.outcome == "done"
    assert bench.tracker.panels["1"]["progress"] == 50
    assert len(bench.tracker.comments["1"]) == 1
