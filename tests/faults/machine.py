"""A seeded course of work and trouble: a company, a bridge, and what strikes them, all from one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bridge import config
from bridge.app import App
from bridge.errors import BridgeError
from bridge.report.run import RunReport
from bridge.sandbox import Sandbox
from bridge.sandbox.jira import Jira
from bridge.store import Store
from bridge.sync import Orders
from tests import stores
from tests.faults import judges
from tests.faults.company import Company, furnish
from tests.faults.transport import Mounted, World
from tests.faults.trouble import (
    ADDS,
    BY_NAME,
    KEYS,
    LASTING,
    LOOKS,
    OPERATIONS,
    SEARCHES,
    SITE,
    Postgresql,
    Sqlite,
    Trouble,
    pairs,
)

CONFIG = """\
[bridge]
database = "sqlite:///unused.db"
timezone = "Europe/Berlin"
instance = "{instance}"
public_url = "https://okr.example"
[connections.acme]
tool = "jira"
url = "{url}"
{login}
token = "env:MATRIX_TOKEN"
concurrency = 1
"""
HOUR = 3600.0
IDLE = 4
"""Requests of a run with nothing to do: what changed, one query, a glance below Epics, and whether an empty
answer is ours. Where the site's clock is ahead of ours, it is asked up to three times what changed."""

Covered = Counter[tuple[str, str, str]]


class Inline(Executor):
    """Runs everything at once and in order, so that a seed is one course of events."""

    def __init__(self, _: int) -> None:
        return

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*arguments, **named))
        return future


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass
class Machine:
    """One schedule. `steps` is what happened, for whoever has to find out why."""

    seed: int
    folder: Path
    dealt: tuple[tuple[str, str], ...] = ()
    steps: list[str] = field(default_factory=list)
    covered: Covered = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    undo: list[Callable[[], Any]] = field(default_factory=list)
    bitten: Counter[str] = field(default_factory=Counter)
    lagging: bool = False
    midway: bool = False
    went_well: bool = True

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.deployment = deployment_of(self.seed)
        self.world = World(timedelta(minutes=self.random.choice([0, 0, -6, 9, 200])))
        self.keeps_open = self.random.random() < 0.5
        self.lag_ends = 0.0
        self._app: App | None = None

    @property
    def jira(self) -> Jira:
        return self.sandbox.jira

    def note(self, line: str) -> None:
        self.steps.append(line)

    # --- the whole course

    def run(self) -> None:
        """Raises Broken, with all the steps that led there."""
        with self.stage():
            try:
                for trouble, operation in (("", ""), *self.dealt, *self._more()):
                    self._rounds(trouble, operation)
                self.calm()
            except Exception as error:
                raise Broken(self._story(error)) from error

    def _story(self, error: Exception) -> str:
        head = f"seed {self.seed} ({self.deployment}, {type(self.database).__name__}): "
        lines = [f"{at:3} {line}" for at, line in enumerate(self.steps, 1)]
        return f"{head}{type(error).__name__}: {error}\nOKR_BRIDGE_SEED={self.seed}\n" + "\n".join(lines)

    @contextmanager
    def stage(self) -> Iterator[Machine]:
        """The company and the bridge's surroundings, for as long as it takes."""
        with ExitStack() as stack:
            self._set_up(stack)
            yield self

    def _set_up(self, stack: ExitStack) -> None:
        self.patch = patch = stack.enter_context(pytest.MonkeyPatch.context())
        self.sandbox = Sandbox(self.deployment, empty=True, now=self.world.site_now)
        stack.callback(self.sandbox.close)
        self.company: Company = furnish(self.sandbox, self.random)
        kind = database_of(self.seed)
        url = stack.enter_context(stores.urls(kind, self.folder, made=True))
        self.database = Postgresql(url) if kind == "postgresql" else Sqlite(self.folder / "okr-bridge.db")
        mounted = Mounted(self.sandbox.app(), self.world.pass_)
        patch.setattr("connectors.session.HTTPAdapter", lambda **_: mounted)
        patch.setattr("bridge.connecting.system_clock", self.world.connector_clock)
        self._pages_of(4)
        if self.seed % 5:
            for module in ("bridge.publishing", "bridge.together"):
                patch.setattr(f"{module}.ThreadPoolExecutor", Inline)
        self._configure()
        stack.callback(self.undo_all)
        stack.callback(self._close)

    def _pages_of(self, size: int) -> None:
        self.patch.setattr("connectors.jira.cloud.PAGE", size)
        self.patch.setattr("connectors.jira.datacenter.PAGE", size)

    def _configure(self) -> None:
        login = f'email = "{self.sandbox.email}"' if self.deployment == "cloud" else ""
        text = CONFIG.format(url=self.sandbox.url, login=login, instance=judges.INSTANCE)
        (self.folder / "okr-bridge.toml").write_text(text)
        (self.folder / "okrs.toml").write_text(self.company.okrs())
        environ = {"MATRIX_TOKEN": self.sandbox.token}
        self.settings = config.load(self.folder / "okr-bridge.toml", environ)

    def _more(self) -> Iterator[tuple[str, str]]:
        deck = [pair for pair in pairs(self.deployment) if self._can(BY_NAME[pair[0]])]
        yield from self.random.sample(deck, 2)

    def _can(self, trouble: Trouble) -> bool:
        return not (trouble.sqlite_only and database_of(self.seed) == "postgresql")

    # --- one round: people work, trouble strikes, the bridge runs

    def _rounds(self, name: str, operation: str) -> None:
        """Until the trouble has met such a call: what went before may leave no reason to make one."""
        for first in (True, False, False):
            if self._round(name, operation, first):
                return

    def _round(self, name: str, operation: str, first: bool) -> bool:
        for _ in range(self.random.randint(0, 3)):
            self.note(self.company.work())
        orders = self._prepare(operation)
        if self.random.random() < 0.2:
            self.pass_(self.random.choice([40, 130, 200]))
        struck = self._arm(name, operation, first) if name else lambda: True
        self.sync(orders)
        if (met := struck()) and name:
            self.covered[self.deployment, name, operation] += 1
        self.sandbox.faults.clear()
        if self.lagging:
            self._while_it_lags()
        if self.random.random() < 0.3:
            self.sync(self._orders())
        if self.random.random() < 0.7:
            self.undo_all()
        self.pass_(self.random.choice([60, 300, 2400, 3 * HOUR]))
        return met

    def _while_it_lags(self) -> None:
        """People go on, and the bridge comes by when the index tells the one half of it alone; also where
        its own writes are so long ago that no list brings their items."""
        self.pass_(1200)
        self.sync(Orders())
        self.pass_(1200)
        self.note(self.company.turn())
        self.pass_(300)
        for _ in range(3):
            self.note(self.company.work())
        self.note(self.company.write_by_hand())
        self.pass_(self.random.choice([40, 130, 200]))
        self.sync(Orders())

    def _prepare(self, operation: str) -> Orders:
        """See to it that the bridge has reason to make such a call."""
        if not operation:
            return self._orders()
        self.undo_all()
        if not self.went_well:
            self.pass_(1.1 * HOUR)  # longer than any pause that the bridge makes
        self.note(self.company.turn())
        if operation in SITE | {"getMyPermissions"}:
            self._forget_the_site()
        if operation in SEARCHES:
            self.note(f"{self.company.story(None, labels=['onboarding']).key} is a new hit")
        if operation in ADDS:
            self._lose_comments()
        looks = operation in LOOKS | ADDS | {"getCurrentUser"}
        return Orders(full=True) if looks or self.random.random() < 0.2 else self._orders(dry=0)

    def _forget_the_site(self) -> None:
        self.undo_all()
        self.note("what the site is like is forgotten")
        app = self.opened()
        app.forget_connections()
        app.store.sites.drop("acme")

    def _lose_comments(self) -> None:
        for item in self.company.anchors():
            issue = self.jira.issue(item)
            issue.comments = [one for one in issue.comments if "okr-bridge" not in one.properties]
        self.company.unseen = True
        self.note("somebody deletes every comment of the bridge")

    def _orders(self, dry: int = 1) -> Orders:
        return self.random.choices(
            [
                Orders(),
                Orders(full=True),
                Orders(sweep=frozenset({"acme"})),
                Orders(look=frozenset({"acme"})),
                Orders(dry=True),
            ],
            [8, 1, 1, 1, dry],
        )[0]

    def _arm(self, name: str, operation: str, first: bool) -> Callable[[], bool]:
        """Lay it in wait; what is answered tells whether it has struck."""
        trouble = BY_NAME[name]
        times = 1 if trouble.event else self.random.choice([1, 1, 2, LASTING])
        once = SITE | {"getMyPermissions", "setIssueProperty"}
        skips = [0] if operation in once else range(11) if operation in SEARCHES else [0, 0, 0, 1]
        skip = self.random.choice(skips) if first else 0
        self.note(f"{name} strikes {operation}, {times} times after {skip}")
        aim = self.sandbox.faults.on(operation, times=times, skip=skip)
        if trouble.event:
            aim.happen(lambda: trouble.event(self))  # type: ignore[misc]
        elif trouble.aim:
            trouble.aim(self, aim)
        return lambda: aim.fault.times < times

    # --- the bridge

    def opened(self) -> App:
        if self._app is None:
            store = Store.open(self.database.url, wait=0.03 if self.seed % 5 else 0.5)
            self.database.watch(store.database.engine)
            self._app = App(self.settings, store, self.world.clock())
        return self._app

    def _close(self) -> None:
        app, self._app = self._app, None
        if app is not None:
            app.__exit__()

    def sync(self, orders: Orders) -> RunReport | None:
        """One run, and what must hold at its end whatever it met."""
        if not self.keeps_open:
            self._close()
        before, truths = judges.figures_shown(self.company), [judges.percents(self.company)]
        self.midway = False
        self.jira.requests.clear()
        report = self._ran(orders)
        self._see()
        truths.append(judges.percents(self.company))
        self._judge_run(orders, report, before, truths)
        self.went_well = report is not None and report.outcome == "done"
        if self.went_well and not orders.dry:
            full = orders.full or orders.sweep is not None
            self.company.silent &= not full or bool(self.undo) or self.midway
        return report

    def _ran(self, orders: Orders) -> RunReport | None:
        try:
            report = self.opened().sync(orders)
        except BridgeError as error:
            self.note(f"{_said(orders)}: {type(error).__name__}: {error}")
            self.bitten[type(error).__name__] += 1
            return None
        made = Counter(str(change.outcome) for change in report.changes)
        self.bitten["refused"] += made["refused"]
        told = "; ".join(problem.message for problem in report.problems)
        self.note(f"{_said(orders)}: {report.outcome} {dict(made)} {told}")
        return report

    def _see(self) -> None:
        """Not in the matrix: the question which version a site speaks, which is no call of a Data Center's,
        and what is asked after a comment without its property."""
        known = OPERATIONS[self.deployment] | {"unknown", KEYS}
        unknown = self.jira.requests.by_operation.keys() - known
        if unknown:
            raise Broken(f"a kind of call that the matrix does not know: {sorted(unknown)}")

    def _judge_run(
        self,
        orders: Orders,
        report: RunReport | None,
        before: dict[tuple[int, str], int | None],
        truths: list[dict[str, int | None]],
    ) -> None:
        wrong = judges.wrongs(self.company)
        defects = [one.message for one in report.problems if one.kind == "defect"] if report else []
        if orders.dry and self.jira.requests.writes():
            wrong.append("a dry run wrote")
        wrong += judges.concluded(self.company, before, _unread(report) if report else ())
        if not self._blurred():
            done = report is not None and report.outcome == "done" and not orders.dry and not self.midway
            wrong += judges.untrue(self.company, before, truths, done=done)
        if wrong or defects:
            raise Broken("; ".join([*wrong, *defects]))

    def _blurred(self) -> bool:
        """Whether what a complete read would give cannot be told at this moment."""
        return self.lagging or self.company.silent or self.world.seconds < self.lag_ends

    # --- after the storm

    def undo_all(self) -> None:
        self.sandbox.faults.clear()
        for undo in reversed(self.undo):
            undo()
        self.undo.clear()
        if self.lagging:
            self.lagging, self.lag_ends = False, self.world.seconds + 600
            self.jira.lag(0)

    def pass_(self, seconds: float) -> None:
        self.note(f"{seconds / 60:.0f} minutes pass")
        self.world.pass_(seconds)

    def _to_morning(self) -> None:
        """A quarter past nine, a day later at least: no midnight is near, every pause is over, and what is
        known of the site is too old to be believed."""
        day = 24 * HOUR
        self.pass_(2 * day - self.world.seconds % day + HOUR / 4)

    def calm(self) -> None:
        """The trouble is over: two runs later all is as it should be, and the third has nothing to do."""
        self.note("the trouble is over")
        self.undo_all()
        self._to_morning()
        self.sync(Orders())
        self.pass_(HOUR / 4)
        thorough = self.company.unseen or any(self.bitten.values()) or self.random.random() < 0.5
        second = self.sync(Orders(full=True) if thorough else Orders(sweep=frozenset({"acme"})))
        if second is None or second.outcome != "done":
            raise Broken("the second run after the trouble is not done")
        if self.jira.requests.writes():
            self.pass_(HOUR / 4)
            self._still()
        self.pass_(HOUR / 4)
        self._pages_of(5000)
        self._still()
        if self.jira.requests.count("getFields"):
            self.note("what is known of the site was a day old")
            self._still()
        guesses = 2 if self.world.site_now() > self.world.our_now() else 0
        if self.jira.requests.count() > IDLE + guesses:
            raise Broken(f"an idle run made {dict(self.jira.requests.by_operation)}")
        if depth := self.opened().store.outbox.depth():
            raise Broken(f"{depth} writes are left in the outbox")
        self._compare()

    def _still(self) -> None:
        """A run that writes nothing."""
        report = self.sync(Orders())
        written = self.jira.requests.writes()
        if report is None or report.outcome != "done" or written:
            raise Broken(f"the third run after the trouble still wrote: {written}")

    def _compare(self) -> None:
        """Against a bridge that knows nothing but the scope that was taken at the start."""
        main = judges.shown(self.company)
        store = self.opened().store
        scopes = {kr.id: store.baselines.get(kr.id, "2026-Q4") for kr in self.company.krs}
        self._close()
        judges.strip(self.company)
        (self.folder / "fresh").mkdir()
        with ExitStack() as stack:
            url = stack.enter_context(stores.urls("sqlite", self.folder / "fresh", made=True))
            fresh = Store.open(url)
            app = stack.enter_context(App(self.settings, fresh, self.world.clock()))
            for kr, scope in scopes.items():
                if scope is not None:
                    fresh.baselines.put(kr, "2026-Q4", scope, self.world.our_now())
            report = app.sync(Orders())
        if report.outcome != "done":
            raise Broken(f"a fresh bridge could not do it: {report.problems}")
        if told := judges.differences(self.company, main, judges.shown(self.company)):
            raise Broken("; ".join(told))


def _unread(report: RunReport) -> set[str]:
    """The key results that a failed link keeps from being told; what is wrong with an item names it."""
    told = (problem.kr for problem in report.problems if problem.kr and not problem.item)
    return {kr for names in told for kr in names.split(", ")}


def _said(orders: Orders) -> str:
    words = [name for name in ("dry", "full", "sweep", "look") if getattr(orders, name)]
    return " ".join(["sync", *words])


def deployment_of(seed: int) -> str:
    return ("cloud", "datacenter")[seed % 2]


def database_of(seed: int) -> str:
    """One in ten on PostgreSQL, on either deployment."""
    return "postgresql" if seed % 20 in (6, 17) else "sqlite"


def deal(chunk: int, chunks: int, size: int) -> dict[int, tuple[tuple[str, str], ...]]:
    """By seed of a chunk, the pairs it is to cover: those of the chunk's share, each dealt to two seeds."""
    seeds = range(chunk * size, (chunk + 1) * size)
    dealt: dict[int, list[tuple[str, str]]] = {seed: [] for seed in seeds}
    for deployment in OPERATIONS:
        share = pairs(deployment)[chunk::chunks]
        players = [seed for seed in seeds if deployment_of(seed) == deployment]
        lite = [seed for seed in players if database_of(seed) == "sqlite"]
        for at, pair in enumerate(share):
            able = lite if BY_NAME[pair[0]].sqlite_only else players
            for step in (0, len(able) // 2):
                dealt[able[(at + step) % len(able)]].append(pair)
    return {seed: tuple(pairs) for seed, pairs in dealt.items()}
