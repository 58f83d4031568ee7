"""The real program in processes of its own, born in milliseconds.

A nurse, which is one process with one thread, has imported everything; it forks a child for every command
that it is asked for. Run as a program this file is the nurse: an order a line on stdin, a number each on
stdout.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    *("bridge.cli", "bridge.app", "bridge.daemon.serve", "bridge.logs.crashes", "bridge.logs.handler"),
    *("bridge.report.screen", "bridge.report.text", "bridge.report.data", "bridge.store.version"),
    *("connectors.http", "connectors.jira", "mappings.jira", "mappings.adf", "mappings.wiki"),
    *("alembic.command", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "uvicorn.loops.asyncio"),
    *("uvicorn.protocols.http.h11_impl", "rich.console", "apscheduler.triggers.interval", "jira"),
)
END_WITH_PARENT = 1
PATIENCE = 60.0


@dataclass
class Child:
    """One command at work. `out` and `err` are files with what it said; `born` in seconds since 1970."""

    pid: int
    out: Path
    err: Path
    born: float = field(default_factory=time.time)
    code: int | None = None
    _end: int = -1

    def __post_init__(self) -> None:
        self._end = os.pidfd_open(self.pid)

    @property
    def alive(self) -> bool:
        """Whether it has not ended; a stopped one is alive."""
        return self.code is None and not select.select([self._end], [], [], 0)[0]

    def send(self, number: signal.Signals) -> None:
        if self.code is None:
            os.kill(self.pid, number)

    def wait(self, seconds: float = PATIENCE) -> int:
        """What it ended with; minus the signal's number where one ended it."""
        if self.code is None:
            if not select.select([self._end], [], [], seconds)[0]:
                raise AssertionError(f"process {self.pid} goes on after {seconds} s: {self.err.read_text()}")
            self.code = nurse().ask(do="bury", pid=self.pid)
            os.close(self._end)
        return self.code

    def kill(self) -> int:
        self.send(signal.SIGKILL)
        return self.wait()

    def told(self, seconds: float = PATIENCE) -> Any:
        """Its first line on stdout, which is JSON."""
        until = time.monotonic() + seconds
        while "\n" not in (text := self.out.read_text()):
            if time.monotonic() > until or not self.alive:
                raise AssertionError(f"process {self.pid} told nothing: {self.err.read_text()}")
            time.sleep(0.01)
        return json.loads(text.splitlines()[0])


class Nurse:
    """The other end of the nurse's stdin and stdout. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            text=True,
        )
        self._answer()

    def ask(self, **order: Any) -> int:
        with self._lock:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return self._answer()

    def close(self) -> None:
        """She goes, and all her children with her."""
        self._process.communicate()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the nurse has died")
        return int(line)


@functools.cache
def nurse() -> Nurse:
    """The one of this process, hired when first asked for."""
    made = Nurse()
    atexit.register(made.close)
    return made


def start(folder: Path, *words: str, host: str = "", environment: Mapping[str, str] | None = None) -> Child:
    """`okr-bridge WORDS` in this folder; `host`: the name it takes its machine's to be."""
    number = len([*folder.glob("*.out")])
    out, err = folder / f"{number}.out", folder / f"{number}.err"
    out.touch()
    err.touch()
    given = dict(environment or {})
    pid = nurse().ask(
        do="bear", words=words, folder=str(folder), out=str(out), err=str(err), host=host, environment=given
    )
    return Child(pid, out, err)


# --- the nurse herself


def serve() -> int:
    """Until stdin ends; what the child comes to, in a child."""
    for name in NEEDED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    _say(0)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "bury":
            _say(os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1]))
        elif (pid := os.fork()) == 0:
            return _live(order)
        else:
            _say(pid)
    return 0


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _live(order: Mapping[str, Any]) -> int:
    """A command from its beginning to its end, as if the interpreter had just started."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [os.open(os.devnull, os.O_RDONLY), os.open(order["out"], flags), os.open(order["err"], flags)]
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    random.seed()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    if order["host"]:
        socket.gethostname = lambda: order["host"]
    from bridge.cli import invoke

    return invoke(list(order["words"]))


if __name__ == "__main__":
    sys.exit(serve())
