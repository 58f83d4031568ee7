"""Which OKR file held on which day, and what is needed for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bridge.backfilling.chapters import asked_of, chapters, needed, rests_on
from bridge.backfilling.parts import Asked
from bridge.model import Anchor, Guard, KeyResult, Kind, Metric, MetricSource
from bridge.wishes import anchor_link, source_link
from tests.engine import keys, okrs, query

START = datetime(2026, 10, 1, 23, 59, tzinfo=UTC)
ENDS = [START + timedelta(days=n) for n in range(4)]
ONE, TWO = keys("A-1"), query("labels = x")
FIRST = okrs(KeyResult(id="KR1", title="", links=(ONE,)), KeyResult(id="KR2", title="", links=(TWO,)))
SECOND = okrs(KeyResult(id="KR1", title="", links=(ONE, TWO)))
SOURCE = MetricSource("other", "status = Done")
METRIC = KeyResult(
    id="KR3", title="", kind=Kind.METRIC, metric=Metric(Decimal(0), Decimal(1), source=SOURCE), links=(ONE,)
)


def test_a_day_goes_by_the_last_file_until_its_end() -> None:
    told = chapters([(START - timedelta(days=9), FIRST), (ENDS[2], SECOND)], ENDS)
    assert [one is told[0] for one in told] == [True, True, False, False]
    assert [one.key_results for one in told[1:3]] == [FIRST.key_results, SECOND.key_results]


def test_days_before_the_first_file_go_by_it() -> None:
    assert chapters([(ENDS[3], FIRST)], ENDS) == [FIRST] * 4


def test_a_key_result_that_came_later_has_a_past_as_it_came() -> None:
    third = okrs(KeyResult(id="KR1", title="", links=(TWO,)), METRIC)
    told = chapters([(ENDS[1], SECOND), (ENDS[3], third)], ENDS)
    assert [[kr.id for kr in one.key_results] for one in told] == [["KR1", "KR3"]] * 4
    assert told[0] is told[1] is told[2]
    assert told[2].key_results == (*SECOND.key_results, METRIC)
    assert told[3] == third


def test_a_key_result_that_came_with_an_objective_of_its_own_brings_it() -> None:
    new = replace(okrs(METRIC).objectives[0], id="O2")
    third = replace(SECOND, objectives=(*SECOND.objectives, new))
    told = chapters([(ENDS[1], SECOND), (ENDS[3], third)], ENDS)
    assert [objective.id for objective in told[0].objectives] == [SECOND.objectives[0].id, "O2"]


def test_a_key_result_that_was_taken_out_is_out_until_it_comes_again() -> None:
    told = chapters([(ENDS[0], FIRST), (ENDS[1], SECOND), (ENDS[3], FIRST)], ENDS)
    assert [[kr.id for kr in one.key_results] for one in told] == [
        ["KR1", "KR2"], ["KR1"], ["KR1"], ["KR1", "KR2"],
    ]  # fmt: skip


def test_the_same_file_is_the_same_object_day_after_day() -> None:
    told = chapters([(ENDS[0], FIRST)], ENDS, frozenset({"KR2"}))
    assert all(one is told[0] for one in told)
    assert [kr.id for kr in told[0].key_results] == ["KR2"]


def test_a_value_rests_on_links_and_the_metric_s_query_but_not_on_the_guard() -> None:
    guarded = replace(METRIC, guard=Guard("g", Metric(source=MetricSource("third", "x = 1"))))
    assert rests_on(guarded) == (ONE, source_link(SOURCE))


def test_what_is_needed_is_told_once_by_connection() -> None:
    both = needed([FIRST, SECOND, okrs(METRIC)], Asked())
    assert both == {"mem": (ONE, TWO), "other": (source_link(SOURCE),)}
    assert needed([okrs(METRIC)], Asked(connection="other")) == {"other": (source_link(SOURCE),)}


def test_the_mirror_is_asked_for_anchors_too_and_knows_what_is_only_counted() -> None:
    shown = replace(METRIC, anchors=(Anchor("other", "B-1"),))
    wish = asked_of("other", [okrs(shown), FIRST])
    assert set(wish.links) == {source_link(SOURCE), anchor_link(Anchor("other", "B-1"))}
    assert wish.counted == {source_link(SOURCE)}


def test_what_one_file_counts_and_another_reads_is_read() -> None:
    read = okrs(replace(METRIC, links=(source_link(SOURCE),)))
    assert asked_of("other", [okrs(METRIC), read]).counted == frozenset()
    assert asked_of("third", [FIRST]).links == ()
