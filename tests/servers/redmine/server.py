"""A real Redmine of one's own: made when first asked for, gone at exit; its clock moves when told.

One a process, on loopback, with a database of its own in a temporary folder. Needs root: Debian's
Redmine runs as www-data.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

PREPARE = Path(__file__).with_name("prepare.sh")
HOME = Path("/usr/share/redmine")
CLOCK = Path(__file__).with_name("clock.rb")
ZONE = "Asia/Shanghai"
AS_WWW = ["setpriv", "--reuid=www-data", "--regid=www-data", "--init-groups", "--pdeathsig=KILL"]
EMPTIED = (
    "issues journals journal_details issue_relations time_entries versions issue_categories custom_values "
    "watchers member_roles members enabled_modules projects projects_trackers custom_fields_projects queries"
)
ALLOWED = (
    "view_issues", "edit_issues", "add_issue_notes", "edit_own_issue_notes", "view_time_entries",
    "set_notes_private", "view_private_notes",
)  # fmt: skip
"""What bootstrap.rb gives the bridge's role."""


def lacking() -> str:
    """Why no Redmine can be started here; empty where it can."""
    if os.geteuid() != 0:
        return "a real Redmine is started by root only"
    if not (HOME / "config.ru").exists() or not shutil.which("puma"):
        return "no Redmine is installed (Debian: tests/servers/redmine/prepare.sh install)"
    return ""


@functools.cache
def server() -> Server:
    """The one of this process, running; skips the test where there is none, unless CI requires it."""
    if reason := lacking():
        if os.environ.get("OKR_BRIDGE_REQUIRE_REDMINE") == "1":
            pytest.fail(f"{reason}, and OKR_BRIDGE_REQUIRE_REDMINE asks for it")
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="okr-bridge-redmine-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.chown(folder, "www-data", "www-data")
    database = folder / "redmine.db"
    subprocess.run([PREPARE, "database", database], check=True, capture_output=True, timeout=120)
    made = Server(folder, database)
    atexit.register(made.stop)
    made.start()
    return made


class Server:
    admin, bridge = "a" * 40, "b" * 40

    def __init__(self, folder: Path, database: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._port = int(listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"
        self.database = database
        self.ahead, self._changed = 0.0, False
        self._known: dict[str, dict[str, int]] = {}
        self._folder, self._process = folder, None
        self._offset = folder / "offset"
        self._log = folder / "log"

    def start(self) -> None:
        self.advance(0)
        shutil.copy(CLOCK, self._folder / "clock.rb")
        surroundings = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": ZONE,
            "RAILS_ENV": "production", "REDMINE_INSTANCE": "default",
            "DATABASE_URL": f"sqlite3:{self.database}",
            "RUBYOPT": f"-r{self._folder}/clock.rb", "OKR_BRIDGE_AHEAD": str(self._offset),
        }  # fmt: skip
        puma = ["puma", "-e", "production", "-w", "0", "-t", "4:4", "-b", f"tcp://127.0.0.1:{self._port}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*AS_WWW, *puma, "config.ru"], cwd=HOME, env=surroundings, stdout=log, stderr=log
            )
        for _ in range(300):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/login", timeout=5):
                return
            time.sleep(0.1)
        pytest.fail(f"Redmine did not start: {self._log.read_text(errors='replace')[-500:]}")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self._offset.write_text(f"{self.ahead:+.0f}\n")
        self._offset.chmod(0o644)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def wipe(self) -> None:
        """No projects and no issues, as after prepare.sh; numbers go on where they were."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as held, held:
            for table in EMPTIED.split():
                held.execute(f"DELETE FROM {table}")
        if self._changed:
            self.allow(*ALLOWED)
            self.set(rest_api_enabled="1", text_formatting="textile")
            self._changed = False

    def set(self, **settings: str) -> None:
        """As an administrator does; it holds from the next request on. Redmine keeps its own local time."""
        self._changed = True
        at = f"{self.now().astimezone(ZoneInfo(ZONE)) + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"
        for name, value in settings.items():
            self.sql("UPDATE settings SET value = ?, updated_on = ? WHERE name = ?", value, at, name)

    def allow(self, *rights: str) -> None:
        """All that the bridge's role may do from now on."""
        self._changed = True
        told = "".join(["---\n", *(f"- :{right}\n" for right in rights)])
        self.sql("UPDATE roles SET permissions = ? WHERE name = 'Bridge'", told)

    def known(self, what: str, ask: Callable[[], dict[str, int]]) -> dict[str, int]:
        """What stays as bootstrap.rb made it, asked for once."""
        if what not in self._known:
            self._known[what] = ask()
        return self._known[what]

    def sql(self, statement: str, *values: object) -> int:
        """What REST cannot do; the id of the row that it made."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as held, held:
            return held.execute(statement, values).lastrowid or 0
