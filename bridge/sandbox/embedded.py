"""The sandbox as a whole: a Jira with issues in it, listening on the loopback address."""

import socket
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from bridge.sandbox.catalog import Catalog
from bridge.sandbox.clock import Clock, Now, system_now
from bridge.sandbox.faults import Faults
from bridge.sandbox.jira import Jira
from bridge.sandbox.seed import basics
from bridge.sandbox.site import CLOUD_ID

if TYPE_CHECKING:
    from bridge.sandbox.server import App

EMAIL = "okr-bot@acme.example"
TOKEN = "sandbox-token"
SITE_ZONE = "Europe/Berlin"
PROFILE_ZONE = "Asia/Shanghai"


class Behaviour(TypedDict, total=False):
    """How a sandbox differs from the seeded one at full speed.

    `issues`, `host`: real issues of a file, of all origins or one. `seed`: another quarter. `latency_ms`:
    wait before each answer. `rate_limit`: requests a second, 0 none. `bulkfetch_max`: 100 or 1000.
    `port`: 0 picks one. `context`: a path such as `/jira`. `empty`: no issues at all. `points_per_hour`:
    what an OAuth app may spend, 0 anything.
    """

    issues: Path | None
    host: str | None
    seed: int
    latency_ms: int
    rate_limit: float
    points_per_hour: int
    bulkfetch_max: int
    port: int
    context: str
    empty: bool


class Options(Behaviour, total=False):
    """The same with `now`: the site's clock; `version`: of a Data Center; `hook_waits`: seconds before
    each further try to deliver a webhook."""

    now: Now
    version: tuple[int, int, int]
    hook_waits: tuple[float, ...]


class Sandbox:
    """A Jira to try things on. As a context manager it listens at `url` until the block ends.

    Without `issues` it holds the seeded quarter; with a file of real ones, those (of one `host`, if named).
    Issues are stamped in the site's zone, the account's profile has another: as on real sites.
    """

    def __init__(self, deployment: str = "cloud", **options: Unpack[Options]) -> None:
        if deployment not in ("cloud", "datacenter"):
            raise ValueError(f"deployment must be cloud or datacenter, not {deployment!r}")
        self.deployment = deployment
        self.email, self.token = EMAIL, TOKEN
        self.faults = Faults()
        self._options = options
        self._socket = _bound(options.get("port", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}{options.get('context', '')}"
        self.jira = _site(self.url, deployment == "cloud", options.get("now", system_now))
        self.jira.bulkfetch_max = options.get("bulkfetch_max", 1000)
        self.jira.version = options.get("version", self.jira.version)
        self.jira.news.courier.waits = options.get("hook_waits", self.jira.news.courier.waits)
        try:
            self.notes = _fill(self.jira, options)
        except BaseException:
            self._socket.close()
            raise

    def app(self) -> "App":
        """The site as an ASGI application: to be mounted where nothing shall listen."""
        from bridge.sandbox.server import App, Settings

        settings = Settings(
            self.email,
            self.token,
            self._options.get("latency_ms", 0),
            self._options.get("rate_limit", 0),
            self._options.get("points_per_hour", 0),
            self._options.get("context", ""),
        )
        return App(self.jira, self.faults, settings)

    def close(self) -> None:
        """Give up the port of a site that was never entered."""
        self._socket.close()

    @property
    def app_url(self) -> str:
        """The address for an OAuth app: it signs in with the same token, as a bearer."""
        return f"{self.url}/ex/jira/{CLOUD_ID}"

    def __enter__(self) -> Self:
        from bridge.sandbox.listener import Listener

        self._listener = Listener(self.app(), self._socket)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.jira.news.courier.stop()
        self._listener.stop()


def _fill(jira: Jira, options: Options) -> list[str]:
    """Put issues in; what there is to tell about it, a line each."""
    path = options.get("issues")
    if path is not None:
        from bridge.sandbox.real import load

        return load(jira, path, options.get("host"))
    if not options.get("empty", False):
        from bridge.sandbox.quarter import fill

        fill(jira, options.get("seed", 1))
    return []


def _bound(port: int) -> socket.socket:
    # with the protocol named: asyncio sends small answers at once only on such sockets
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
