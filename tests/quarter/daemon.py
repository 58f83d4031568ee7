"""The daemon's own main loop over simulated time: its agenda, its schedules' arithmetic, its runs."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from bridge import config
from bridge.app import App
from bridge.daemon.agenda import Agenda, Due, Job
from bridge.daemon.duty import Duty
from bridge.daemon.health import Health
from bridge.daemon.loop import Parts, work
from bridge.daemon.metrics import Metrics, Views
from bridge.daemon.ping import Ping
from bridge.daemon.schedule import Key, Plan, Times, trigger
from bridge.daemon.stop import Stop
from bridge.report.run import RunReport
from bridge.store import Store
from tests.faults.machine import Inline
from tests.faults.transport import Mounted, World
from tests.quarter.firm import Firm

CONFIG = """\
[bridge]
timezone = "Africa/Casablanca"
instance = "matrix"
public_url = "https://okr.example"
[schedules]
sync = "{minutes}m"
sweep = "{sweep}m"
reconcile = "30 2 * * *"
[connections.cloud]
tool = "jira"
url = "{cloud.url}"
email = "{cloud.email}"
token = "env:QUARTER_TOKEN"
concurrency = 1
[connections.center]
tool = "jira"
url = "{center.url}"
token = "env:QUARTER_TOKEN"
concurrency = 1
"""


class Time(World):
    """Begins at `start`; everybody's clock is right."""

    def __init__(self, start: datetime) -> None:
        super().__init__(timedelta())
        self._start = start

    def site_now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds)

    our_now = site_now


class Lines(HTTPAdapter):
    """To each site its own."""

    def __init__(self, sites: Mapping[str, Mounted]) -> None:
        super().__init__()
        self._sites = sites

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        url = str(request.url)
        return next(site for start, site in self._sites.items() if url.startswith(start)).send(
            request, *arguments, **options
        )


@dataclass(frozen=True, slots=True)
class Ran:
    """What is noted of a run. `busy`: people did something since the run before. `anew`: what the sites
    are like was asked again, as once a day."""

    at: datetime
    kind: str
    outcome: str
    busy: bool
    requests: tuple[tuple[str, int], ...]
    anew: bool
    writes: int


class Calendar:
    """Stands in for the scheduler: the same triggers, fired by the clock of the play."""

    def __init__(self, zone: tzinfo, plan: Plan, now: Callable[[], datetime]) -> None:
        self._zone, self._plan, self._now = zone, plan, now
        self._triggers = {key: trigger(text, zone) for key, text in plan.items()}
        self.nexts: dict[Key, datetime] = {}
        self.fired: Counter[Job] = Counter()
        self.missed: Counter[Job] = Counter()

    def start(self, _earlier: Times | None = None) -> None:
        now = self._now()
        for key, made in self._triggers.items():
            later = made.get_next_fire_time(now, now)
            self.nexts[key] = now if key[1] is Job.SYNC else later

    def stop(self) -> None:
        self.nexts.clear()

    def keep_time(self) -> None:
        """Nobody moves this clock."""

    def replace(self, plan: Plan, zone: tzinfo | None = None) -> None:
        assert (plan, zone) == (self._plan, self._zone)

    def next_runs(self) -> Times:
        return {(name, job.value): at for (name, job), at in self.nexts.items()}

    def due(self) -> list[Key]:
        """What is due by now, each once however often it was missed."""
        now = self._now()
        found = [key for key, at in self.nexts.items() if at <= now]
        for key in found:
            self.fired[key[1]] += 1
            self.missed[key[1]] -= 1
            while self.nexts[key] <= now:
                self.missed[key[1]] += 1
                self.nexts[key] = self._triggers[key].get_next_fire_time(self.nexts[key], now)
        return found


class Play(Agenda):
    """The daemon's agenda; whoever takes from it lets time go by until something is due."""

    def __init__(self, time: Time, calendar: Calendar, stop: Stop, end: datetime) -> None:
        super().__init__(time.monotonic)
        self._time, self._calendar, self._stop, self._end = time, calendar, stop, end
        self._events: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def at(self, when: datetime, what: Callable[[], object]) -> None:
        heapq.heappush(self._events, (when, next(self._order), what))

    def take(self, timeout: float) -> Due | None:
        goal = min([*self._calendar.nexts.values(), self._end])
        while self._events and self._events[0][0] < max(goal, self._time.our_now()):
            when, _, what = heapq.heappop(self._events)
            self._go_to(when)
            what()
        self._go_to(goal)
        if self._time.our_now() >= self._end:
            self._stop.ask()
            return None
        for key in self._calendar.due():
            self.ask(*key)
        self._time.pass_(0.1)
        return super().take(0)

    def _go_to(self, when: datetime) -> None:
        self._time.pass_(max(0.0, (when - self._time.our_now()).total_seconds()))


class Told(Metrics):
    """The daemon's figures; whoever wants to know is told of each run as well."""

    def __init__(self, note: Callable[[RunReport, str], None], *parts: Any) -> None:
        super().__init__(*parts)
        self._note = note

    def ran(self, report: RunReport, kind: str) -> None:
        super().ran(report, kind)
        self._note(report, kind)


@dataclass
class Daemon:
    """A whole daemon but for its web and its scheduler's thread."""

    firm: Firm
    time: Time
    folder: Path
    end: datetime
    minutes: int
    runs: list[Ran] = field(default_factory=list)
    _same: dict[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def open(self, stack: ExitStack) -> None:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        sandboxes = {name: team.sandbox for name, team in self.firm.teams.items()}
        sites = {one.url: Mounted(one.app(), self.time.pass_) for one in sandboxes.values()}
        patch.setattr("connectors.session.HTTPAdapter", lambda **_: Lines(sites))
        patch.setattr("bridge.connecting.system_clock", self.time.connector_clock)
        for module in ("bridge.publishing", "bridge.together"):
            patch.setattr(f"{module}.ThreadPoolExecutor", Inline, raising=False)
        (self.folder / "okr-bridge.toml").write_text(
            CONFIG.format(minutes=self.minutes, sweep=2 * self.minutes, **sandboxes)
        )
        (self.folder / "okrs.toml").write_text(self.firm.okrs())
        token = sandboxes["cloud"].token
        self.settings = config.load(self.folder / "okr-bridge.toml", {"QUARTER_TOKEN": token})
        self.store = stack.enter_context(Store.open(self.settings.database_url()))
        self.duty = Duty(self.bridge(self.store), lambda: self.bridge(self.store))
        stop, clock = Stop(), self.time.clock()
        self.calendar = Calendar(self.duty.zone, self.duty.plan, clock.now)
        self.play = Play(self.time, self.calendar, stop, self.end)
        self.health = Health(clock)
        views = Views(traffic=dict, outbox=self.store.outbox.depth, parked=dict)
        self._parts: Any = Parts(
            duty=self.duty,
            agenda=self.play,
            schedule=self.calendar,  # type: ignore[arg-type]
            health=self.health,
            metrics=Told(self._note, self.health, views, "1"),
            ping=Ping(lambda *_: None, str),
            stop=stop,
            clock=clock,
        )
        stack.callback(self.duty.close)

    def bridge(self, store: Store) -> App:
        """The bridge of these files over a store."""
        return App(self.settings, store, self.time.clock())

    @property
    def hours(self) -> float:
        """From one sync to the next."""
        return self.minutes / 60

    def work(self) -> None:
        """Until the end of the time."""
        work(self._parts)

    def _note(self, report: RunReport, kind: str) -> None:
        jiras = [team.jira for team in self.firm.teams.values()]
        requests = tuple(sorted(report.requests.items()))
        self.runs.append(
            Ran(
                at=report.started,
                kind=kind,
                outcome=report.outcome,
                busy=self.firm.busy,
                requests=self._same.setdefault(requests, requests),
                anew=any(jira.requests.count("getFields") for jira in jiras),
                writes=sum(len(jira.requests.writes()) for jira in jiras),
            )
        )
        self.firm.busy = False
        for jira in jiras:
            jira.requests.clear()
