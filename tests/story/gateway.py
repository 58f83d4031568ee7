"""A proxy on the way to the embedded Jira, that logs in there in the bridge's place: so that a planted
token gets its answers, and a planted proxy password is used."""

from __future__ import annotations

import base64
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from bridge.sandbox import Sandbox

DROPPED = {"proxy-authorization", "proxy-connection", "authorization", "connection", "transfer-encoding"}


@contextmanager
def gateway(sandbox: Sandbox) -> Iterator[tuple[str, set[str]]]:
    """Its host and port, and the logins that it was shown."""
    logins: set[str] = set()
    right = base64.b64encode(f"{sandbox.email}:{sandbox.token}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            logins.add(self.headers.get("Proxy-Authorization", ""))
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in DROPPED}
            there = http.client.HTTPConnection(asked.netloc)
            target = asked.path + (f"?{asked.query}" if asked.query else "")
            there.request(self.command, target, body, {**headers, "Authorization": f"Basic {right}"})
            answer = there.getresponse()
            content = answer.read()
            there.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {*DROPPED, "content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", logins
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
