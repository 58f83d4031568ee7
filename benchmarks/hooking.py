"""From a change in the tracker to the written figure, through a real daemon; and its health amid a flood."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

from bridge.sandbox import Sandbox
from bridge.sandbox.hooks import Hook

CHANGES, EVERY = 200, 0.25
EPICS, STORIES = 20, 5
PATIENCE = 60.0
POSTS = 10_000
POLL = timedelta(minutes=5)
"""The interval of the default schedule: what a change waits for without a webhook, half of it on average."""
SECRET = "benchmark-" + 4 * "0123456789"
CONFIG = """\
[bridge]
instance = "bench"
[serve]
port = 0
[schedules]
sync = "5m"
[connections.bench]
tool = "jira"
url = "{url}"
email = "{email}"
token = "env:BENCH_TOKEN"
webhook_secret = "env:BENCH_SECRET"
"""
OKRS = """\
[cycle]
id = "now"
start = {start}
end = {end}
[[objectives]]
id = "O1"
title = "Everything"
"""
KEY_RESULT = """
[[objectives.key_results]]
id = "KR{number}"
title = "Epic {number}"
links = [ {{ connection = "bench", keys = ["{key}"] }} ]
"""


def rows() -> list[tuple[str, str, str, str]]:
    times = sorted(_delays())
    p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
    ratio = POLL.total_seconds() / 2 / p50
    health = sorted(_amid_a_flood())
    worst = health[int(len(health) * 0.99)] * 1000
    what = f"from a change to the written figure, {CHANGES} changes by webhook"
    return [
        (what, "p50, seconds", f"{p50:.1f}", "under 5"),
        (what, "p99, seconds", f"{p99:.1f}", "under 10"),
        (what, "waiting for the next sync (5m), on average / p50", f"{ratio:.0f}", "at least 30"),
        (f"/healthz amid {POSTS:,} webhooks", "p99, ms", f"{worst:.0f}", "under 1000"),
    ]


def _delays() -> list[float]:
    with tempfile.TemporaryDirectory() as name, Sandbox() as sandbox:
        epics = {key: _epic(sandbox, key) for key in _founded(sandbox, Path(name))}
        with _daemon(Path(name), sandbox) as url:
            hook = Hook(0, f"{url}/hooks/bench", ("jira:issue_updated",), secret=SECRET)
            _until(lambda: all(_shown(sandbox, key) is not None for key in epics))
            sandbox.jira.hooks.add(hook)
            return _changed(sandbox, epics)


def _founded(sandbox: Sandbox, folder: Path) -> list[str]:
    """Epics on the site, and the files of a bridge that shows a key result on each."""
    jira, today = sandbox.jira, datetime.now(UTC).date()
    keys = [jira.add_issue("SHOP", "Epic", f"Epic {number}").key for number in range(EPICS)]
    config = CONFIG.format(url=sandbox.url, email=sandbox.email)
    (folder / "okr-bridge.toml").write_text(config, encoding="utf-8")
    okrs = OKRS.format(start=_shifted(today, -30), end=_shifted(today, 60))
    okrs += "".join(KEY_RESULT.format(number=number, key=key) for number, key in enumerate(keys))
    (folder / "okrs.toml").write_text(okrs, encoding="utf-8")
    return keys


def _shifted(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _epic(sandbox: Sandbox, key: str) -> Iterator[str]:
    """Its stories, round and round."""
    jira = sandbox.jira
    stories = [jira.add_issue("SHOP", "Story", f"Story {n}", parent=key).key for n in range(STORIES)]

    def walk() -> Iterator[str]:
        while True:
            yield from stories

    return walk()


def _shown(sandbox: Sandbox, key: str) -> Any:
    """The share in the bridge's property on that issue; None: nothing is there."""
    told = sandbox.jira.issue(key).properties.get("okr-bridge")
    return told["key_results"][0]["progress"] if told else None


def _changed(sandbox: Sandbox, epics: dict[str, Iterator[str]]) -> list[float]:
    """Finish or reopen a story, now of this Epic, now of that, and see how long each figure takes to move."""
    waiting: dict[str, tuple[float, Any]] = {}
    delays: list[float] = []
    keys, at, next_at = list(epics), 0, time.monotonic()
    over = next_at + CHANGES * EVERY + PATIENCE
    while (at < CHANGES or waiting) and time.monotonic() < over:
        if at < CHANGES and time.monotonic() >= next_at and keys[at % EPICS] not in waiting:
            key = keys[at % EPICS]
            waiting[key] = time.monotonic(), _shown(sandbox, key)
            _turn(sandbox, next(epics[key]))
            at, next_at = at + 1, time.monotonic() + EVERY
        for key, (since, before) in list(waiting.items()):
            if _shown(sandbox, key) != before:
                delays.append(time.monotonic() - since)
                del waiting[key]
        time.sleep(0.005)
    assert len(delays) == CHANGES, f"{CHANGES - len(delays)} changes were never shown"
    return delays


def _turn(sandbox: Sandbox, story: str) -> None:
    jira = sandbox.jira
    (jira.reopen if jira.issue(story).category == "done" else jira.resolve)(story)


def _until(holds: Any) -> None:
    over = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < over, "the daemon's first run does not end"
        time.sleep(0.02)


@contextmanager
def _daemon(folder: Path, sandbox: Sandbox) -> Iterator[str]:
    """The real process; its address."""
    command = [sys.executable, "-m", "bridge", "-c", str(folder / "okr-bridge.toml"), "-q", "serve", "--json"]
    environ = {**os.environ, "BENCH_TOKEN": sandbox.token, "BENCH_SECRET": SECRET}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


# --- a flood


def _amid_a_flood() -> list[float]:
    """Seconds of each /healthz while the posts come in, on a door in a process of its own."""
    door = _role("serve")
    assert door.stdin is not None
    try:
        port = _said(door)["port"]
        sender = _role("post", str(port), str(POSTS))
        over = threading.Event()
        threading.Thread(target=lambda: (sender.communicate(), over.set())).start()
        times = []
        while not over.is_set():
            times.append(_healthz(port))
            time.sleep(0.01)
        return times
    finally:
        with suppress(BrokenPipeError):
            door.communicate(timeout=30)


def _role(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bridge.daemon.flood", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> Any:
    stream: IO[str] | None = process.stdout
    assert stream is not None
    return json.loads(stream.readline())


def _healthz(port: int) -> float:
    begun = time.perf_counter()
    asked = HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("GET", "/healthz")
    assert asked.getresponse().status == 200
    asked.close()
    return time.perf_counter() - begun
