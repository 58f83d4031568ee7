"""The embedded Jira mounted on a session: all of HTTP but the socket, and time that moves by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import ConnectionError, PreparedRequest, ReadTimeout, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from bridge.clock import Clock
from connectors import http as connectors

START = datetime(2026, 11, 10, 9, tzinfo=UTC)
REQUEST_TAKES = 0.05


class World:
    """One course of time; the site's clock and the bridge's show it each in its own way."""

    def __init__(self, site_ahead: timedelta) -> None:
        self.seconds = 0.0
        self.site_ahead = site_ahead
        self.ours_ahead = timedelta()
        self._lock = threading.Lock()

    def pass_(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds

    def site_now(self) -> datetime:
        return START + timedelta(seconds=self.seconds) + self.site_ahead

    def our_now(self) -> datetime:
        return START + timedelta(seconds=self.seconds) + self.ours_ahead

    def monotonic(self) -> float:
        return self.seconds

    def clock(self) -> Clock:
        return Clock(self.our_now, self.monotonic, sleep=self.pass_)

    def connector_clock(self) -> connectors.Clock:
        return connectors.Clock(self.our_now, self.monotonic, self.pass_, lambda: 0.5)


class Mounted(HTTPAdapter):
    """Answers from an ASGI application in this process; what a broken line raises, it raises."""

    def __init__(self, app: Any, pass_: Callable[[float], None]) -> None:
        super().__init__()
        self._app = app
        self._pass = pass_

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        self._pass(REQUEST_TAKES)
        exchange = _Exchange(request)
        _driven(self._app(exchange.scope, exchange.receive, exchange.send))
        if exchange.left:
            timeout = options["timeout"][1]
            self._pass(timeout)
            raise ReadTimeout(f"Read timed out. (read timeout={timeout})", request=request)
        if exchange.aborted:
            cause = RemoteDisconnected("Remote end closed connection without response")
            raise ConnectionError(ProtocolError("Connection aborted.", cause), request=request)
        return self.build_response(request, exchange.answer())


def _driven(work: Any) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("the site waits for something that is not there")


class _Exchange:
    """One request and what comes back, in the words of ASGI."""

    def __init__(self, request: PreparedRequest) -> None:
        address = urlsplit(str(request.url))
        body = request.body or b""
        self._body: bytes | None = body.encode() if isinstance(body, str) else bytes(body)
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        self._parts: list[bytes] = []
        self.left = self.aborted = False
        self.scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "method": str(request.method),
            "scheme": address.scheme,
            "server": (address.hostname, address.port),
            "path": unquote(address.path),
            "raw_path": address.path.encode(),
            "root_path": "",
            "query_string": address.query.encode(),
            "headers": [(name.lower().encode(), _bytes(value)) for name, value in request.headers.items()],
        }

    @property
    def transport(self) -> _Exchange:
        return self

    def abort(self) -> None:
        self.aborted = True

    async def receive(self) -> dict[str, Any]:
        """The request once; asked again, the caller has lost patience."""
        if self._body is None:
            self.left = True
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            self._parts.append(message.get("body", b""))

    def answer(self) -> HTTPResponse:
        content = BytesIO(b"".join(self._parts))
        return HTTPResponse(content, self._headers, self._status, preload_content=False)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
