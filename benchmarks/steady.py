"""What a daemon costs while nothing happens: an idle sync of ten thousand items, against the first one and
against a program that reads everything anew each time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.server import Server, serving

if TYPE_CHECKING:
    from bridge.app import App

ROUNDS = 5
CONFIG = """\
[bridge]
instance = "bench"
[connections.bench]
tool = "jira"
url = "{url}"
{login}
token = "env:BENCH_TOKEN"
"""
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[objectives]]
id = "O1"
title = "Everything"
"""
KEY_RESULT = """
[[objectives.key_results]]
id = "KR{team}"
title = "What team {team} does"
links = [ {{ connection = "bench", query = "labels = team-{team}" }} ]
"""
TEAMS = 9
"""Each made-up issue carries the label of one of so many teams."""


@dataclass(frozen=True, slots=True)
class Cost:
    requests: float
    seconds: float
    bytes: float


def settle(folder: Path, server: Server, *, cloud: bool = True, more: str = "") -> None:
    """The files of a bridge over that server: nine key results, which share all its issues."""
    login = f'email = "{server.email}"' if cloud else ""
    text = CONFIG.format(url=server.url, login=login) + more
    (folder / "okr-bridge.toml").write_text(text, encoding="utf-8")
    key_results = "".join(KEY_RESULT.format(team=team) for team in range(TEAMS))
    (folder / "okrs.toml").write_text(OKRS + key_results, encoding="utf-8")


def rows(issues: Path, count: int) -> list[tuple[str, str, str, str]]:
    found = []
    for deployment in ("cloud", "datacenter"):
        with (
            tempfile.TemporaryDirectory() as name,
            serving(issues, deployment=deployment) as server,
        ):
            found += _face(Path(name), server, deployment, count)
    return found


def _face(folder: Path, server: Server, deployment: str, count: int) -> list[tuple[str, str, str, str]]:
    from bridge import config
    from bridge.app import App, clock_at

    settle(folder, server, cloud=deployment == "cloud")
    settings = config.load(folder / "okr-bridge.toml", {"BENCH_TOKEN": server.token})
    with App.open(settings, clock_at(None, settings.bridge.zone)) as app:
        first = _cost(app, 1)
        _cost(app, 2)  # what the first wrote is looked at once
        idle = _cost(app, ROUNDS)
    what = f"idle sync of {count:,} items, {TEAMS} key results, {NAMES[deployment]}"
    made = [
        (what, "requests made", f"{idle.requests:.0f}", "at most 12" if deployment == "cloud" else "told"),
        (what, "kB received", f"{idle.bytes / 1000:.0f}", "told"),
        (what, "first sync / idle, processor", f"{first.seconds / idle.seconds:.0f}", "told"),
        (what, "first sync / idle, bytes", f"{first.bytes / idle.bytes:.0f}", "at least 5"),
    ]
    if deployment == "cloud":
        poller = _processor(lambda: _poll(server))
        made.append(
            (what, "poller with `jira` / idle, processor", f"{poller / idle.seconds:.1f}", "at least 5")
        )
    return made


NAMES = {"cloud": "Cloud", "datacenter": "Data Center"}


def _cost(app: App, rounds: int) -> Cost:
    """Of one of so many runs: in this process, all of its threads."""
    from bridge.sync import Orders

    before = _received(app)
    requests = 0
    begun = time.process_time()
    for _ in range(rounds):
        report = app.sync(Orders(sweep=frozenset()))
        assert report.outcome == "done", report.problems
        requests += sum(report.requests.values())
    seconds = time.process_time() - begun
    return Cost(requests / rounds, seconds / rounds, (_received(app) - before) / rounds)


def _received(app: App) -> int:
    return sum(one.system.traffic.bytes for one in app.accounts.open.values())


def _processor(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _poll(server: Server) -> None:
    from benchmarks.reading import with_jira

    with_jira(server)
