"""Epics for key results that have no work: for which, where, and once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.model import Anchor, KeyResult, Keys, Kind, Link, Okrs, Project
from bridge.provisioning import Place, Provisioning, place_for, provision, with_provided
from bridge.report.steps import StepsReport
from bridge.store import Store
from bridge.wording import Words
from tests.engine import Bench, keys, okrs, query

EMPTY = KeyResult(id="KR1", title="Nothing yet", links=(query("label = none"),))
BUSY = KeyResult(id="KR2", title="Busy", links=(keys("MEM-1"),))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Bench(store, okrs())
        made.epic("done")
        yield made


def provided(bench: Bench, *, really: bool = True) -> StepsReport:
    parts = Provisioning(
        okrs=bench.okrs,
        store=bench.store,
        connect=bench.connect,
        instance="test",
        words={"mem": Words("en")},
        now=bench.now,
    )
    return provision(parts, bench.sync(dry=True).standings, really=really)


def test_an_epic_is_planned_then_made_where_the_other_work_is(bench: Bench) -> None:
    bench.use(EMPTY, BUSY)
    before = len(bench.tracker.items)
    [planned] = provided(bench, really=False).steps
    assert (planned.name, planned.outcome) == ("KR1", "planned")
    assert len(bench.tracker.items) == before
    [made] = provided(bench).steps
    assert made.outcome == "written"
    epic = list(bench.tracker.items.values())[-1]
    assert (epic["title"], epic["project"], epic["due"]) == ("Nothing yet", "MEM", "2026-12-31")


def test_what_was_made_is_found_again_without_a_memory(bench: Bench) -> None:
    bench.use(EMPTY, BUSY)
    provided(bench)
    for where in bench.store.written.all("mem"):
        bench.store.written.drop("mem", where)
    count = len(bench.tracker.items)
    assert [step.outcome for step in provided(bench).steps] == ["kept"]
    assert len(bench.tracker.items) == count


def test_a_made_epic_is_a_link_from_then_on(bench: Bench) -> None:
    bench.use(EMPTY, BUSY)
    provided(bench)
    told = with_provided(bench.okrs, bench.store, iter(["mem"]))
    assert len(told.key_results[0].links) == 2
    named = replace(EMPTY, links=told.key_results[0].links)
    bench.use(named, BUSY)
    again = with_provided(bench.okrs, bench.store, iter(["mem"]))
    assert again.key_results[0].links == named.links
    assert provided(bench).steps == ()


def test_nothing_is_made_where_there_is_work_or_none_is_counted(bench: Bench) -> None:
    bench.use(BUSY, KeyResult(id="KR3", title="Metric", kind=Kind.METRIC))
    assert provided(bench) == StepsReport(())


def test_nothing_is_made_while_it_is_not_known_whether_there_is_work(bench: Bench) -> None:
    bench.use(replace(EMPTY, links=(query("label = none"), query("no query at all"))), BUSY)
    assert provided(bench).steps == ()


def test_without_a_project_anywhere_the_person_is_asked(bench: Bench) -> None:
    bench.use(EMPTY)
    report = provided(bench)
    assert report.steps == ()
    assert "project" in report.problems[0].hint


def place(okrs_: Okrs) -> Place | None:
    return place_for(okrs_, okrs_.key_results[0])


def test_its_own_links_say_where_before_its_neighbours() -> None:
    own = replace(EMPTY, links=(Link("mem", Project("OWN")),))
    assert place(okrs(own, BUSY)) == Place("mem", "OWN")
    assert place(okrs(replace(EMPTY, anchors=(Anchor("mem", "ANCH-1"),)), BUSY)) == Place("mem", "ANCH")
    many = KeyResult(id="KR3", title="T", links=(Link("mem", Keys(("B-1", "C-1", "C-2"))),))
    assert place(okrs(EMPTY, many)) == Place("mem", "C")
    assert place(okrs(EMPTY)) is None
