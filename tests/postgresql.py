"""A PostgreSQL cluster of one's own, from the system's binaries: made when first asked for, gone at exit.

One a process (so one a worker of pytest-xdist), on loopback, without passwords but for the role
`guarded`, in a temporary folder, and without care for its data.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

ACCESS = "host all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40")
NUMBERS = count(1)


def binary(name: str) -> Path:
    """A program of the server's; skips the test where there is none, unless CI requires it."""
    if found := shutil.which(name):
        return Path(found)
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if installed:
        return installed[-1]
    if os.environ.get("OKR_BRIDGE_REQUIRE_POSTGRESQL") == "1":
        pytest.fail(f"{name} is missing, and OKR_BRIDGE_REQUIRE_POSTGRESQL asks for it")
    pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")


def server() -> str:
    """The URL of the running cluster, without a database."""
    return cluster().url


@contextlib.contextmanager
def gone() -> Iterator[None]:
    """The server is stopped meanwhile, whoever works with it; afterwards it is there as before."""
    running = cluster()
    running.stop()
    try:
        yield
    finally:
        running.start()


class Cluster:
    """A server that can be stopped and started again at its port."""

    def __init__(self, command: list[str | Path], port: int, log: Path) -> None:
        self.url = f"postgresql://postgres@127.0.0.1:{port}"
        self._command, self._log = command, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        _wait(self.url, self._log)

    def stop(self) -> None:
        """At once, ending every session (the server's "fast" shutdown)."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@functools.cache
def cluster() -> Cluster:
    """The one of this process, running."""
    programs = binary("initdb"), binary("postgres")
    folder = Path(tempfile.mkdtemp(prefix="okr-bridge-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", _free_port()
    flags = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*_as_postgres(), programs[0], *flags, "-D", data], check=True, capture_output=True)
    (data / "pg_hba.conf").write_text(ACCESS)
    options = [word for setting in CARELESS for word in ("-c", setting)]
    where = ["-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    made = Cluster([*_as_postgres(), programs[1], *where, *options], port, folder / "log")
    atexit.register(made.stop)
    made.start()
    return made


@contextlib.contextmanager
def database() -> Iterator[str]:
    """The URL of a fresh database, dropped afterwards."""
    name = f"fresh_{next(NUMBERS)}"
    command(f"CREATE DATABASE {name} TEMPLATE template0")
    yield f"{server()}/{name}"
    command(f"DROP DATABASE {name} WITH (FORCE)")


def command(statement: str, database: str = "postgres") -> None:
    with psycopg.connect(f"{server()}/{database}", autocommit=True) as connection:
        connection.execute(statement.encode())


def _as_postgres() -> list[str]:
    """The server refuses to run as root: become its own user."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait(url: str, log: Path) -> None:
    for _ in range(400):
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(f"{url}/postgres", connect_timeout=2),
        ):
            return
        time.sleep(0.025)
    pytest.fail(f"the PostgreSQL server did not start: {log.read_text(errors='replace')[-500:]}")
