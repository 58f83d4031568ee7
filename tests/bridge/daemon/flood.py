"""Both ends of a flood of webhooks, each a process: `python -m tests.bridge.daemon.flood ROLE ...`.

`serve` runs the door over an agenda and a runner that only notes what is due; it prints its port, and what it
saw when its stdin ends. `post PORT POSTS` sends signed webhooks over keep-alive lines and prints the answers.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.bridge.daemon.house import House, headers, issue

LINES = 8
NAMED = 300
"""So many items of `acme` are told of; of `globex`, each post tells of another."""


def resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


class Runner:
    """Takes what is due, as the daemon's does, and notes it: the items of `acme`, and how often `globex`."""

    def __init__(self) -> None:
        from bridge.daemon.agenda import Agenda

        self.agenda = Agenda(time.monotonic, gather=0.1)
        self.items: dict[str, set[str]] = {"acme": set(), "globex": set()}
        self.runs = 0
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._over.is_set():
            if due := self.agenda.take(0.5):
                self.runs += 1
                for name, items in due.hints.items():
                    self.items[name] |= items
                    self.most = max(self.most, len(items))

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def serve() -> None:
    from bridge.clock import Clock
    from bridge.daemon.hooks import Hooks
    from bridge.daemon.server import Server
    from bridge.daemon.web import Limits, web

    house, runner = House(), Runner()
    house.doors["globex"] = house.doors["acme"]
    clock = Clock(house.clock.now, time.monotonic)
    hooks = Hooks(lambda: house.doors, runner.agenda.hint, lambda: True, clock.now)
    limits = Limits(bytes=100_000, seconds=3)
    app = web(hooks=hooks, health=house.health, metrics=house.metrics, limits=limits)
    with Server(app, "127.0.0.1", 0, limits) as server:
        tell({"port": int(server.url.rpartition(":")[2])})
        for _ in sys.stdin:
            time.sleep(1)
            tell({"resident": resident(), "cpu": time.process_time()})
    runner.stop()
    items = {name: sorted(found) for name, found in runner.items.items()}
    codes = {
        f"{sample.labels['connection']} {sample.labels['code']}": sample.value
        for family in house.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "okr_bridge_webhooks_total"
    }
    tell({"items": items, "runs": runner.runs, "most": runner.most, "codes": codes})


def post(port: int, posts: int) -> None:
    """Every tenth is sent a second time, at once, and the last of all once more at the end."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(LINES)]
    work = list(requests(posts))
    answers: Counter[int] = Counter()
    began = time.monotonic()
    for start in range(0, len(work), LINES):
        batch = list(zip(lines, work[start : start + LINES], strict=False))
        for line, request in batch:
            line.sendall(request)
        answers.update(status(line) for line, _ in batch)
    tell({"answers": answers, "seconds": time.monotonic() - began, "sent": len(work)})


def requests(posts: int) -> Iterator[bytes]:
    for number in range(posts):
        even = number % 2 == 0
        name, id = ("acme", 10_000 + number // 2 % NAMED) if even else ("globex", 50_000 + number)
        body = issue(id)[:-1] + b',"pad":"' + b"x" * 2_000 + b'"}'
        request = whole(name, body, f"event-{number}")
        yield request
        if number % 10 == 0:
            yield request


def whole(connection: str, body: bytes, identifier: str) -> bytes:
    told = {"host": "x", "content-length": str(len(body)), **headers(body, identifier)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST /hooks/{connection} HTTP/1.1\r\n{lines}\r\n".encode() + body


def status(line: socket.socket) -> int:
    got = HTTPResponse(line)
    got.begin()
    got.read()
    return got.status


def tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else post(int(sys.argv[2]), int(sys.argv[3]))
