"""Schedules: what they ask of the agenda, and when; APScheduler's traps closed."""

from __future__ import annotations

import logging
import queue
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bridge.config import load
from bridge.daemon.agenda import Job
from bridge.daemon.schedule import Schedule, plan_of, trigger

BERLIN = ZoneInfo("Europe/Berlin")
SYNC, SWEEP, RECONCILE = ("acme", Job.SYNC), ("acme", Job.SWEEP), ("acme", Job.RECONCILE)
OTHER = ("other", Job.SYNC)
PLAN = {SYNC: "5m", SWEEP: "1h", RECONCILE: "0 3 * * *"}


class Asked:
    """Remembers what was asked; `get` waits for the next."""

    def __init__(self, error: BaseException | None = None) -> None:
        self._queue: queue.Queue[tuple[str, Job]] = queue.Queue()
        self._error = error

    def __call__(self, connection: str, job: Job) -> None:
        self._queue.put((connection, job))
        if self._error:
            raise self._error

    def get(self, count: int) -> set[tuple[str, Job]]:
        return {self._queue.get(timeout=10) for _ in range(count)}

    @property
    def empty(self) -> bool:
        return self._queue.empty()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def schedule(asked):
    made = Schedule(asked, BERLIN, PLAN, now)
    yield made
    made.stop()


def test_every_connection_is_synced_at_once_and_nothing_else_is(asked):
    plan = PLAN | {OTHER: "30m"}
    schedule = Schedule(asked, BERLIN, plan, now)
    schedule.start()
    assert asked.get(2) == {SYNC, OTHER}
    schedule.stop()
    assert asked.empty


def test_the_next_runs_are_told_in_the_zone(schedule, asked):
    assert schedule.next_runs() == {}
    begun = now()
    schedule.start()
    asked.get(1)
    schedule.replace(PLAN)
    nexts = schedule.next_runs()
    assert nexts.keys() == PLAN.keys()
    assert timedelta(minutes=5) <= nexts[SYNC] - begun < timedelta(minutes=5, seconds=10)
    assert timedelta(hours=1) <= nexts[SWEEP] - begun < timedelta(hours=1, seconds=10)
    assert (nexts[RECONCILE].hour, nexts[RECONCILE].minute, nexts[RECONCILE].tzinfo) == (3, 0, BERLIN)
    schedule.stop()
    assert schedule.next_runs() == {}


def test_a_reload_leaves_what_is_the_same_and_starts_what_is_new(schedule, asked):
    schedule.start()
    asked.get(1)
    before = schedule.next_runs()
    schedule.replace({SYNC: "5m", SWEEP: "2h", OTHER: "1h", ("other", Job.SWEEP): "1h"})
    assert asked.get(1) == {OTHER}
    after = schedule.next_runs()
    assert after.keys() == {SYNC, SWEEP, OTHER, ("other", Job.SWEEP)}
    assert (after[SYNC], after[SWEEP]) == (before[SYNC], before[SWEEP]), "what was begun is not put off"
    assert asked.empty


def test_a_shorter_interval_does_not_wait_for_the_longer_one(schedule, asked):
    schedule.start()
    asked.get(1)
    schedule.replace(PLAN | {SWEEP: "10m"})
    assert schedule.next_runs()[SWEEP] - now() <= timedelta(minutes=10)


def test_another_zone_moves_the_nights_and_leaves_the_intervals(schedule, asked):
    schedule.start()
    asked.get(1)
    before = schedule.next_runs()
    schedule.replace(PLAN, ZoneInfo("Asia/Shanghai"))
    after = schedule.next_runs()
    assert (after[SYNC], after[SWEEP]) == (before[SYNC], before[SWEEP])
    assert after[RECONCILE].hour == 3
    assert after[RECONCILE].utcoffset() == timedelta(hours=8)
    assert asked.empty


def test_what_a_daemon_before_did_not_live_to_do_is_made_up_for(schedule, asked):
    schedule.start({RECONCILE: now() - timedelta(hours=5), SWEEP: now() + timedelta(minutes=20)})
    assert asked.get(2) == {SYNC, RECONCILE}
    schedule.replace(PLAN)
    nexts = schedule.next_runs()
    assert nexts[SWEEP] - now() <= timedelta(minutes=20)
    assert nexts[RECONCILE] > now()


def test_an_interval_is_never_put_off_beyond_itself(schedule):
    schedule.start({SWEEP: now() + timedelta(days=3)})
    assert schedule.next_runs()[SWEEP] - now() <= timedelta(hours=1)


def test_it_can_be_stopped_twice_and_started_again(schedule, asked):
    schedule.stop()
    for _ in range(2):
        schedule.start()
        assert asked.get(1) == {SYNC}
        schedule.stop()
        schedule.stop()


def test_a_plan_that_comes_while_it_rests_holds_from_the_next_start(schedule, asked):
    schedule.replace({OTHER: "5m"})
    assert asked.empty
    schedule.start()
    assert asked.get(1) == {OTHER}


@pytest.mark.parametrize("error", [RuntimeError("broken"), SystemExit(3)], ids=["an error", "an exit"])
def test_what_goes_wrong_with_asking_is_logged_and_ends_nothing(error, caplog):
    caplog.set_level(logging.ERROR, "bridge.daemon.schedule")
    asked = Asked(error)
    schedule = Schedule(asked, BERLIN, PLAN, now)
    schedule.start()
    asked.get(1)
    schedule.replace(PLAN | {OTHER: "5m"})
    assert asked.get(1) == {OTHER}, "the next is asked for all the same"
    schedule.stop()
    told = [record for record in caplog.records if record.name == "bridge.daemon.schedule"]
    assert [record.job for record in told] == ["acme sync", "other sync"]
    assert type(error).__name__ in (told[0].exc_text or str(told[0].exc_info))


def test_a_schedule_that_slept_through_many_runs_asks_once(asked):
    """A machine that was asleep: no run is dropped for being late, and the late ones are one."""
    schedule = Schedule(asked, BERLIN, {SYNC: "1m"}, lambda: now() - timedelta(hours=3, seconds=30))
    schedule.start()
    assert asked.get(1) == {SYNC}
    schedule.stop()
    assert asked.empty


@pytest.mark.parametrize(("text", "seconds"), [("45s", 45), ("5m", 300), ("6h", 21_600), ("2d", 172_800)])
@pytest.mark.parametrize("change", ["2027-03-28", "2027-10-31"])
def test_an_interval_keeps_its_distance_when_the_clock_changes(text, seconds, change):
    made = trigger(text, BERLIN)
    at = datetime.fromisoformat(change).replace(tzinfo=BERLIN)
    found = [at]
    for _ in range(3 * 172_800 // seconds if seconds > 300 else 100):
        found.append(made.get_next_fire_time(found[-1], found[-1]))
    instants = [one.astimezone(UTC) for one in found]
    assert {later - sooner for sooner, later in pairwise(instants)} == {timedelta(seconds=seconds)}


def test_a_cron_trigger_counts_a_first_instant_in_and_a_last_one_out():
    made, at = trigger("0 3 * * *", BERLIN), datetime(2027, 5, 1, 3, tzinfo=BERLIN)
    assert made.get_next_fire_time(None, at) == at
    assert made.get_next_fire_time(at, at) == at + timedelta(days=1)


def test_a_plan_leaves_out_what_is_off_and_what_has_no_work_yet(tmp_path):
    text = (
        '[connections.a]\ntool = "memory"\nschedules = { sweep = "off" }\n[schedules]\ndigest = "0 9 * * 1"\n'
    )
    file = tmp_path / "okr-bridge.toml"
    file.write_text(text)
    plan = plan_of(load(file, {}))
    assert plan == {("a", Job.SYNC): "5m", ("a", Job.RECONCILE): "0 3 * * *"}


@pytest.mark.parametrize("hours", [-3, 3], ids=["back", "forth"])
def test_a_clock_that_is_set_puts_off_no_run(asked, hours, caplog):
    begun, off = now(), [timedelta(0)]
    schedule = Schedule(asked, UTC, PLAN, lambda: now() + off[0])
    schedule.start()
    asked.get(1)
    off[0] = timedelta(hours=hours)
    schedule.keep_time()
    nexts = schedule.next_runs()
    schedule.keep_time()
    schedule.stop()
    assert nexts[SYNC] <= begun + off[0] + timedelta(minutes=5, seconds=10)
    assert nexts[SWEEP] <= begun + off[0] + timedelta(hours=1, seconds=10)
    assert [record.event for record in caplog.records] == ["clock"]


def test_a_clock_that_is_set_for_trials_holds_for_the_schedules(asked):
    def later() -> datetime:
        return now() + timedelta(days=10)

    begun = later()
    schedule = Schedule(asked, BERLIN, PLAN, later)
    schedule.start()
    assert asked.get(1) == {SYNC}
    schedule.replace(PLAN)
    nexts = schedule.next_runs()
    schedule.stop()
    assert timedelta(minutes=4) < nexts[SYNC] - begun < timedelta(minutes=5, seconds=10)
    assert timedelta(0) < nexts[RECONCILE] - begun < timedelta(days=1, hours=1)
    assert nexts[RECONCILE].astimezone(BERLIN).hour == 3
