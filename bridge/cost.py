"""What schedules cost where reading is paid by the item: the points of Jira Cloud's hourly quota.

A call costs 1, and 1 more for each object in its answer; a write costs 1 (developer.atlassian.com, Rate
limiting). So a query that finds a thousand issues costs a thousand points at every sync, and an Epic that is
linked by its key what hangs directly below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from bridge.cron import CronLine, interval

QUOTA = 65_000
"""Points an hour of an app, over all its sites, before Atlassian has reviewed it."""
PAGE = 5000
BULK = 1000
OVERLAP = 0.1
"""Hours of changes that each sync reads a second time, for the index may lag."""
TALK = 5
"""Comments of people that are assumed on an item, in a busy hour."""
SLOWER = {
    "sync": ("10m", "15m", "30m", "1h", "2h", "4h"),
    "sweep": ("2h", "4h", "0 2 * * *"),
    "reconcile": ("0 3 * * *", "0 3 * * 0"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What there is to read on a connection. `queries` are hits, `keys` names, link by link; `direct` is
    what hangs directly below Epics that are linked by key, `below` all below any hit. `shown` comments
    and as many links stand on `anchors` items. `changes`: issues of the whole site in an hour."""

    items: int
    queries: tuple[int, ...] = ()
    keys: tuple[int, ...] = ()
    direct: int = 0
    below: int = 0
    anchors: int = 0
    shown: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Hour:
    """Points by kind of job, as long as nothing changes; `busy` more for changes and writes."""

    jobs: Mapping[str, int]
    busy: int

    @property
    def quiet(self) -> int:
        return sum(self.jobs.values())

    @property
    def most(self) -> int:
        return self.quiet + self.busy


def runs(load: Load) -> Mapping[str, int]:
    """What one run of each kind costs while nothing changes; `full`: everything read anew."""
    hits = sum(_listed(found) for found in load.queries)
    names = sum(1 + named for named in load.keys)
    looks = 5 * load.anchors + 3 * load.shown
    sync = 1 + hits + (_listed(load.direct) if load.direct else 0)
    return {
        "sync": sync,
        "sweep": 1 + hits + names + _listed(load.below),
        "reconcile": sync + looks,
        "full": 2 + hits + names + _listed(load.below) + load.items + ceil(load.items / BULK) + looks,
    }


def usual(load: Load, schedules: Mapping[str, str]) -> Hour:
    """The cost of most hours, by schedule text of each kind of job."""
    return _hour(load, {job: _always(text) for job, text in schedules.items() if text})


def worst(load: Load, schedules: Mapping[str, str]) -> Hour:
    """The cost of an hour into which everything falls."""
    return _hour(load, {job: _most(text) for job, text in schedules.items() if text})


def slower(load: Load, schedules: Mapping[str, str], limit: float) -> tuple[str, str, int] | None:
    """A schedule to slow down, to what, and the cost of the worst hour then: the first that brings it below
    the limit, of the job that costs most. None: no schedule alone helps."""
    costs = worst(load, schedules).jobs
    for job in sorted(costs, key=lambda job: -costs[job]):
        for text in SLOWER.get(job, ()):
            if (most := worst(load, {**schedules, job: text}).most) <= limit:
                return job, text, most
    return None


def _hour(load: Load, times: Mapping[str, int]) -> Hour:
    known = runs(load)
    jobs = {job: count * known[job] for job, count in times.items() if job in known}
    made = sum(count for job, count in times.items() if job in known)
    if not made:
        return Hour(jobs, 0)
    changes = ceil(2 * load.changes * (1 + OVERLAP * made)) + made
    looks = (6 + 2 * TALK) * load.anchors + 5 * load.shown
    talk = 2 * TALK * load.anchors * times.get("reconcile", 0)
    return Hour(jobs, changes + looks + talk)


def _listed(found: int) -> int:
    """What it costs to have the ids of so many issues."""
    return max(1, ceil(found / PAGE)) + found


def _always(text: str) -> int:
    """How often something runs in every hour."""
    if seconds := interval(text):
        return ceil(3600 / seconds) if seconds <= 3600 else 0
    line = CronLine.parse(text)
    daily = len(line.months) == 12 and len(line.days) == 31 and len(line.weekdays) == 7
    return len(line.minutes) if line.every_hour and daily else 0


def _most(text: str) -> int:
    """How often something runs in an hour at most."""
    if seconds := interval(text):
        return ceil(3600 / seconds)
    return len(CronLine.parse(text).minutes)
