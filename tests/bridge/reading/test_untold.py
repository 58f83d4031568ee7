"""Records that cannot be translated: what they belong to is left alone, everything else goes on."""

from __future__ import annotations

import pytest

from bridge.model import KeyResult, Link
from tests.engine import Bench, keys, query


def spoil(bench: Bench, id: str) -> None:
    bench.tracker.change(id, category="no such category")


def mend(bench: Bench, id: str) -> None:
    bench.tracker.change(id, category="done", status="Done")


def furnish(bench: Bench) -> tuple[str, list[str], dict[str, Link]]:
    epic = bench.tracker.add("Epic", tier="group", labels=["top"])
    stories = [bench.tracker.add("S", parent=epic, category=c, labels=["s"]) for c in ("done", "todo")]
    return (
        epic,
        stories,
        {
            "below a key": keys(f"MEM-{epic}"),
            "below a query": query("label = top"),
            "hit by a query": query("label = s"),
            "named itself": keys(*(f"MEM-{id}" for id in stories)),
        },
    )


REACHED = ["below a key", "below a query", "hit by a query", "named itself"]


@pytest.mark.parametrize("how", REACHED)
def test_a_record_that_was_never_understood(bench: Bench, how: str) -> None:
    _, stories, links = furnish(bench)
    other, _ = bench.epic("done")
    bench.use(
        KeyResult(id="KR1", title="T", links=(links[how],)),
        KeyResult(id="KR2", title="T", links=(keys(other),)),
    )
    spoil(bench, stories[1])
    for _ in range(3):
        report = bench.sync()
        assert bench.percents(report) == {"KR1": None, "KR2": 100.0}
        assert report.outcome == "partial"
        assert any(problem.kind == "mapping_error" for problem in report.problems)
        bench.later(minutes=40)
    mend(bench, stories[1])
    assert bench.percents(bench.sync()) == {"KR1": 100.0, "KR2": 100.0}


@pytest.mark.parametrize("how", REACHED)
def test_a_record_that_is_not_understood_any_more(bench: Bench, how: str) -> None:
    _, stories, links = furnish(bench)
    other, _ = bench.epic("done")
    bench.use(
        KeyResult(id="KR1", title="T", links=(links[how],)),
        KeyResult(id="KR2", title="T", links=(keys(other),)),
    )
    assert bench.percents(bench.sync()) == {"KR1": 50.0, "KR2": 100.0}
    bench.later(minutes=1)
    spoil(bench, stories[0])
    for _ in range(3):
        report = bench.sync()
        assert bench.percents(report) == {"KR1": 50.0, "KR2": 100.0}
        assert [one.complete for one in report.standings] == [False, True]
        assert report.outcome == "partial"
        assert len([p for p in report.problems if p.kind == "mapping_error"]) == 1
        bench.later(minutes=40)
    report = bench.sync(full=True)
    assert not report.standings[0].complete
    mend(bench, stories[0])
    mend(bench, stories[1])
    assert bench.percents(bench.sync()) == {"KR1": 100.0, "KR2": 100.0}


@pytest.mark.parametrize("how", ["below a key", "below a query"])
def test_a_new_record_below_that_is_not_understood(bench: Bench, how: str) -> None:
    epic, _, links = furnish(bench)
    bench.use(KeyResult(id="KR1", title="T", links=(links[how],)))
    bench.sync()
    bench.later(hours=1)
    new = bench.tracker.add("New", parent=epic)
    spoil(bench, new)
    for _ in range(2):
        report = bench.sync()
        assert not report.standings[0].complete
        assert report.changes == ()
        bench.later(minutes=1)


def test_a_strangers_record_that_is_not_understood_is_no_concern(bench: Bench) -> None:
    epic, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    spoil(bench, bench.tracker.add("Stranger"))
    assert bench.sync().outcome == "done"
