"""Every kind of secret is planted, and everything that a bridge says or keeps is searched for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import postgresql
from tests.story.gateway import gateway
from tests.story.planted import (
    FORMS,
    PASSWORDS,
    PING,
    echo,
    found_in,
    in_postgresql,
    needles,
    on_disk,
    secrets,
)
from tests.story_desk import Desk, kr

STORES = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]
LINES = ["text", "json"]


@dataclass
class Planted:
    """A desk all of whose secrets are planted; `kept` is what its database holds, in bytes."""

    desk: Desk
    kept: Callable[[], bytes]
    logins: set[str]

    def run(self, *arguments: str) -> int:
        code = self.desk.run(*arguments)
        self.clean(self.desk.out + self.desk.err)
        return code

    def clean(self, told: str) -> None:
        assert found_in(told.encode()) == set()


CROSSED = pytest.mark.parametrize(
    ("planted", "store"),
    [
        ("text", "sqlite"),
        pytest.param("json", "postgresql", marks=[pytest.mark.postgresql, pytest.mark.prove]),
        pytest.param("json", "sqlite", marks=pytest.mark.prove),
        pytest.param("text", "postgresql", marks=[pytest.mark.postgresql, pytest.mark.prove]),
    ],
    indirect=["planted"],
)
"""Each way of logging meets each database; three of the meetings are proofs."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LINES)
def planted(
    request: pytest.FixtureRequest, store: str, cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Planted]:
    desk = cloud_desk
    desk.okrs(kr("KR1", keys="SHOP-1"))
    with ExitStack() as stack:
        proxy, logins = stack.enter_context(gateway(desk.sandbox))
        password = quote(PASSWORDS["database"], safe="")
        url, kept = f"sqlite:///{desk.folder}/okr-bridge.db", lambda: on_disk(desk.folder)
        if store == "postgresql":
            plain = stack.enter_context(postgresql.database())
            url, kept = plain.replace("@", f":{password}@"), lambda: in_postgresql(plain)
        for name, value in {
            "TOKEN": PASSWORDS["token"],
            "HOOK": PASSWORDS["hook"],
            "DATABASE": url,
            "PING": f"http://127.0.0.1:9/{PING}",
            "PROXY": f"http://bot:{quote(PASSWORDS['proxy'], safe='')}@{proxy}",
        }.items():
            monkeypatch.setenv(f"STORY_{name}", value)
        monkeypatch.delenv("NO_PROXY", raising=False)
        desk.configure(
            bridge='database = "env:STORY_DATABASE"\npublic_url = "https://okr.example"',
            connection='proxy = "env:STORY_PROXY"\nwebhook_secret = "env:STORY_HOOK"',
            more=f'[serve]\nping = "env:STORY_PING"\n[logs]\nformat = "{request.param}"',
        )
        yield Planted(desk, kept, logins)


def test_the_search_finds_what_is_there():
    assert len(dict(needles())) > 90
    for value in secrets().values():
        for form in FORMS.values():
            assert found_in(b"some " + form(value).encode() + b" more")


@CROSSED
def test_a_run_that_goes_well_names_no_secret(planted: Planted):
    assert planted.run("fields", "install", "--apply", "-vv") == 0
    assert planted.run("check", "-vv") in (0, 1)
    assert planted.run("sync", "-vv") == 0
    assert len(planted.logins) == 1
    assert planted.logins.pop().startswith("Basic ")
    for command in (["status"], ["runs", "--json"], ["explain", "KR1"], ["export"]):
        assert planted.run(*command, "-vv") == 0
    assert planted.run("export", str(planted.desk.folder / "backup.json")) == 0
    planted.clean((planted.desk.folder / "backup.json").read_text("utf-8"))
    assert found_in(planted.kept()) == set()


ECHO = echo("database")
"""A SQLite file has no password."""
TROUBLES = {
    "a refusal": lambda faults: faults.status(400, ECHO),
    "a login refused": lambda faults: faults.status(401, ECHO),
    "a failure": lambda faults: faults.status(503, ECHO, headers={"Retry-After": "0"}),
    "another place": lambda faults: faults.status(302, headers={"Location": f"http://x/{ECHO}"}),
    "a page": lambda faults: faults.html(ECHO),
}


QUICK = ("a login refused",)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(trouble, id=name, marks=[] if name in QUICK else [pytest.mark.prove])
        for name, trouble in TROUBLES.items()
    ],
)
@pytest.mark.parametrize("planted", [pytest.param("text", marks=pytest.mark.prove), "json"], indirect=True)
@pytest.mark.parametrize("store", ["sqlite"])
def test_what_a_tracker_echoes_is_masked_everywhere(planted: Planted, trouble):
    planted.run("sync")
    trouble(planted.desk.sandbox.faults.on(times=99))
    told = ""
    for command in ("check", "sync", "plan", "status", "runs"):
        for form in ([], ["--json"]):
            planted.run(command, "-vv", *form)
            told += planted.desk.out
    assert "***" in told or trouble is TROUBLES["a page"]
    planted.run("export")
    assert found_in(planted.kept()) == set()


CRASH = """\
import sys, threading, warnings
from bridge.app import App
from bridge.cli import main
from tests.story.planted import echo

def deep(self, *_):
    told = echo()
    warnings.warn(told, UserWarning, stacklevel=1)
    thread = threading.Thread(target=lambda: {told}["there"], name=told)
    thread.start()
    thread.join()
    try:
        raise KeyError(told)
    except KeyError as error:
        raise RuntimeError("outer", told) from error

App.%s = deep
main(["-c", sys.argv[1], *sys.argv[2:]])
"""


def in_a_process(planted: Planted, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    config = str(planted.desk.folder / "okr-bridge.toml")
    root = Path(__file__).resolve().parents[2]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", code, config, *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("planted", [pytest.param("text", marks=pytest.mark.prove), "json"], indirect=True)
@pytest.mark.parametrize("store", STORES[1:])
def test_the_report_of_a_crash_names_no_secret(planted: Planted):
    done = in_a_process(planted, CRASH % "status", "status")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("RuntimeError") >= 1
    assert "***" in done.stderr
    planted.clean(done.stderr)
    if done.stderr.startswith("{"):
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        assert [line["level"] for line in lines] == ["warning", "critical", "critical"]
        assert [line.get("event") for line in lines] == [None, "crash", "crash"]


@pytest.mark.parametrize("planted", [pytest.param("text", marks=pytest.mark.prove), "json"], indirect=True)
@pytest.mark.parametrize("store", STORES[1:])
def test_a_defect_deep_inside_is_told_without_secrets(planted: Planted, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(echo())

    assert planted.run("sync") == 0
    monkeypatch.setattr("connectors.jira.Jira.login", broken)
    for form in ([], ["--json"]):
        assert planted.run("sync", "--full", *form) in (1, 3)
        assert "RuntimeError" in planted.desk.err
        assert "***" in planted.desk.err
    assert found_in(planted.kept()) == set()


DAEMON = "import sys; from bridge.cli import main; main(['-c', sys.argv[1], *sys.argv[2:]])"


def asked(url: str, body: bytes | None = None) -> str:
    """What the daemon answers, headers and refusals included."""
    headers = {"X-Hub-Signature": "sha256=" + "0" * 64, "X-Atlassian-Webhook-Identifier": echo()}
    request = urllib.request.Request(url, body, headers if body else {})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return f"{answer.headers}{answer.read().decode()}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.headers}{error.read().decode()}"


def until(log: Path, *words: str) -> None:
    """Wait for an event in the daemon's log."""
    for _ in range(600):
        if all(word in log.read_text("utf-8") for word in words):
            return
        time.sleep(0.05)
    pytest.fail(f"no {words} within half a minute: {log.read_text('utf-8')[-2000:]}")


@CROSSED
def test_a_daemon_names_no_secret_whatever_happens_to_it(planted: Planted):
    desk, log = planted.desk, planted.desk.folder / "log"
    config = desk.folder / "okr-bridge.toml"
    config.write_text(config.read_text("utf-8").replace("[serve]", "[serve]\nport = 0"), encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", DAEMON, str(config), "serve", "--json", "-vv"]
    desk.sandbox.faults.on("addComment", times=9).status(403, ECHO)
    with (
        log.open("wb") as err,
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=err) as daemon,
    ):
        assert daemon.stdout is not None
        try:
            url = json.loads(daemon.stdout.readline())["url"]
            until(log, "event=run" if "json" not in config.read_text("utf-8") else '"event": "run"')
            told = asked(f"{url}/hooks/acme", echo().encode()) + asked(f"{url}/hooks/acme")
            told += asked(f"{url}/metrics") + asked(f"{url}/readyz") + asked(f"{url}/healthz")
            with config.open("a", encoding="utf-8") as file:
                file.write(f'\n[bridge2]\n"{PASSWORDS["token"]}" = "{PASSWORDS["hook"]}"\n')
            daemon.send_signal(signal.SIGHUP)
            until(log, "reload_refused")
            told += asked(f"{url}/readyz")
        finally:
            daemon.terminate()
        told += daemon.stdout.read().decode()
    assert daemon.returncode == 0
    assert "401" in told
    assert "okr_bridge_leader" in told
    planted.clean(told + log.read_text("utf-8"))
    assert found_in(planted.kept()) == set()
