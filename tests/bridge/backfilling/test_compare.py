"""Where a sync said something else than the backfill, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bridge.backfilling.compare import disagreements
from bridge.model import ItemRef, KeyResult, RollupRules
from bridge.replay.days import Window
from bridge.report.past import Disagreement, Why
from tests.backfill.bench import PastBench
from tests.engine import keys

WINDOW = Window(date(2026, 10, 1), date(2026, 10, 2), time(23, 59), UTC)


@pytest.fixture
def told(bench: PastBench) -> PastBench:
    """A day of which both say 1/2."""
    key, _ = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.until(1, 18)
    bench.sync()
    bench.until(3, 12)
    bench.backfill(2)
    assert differences(bench) == []
    return bench


def differences(bench: PastBench, *gone: str) -> list[Disagreement]:
    refs = [ItemRef("mem", id) for id in gone]
    return list(disagreements(bench.store, ["KR1"], WINDOW, refs))


def otherwise(bench: PastBench, **changes: object) -> None:
    """The sync said something else."""
    point = bench.points(source="sync")[1]
    bench.store.history.record(replace(point, value=None, **changes))  # type: ignore[arg-type]


def redefined(bench: PastBench) -> None:
    (kr,) = bench.okrs.key_results
    bench.use(replace(kr, rollup=RollupRules(mode="leaf", cancelled="as_open")))
    bench.until(3, 13)
    bench.backfill(2, restart=True)
    otherwise(bench)


WAYS: dict[Why, Callable[[PastBench], None]] = {
    Why.RULES: lambda bench: otherwise(bench, rule_version=0),
    Why.UNKNOWN: lambda bench: otherwise(bench, inputs="of before"),
    Why.DEFINITION: redefined,
    Why.LATER: lambda bench: otherwise(bench),
    Why.HISTORY: lambda bench: otherwise(bench, at=datetime(2026, 10, 1, 23, 59, tzinfo=UTC)),
}


@pytest.mark.parametrize(("why", "happens"), WAYS.items(), ids=WAYS)
def test_the_reason_is_told(why: Why, happens: Callable[[PastBench], None], told: PastBench) -> None:
    happens(told)
    (found,) = differences(told)
    assert (found.why, found.day.day, found.sync, str(found.backfill)) == (why, 1, None, "1/2")


def test_items_that_are_gone_explain_it_and_are_named(told: PastBench) -> None:
    story = next(id for id, one in told.tracker.items.items() if one["category"] == "done")
    told.tracker.delete(story)
    told.backfill(2, restart=True)
    (found,) = differences(told, story)
    assert (found.why, found.items) == (Why.GONE, (ItemRef("mem", story),))


def test_days_outside_the_window_are_nobody_s_business(told: PastBench) -> None:
    otherwise(told)
    later = replace(WINDOW, first=date(2026, 10, 2))
    assert list(disagreements(told.store, ["KR1"], later, ())) == []
    assert list(disagreements(told.store, ["KR2"], WINDOW, ())) == []
