"""A listener between a connector and a server: passes every exchange on and has it judged.

It stands on the wire, so it hears what was sent whoever sent it: the connector, a library below it, or
the whole program in a process of its own.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.specs.openapi import Complaint, Document, Exchange, Operation, exchange_of


@dataclass(slots=True)
class Recorder:
    """What was heard, judged by the first of the documents that knows the operation."""

    documents: Sequence[Document]
    exchanges: list[Exchange] = field(default_factory=list)

    def operation(self, exchange: Exchange) -> Operation | None:
        found = (document.operation(exchange.method, exchange.path) for document in self.documents)
        return next((operation for operation in found if operation), None)

    @property
    def operations(self) -> Counter[str]:
        """How often each operation succeeded, by id."""
        heard = (self.operation(e) for e in self.exchanges if 200 <= e.status < 300)
        return Counter(operation.id for operation in heard if operation)

    def complaints(self) -> list[Complaint]:
        told = []
        for exchange in self.exchanges:
            operation = self.operation(exchange)
            if operation is None:
                place = Complaint(
                    self.documents[0].name,
                    exchange.path,
                    "request",
                    "",
                    f"{exchange.method} is in no document",
                )
                told.append(place)
            else:
                told += operation.check(exchange)
        return told


HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@contextmanager
def listening(server: str, recorder: Recorder) -> Iterator[str]:
    """The address to speak to instead of `server`."""
    target = urlsplit(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            onward = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=60)
            try:
                onward.request(self.command, self.path, body or None, dict(self.headers.items()))
                answer = onward.getresponse()
                content = answer.read()
            finally:
                onward.close()
            sent_type = self.headers.get("Content-Type") or ""
            heard = exchange_of(
                self.command,
                self.path.removeprefix(target.path.rstrip("/")),
                body,
                answer.status,
                content,
                answer.headers.get("Content-Type") or "",
                sent_type,
            )
            recorder.exchanges.append(heard)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP and name.lower() != "content-encoding":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815  (names that http.server asks for)

        def log_message(self, *_: object) -> None:
            """Silent."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}{target.path.rstrip('/')}"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
