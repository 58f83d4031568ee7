"""The daemon as a process of its own: how it starts, works, stands by, takes over and ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.cli import invoke
from bridge.daemon.doors import doors
from bridge.daemon.serve import ping_address
from bridge.errors import ConfigError
from bridge.lease import DAEMON, WRITER
from bridge.sandbox import Sandbox
from bridge.sandbox.hooks import Hook
from bridge.store import Store
from tests.story_desk import Desk, kr

ROOT = str(Path(__file__).resolve().parents[3])
SECRET = "It's a Secret to Everybody"
SERVE = '[serve]\nport = 0\n[schedules]\nsync = "1h"\n[logs]\nformat = "json"'
NOBODY: Any = None


def until(holds: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + 30
    while not (found := holds()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return found


class Process:
    """A daemon over a folder. Its log is JSON, a line each."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.log = folder / f"log{len(list(folder.glob('log*')))}"
        command = [sys.executable, "-m", "bridge", "-c", str(folder / "okr-bridge.toml"), "serve", "--json"]
        with self.log.open("wb") as err:
            self.process = subprocess.Popen(
                command, env={**os.environ, "PYTHONPATH": ROOT, **environ}, stdout=subprocess.PIPE, stderr=err
            )

    def started(self) -> Process:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.log.read_text("utf-8")
        self.url = json.loads(line)["url"]
        return self

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines(keepends=True)
                if line.endswith("\n")]  # fmt: skip

    def events(self) -> list[str]:
        return [line.get("event", "") for line in self.lines()]

    def has(self, event: str, times: int = 1) -> None:
        until(lambda: self.events().count(event) >= times, f"no {event}: {self.log.read_text('utf-8')}")

    def get(self, path: str) -> tuple[int, str]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


class Place:
    """A site, a folder, and the daemons that run there."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.desk = Desk(sandbox, folder, NOBODY)
        self.jira = sandbox.jira
        self.folder = folder
        self.environ = {"STORY_TOKEN": sandbox.token, "STORY_HOOK": SECRET}
        self.daemons: list[Process] = []
        self.desk.configure(connection='webhook_secret = "env:STORY_HOOK"', more=SERVE)
        self.epic, self.stories = self.desk.epic("done", "todo")
        self.desk.okrs(kr("KR1", keys=self.epic))

    def daemon(self) -> Process:
        self.daemons.append(Process(self.folder, self.environ))
        return self.daemons[-1]

    def percent(self) -> int | None:
        told = self.desk.property(self.epic)
        return told["key_results"][0]["percent"] if told else None

    def command(self, *arguments: str) -> Any:
        told = subprocess.run(
            [sys.executable, "-m", "bridge", "-c", self.folder / "okr-bridge.toml", *arguments, "--json"],
            env={**os.environ, "PYTHONPATH": ROOT, **self.environ},
            capture_output=True,
        )
        return json.loads(told.stdout)

    def leases(self) -> list[Any]:
        with Store.open(f"sqlite:///{self.folder}/okr-bridge.db") as store:
            return [store.leases.record(name) for name in (DAEMON, WRITER)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Sandbox() as sandbox:
        made = Place(sandbox, tmp_path_factory.mktemp("place"))
        yield made
        for one in made.daemons:
            if one.process.poll() is None:
                one.process.kill()
            one.process.communicate()


@pytest.fixture(scope="module")
def daemon(place: Place) -> Process:
    """The first daemon here, after its first run."""
    made = place.daemon().started()
    made.has("run")
    return made


# --- at work


def test_it_syncs_at_once_and_says_so_in_lines_that_parse(place, daemon):
    assert place.percent() == 50
    events = daemon.events()
    assert events.index("listening") < events.index("active") < events.index("run")
    run = next(line for line in daemon.lines() if line.get("event") == "run")
    assert (run["outcome"], run["kind"]) == ("done", "sync")
    assert run["run"]


def test_it_answers_that_it_lives_works_and_what_it_did(daemon):
    assert daemon.get("/healthz")[0] == 200
    until(lambda: daemon.get("/readyz")[0] == 200, "not ready")
    code, text = daemon.get("/metrics")
    assert code == 200
    for line in (
        'okr_bridge_runs_total{kind="sync",outcome="done"} 1.0',
        "okr_bridge_leader 1.0",
        'okr_bridge_requests_total{connection="acme",outcome="ok"}',
    ):
        assert line in text


def test_status_names_who_is_active_and_what_is_next(place, daemon):
    told = until(lambda: (found := place.command("status"))["next_run"] and found, "no next run")
    assert str(daemon.process.pid) in told["daemon"]["who"]
    assert {"sync", "sweep", "reconcile"} <= told["connections"][0]["next"].keys()


def test_a_hook_has_what_it_tells_of_read_and_written_within_seconds(place, daemon):
    hook = Hook(0, f"{daemon.url}/hooks/acme", ("jira:issue_updated",), "", "bridge", secret=SECRET)
    made = place.jira.hooks.add(hook)
    begun = time.monotonic()
    place.jira.resolve(place.stories[1])
    until(lambda: place.percent() == 100, "not written")
    assert time.monotonic() - begun < 10
    place.jira.hooks.remove(made.id)


def leader(others: list[Process]) -> Process:
    """Which of these takes over, long before the lease has run out."""
    begun = time.monotonic()
    found = until(lambda: [one for one in others if "active" in one.events()], "nobody takes over")
    assert time.monotonic() - begun < 15
    found[0].has("run")
    return found[0]


def test_others_stand_by_take_over_at_once_and_leave_nothing_behind(place, daemon):
    others = [one.started() for one in (place.daemon(), place.daemon())]
    for one in others:
        one.has("standing_by")
        code, told = one.get("/readyz")
        assert (code, "standing by" in told) == (503, True)
        assert one.get("/healthz")[0] == 200
        assert "okr_bridge_leader 0.0" in one.get("/metrics")[1]
    assert daemon.end() == 0
    assert daemon.lines()[-1]["event"] == "stopped"
    second = leader(others)
    until(lambda: second.get("/readyz")[0] == 200, "not ready")
    others.remove(second)
    second.process.kill()
    third = leader(others)
    assert third.end(signal.SIGINT) == 0
    assert place.leases() == [None, None]


def test_no_line_of_any_of_them_is_a_traceback(place):
    for one in place.daemons:
        assert "Traceback" not in one.log.read_text("utf-8")
        assert all(line["level"] in ("info", "warning", "debug") for line in one.lines())


# --- what keeps it from starting


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "okr-bridge.toml").write_text('[connections.mem]\ntool = "memory"\n[serve]\nport = 0\n')
    (tmp_path / "okrs.toml").write_text(
        '[cycle]\nid = "c"\nstart = 2026-10-01\nend = 2026-12-31\n'
        '[[objectives]]\nid = "O1"\ntitle = "T"\n'
        '[[objectives.key_results]]\nid = "KR1"\ntitle = "T"\n'
        'links = [{ connection = "mem", keys = ["MEM-1"] }]\n'
    )
    return tmp_path


def serve(folder: Path) -> int:
    return invoke(["-c", str(folder / "okr-bridge.toml"), "serve"])


WRONG = {
    "no OKRs": lambda folder: (folder / "okrs.toml").unlink(),
    "broken OKRs": lambda folder: (folder / "okrs.toml").write_text("[cycle]\n"),
    "a broken configuration": lambda folder: (folder / "okr-bridge.toml").write_text("[serve]\nport = -1\n"),
    "a wrong schedule": lambda folder: (folder / "okr-bridge.toml").write_text('[schedules]\nsync = "x"\n'),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_files_that_are_not_in_order_end_it_with_2_and_a_line(folder, capsys, wrong):
    wrong(folder)
    assert serve(folder) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith("error: ")


def test_a_taken_port_ends_it_with_2(folder, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        file = folder / "okr-bridge.toml"
        file.write_text(file.read_text("utf-8").replace("port = 0", f"port = {port}"), "utf-8")
        assert serve(folder) == 2
    assert f"error: cannot listen on 127.0.0.1, port {port}" in capsys.readouterr().err
    with Store.open(f"sqlite:///{folder}/okr-bridge.db") as store:
        assert store.leases.record(DAEMON) is None


def test_a_database_that_cannot_be_reached_ends_it_with_1(folder, capsys):
    file = folder / "okr-bridge.toml"
    text = '[bridge]\ndatabase = "postgresql://nobody@127.0.0.1:1/okr"\n'
    file.write_text(text + file.read_text("utf-8"), "utf-8")
    assert serve(folder) == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_signals_are_everybodys_own_again_after_it(folder):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    (folder / "okrs.toml").unlink()
    serve(folder)
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before


# --- what it makes of its settings


def loaded(folder: Path, more: str, **environ: str) -> config.Settings:
    acme = '[connections.acme]\ntool = "jira"\nurl = "https://a.example"\nemail = "a@b.c"\ntoken = "env:T"\n'
    (folder / "okr-bridge.toml").write_text(acme + more)
    return config.load(folder / "okr-bridge.toml", environ)


def test_webhooks_are_taken_where_a_secret_is_named_and_it_is_read_each_time(tmp_path):
    assert doors(loaded(tmp_path, ""))["acme"].secret is None
    secret = doors(loaded(tmp_path, 'webhook_secret = "file:hook"'))["acme"].secret
    assert secret is not None
    with pytest.raises(ConfigError):
        secret()
    for value in ("one", "another"):
        (tmp_path / "hook").write_text(value)
        assert secret() == value


def test_a_connection_without_webhooks_has_no_door(tmp_path):
    assert "mem" not in doors(loaded(tmp_path, '[connections.mem]\ntool = "memory"\n'))


@pytest.mark.parametrize(
    ("ping", "address"),
    [("", ""), ("https://ping.example/1", "https://ping.example/1"), ("env:PING", "https://hidden.example")],
)
def test_whom_good_runs_are_told(tmp_path, ping, address):
    told = f'[serve]\nping = "{ping}"\n'
    assert ping_address(loaded(tmp_path, told, PING="https://hidden.example")) == address
