"""uvicorn in a thread of its own: it answers while the main thread works."""

from __future__ import annotations

import functools
import logging
import os
import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp

from bridge.daemon.gate import Gate, Lobby
from bridge.daemon.web import Limits
from bridge.errors import UsageError

log = logging.getLogger(__name__)

BACKLOG = 512
AT_ONCE = 16
"""Connections taken in one go: fewer than may be open, so that none is turned out before it was heard."""
GRACE = 3
KEEP_ALIVE = 5


class Server:
    """Listens from the moment it is made, answers once it is started. `url` tells the port picked for 0."""

    def __init__(self, app: ASGIApp, host: str, port: int, limits: Limits | None = None) -> None:
        """Raises UsageError where the address cannot be listened on."""
        limits = limits or Limits()
        self._socket = _listening(host, port)
        self.url = _url(self._socket)
        lobby = Lobby(limits.connections, limits.seconds + 1)
        gate: Any = functools.partial(Gate, lobby)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=gate,
                ws="none",
                loop="asyncio",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=AT_ONCE,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=GRACE,
                h11_max_incomplete_event_size=16_384,
            )
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Returns once it answers. Raises UsageError where it could not start."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            if not self._thread.is_alive():
                raise UsageError(f"{self.url}: the web server did not start", "its log lines say why")
        self._socket.listen(BACKLOG)

    def stop(self) -> None:
        """What is being answered is finished; returns within some five seconds."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(GRACE + 2)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception:
            log.exception("the web server ended", extra={"event": "web"})


def _listening(host: str, port: int) -> socket.socket:
    """It listens at once: on Linux two may be bound to one port, and only one may listen."""
    made: socket.socket | None = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # with the protocol named: asyncio sends small answers at once only on such sockets
        made = socket.socket(family, kind, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        if made:
            made.close()
        why = error.strerror or os.strerror(error.errno or 0)
        raise UsageError(
            f"cannot listen on {host}, port {port}: {why}",
            "name another `host` or `port` in [serve], or end the program that has it (ss -ltnp)",
        ) from None
    return made


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
