"""The one place for HTTP: timeout, retry, rate limits, what an answer means, parallel calls.

A connector says what to ask; everything that may go wrong on the way ends here as one of bridge.errors.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
from requests import Request, Response, Session
from requests.exceptions import (
    ConnectTimeout,
    ProxyError,
    RequestException,
    SSLError,
    Timeout,
)
from urllib3.exceptions import NewConnectionError

from bridge.errors import AccessDenied, ConnectorError, RateLimited, Transient, UnexpectedAnswer
from connectors.answers import CUT, Answer, Asked, http_date, lacks_scope, near_limit, read
from connectors.listing import Listing
from connectors.pace import Pacer
from connectors.parallel import parallel

__all__ = ["Answer", "Clock", "Http", "HttpOptions", "system_clock"]

log = logging.getLogger(__name__)
A = TypeVar("A")
R = TypeVar("R")

_PREFIX = re.compile(r"^rest/(?:api/\d+|agile/[\d.]+|software/[\d.]+)/")
_PIECE = 1 << 24
_VARIABLE = re.compile(r"[^/]*\d[^/]*")


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, handed in. `now` is aware UTC, `monotonic` and `sleep` are seconds,
    `random` is uniform in 0..1. Sleeping must advance `monotonic`."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


def system_clock() -> Clock:
    import random
    import time
    from datetime import UTC

    return Clock(lambda: datetime.now(UTC), time.monotonic, time.sleep, random.random)


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Seconds throughout. `hints` by status replace the general ones, `headers` go with every call, `hide`
    takes out of an answer's words what nobody may see; the session's own login is taken out besides."""

    timeout: float = 30.0
    concurrency: int = 10
    tries: int = 4
    first_wait: float = 2.0
    longest_wait: float = 30.0
    patience: float = 120.0
    hints: Mapping[int, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hide: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    asked: Asked
    arguments: Mapping[str, Any]
    keys: tuple[str, str]
    item: str | None


class Http:
    """Calls to one system over one session, safe to share between threads."""

    def __init__(self, system: str, base: str, session: Session, options: HttpOptions, clock: Clock) -> None:
        self.system = system
        self.base = base.rstrip("/")
        self.options = options
        self.clock = clock
        self._session = session
        self._hide = _hiding(_secrets(session, self.base), options.hide)
        self._pacer = Pacer(clock.monotonic)
        self._lock = threading.Lock()
        self._requests = 0
        self._denied: AccessDenied | None = None
        self._skew: timedelta | None = None

    @property
    def server_now(self) -> datetime | None:
        """The server's clock, reckoned from its last answer; None before the first one."""
        return None if self._skew is None else self.clock.now() + self._skew

    @property
    def requests(self) -> int:
        """Requests made so far, retries included."""
        return self._requests

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        repeatable: bool,
        item: str | None = None,
    ) -> Answer:
        """One call, repeated while that is harmless and the trouble passes.

        `path` is below the base address; `body` becomes JSON (None: no body). `repeatable`: making the
        call twice is the same as once. `item`: whose writes are paced together. Waits 120 s at most,
        then Transient with `retry_after`. After a 401 no further call leaves the house.
        """
        sent = {"params": params, **self._sent(body)}
        paced = f"item {item}" if item is not None and method not in ("GET", "HEAD") else None
        return self._persist(self._call(method, path, sent, repeatable=repeatable, item=paced))

    def listing(self, path: str, body: Any, member: str) -> Answer:
        """A POST that only reads, with a long list in its answer: `data` is a Listing of that member.

        Its elements are decoded while they are read; UnexpectedAnswer may come as late as that.
        """

        def decode(content: bytes) -> Listing:
            return Listing(content, member, broken)

        call = self._call("POST", path, self._sent(body), repeatable=True)
        broken = UnexpectedAnswer(self.system, f"{call.asked.what} answered with broken JSON", CUT)
        answer = self._persist(replace(call, asked=replace(call.asked, decode=decode)))
        if answer.data is None:
            raise broken
        return answer

    def _sent(self, body: Any) -> dict[str, Any]:
        if body is None:
            return {"headers": self.options.headers}
        headers = {"Content-Type": "application/json", **self.options.headers}
        return {"headers": headers, "data": orjson.dumps(body)}

    def parallel(self, function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[R]:
        """The results as they come, in any order, `concurrency` calls at a time.

        At most `concurrency` + 1 results are held. The first error ends it: nothing more is started.
        """
        return parallel(function, arguments, self.options.concurrency)

    def close(self) -> None:
        self._session.close()

    def _call(
        self, method: str, path: str, sent: Mapping[str, Any], *, repeatable: bool, item: str | None = None
    ) -> _Call:
        what = f"{method} {_PREFIX.sub('', path)}"
        asked = Asked(self.system, what, repeatable, self._hide, self.options.hints)
        return _Call(method, path, asked, sent, ("*", f"{method} {_VARIABLE.sub('*', path)}"), item)

    def _persist(self, call: _Call) -> Answer:
        waited, attempt = 0.0, 1
        while True:
            waited += self._admit(call, waited)
            try:
                return self._once(call)
            except Transient as error:
                pause = self._pause(error, attempt)
                if isinstance(error, RateLimited):
                    self._hold(call, error, pause)
                if not self._again(error, attempt, waited + pause):
                    raise
                log.info(
                    "%s; again in %.1f s",
                    error,
                    pause,
                    extra={"event": "retry", "system": self.system, "attempt": attempt},
                )
                if not isinstance(error, RateLimited):
                    self.clock.sleep(pause)
                    waited += pause
                attempt += 1

    def _again(self, error: Transient, attempt: int, waited: float) -> bool:
        """Whether to make the same call once more; if not, the error says how long to wait."""
        return not error.maybe_done and attempt < self.options.tries and waited <= self.options.patience

    def _pause(self, error: Transient, attempt: int) -> float:
        """Doubling from 2 s to 30 s, or what the server asked for; spread by chance, never below that."""
        options = self.options
        asked = error.retry_after
        usual = min(options.first_wait * 2 ** (attempt - 1), options.longest_wait)
        spread = (usual if asked is None else asked) * (0.7 + 0.6 * self.clock.random())
        return max(spread, asked or 0.0)

    def _hold(self, call: _Call, error: RateLimited, seconds: float) -> None:
        connection, endpoint = call.keys
        match error.scope:
            case "connection":
                self._pacer.hold(connection, seconds)
            case "item" if call.item is not None:
                self._pacer.hold(call.item, seconds, spread=False)
            case _:
                self._pacer.hold(endpoint, seconds)

    def _admit(self, call: _Call, waited: float) -> float:
        """Wait until this call may start; the seconds that took."""
        spent = 0.0
        keys = call.keys if call.item is None else (*call.keys, call.item)
        while True:
            if self._denied is not None:
                message = f"{call.asked.what} not sent: the login was refused before"
                raise AccessDenied(self.system, message, self._denied.hint, login=True)
            pause, key = self._pacer.admit(*keys, item=call.item)
            if not pause:
                return spent
            if waited + spent + pause > self.options.patience:
                raise self._held(call, key, pause)
            self.clock.sleep(pause)
            spent += pause

    def _held(self, call: _Call, key: str, pause: float) -> RateLimited:
        scopes = {call.keys[0]: "connection", call.item: "item"}
        return RateLimited(
            self.system,
            f"{call.asked.what} not sent: the system asked for a pause of {pause:.0f} s",
            "it is tried again at the next run",
            retry_after=pause,
            scope=scopes.get(key, "endpoint"),
        )

    def _once(self, call: _Call) -> Answer:
        started = self.clock.monotonic()
        response, content = self._send(call)
        log.debug(
            "%s: %s answered %s, %d bytes", self.system, call.asked.what, response.status_code, len(content)
        )
        if near_limit(response.headers):
            self.clock.sleep(max(self.clock.monotonic() - started, 0.0))
        now = self.clock.now()
        if date := http_date(response.headers.get("Date", "")):
            self._skew = date - now
        try:
            return read(call.asked, response.status_code, response.headers, content, now)
        except AccessDenied as error:
            if response.status_code == 401 and not lacks_scope(error.message):
                self._denied = error
            raise

    def _send(self, call: _Call) -> tuple[Response, bytes]:
        with self._lock:
            self._requests += 1
        timeout = (min(self.options.timeout, 10.0), self.options.timeout)
        try:
            # Not session.request: a session of PyPI `jira` would retry by its own rules, POST included.
            with Session.request(
                self._session,
                call.method,
                f"{self.base}/{call.path.lstrip('/')}",
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                **call.arguments,
            ) as response:
                # Left to requests, a body is read 10 kB at a time, which costs as much as decoding it.
                return response, b"".join(response.iter_content(_PIECE))
        except RequestException as error:
            raise self._unreached(call, error) from error

    def _unreached(self, call: _Call, error: RequestException) -> ConnectorError:
        what, system = call.asked.what, self.system
        if "certificate" in str(error).lower() and isinstance(error, SSLError):
            return ConnectorError(
                system,
                f"{what}: the server's certificate is not trusted",
                "name its authority in `ca_bundle`",
            )
        if isinstance(error, ValueError):
            return ConnectorError(system, f"{what}: the address cannot be used", "check `url` and `proxy`")
        unsent = isinstance(error, ConnectTimeout) or isinstance(_cause(error), NewConnectionError)
        return Transient(
            system,
            f"{what} got no answer ({_kind(error)})",
            "check `url`, `proxy` and the network; else run again later",
            maybe_done=not (unsent or call.asked.repeatable),
        )


def _cause(error: RequestException) -> object:
    return getattr(error.args[0], "reason", None) if error.args else None


def _kind(error: RequestException) -> str:
    match error:
        case Timeout():
            return "timed out"
        case ProxyError():
            return "the proxy refused"
        case _ if isinstance(_cause(error), NewConnectionError):
            return "could not connect"
        case _:
            return "the connection broke"


def _hiding(secrets: tuple[str, ...], hide: Callable[[str], str]) -> Callable[[str], str]:
    def hidden(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return hide(text)

    return hidden


def _secrets(session: Session, base: str) -> tuple[str, ...]:
    """All that the session sends to prove who it is, in every form an error text might echo."""
    prepared = session.prepare_request(Request("GET", base))
    found = set()
    for name in ("Authorization", "Cookie"):
        value = prepared.headers.get(name) or ""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        found |= {text, *text.split()[1:]}
    for part in list(found):
        try:
            found.add(base64.b64decode(part, validate=True).decode().partition(":")[2])
        except (binascii.Error, ValueError):
            continue
    return tuple(sorted((secret for secret in found if len(secret) >= 4), key=len, reverse=True))
