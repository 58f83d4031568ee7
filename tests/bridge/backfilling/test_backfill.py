"""Every day of the past, as its end found things."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from bridge.model import CheckIn, KeyResult, Kind, Label, Link, Metric, MetricSource, RollupRules
from bridge.proof import recompute
from tests.backfill.bench import PastBench
from tests.engine import keys, query

LABEL = Link("mem", Label("x"))


def test_a_story_is_done_reopened_and_done_again(bench: PastBench) -> None:
    key, (one, _) = bench.epic("todo", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.until(3, 12)
    bench.finish(one)
    bench.until(5, 12)
    bench.tracker.change(one, category="todo", status="Open")
    bench.until(9, 12)
    bench.finish(one)
    bench.until(12, 12)
    report = bench.backfill(11)

    assert bench.values() == {1: "0", 2: "0", 3: "1/2", 4: "1/2"} | dict.fromkeys(range(5, 9), "0") | {
        9: "1/2", 10: "1/2", 11: "1/2"
    }  # fmt: skip
    assert not report.problems
    assert (report.points.days, report.points.told, report.points.added) == (11, 11, 11)


def test_what_came_later_is_not_there_yet(bench: PastBench) -> None:
    key, (one, _) = bench.epic("todo", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.finish(one)
    bench.until(4, 12)
    epic = bench.id(key)
    for number in range(2):
        bench.tracker.add(f"More {number}", parent=epic)
    bench.until(6, 12)
    bench.backfill(5)
    assert bench.values() == {1: "1/2", 2: "1/2", 3: "1/2", 4: "1/4", 5: "1/4"}
    counted = {day: one.counts["counted"] for day, one in bench.points().items()}
    assert counted == {1: 2, 2: 2, 3: 2, 4: 4, 5: 4}


def test_a_link_hits_what_it_hit_then(bench: PastBench) -> None:
    one = bench.tracker.add("One", labels=["x"], category="done", status="Done")
    two = bench.tracker.add("Two")
    bench.use(KeyResult(id="KR1", title="", links=(LABEL,)))
    bench.until(3, 12)
    bench.tracker.change(two, labels=["x"])
    bench.until(5, 12)
    bench.tracker.change(one, labels=[])
    bench.until(7, 12)
    bench.backfill(6)
    assert bench.values() == {1: "1", 2: "1", 3: "1/2", 4: "1/2", 5: "0", 6: "0"}


def test_a_second_time_adds_nothing(bench: PastBench) -> None:
    key, (one, _) = bench.epic("todo", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.until(2, 12)
    bench.finish(one)
    bench.until(4, 12)
    bench.backfill(3)
    before = bench.points()
    bench.later(hours=1)
    assert bench.backfill(3).points.added == 0
    assert bench.points() == before


def test_what_a_sync_said_stands_beside_and_today_is_left_alone(bench: PastBench) -> None:
    key, (one, two) = bench.epic("todo", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.until(2, 12)
    bench.sync()
    bench.until(2, 15)
    bench.finish(one)
    bench.until(3, 12)
    bench.finish(two)
    bench.sync()
    last = bench.store.figures.get("KR1")
    report = bench.backfill(2)
    assert bench.values(source="sync") == {2: "0", 3: "1"}
    assert bench.values() == {1: "0", 2: "1/2"}
    assert bench.store.figures.get("KR1") == last
    (told,) = report.disagreements
    assert (told.day, told.kr, str(told.sync), str(told.backfill)) == (date(2026, 10, 2), "KR1", "0", "1/2")
    assert (told.why, [ref.id for ref in told.items]) == ("later", [one])


def test_every_point_can_be_made_again_from_what_is_kept(bench: PastBench) -> None:
    key, stories = bench.epic("todo", "todo", "todo")
    frozen = RollupRules(scope="frozen", method="points")
    bench.use(
        KeyResult(id="KR1", title="", links=(keys(key),)),
        KeyResult(id="KR2", title="", links=(keys(key),), rollup=frozen),
        KeyResult(id="KR3", title="", kind=Kind.LEARNING),
        KeyResult(
            id="KR4",
            title="",
            kind=Kind.METRIC,
            metric=Metric(Decimal(0), Decimal(4), source=MetricSource("mem", "status = Done")),
        ),
    )
    bench.store.checkins.add(
        CheckIn(kr="KR3", at=datetime(2026, 10, 2, 9, tzinfo=UTC), by="li", value=Decimal("0.4"))
    )
    for day, story in enumerate(stories, 1):
        bench.until(day, 12)
        bench.tracker.change(story, points=day)
        bench.finish(story)
        bench.sync()
    bench.tracker.add("More", parent=bench.id(key))
    bench.until(6, 12)
    bench.sync()
    bench.backfill(5)
    for kr in ("KR1", "KR2", "KR3", "KR4"):
        for point in bench.store.history.points(kr):
            made = recompute(bench.store, point)
            assert made is not None, point
            assert (made.value, made.proven) == (point.value, True), point
    assert bench.values("KR3") == {1: None, 2: "2/5", 3: "2/5", 4: "2/5", 5: "2/5"}
    assert bench.values("KR4") == {1: "1/4", 2: "1/2", 3: "3/4", 4: "3/4", 5: "3/4"}


def test_a_key_result_is_judged_as_the_okr_file_said_then(bench: PastBench) -> None:
    key, (one, _) = bench.epic("todo", "todo")
    other, _ = bench.epic("done")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.revisions.append((bench.now, bench.okrs))
    bench.finish(one)
    bench.until(3, 12)
    bench.use(KeyResult(id="KR1", title="", links=(keys(key), keys(other))))
    bench.revisions.append((bench.now, bench.okrs))
    bench.until(5, 12)
    bench.backfill(4)
    assert bench.values() == {1: "1/2", 2: "1/2", 3: "2/3", 4: "2/3"}


def test_only_what_is_asked_for_is_told(bench: PastBench) -> None:
    key, _ = bench.epic("done", "todo")
    other, _ = bench.epic("done")
    bench.use(
        KeyResult(id="KR1", title="", links=(keys(key),)), KeyResult(id="KR2", title="", links=(keys(other),))
    )
    bench.until(3, 12)
    bench.backfill(2, only=frozenset({"KR2"}))
    assert bench.values("KR1") == {}
    assert bench.values("KR2") == {1: "1", 2: "1"}


def test_a_query_that_cannot_be_told_goes_by_what_it_hits_today(bench: PastBench) -> None:
    one = bench.tracker.add("One", labels=["x"])
    bench.use(KeyResult(id="KR1", title="", links=(query("panel = 1"), LABEL)))
    bench.until(3, 12)
    bench.finish(one)
    bench.until(5, 12)
    report = bench.backfill(4)
    assert [(link.used, bool(link.reason)) for link in report.links] == [("today", True), ("past", False)]
    assert bench.values() == {1: "0", 2: "0", 3: "1", 4: "1"}
