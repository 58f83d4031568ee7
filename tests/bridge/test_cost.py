"""Points of Jira Cloud's hourly quota, reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cost import Load, runs, slower, usual, worst

LOAD = Load(items=500, queries=(200, 0), keys=(3, 1), direct=40, below=300, anchors=4, shown=6, changes=100)
DAILY = {"sync": "30m", "sweep": "0 2 * * *", "reconcile": "0 3 * * *"}


def test_each_kind_of_run_is_the_sum_of_its_calls_and_what_they_bring():
    changed, hits, direct = 1, (1 + 200) + 1, 1 + 40
    names, below = (1 + 3) + (1 + 1), 1 + 300
    looks = 4 * 5 + 6 * 3
    sync = changed + hits + direct
    assert runs(LOAD) == {
        "sync": sync,
        "sweep": changed + hits + names + below,
        "reconcile": sync + looks,
        "full": 2 + hits + names + below + 500 + 1 + looks,
    }


def test_a_list_of_thousands_takes_more_than_one_call():
    assert runs(Load(items=12_000, queries=(12_000,)))["sync"] == 1 + 3 + 12_000


def test_linking_by_key_costs_what_hangs_directly_below():
    by_query, by_key = Load(items=900, queries=(900,)), Load(items=900, keys=(9,), direct=100)
    assert runs(by_key)["sync"] < runs(by_query)["sync"] / 5


TIMES = {
    "every half hour": ("30m", 2, 2),
    "every seven minutes": ("7m", 9, 9),
    "every hour": ("1h", 1, 1),
    "every two hours": ("2h", 0, 1),
    "every minute by cron": ("* * * * *", 60, 60),
    "by the quarter": ("*/15 * * * *", 4, 4),
    "by the quarter on workdays": ("*/15 * * * 1-5", 0, 4),
    "at night": ("0 3 * * *", 0, 1),
    "twice in one hour": ("0,30 3 * * *", 0, 2),
    "off": ("", 0, 0),
}


@pytest.mark.parametrize(("text", "always", "most"), TIMES.values(), ids=TIMES)
def test_how_often_a_schedule_falls_into_an_hour(text, always, most):
    sync = runs(LOAD)["sync"]
    assert usual(LOAD, {"sync": text}).quiet == always * sync
    assert worst(LOAD, {"sync": text}).quiet == most * sync


def test_the_worst_hour_is_the_one_into_which_everything_falls():
    once = runs(LOAD)
    assert usual(LOAD, DAILY).quiet == 2 * once["sync"]
    assert worst(LOAD, DAILY).quiet == 2 * once["sync"] + once["sweep"] + once["reconcile"]


def test_kinds_of_jobs_that_read_nothing_cost_nothing():
    assert worst(LOAD, {"digest": "0 9 * * *"}).most == 0


def test_a_busy_hour_adds_what_changes_and_what_is_written():
    idle = replace(LOAD, changes=0, anchors=0, shown=0)
    assert worst(idle, DAILY).busy < worst(replace(idle, changes=100), DAILY).busy
    assert worst(idle, DAILY).busy < worst(replace(idle, anchors=4, shown=6), DAILY).busy
    assert worst(LOAD, DAILY).most == worst(LOAD, DAILY).quiet + worst(LOAD, DAILY).busy


def test_the_job_that_costs_most_is_the_one_to_slow_down():
    load = Load(items=9_000, queries=(4_000,), below=1_000)
    assert slower(load, {"sync": "5m", "sweep": "0 2 * * *"}, 20_000) == (
        "sync", "30m", worst(load, {"sync": "30m", "sweep": "0 2 * * *"}).most)  # fmt: skip
    deep = Load(items=60_000, keys=(10,), direct=10, below=60_000)
    assert slower(deep, {"sync": "30m", "sweep": "20m"}, 70_000)[:2] == ("sweep", "2h")
    assert slower(load, {"sync": "5m"}, 1_000) is None


LOADS = st.builds(
    Load,
    items=st.integers(0, 10**6),
    queries=st.lists(st.integers(0, 10**5), max_size=4).map(tuple),
    keys=st.lists(st.integers(1, 50), max_size=4).map(tuple),
    direct=st.integers(0, 10**5),
    below=st.integers(0, 10**6),
    anchors=st.integers(0, 500),
    shown=st.integers(0, 500),
    changes=st.integers(0, 10**4),
)


@settings(deadline=None, max_examples=60)
@given(
    LOADS, st.sampled_from(["1m", "5m", "30m", "2h", "*/10 * * * *"]), st.sampled_from(["1h", "0 2 * * *"])
)
def test_more_to_read_or_more_often_never_costs_less(load, sync, sweep):
    schedules = {"sync": sync, "sweep": sweep}
    more = replace(load, items=load.items + 1, queries=(*load.queries, 1), direct=load.direct + 1)
    assert worst(more, schedules).most > worst(load, schedules).most >= usual(load, schedules).most
    assert worst(load, {**schedules, "sync": "30s"}).most >= worst(load, schedules).most
