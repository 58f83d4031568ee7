"""When what is asked of the agenda: the schedules of the configuration, kept by APScheduler.

Nothing is spread out on purpose: connections that are due at one second are one run, for the agenda merges
what was asked; apart, they would be as many runs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bridge.config import Settings
from bridge.cron import CronLine, interval
from bridge.daemon.agenda import Job

log = logging.getLogger(__name__)

JUMP = timedelta(seconds=30)
"""By less, clocks are set all the time."""
Key = tuple[str, Job]
Plan = Mapping[Key, str]
"""Schedule texts by connection and job; what is off is absent."""
Times = Mapping[tuple[str, str], datetime]
"""Instants by connection and job, as the store keeps them."""


def plan_of(settings: Settings) -> Plan:
    """What this configuration wants to happen when. Kinds that have no work yet are left out."""
    keys = ((name, job) for name in settings.connections for job in Job)
    texts = {key: settings.schedule(*key) for key in keys}
    return {key: text for key, text in texts.items() if text}


class Shifted(BaseTrigger):  # type: ignore[misc]
    """Another trigger by another clock: APScheduler itself goes by the system's, whatever clock is set."""

    def __init__(self, made: BaseTrigger, ahead: timedelta) -> None:
        self._made = made
        self._ahead = ahead

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        earlier = previous and previous + self._ahead
        found: datetime | None = self._made.get_next_fire_time(earlier, now + self._ahead)
        return found and found - self._ahead


class CronTrigger(BaseTrigger):  # type: ignore[misc]
    """A cron line as cron reads it. That of APScheduler 3.11 counts weekdays from Monday, wants both kinds of
    day at once, and in the hours around a change of the clock leaves runs out or makes them twice."""

    def __init__(self, line: CronLine, zone: tzinfo) -> None:
        self._line = line
        self._zone = zone

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        found = self._line.after(previous or now - timedelta(microseconds=1), self._zone)
        return found and found.astimezone(self._zone)


def trigger(text: str, zone: tzinfo) -> BaseTrigger:
    """An interval ("5m") in real time, or a cron line by the clock of the zone. Raises ValueError."""
    if seconds := interval(text):
        return IntervalTrigger(seconds=seconds, timezone=zone)
    return CronTrigger(CronLine.parse(text), zone)


class Schedule:
    """Asks for what is due, from `start` to `stop`; may be started again. Safe to share between threads."""

    def __init__(
        self,
        ask: Callable[[str, Job], None],
        zone: tzinfo,
        plan: Plan,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ask` must not block: the scheduler's own thread calls it. `now` is aware; a clock that is set
        (for trials) holds for the schedules too. `monotonic` tells when the clock jumps."""
        self._ask = ask
        self._zone = zone
        self._plan = dict(plan)
        self._now = now
        self._monotonic = monotonic
        self._began = self._zero()
        self._ahead = self._set_ahead()
        self._running: BackgroundScheduler | None = None
        self._lock = threading.Lock()

    def start(self, earlier: Times | None = None) -> None:
        """Every connection is synced at once. What the daemon before this one had next (`earlier`) and did
        not live to do is made up for at once, and an interval that it began is not begun anew."""
        with self._lock:
            self._stop()
            self._running = self._scheduler()
            for key, text in self._plan.items():
                self._add(key, text, self._first(key, text, (earlier or {}).get((key[0], key[1].value))))
            self._running.start()

    def stop(self) -> None:
        """Nothing more is asked for."""
        with self._lock:
            self._stop()

    def replace(self, plan: Plan, zone: tzinfo | None = None) -> None:
        """Another plan, at once: what is the same in it keeps its next time, a connection that is new is
        synced now, what is gone is not done any more."""
        with self._lock:
            before, moved = self._plan, zone is not None and str(zone) != str(self._zone)
            self._plan, self._zone = dict(plan), zone or self._zone
            if self._running is None:
                return
            nexts = self._nexts(self._running)
            for key in before.keys() - plan.keys():
                self._running.remove_job(_id(key))
            for key, text in plan.items():
                if moved or before.get(key) != text:
                    fresh = not any(name == key[0] for name, _ in before)
                    self._add(key, text, self._first(key, text, nexts.get(key), fresh=fresh))

    def keep_time(self) -> None:
        """To be called now and then: where the clock was set meanwhile, what is due is told from now on.
        APScheduler itself would wait until the old times come again, for hours."""
        with self._lock:
            before, self._began = self._began, self._zero()
            if self._running is None or abs(self._began - before) <= JUMP:
                return
            by = (self._began - before).total_seconds()
            log.warning("the clock was set by %.0f seconds: schedules go on", by, extra={"event": "clock"})
            nexts, self._ahead = self._nexts(self._running), self._set_ahead()
            for key, text in self._plan.items():
                self._add(key, text, self._first(key, text, nexts.get(key), fresh=False))

    def _zero(self) -> datetime:
        """What the clock showed when the monotonic one began: the same, until it is set."""
        return self._now() - timedelta(seconds=self._monotonic())

    def _set_ahead(self) -> timedelta:
        """How far the clock in hand was set ahead of the system's."""
        ahead = self._now() - datetime.now(UTC)
        return ahead if abs(ahead) > JUMP else timedelta(0)

    def next_runs(self) -> Times:
        """What is asked for next, and when; empty while it is not running."""
        with self._lock:
            nexts = {} if self._running is None else self._nexts(self._running)
        return {(name, job.value): at for (name, job), at in nexts.items()}

    def _nexts(self, running: BackgroundScheduler) -> dict[Key, datetime]:
        jobs = (job for job in running.get_jobs() if job.next_run_time)
        return {_key(job.id): job.next_run_time + self._ahead for job in jobs}

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=self._zone,
            executors={"default": DebugExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        return scheduler

    def _add(self, key: Key, text: str, first: datetime | None) -> None:
        assert self._running is not None
        made = Shifted(trigger(text, self._zone), self._ahead)
        at = first and first - self._ahead
        self._running.add_job(self._ask, made, args=key, id=_id(key), next_run_time=at, replace_existing=True)

    def _first(self, key: Key, text: str, earlier: datetime | None, *, fresh: bool = True) -> datetime | None:
        """When a job that is new here is due first. `earlier`: when it would have been, as it was before."""
        now = self._now()
        if fresh and key[1] is Job.SYNC:
            return now
        seconds = interval(text)
        due: datetime | None
        if seconds:
            due = now.astimezone(self._zone) + timedelta(seconds=seconds)
        else:
            due = trigger(text, self._zone).get_next_fire_time(None, now)
        if earlier is None or due is None:
            return due
        if earlier <= now:
            return now
        return min(earlier.astimezone(self._zone), due) if seconds else due

    def _stop(self) -> None:
        if self._running is not None:
            self._running.shutdown(wait=True)
            self._running = None


def _id(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _key(id: str) -> Key:
    name, _, job = id.partition(" ")
    return name, Job(job)


def _tell(event: JobEvent) -> None:
    """What went wrong with asking, in the log: APScheduler itself would go on in silence."""
    facts: dict[str, Any] = {"event": "schedule", "job": event.job_id}
    if event.code == EVENT_JOB_ERROR:
        log.error("schedule %s failed", event.job_id, exc_info=event.exception, extra=facts)
    else:
        why = "was missed" if event.code == EVENT_JOB_MISSED else "came while the last was not done"
        log.warning("schedule %s %s", event.job_id, why, extra=facts)
