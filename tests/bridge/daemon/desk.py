"""A daemon without its web and its scheduler: real files, store, agenda and runs; time by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from bridge import config
from bridge.accounts import Accounts
from bridge.app import App
from bridge.clock import Clock
from bridge.daemon.agenda import Agenda, Due
from bridge.daemon.duty import Duty
from bridge.daemon.health import Health
from bridge.daemon.loop import Parts, work
from bridge.daemon.metrics import Metrics, Views
from bridge.daemon.reload import Watch, files_of
from bridge.daemon.schedule import Plan
from bridge.daemon.stop import Stop
from bridge.errors import Stopping
from bridge.reading import Connection
from bridge.report.run import RunReport
from bridge.store import Store
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
CYCLE = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "Happy users"
"""


def kr(id: str, *links: tuple[str, str], title: str = "Title") -> str:
    """A key result over items: `("mem", "MEM-1")`."""
    told = ", ".join(f"{{ connection = {json.dumps(on)}, keys = [{json.dumps(key)}] }}" for on, key in links)
    return f'\n[[objectives.key_results]]\nid = "{id}"\ntitle = "{title}"\nlinks = [{told}]\n'


class Script(Agenda):
    """The daemon's agenda; before each taking the next thing happens, after the last it is to end."""

    def __init__(self, stop: Stop) -> None:
        self.at = 0.0
        super().__init__(lambda: self.at)
        self.steps: list[Callable[[], object]] = []
        self._stop = stop

    def take(self, timeout: float) -> Due | None:
        if not self.steps:
            self._stop.ask()
            return None
        self.steps.pop(0)()
        self.at += 1
        return super().take(0)


class Nap(Stop):
    """A process that sleeps no second: in each sleep the next thing happens, after the last it is to end."""

    def __init__(self) -> None:
        super().__init__()
        self.naps: list[float] = []
        self.meanwhile: list[Callable[[], object]] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        if not self.meanwhile:
            self.ask()
            raise Stopping("now")
        self.meanwhile.pop(0)()


class Rest:
    """A schedule that asks for nothing by itself."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.earlier: Mapping[tuple[str, str], datetime] = {}
        self.nexts: Mapping[tuple[str, str], datetime] = {("mem", "sync"): NOON + timedelta(minutes=5)}
        self.plan: Plan = {}
        self.zone: tzinfo = UTC

    def start(self, earlier: Mapping[tuple[str, str], datetime]) -> None:
        self.calls.append("start")
        self.earlier = earlier

    def stop(self) -> None:
        self.calls.append("stop")

    def replace(self, plan: Plan, zone: tzinfo) -> None:
        self.plan, self.zone = plan, zone

    def keep_time(self) -> None:
        """No clock is set here."""

    def next_runs(self) -> Mapping[tuple[str, str], datetime]:
        return self.nexts


class Desk:
    """`mem` and `other` are trackers in memory, with an Epic each; `connect_with` may refuse."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        self.seconds = 0.0
        self.clock = Clock(lambda: NOON + timedelta(seconds=self.seconds), lambda: self.seconds)
        self.trackers = {name: Tracker(now=NOON) for name in ("mem", "other")}
        self.memories: dict[str, Memory] = {}
        self.opened: list[str] = []
        self.closed: list[App] = []
        self.pings: list[str] = []
        self.trouble: Callable[[str], None] = lambda _: None
        """Called with every request's name by every connector, and with `connect`."""
        for tracker in self.trackers.values():
            epic = tracker.add("An Epic", tier="group")
            tracker.add("Done", parent=epic, category="done")
            tracker.add("Open", parent=epic)
        self.configure()
        self.okrs(kr("KR1", ("mem", "MEM-1")), kr("KR2", ("other", "MEM-1")))

    # --- files

    @property
    def config(self) -> Path:
        return self.folder / "okr-bridge.toml"

    @property
    def okr_file(self) -> Path:
        return self.folder / "okrs.toml"

    def configure(self, *names: str, more: str = "", bridge: str = "") -> None:
        tables = "".join(f'[connections.{name}]\ntool = "memory"\n' for name in names or self.trackers)
        self.config.write_text(f"[bridge]\n{bridge}\n{tables}\n{more}\n", encoding="utf-8")

    def okrs(self, *key_results: str) -> None:
        self.okr_file.write_text(CYCLE + "".join(key_results), encoding="utf-8")

    def load(self) -> App:
        made = App(config.load(self.config, {}), self.store, self.clock)
        made.accounts = Accounts(made.settings, self.store, self.clock, self._connect)
        _ = made.file
        return made

    def _connect(self, name: str, *_: Any) -> Connection:
        self.trouble("connect")
        self.opened.append(name)
        made = Memory(name, self.trackers[name], before=lambda call: self.trouble(call))
        self.memories[name] = made
        return Connection(name, made, MemoryMapping(name))

    # --- the daemon

    def sit_down(self) -> None:
        """The parts of a daemon over the files as they are."""
        watch = Watch(files_of(config.load(self.config, {})))
        self.duty = Duty(self.load(), self.load, watch)
        self.duty.closing = self.closed.append
        self.health = Health(self.clock)
        self.duty.changed = self.health.configuration
        self.stop, self.rest = Nap(), Rest()
        self.script = Script(self.stop)
        views = Views(traffic=dict, outbox=self.store.outbox.depth, parked=dict)
        self.metrics = Metrics(self.health, views, "1")

    def after(self, report: RunReport) -> None:
        """Told of each run, as the dead man's switch is."""
        self.pings.append(report.outcome)

    def work(self, *steps: Callable[[], object]) -> None:
        """The daemon's loop, until these things have happened."""
        self.script.steps.extend(steps)
        schedule: Any = self.rest
        ping: Any = self
        work(
            Parts(
                duty=self.duty,
                agenda=self.script,
                schedule=schedule,
                health=self.health,
                metrics=self.metrics,
                ping=ping,
                stop=self.stop,
                clock=self.clock,
            )
        )

    def later(self, seconds: float) -> None:
        self.seconds += seconds
        for tracker in self.trackers.values():
            tracker.now += timedelta(seconds=seconds)

    # --- what there is to see

    def figure(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Kind and outcome of every run in the store, the oldest first."""
        return [(run.kind, run.outcome) for run in reversed(self.store.runs.last(50))]
