"""Where the sandbox listens: uvicorn in a thread of its own, which ends as soon as it is told to.

Imported late: it needs the web stack.
"""

import asyncio
import threading
import time
from socket import socket
from typing import Any

import uvicorn

TURNS = 100
"""Of the loop, in which connections without a request come to their end."""


class Listener:
    """Serves on a socket that is bound already."""

    def __init__(self, app: Any, bound: socket) -> None:
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="off", ws="none", date_header=False,
            server_header=False, timeout_graceful_shutdown=1, loop="asyncio",
        )  # fmt: skip
        self._server = Prompt(config)
        self._socket = bound
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("The sandbox could not start listening.")
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.end()
        self._thread.join(timeout=10)
        self._socket.close()


class Prompt(uvicorn.Server):
    """uvicorn's own looks ten times a second whether to end, and then waits as long for nothing."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._ended.wait()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Requests that are under way are waited for; connections that only idle are not."""
        if self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for one in (*self.servers, *(sockets or ())):
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(TURNS):
            if not self.server_state.connections:
                return
            await asyncio.sleep(0)
