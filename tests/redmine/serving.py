"""A Redmine that is a function, at an address of its own, for the whole program to speak to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

Answered = tuple[int, dict[str, str], bytes]


class Answering(Protocol):
    writes: int

    def take(self, method: str, url: str, headers: dict[str, str], content: bytes, /) -> Answered: ...


@contextmanager
def serving(redmine: Answering, written: Callable[[int], None] = lambda _count: None) -> Iterator[str]:
    """The base address, which has a path. `written` is told after each write how many there were, before it
    is answered."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers['Host']}{self.path}"
            status, headers, content = redmine.take(self.command, url, dict(self.headers.items()), body)
            if self.command != "GET":
                written(redmine.writes)
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  (names that http.server asks for)

        def log_message(self, *_: object) -> None:
            """Silent."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                """Whoever asked was killed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
