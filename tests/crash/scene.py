"""A site, a bridge's folder and database, and what must hold in the end, whoever was killed before."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, LiteralString

import psycopg

from bridge.sandbox import Sandbox
from bridge.sandbox.hooks import Hook
from bridge.store import Store
from tests import stores
from tests.crash.nursery import Child, start
from tests.crash.watch import Watch
from tests.faults import judges
from tests.faults.company import CYCLE, Company

HOOK_SECRET = "5f3c9a77-signs-what-the-site-tells"
HOOKS_AGAIN = (0.3,) * 5
SOON = 20.0
"""Seconds in which a run is over, also after a dead one that had the lease for 60."""
EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
CONFIG = """\
[bridge]
database = "{database}"
timezone = "{zone}"
instance = "{instance}"
public_url = "https://okr.example"
[connections.acme]
tool = "jira"
url = "{url}"
{login}
token = "env:CRASH_TOKEN"
webhook_secret = "env:CRASH_HOOK"
concurrency = {at_once}
[schedules]
sync = "{every}"
[serve]
port = {port}
lease_seconds = {lease}
"""


@dataclass
class Scene:
    """`database` is its URL. Commands run in `folder`, each in a process of its own."""

    seed: int
    sandbox: Sandbox
    folder: Path
    database: str
    company: Company
    watch: Watch
    zone: str = field(default_factory=lambda: zone_of_noon())

    def configure(self, name: str = "okr-bridge", **changes: Any) -> None:
        login = f'email = "{self.sandbox.email}"' if self.sandbox.deployment == "cloud" else ""
        usual = {"database": self.database, "every": "5m", "port": 0, "lease": 60, "at_once": 10}
        text = CONFIG.format(
            url=self.sandbox.url, login=login, zone=self.zone, instance=judges.INSTANCE, **usual | changes
        )
        (self.folder / f"{name}.toml").write_text(text)
        (self.folder / "okrs.toml").write_text(_this_quarter(self.company.okrs()))

    def start(self, *words: str, name: str = "okr-bridge", host: str = "") -> Child:
        secrets = {"CRASH_TOKEN": self.sandbox.token, "CRASH_HOOK": HOOK_SECRET}
        return start(self.folder, "-c", f"{name}.toml", *words, host=host, environment=secrets)

    def run(self, *words: str, name: str = "okr-bridge") -> float:
        """A command to its end, which is a good one; the seconds it took."""
        child = self.start(*words, name=name)
        code = child.wait()
        assert code == 0, f"{words} ended with {code}: {child.err.read_text()} {child.out.read_text()}"
        return time.time() - child.born

    def people(self, *doings: Callable[[], Any]) -> None:
        """Something happens on the site, all of it at one moment."""
        with self.sandbox.jira.lock:
            for do in doings:
                do()

    def tell_hooks_to(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}/hooks/acme"
        self.sandbox.jira.hooks.add(Hook(0, address, EVENTS, secret=HOOK_SECRET))

    # --- what must hold

    def sound(self) -> None:
        """At every moment: nothing stands twice, nothing of people's is touched, the database is whole."""
        with self.sandbox.jira.lock:
            assert judges.wrongs(self.company) == []
        if self.database.startswith("sqlite"):
            with self.copied() as path, closing(sqlite3.connect(path)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert copy.execute("PRAGMA foreign_key_check").fetchall() == []

    def open_run(self) -> float | None:
        """When the last run began, in seconds since 1970, if it has not been ended; None: it has."""
        rows = self.ask("SELECT started, finished FROM runs ORDER BY id DESC LIMIT 1")
        if not rows or rows[0][1] is not None:
            return None
        [[began, _]] = rows
        if isinstance(began, str):
            began = datetime.fromisoformat(began)
        return float(began.replace(tzinfo=began.tzinfo or UTC).timestamp())

    def unknown(self) -> int:
        """How many writes were sent of which the database does not know what they came to."""
        return int(self.ask("SELECT count(*) FROM outbox WHERE outcome = '' AND attempts > 0")[0][0])

    def ask(self, question: LiteralString) -> list[Any]:
        """The rows, from the database as the dead have left it."""
        if not self.database.startswith("sqlite"):
            with psycopg.connect(self.database) as server:
                return server.execute(question).fetchall()
        with self.copied() as path, closing(sqlite3.connect(path)) as copy:
            return copy.execute(question).fetchall()

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """The database's files as the dead left them: looking at them repairs only the copy."""
        path, copy = Path(self.database.removeprefix("sqlite:///")), self.folder / "copy.db"
        made = []
        for ending in ("", "-wal"):
            if (file := path.with_name(path.name + ending)).exists():
                made.append(copy.with_name(copy.name + ending))
                made[-1].write_bytes(file.read_bytes())
        try:
            yield copy
        finally:
            for file in [*made, copy.with_name(copy.name + "-shm")]:
                file.unlink(missing_ok=True)

    def makes_up_for_it(self) -> None:
        """After at most two runs all is as it should be, and the third writes nothing. Nobody waits for the
        lease of the dead."""
        assert self.run("sync") < SOON
        thorough = self.company.unseen or self.company.silent
        self.run("sync", *(["--full"] if thorough else []))
        self.watch.forget()
        self.run("sync")
        assert self.watch.writes == []
        self.sound()
        truth = judges.percents(self.company)
        untrue = judges.untrue(self.company, {}, [truth], done=True)
        assert untrue == [], untrue
        with Store.open(self.database) as store:
            assert store.outbox.depth() == 0
            scopes = {kr.id: store.baselines.get(kr.id, "2026-Q4") for kr in self.company.krs}
        self._compare(scopes)

    def _compare(self, scopes: dict[str, Any]) -> None:
        """Against a bridge that knows nothing but the scope that was taken at the start."""
        ours = judges.shown(self.company)
        judges.strip(self.company)
        fresh = f"sqlite:///{self.folder / 'fresh.db'}"
        with Store.open(fresh) as store:
            for kr, scope in scopes.items():
                if scope is not None:
                    store.baselines.put(kr, "2026-Q4", scope, datetime.now(UTC))
        self.configure("fresh", database=fresh)
        self.run("sync", name="fresh")
        different = judges.differences(self.company, ours, judges.shown(self.company))
        assert different == [], different


@contextmanager
def scene(
    seed: int,
    folder: Path,
    furnish: Callable[[Sandbox, Random], Company],
    *,
    kind: tuple[str, str] = ("sqlite", "cloud"),
    latency_ms: int = 0,
) -> Iterator[Scene]:
    """One to play in, on a `kind` of database and of site. The seed is told when it does not end well."""
    database, deployment = kind
    with ExitStack() as stack:
        sandbox = Sandbox(deployment, empty=True, latency_ms=latency_ms, hook_waits=HOOKS_AGAIN)
        company = furnish(sandbox, Random(seed))
        url = stack.enter_context(stores.urls(database, folder, made=True))
        stack.enter_context(sandbox)
        made = Scene(seed, sandbox, folder, url, company, stack.enter_context(Watch.over(sandbox)))
        made.configure()
        try:
            yield made
        except BaseException as error:
            error.add_note(f"seed {seed}, {deployment}, {database}: OKR_BRIDGE_SEED={seed} plays it again")
            raise


def seed_of(usual: int) -> int:
    """The seed of a scene, or the one that is to be played again."""
    return int(os.environ.get("OKR_BRIDGE_SEED", usual))


def until(what: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for it. Fails where it never comes to that."""
    end = time.time() + seconds
    while not what():
        assert time.time() < end, "it never came to that"
        time.sleep(0.01)


def zone_of_noon() -> str:
    """A zone in which it is about noon: no midnight falls between two runs."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _this_quarter(okrs: str) -> str:
    """The cycle is under way, whatever day it is."""
    today = datetime.now(UTC).date()
    begun, ends = today - timedelta(days=50), today + timedelta(days=40)
    dates = CYCLE.replace("2026-10-01", str(begun)).replace("2026-12-31", str(ends))
    return okrs.replace(CYCLE, dates)
