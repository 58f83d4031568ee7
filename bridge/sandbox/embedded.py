"""The sandbox as a whole: a Jira with issues in it, listening on the loopback address."""

import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from bridge.sandbox.catalog import Catalog
from bridge.sandbox.clock import Clock, Now, system_now
from bridge.sandbox.faults import Faults
from bridge.sandbox.jira import Jira
from bridge.sandbox.seed import basics

EMAIL = "okr-bot@acme.example"
TOKEN = "sandbox-token"
SITE_ZONE = "Europe/Berlin"
PROFILE_ZONE = "Asia/Shanghai"


class Sandbox:
    """A Jira to try things on. As a context manager it listens at `url` until the block ends.

    Without `issues` it holds the seeded quarter; with a file of real ones, those (of one `host`, if named).
    Issues are stamped in the site's zone, the account's profile has another: as on real sites.
    """

    def __init__(
        self, deployment: str = "cloud", *, issues: Path | None = None, host: str | None = None,
        seed: int = 1, latency_ms: int = 0, rate_limit: float = 0, bulkfetch_max: int = 1000,
        now: Now = system_now, port: int = 0, context: str = "", empty: bool = False,
    ) -> None:  # fmt: skip
        if deployment not in ("cloud", "datacenter"):
            raise ValueError(f"deployment must be cloud or datacenter, not {deployment!r}")
        self.deployment = deployment
        self.email, self.token = EMAIL, TOKEN
        self.faults = Faults()
        self._socket = _bound(port)
        self._context = context
        self._latency_ms, self._rate_limit = latency_ms, rate_limit
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}{context}"
        self.jira = _site(self.url, deployment == "cloud", now)
        self.jira.bulkfetch_max = bulkfetch_max
        self.notes: list[str] = []
        if issues is not None:
            from bridge.sandbox import real

            self.notes = real.load(self.jira, issues, host)
        elif not empty:
            from bridge.sandbox import quarter

            quarter.fill(self.jira, seed)

    def __enter__(self) -> Self:
        from bridge.sandbox.server import App, Listener, Settings

        settings = Settings(self.email, self.token, self._latency_ms, self._rate_limit, self._context)
        self._listener = Listener(App(self.jira, self.faults, settings), self._socket)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.stop()


def _bound(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except OSError:
        made.close()
        raise
    return made


def _site(url: str, cloud: bool, now: Now) -> Jira:
    catalog = Catalog(url, cloud)
    id = "712020:0b7c-okr-bot" if cloud else "okr-bot"
    me = catalog.user(id, "OKR Bridge", EMAIL, PROFILE_ZONE)
    basics(catalog)
    return Jira(catalog, Clock(now, SITE_ZONE), me, PROFILE_ZONE)
