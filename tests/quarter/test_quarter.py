"""Started once and forgotten for a quarter: it forgets nothing, doubles nothing, and does not grow."""

from __future__ import annotations

import gc
import itertools
import logging
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.app import App
from bridge.daemon.agenda import Job
from bridge.model import Change, Outcome, What
from bridge.store import Store
from bridge.sync import Orders
from tests.bridge.daemon.flood import resident
from tests.faults import judges
from tests.quarter.daemon import Daemon, Ran, Time
from tests.quarter.firm import Firm, founded, is_quiet

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Africa/Casablanca")
"""Sets its clock twice in this quarter: back on 15 February, forth on 22 March."""
CYCLE = "2026-Q1"
AUDITED = timedelta(hours=5, minutes=5)
"""After the nightly comparison, also where a site could not be asked at its hour; nobody works yet."""


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZONE).astimezone(UTC)


class Quarter:
    """So many days from `start` on. `compared`: how many days lie between two comparisons with a bridge
    that knows nothing. `nightly` is called at every midnight."""

    def __init__(
        self,
        start: date,
        days: int,
        items: int,
        compared: int,
        folder: Path,
        minutes: int = 30,
        nightly: Callable[[], None] = lambda: None,
    ) -> None:
        self.days = [start + timedelta(days=n) for n in range(days)]
        self.compared = compared
        self.nightly = nightly
        self.folder = folder
        self.time = Time(midnight(start))
        self.firm: Firm = founded(items, self.time.site_now, seed=1)
        self.daemon = Daemon(self.firm, self.time, folder, midnight(start + timedelta(days=days)), minutes)
        self.wrong: list[str] = []
        self.sizes: dict[date, int] = {}
        self.held: dict[date, int] = {}
        self.resident: dict[date, int] = {}
        self.comments: list[int] = []
        self.taken_away: list[tuple[date, int, int]] = []

    def run(self) -> None:
        with ExitStack() as stack:
            for team in self.firm.teams.values():
                stack.callback(team.sandbox.close)
            self.daemon.open(stack)
            self._fill(self.days[0])
            self.daemon.work()
            self.points = {kr: self._points(kr) for kr in self._all()}

    def _fill(self, day: date) -> None:
        self.nightly()
        play, at, after = self.daemon.play, midnight(day), day + timedelta(days=1)
        if after <= self.days[-1]:
            play.at(midnight(after), lambda: self._fill(after))
        for when in self.firm.hours_of(day, at):
            play.at(when, self.firm.stir)
        play.at(at + AUDITED, lambda: self._audit(day))
        play.at(at + timedelta(hours=7), lambda: self.comments.append(self._comments()))
        number = (day - self.days[0]).days
        if day.weekday() == 4 and self.firm.measured:
            play.at(at + timedelta(hours=16), lambda: self._check_in(day))
        for name, spell, first, every, hours, lasts in SPELLS:
            if number % every == first % every and number >= first:
                play.at(at + timedelta(hours=hours), lambda n=name, s=spell: s(self, n))  # type: ignore[misc]
                play.at(at + timedelta(hours=hours + lasts), lambda n=name: self._well_again(n))  # type: ignore[misc]
        if number % 5 == 0:
            play.at(at + timedelta(hours=22), lambda: self._take_comment_away(day))

    def _well_again(self, name: str) -> None:
        self.firm.teams[name].sandbox.faults.clear()

    def _check_in(self, day: date) -> None:
        for number, kr in enumerate(self.firm.measured):
            value = Decimal(min(100, (day - date(2026, 1, 1)).days + 5 * number))
            self.daemon.duty.app.checkin(kr, at=None, by="li@acme.example", value=value)
        self.firm.busy = True

    def _take_comment_away(self, day: date) -> None:
        """In the evening: no list tells of it, the nightly comparison finds it."""
        before = self._comments()
        for team in self.firm.teams.values():
            team.take_comment_away()
        self.taken_away.append((day, before, self._comments()))

    # --- judged every morning

    def _audit(self, day: date) -> None:
        number = (day - self.days[0]).days
        for name, team in self.firm.teams.items():
            self.wrong += [f"{day} {name}: {what}" for what in judges.wrongs(team)]
            truth = judges.percents(team)
            shown = {kr: percent for (_, kr), percent in judges.figures_shown(team).items()}
            for kr, percent in truth.items():
                if shown.get(kr) != percent:
                    self.wrong.append(f"{day} {kr} shows {shown.get(kr)}, is {percent}")
        self._measure(day)
        if number % self.compared == 0:
            self._compare(day)

    def _comments(self) -> int:
        """How many comments of the bridge there are."""
        return sum(len(t.comments_of_ours(item)) for t in self.firm.teams.values() for item in t.epics)

    def _measure(self, day: date) -> None:
        with self.daemon.store.database.read() as database:
            pages = [
                int(database.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            ]
        self.sizes[day] = (pages[0] - pages[1]) * pages[2]
        self.resident[day] = resident()
        log.info("%s: %d bytes in use, %d resident", day, self.sizes[day], self.resident[day])
        if len(self.days) > 20 and day in (self.days[10], self.days[-1]):
            self.held[day] = held_outside([team.jira for team in self.firm.teams.values()])

    def _compare(self, day: date) -> None:
        """A bridge with nothing but the scope of the start and what people said would change nothing."""
        main = self.daemon.duty.app
        with Store.open(f"sqlite:///{self.folder / f'fresh-{day}.db'}") as store:
            with self.daemon.bridge(store) as fresh:
                self._tell(main, fresh)
                report = fresh.sync(Orders(dry=True))
            (told, known) = ({s.kr.id: s for s in x} for x in (report.standings, main.assessment().standings))
        told_of = [problem.message for problem in report.problems if problem.kind != "drift"]
        self.wrong += [f"{day} fresh: {message}" for message in told_of]
        for kr, standing in told.items():
            for name in ("progress", "computed", "pace", "colour", "complete"):
                one, two = getattr(standing, name), getattr(known[kr], name)
                if one != two:
                    self.wrong.append(f"{day} {kr}: {name} is {two}, a fresh bridge says {one}")
        self.wrong += [
            f"{day} a fresh bridge would change {change}"
            for change in report.changes
            if change.outcome is Outcome.PLANNED and not _only_when(change) and not self._by_hand(change)
        ]
        for team in self.firm.teams.values():
            team.jira.requests.clear()

    def _by_hand(self, change: Change) -> bool:
        """The word of a status is in some language: without memory nobody can tell whose it is."""
        edited = self.firm.teams[change.connection].edited
        return change.name == "status" and (int(change.item), "status") in edited

    def _tell(self, main: App, fresh: App) -> None:
        for kr in self._all():
            if (scope := main.store.baselines.get(kr, CYCLE)) is not None:
                fresh.store.baselines.put(kr, CYCLE, scope, self.time.our_now())
            for said in main.store.checkins.of(kr):
                fresh.store.checkins.add(said)

    def _all(self) -> list[str]:
        return [kr.id for kr in self.daemon.duty.app.okrs.key_results]

    def _points(self, kr: str) -> list[date]:
        return [point.day for point in self.daemon.store.history.points(kr)]

    # --- afterwards

    def idle(self) -> list[Ran]:
        """Runs of a schedule's every half hour between which nobody did anything, a good one before."""
        runs = self.daemon.runs
        return [
            run
            for before, run in itertools.pairwise(runs)
            if run.kind == "sync"
            and not (run.busy or run.anew or turns_the_day(run) or before.busy or before.writes)
            and before.outcome == run.outcome == "done"
        ]


def held_outside(sites: list[Any]) -> int:
    """Bytes of all containers that are not a site's: what the bridge and its libraries hold."""
    gc.collect()
    theirs: set[int] = set()
    todo: list[Any] = list(sites)
    while todo:
        one = todo.pop()
        if id(one) not in theirs and not isinstance(one, type | ModuleType | FunctionType):
            theirs.add(id(one))
            todo += gc.get_referents(one)
    ours = (one for one in gc.get_objects() if id(one) not in theirs and one is not theirs)
    return sum(map(sys.getsizeof, ours))


def _only_when(change: Change) -> bool:
    """Whether it is but another instant of the last change, which only one of the two can know."""
    if change.what is not What.PROPERTY:
        return change.name == "updated"
    return _timeless(change.before) == _timeless(change.after)


def _timeless(document: Any) -> Any:
    return [{**entry, "updated": ""} for entry in document["key_results"]] if document else None


def turns_the_day(run: Ran) -> bool:
    """Whether it is the first of its day: what is expected by then is another than the day before."""
    local = run.at.astimezone(ZONE)
    return local.hour == 0 and local.minute < 30


def silent(quarter: Quarter, name: str) -> None:
    quarter.firm.teams[name].sandbox.faults.on(times=10**6).status(503, "down for maintenance")


def cut_off(quarter: Quarter, name: str) -> None:
    quarter.firm.teams[name].sandbox.faults.on(times=10**6).drop()


def slowed_down(quarter: Quarter, name: str) -> None:
    quarter.firm.teams[name].sandbox.faults.on(times=5).rate_limited(retry_after=7)


def used_up(quarter: Quarter, name: str) -> None:
    now = quarter.time.site_now()
    quarter.firm.teams[name].sandbox.faults.on(times=1).quota_used_up(now + timedelta(hours=1))


SPELLS = (
    ("cloud", silent, 1, 23, 10.2, 2.5),
    ("center", cut_off, 2, 20, 1.9, 2.0),
    ("cloud", slowed_down, 1, 7, 14.1, 3.0),
    ("cloud", used_up, 9, 17, 9.1, 0.6),
    ("center", slowed_down, 5, 11, 11.1, 3.0),
)


def played(quarter: Quarter) -> Quarter:
    """Play it, and leave its figures where OKR_BRIDGE_QUARTER says."""
    begun, worked = time.monotonic(), time.process_time()
    quarter.run()
    figures = {
        "wall": time.monotonic() - begun,
        "cpu": time.process_time() - worked,
        "runs": Counter((run.kind, run.outcome) for run in quarter.daemon.runs),
        "doings": quarter.firm.doings,
        "idle": Counter(run.requests for run in quarter.idle()),
        "bytes": {str(day): size for day, size in quarter.sizes.items()},
        "resident": {str(day): size for day, size in quarter.resident.items()},
        "held": {str(day): size for day, size in quarter.held.items()},
    }
    log.info("%s", figures)
    if told := os.environ.get("OKR_BRIDGE_QUARTER"):
        Path(told).write_text(f"{figures}\n" + "\n".join(quarter.wrong))
    return quarter


def what_the_sites_show_is_what_they_hold_every_morning(played: Quarter) -> None:
    """And nothing is doubled, no word of a person touched, and a bridge that knows nothing agrees."""
    assert played.wrong == []


def everything_happens_as_often_as_the_schedules_say(played: Quarter) -> None:
    """Also in the two odd nights. What falls due while a run waits for a site is done with the next."""
    days, fired = len(played.days), played.daemon.calendar.fired
    hours = (played.daemon.end - midnight(played.days[0])) / timedelta(hours=1)
    missed = played.daemon.calendar.missed
    syncs, sweeps = hours / played.daemon.hours, math.ceil(hours / played.daemon.hours / 2) - 1
    assert fired[Job.SYNC] + missed[Job.SYNC] == 2 * syncs
    assert fired[Job.SWEEP] + missed[Job.SWEEP] == 2 * sweeps
    assert fired[Job.RECONCILE] == 2 * days
    assert missed[Job.SYNC] < 0.03 * syncs
    assert len(played.daemon.runs) < 1.2 * fired[Job.SYNC] / 2  # jobs of one instant are one run
    nights = Counter(run.at.astimezone(ZONE).date() for run in played.daemon.runs if run.kind == "reconcile")
    assert len(nights) == days
    assert max(nights.values()) <= 2  # a site that fails is compared in a run of its own


def a_comment_that_somebody_deletes_is_there_again_in_the_morning(played: Quarter) -> None:
    assert played.taken_away
    assert all(after < before for _, before, after in played.taken_away)
    assert played.comments[-1] == played.comments[0]
    assert len(set(played.comments)) == 1


def a_run_with_nothing_to_do_costs_the_same_at_the_end_and_writes_nothing(played: Quarter) -> None:
    idle = played.idle()
    assert len(idle) > 5 * len(played.days)
    assert {run.writes for run in idle} == {0}
    third = len(idle) // 3
    usual = [
        Counter(run.requests for run in part).most_common(1)[0] for part in (idle[:third], idle[-third:])
    ]
    assert usual[0][0] == usual[1][0]
    assert max(sum(dict(run.requests).values()) for run in idle) <= sum(dict(usual[0][0]).values()) + 2
    quiet = [run for run in played.daemon.runs if is_quiet(run.at.astimezone(ZONE).date())]
    assert quiet
    assert not [run for run in quiet if run.writes and run.kind != "reconcile" and not turns_the_day(run)]


def every_key_result_has_a_point_of_every_day(played: Quarter) -> None:
    measured = set(played.firm.measured)
    assert {kr: days for kr, days in played.points.items() if kr not in measured} == {
        kr: played.days for kr in played.points if kr not in measured
    }


def neither_memory_nor_the_database_drifts(played: Quarter) -> None:
    early, late = played.days[10], played.days[-1]
    assert played.held[late] - played.held[early] < 3_000_000
    growth = [(played.sizes[played.days[n + 25]] - played.sizes[played.days[n]]) / 25 for n in (12, 37, 62)]
    assert growth[-1] < 1.5 * max(growth[0], 1)
    assert growth[-1] < 8_000 * played.firm.doings / len(played.days)  # of each thing that somebody does


FACTS = (
    what_the_sites_show_is_what_they_hold_every_morning,
    everything_happens_as_often_as_the_schedules_say,
    a_comment_that_somebody_deletes_is_there_again_in_the_morning,
    a_run_with_nothing_to_do_costs_the_same_at_the_end_and_writes_nothing,
    every_key_result_has_a_point_of_every_day,
)


@pytest.mark.prove
def test_three_days_around_the_night_in_which_the_clock_is_set_back(tmp_path: Path) -> None:
    days = played(Quarter(date(2026, 2, 13), days=3, items=300, compared=2, folder=tmp_path, minutes=60))
    for fact in FACTS:
        fact(days)


def forget_log() -> None:
    """What pytest keeps of the log (errors, with all that their frames hold) is no memory of the bridge."""
    for handler in logging.getLogger().handlers:
        if reset := getattr(handler, "reset", None):
            reset()


@pytest.mark.prove
def test_a_quarter_in_which_the_clock_is_set_twice(tmp_path: Path) -> None:
    """One test, so that it is played once however tests are shared out."""
    start = date(2026, 1, 1)
    quarter = played(Quarter(start, days=90, items=2_000, compared=9, folder=tmp_path, nightly=forget_log))
    for fact in (*FACTS, neither_memory_nor_the_database_drifts):
        fact(quarter)
