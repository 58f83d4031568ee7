"""One run over a tracker in memory: what is read, what is written, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import (
    AccessDenied,
    BridgeError,
    ConfigError,
    LeaseLost,
    Misconfigured,
    Stopping,
    StoreError,
    Transient,
)
from bridge.model import KeyResult, Outcome
from bridge.store import Store
from tests.engine import Bench, keys, okrs, query


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())


def test_an_epic_shows_how_far_its_key_result_is(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo", "todo", "in_progress")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    report = bench.sync()
    assert report.outcome == "done", report.problems
    assert bench.percents(report) == {"KR1": 25.0}
    panel = bench.tracker.panels[bench.id(epic)]
    assert panel["progress"] == 25
    assert panel["key_result"] == "KR1: All live"
    assert len(bench.tracker.comments[bench.id(epic)]) == 1
    assert list(bench.tracker.links[bench.id(epic)]) == ["okr-bridge=test&kr=KR1"]


def test_a_second_run_writes_nothing_and_asks_three_times(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    bench.sync()
    report = bench.sync()
    assert report.changes == ()
    assert report.requests["mem"] <= 3


def test_what_moved_is_seen_and_written_once(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.finish(stories[1])
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 100.0}
    assert all(change.outcome is Outcome.WRITTEN for change in report.changes)
    assert bench.tracker.panels[bench.id(epic)]["progress"] == 100
    assert len(bench.tracker.comments[bench.id(epic)]) == 1


def test_a_dry_run_says_the_same_and_writes_nothing(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    planned = bench.sync(dry=True)
    assert bench.tracker.panels == {}
    assert {change.outcome for change in planned.changes} == {Outcome.PLANNED}
    made = bench.sync(expect=planned.digest)
    assert made.outcome == "done"
    assert [c.name for c in made.changes] == [c.name for c in planned.changes]


def test_another_plan_than_the_one_reviewed_is_not_carried_out(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    planned = bench.sync(dry=True)
    bench.later(minutes=1)
    bench.finish(stories[1])
    report = bench.sync(expect=planned.digest)
    assert report.stopped
    assert bench.tracker.panels == {}


def test_a_new_story_below_a_linked_epic_counts_at_the_next_run(bench: Bench) -> None:
    epic, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.tracker.add("One more", parent=bench.id(epic))
    assert bench.percents(bench.sync()) == {"KR1": 50.0}


def test_a_deleted_story_is_missed_at_the_next_run(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    bench.sync()
    bench.tracker.delete(stories[1])
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 100.0}
    assert report.outcome == "done"


def test_a_story_that_went_to_another_epic_leaves_the_number(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    elsewhere = bench.tracker.add("Elsewhere", tier="group")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.tracker.change(stories[1], parent=elsewhere)
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


def test_an_item_that_moved_to_another_project_is_the_same_item(bench: Bench) -> None:
    """R34: the key changes, and the link by its old key still finds it."""
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="All live", links=(keys(epic, bench.tracker.items["2"]["key"]),)))
    bench.sync()
    bench.later(hours=2)
    bench.tracker.move(stories[0], "OTHER")
    bench.tracker.move(bench.id(epic), "OTHER")
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 50.0}
    assert report.problems == ()


def test_hits_of_a_query_come_and_go(bench: Bench) -> None:
    ids = [bench.tracker.add(f"S{n}", labels=["x"]) for n in range(120)]
    bench.use(KeyResult(id="KR1", title="All", links=(query("label = x"),)))
    assert bench.percents(bench.sync()) == {"KR1": 0.0}
    bench.later(minutes=1)
    for id in ids[:60]:
        bench.finish(id)
    assert bench.percents(bench.sync()) == {"KR1": 50.0}
    bench.tracker.delete(ids[-1])
    report = bench.sync()
    assert report.standings[0].work is not None
    assert report.standings[0].work.counts.counted == 119


def test_a_hidden_epic_keeps_the_last_value_and_nothing_is_written(bench: Bench) -> None:
    """R32: a link that cannot be read leaves its key result alone, and the others go on."""
    first, _ = bench.epic("done", "todo")
    second, stories = bench.epic("todo", "todo")
    bench.use(
        KeyResult(id="KR1", title="One", links=(keys(first), keys(second))),
        KeyResult(id="KR2", title="Two", links=(keys(first),)),
    )
    bench.sync()
    bench.later(hours=2)
    bench.tracker.hidden.update({bench.id(second), *stories})
    bench.finish("3")
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 25.0, "KR2": 100.0}
    assert not report.standings[0].complete
    assert report.outcome == "partial"
    assert any("cannot be read" in problem.message for problem in report.problems)
    assert {change.kr for change in report.changes if change.name == "okr-bridge"} <= {"KR1", "KR2"}
    entries = bench.tracker.properties[bench.id(first)]["key_results"]
    assert [(entry["id"], entry["percent"]) for entry in entries] == [("KR1", 25), ("KR2", 100)]


def test_a_connection_that_refuses_leaves_every_number_as_it_was(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.sync()
    bench.refuses = AccessDenied("mem", "GET myself answered 401", "renew the token")
    report = bench.sync()
    assert report.failed
    assert bench.percents(report) == {"KR1": 50.0}
    assert report.changes == ()


def test_a_tracker_that_falls_silent_in_the_middle_changes_nothing(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.sync()
    bench.later(hours=2)

    def fail(call: str) -> None:
        if call == "fetch":
            raise Transient("mem", "no answer")

    bench.finish("2")
    bench.finish("3")
    bench.memory.before = fail
    report = bench.sync()
    assert report.failed
    assert bench.percents(report) == {"KR1": 50.0}
    bench.memory.before = lambda _: None
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


def test_a_persons_value_is_kept_and_told(bench: Bench) -> None:
    epic, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.tracker.panels[bench.id(epic)]["progress"] = 99
    bench.tracker.change(bench.id(epic))
    report = bench.sync()
    drifted = [change for change in report.changes if change.outcome is Outcome.DRIFTED]
    assert [(change.name, change.before) for change in drifted] == [("progress", 99)]
    assert bench.tracker.panels[bench.id(epic)]["progress"] == 99
    assert report.outcome == "done"


def test_chosen_key_results_are_read_alone_and_forget_nothing_of_the_others(bench: Bench) -> None:
    first, _ = bench.epic("done", "todo")
    second, _ = bench.epic("done", "done")
    bench.use(
        KeyResult(id="KR1", title="One", links=(keys(first),)),
        KeyResult(id="KR2", title="Two", links=(keys(second),)),
    )
    bench.sync()
    bench.later(hours=3)
    report = bench.sync(only=frozenset({"KR1"}), full=True)
    assert bench.percents(report) == {"KR1": 50.0}
    after = bench.sync()
    assert bench.percents(after) == {"KR1": 50.0, "KR2": 100.0}
    assert after.changes == ()


def test_a_day_has_one_point_in_history(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.finish(stories[1])
    bench.sync()
    points = bench.store.history.points("KR1")
    assert [(point.source, point.value) for point in points] == [("sync", 1)]


@pytest.mark.parametrize(
    ("moving", "total", "stops"),
    [(12, 30, True), (9, 30, False), (4, 9, False)],
    ids=["12 of 30", "9 of 30", "4 of 9"],
)
def test_the_brake_stops_a_run_that_would_move_too_much(
    bench: Bench, moving: int, total: int, stops: bool
) -> None:
    """R37."""
    epics = [bench.epic("done", "todo") for _ in range(total)]
    bench.use(*(KeyResult(id=f"KR{n}", title="T", links=(keys(epic),)) for n, (epic, _) in enumerate(epics)))
    bench.sync()
    bench.later(minutes=5)
    for _, stories in epics[:moving]:
        bench.finish(stories[1])
    report = bench.sync()
    assert report.stopped is stops
    shown = bench.tracker.panels[bench.id(epics[0][0])]["progress"]
    assert shown == (50 if stops else 100)
    forced = bench.sync(force=True)
    assert not forced.stopped
    assert bench.tracker.panels[bench.id(epics[0][0])]["progress"] == 100


def test_an_answer_that_nobody_foresaw_leaves_one_link_alone_and_is_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = bench.epic("done", "todo")
    bench.tracker.add("Loose", labels=["x"])
    bench.use(
        KeyResult(id="KR1", title="One", links=(query("label = x"),)),
        KeyResult(id="KR2", title="Two", links=(keys(first),)),
    )

    def stumble(call: str) -> None:
        if call == "identities":
            raise KeyError("issues")

    bench.memory.before = stumble
    report = bench.sync()
    assert bench.percents(report) == {"KR1": None, "KR2": 50.0}
    assert [(problem.kind, problem.kr) for problem in report.problems] == [("defect", "KR1")]
    assert "Traceback" in caplog.text
    bench.memory.before = lambda _: None
    assert bench.percents(bench.sync()) == {"KR1": 0.0, "KR2": 50.0}


def test_a_reading_that_nobody_foresaw_the_end_of_changes_nothing(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.finish(stories[1])

    def stumble(call: str) -> None:
        if call == "changed":
            raise TypeError("no list")

    bench.memory.before = stumble
    report = bench.sync()
    assert report.failed
    assert bench.percents(report) == {"KR1": 50.0}
    bench.memory.before = lambda _: None
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_that_nobody_foresaw_the_end_of_is_settled_by_the_next_run(bench: Bench, moment: str) -> None:
    first, _ = bench.epic("done", "todo")
    second, _ = bench.epic("done", "done")
    bench.use(
        KeyResult(id="KR1", title="One", links=(keys(first),)),
        KeyResult(id="KR2", title="Two", links=(keys(second),)),
    )
    stumbled: list[str] = []

    def stumble(call: str) -> None:
        if call == "put_comment" and not stumbled:
            stumbled.append(call)
            raise KeyError("id")

    setattr(bench.memory, moment, stumble)
    report = bench.sync()
    assert {change.outcome for change in report.changes} >= {Outcome.UNKNOWN, Outcome.WRITTEN}
    assert [problem.kind for problem in report.problems] == ["defect"]
    bench.later(minutes=1)
    assert bench.sync().outcome == "done"
    for epic in (first, second):
        assert len(bench.tracker.comments[bench.id(epic)]) == 1
    assert bench.sync().changes == ()


def test_a_problem_names_the_key_results_that_it_keeps_from_being_written(bench: Bench) -> None:
    first, _ = bench.epic("done", "todo")
    gone = keys("MEM-999")
    bench.use(
        KeyResult(id="KR1", title="One", links=(keys(first), gone)),
        KeyResult(id="KR2", title="Two", links=(gone,)),
        KeyResult(id="KR3", title="Three", links=(keys(first),)),
    )
    assert [problem.kr for problem in bench.sync().problems] == ["KR1, KR2"]


ENDS = {
    "a secret that is not there": (ConfigError([Misconfigured("token", "not set")]), "failed"),
    "a lost lease": (LeaseLost("another writes"), "failed"),
    "asked to end": (Stopping("the bridge is stopping"), "interrupted"),
}


@pytest.mark.parametrize(("error", "outcome"), ENDS.values(), ids=ENDS)
def test_a_run_that_breaks_off_is_over_and_says_why(bench: Bench, error: BridgeError, outcome: str) -> None:
    epic, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.refuses = error
    with pytest.raises(type(error)):
        bench.sync()
    [run] = bench.store.runs.last(1)
    assert (run.outcome, run.finished) == (outcome, bench.now)
    assert run.summary == ({} if outcome == "interrupted" else {"message": error.message})


def test_a_database_that_is_away_hides_not_what_broke_the_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreError("okr.db: away")

    epic, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="One", links=(keys(epic),)))
    bench.refuses = ConfigError([Misconfigured("token", "not set")])
    monkeypatch.setattr(bench.store.runs, "finish", away)
    with pytest.raises(ConfigError, match="not set"):
        bench.sync()
