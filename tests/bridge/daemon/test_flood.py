"""A storm of webhooks: none is lost in effect, no forged one gets in, health is told all the while."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.bridge.daemon.flood import NAMED, status, whole
from tests.bridge.daemon.house import issue
from tests.source import ROOT


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bridge.daemon.flood", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


log = logging.getLogger(__name__)


class Door:
    """The server in its own process."""

    def __init__(self) -> None:
        self.process = started("serve")
        self.port = said(self.process)["port"]

    def now(self) -> dict[str, Any]:
        """Its memory and its time, a second after the last work."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return said(self.process)

    def end(self) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.close()
        told = said(self.process)
        assert self.process.wait(20) == 0
        self.process.stdout.close()
        return told

    def post(self, posts: int) -> dict[str, Any]:
        sender = started("post", str(self.port), str(posts))
        out, _ = sender.communicate(timeout=300)
        told: dict[str, Any] = json.loads(out)
        return told


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.communicate()


class Meanwhile:
    """Something done again and again in a thread while a block runs."""

    def __init__(self, act: Any) -> None:
        self.results: list[Any] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go, args=(act,))

    def _go(self, act: Any) -> None:
        while not self._over.is_set():
            self.results.append(act())

    def __enter__(self) -> Meanwhile:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def healthz(port: int) -> tuple[int, float]:
    """On a line of its own, as a monitor asks: its status, and the seconds it took."""
    began = time.monotonic()
    asked = HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("GET", "/healthz")
    found = asked.getresponse().status
    asked.close()
    took = time.monotonic() - began
    time.sleep(0.01)
    return found, took


REFUSED = {
    "forged": (whole("acme", issue(99_999), "forged")[:-1] + b" ", 401),
    "unsigned": (b"POST /hooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 401),
    "nobody's": (whole("nobody", issue(99_999), "nobody"), 404),
    "oversized": (whole("acme", b"x" * 100_001, "large"), 413),
}
HALVES = (b"POST /hooks/acme HTTP/1.1\r\nHo", whole("acme", issue(99_999), "slow")[:-5])


class Rude:
    """Says what is to be refused, and half a word on lines that are left hanging."""

    def __init__(self, port: int) -> None:
        self.address = ("127.0.0.1", port)
        self.hanging: list[socket.socket] = []
        self.wrong: list[tuple[str, int]] = []

    def once(self) -> None:
        for half in HALVES:
            self.hanging.append(socket.create_connection(self.address))
            self.hanging[-1].sendall(half)
        for name, (request, answer) in REFUSED.items():
            with socket.create_connection(self.address) as line:
                line.sendall(request)
                if (found := status(line)) != answer:
                    self.wrong.append((name, found))
        time.sleep(0.02)

    def leave(self) -> None:
        for line in self.hanging:
            line.close()


@pytest.mark.parametrize(
    ("posts", "seconds"), [(1_000, 60), pytest.param(10_000, 120, marks=pytest.mark.prove)]
)
def test_a_flood_of_webhooks_is_taken(door: Door, posts: int, seconds: float) -> None:
    door.post(200)
    before, rude = door.now(), Rude(door.port)
    with Meanwhile(lambda: healthz(door.port)) as asked, Meanwhile(rude.once):
        sent = door.post(posts)
    after = door.now()
    rude.leave()
    end = door.end()
    times = sorted(took for _, took in asked.results)
    p99 = times[int(len(times) * 0.99)]
    figures = {
        "posts a second": sent["sent"] / sent["seconds"],
        "posts a CPU second": sent["sent"] / (after["cpu"] - before["cpu"]),
        "healthz p99": p99,
        "grown": after["resident"] - before["resident"],
        "rude": len(rude.hanging),
        "runs": end["runs"],
    }
    log.info("%d webhooks: %s", posts, figures)
    # the first 200 came in before: of those, all but the repeats within are repeats now
    assert sent["answers"] == {"202": posts - 200, "200": sent["sent"] - posts + 200}
    assert sent["seconds"] < seconds
    assert set(end["items"]["acme"]) == {str(10_000 + number) for number in range(NAMED)}
    told = {str(50_000 + number) for number in range(1, posts, 2)}
    assert set(end["items"]["globex"]) == told
    assert rude.wrong == []
    assert end["codes"]["acme 401"] >= 2
    assert end["codes"]["(unknown) 404"] >= 1
    assert end["codes"]["acme 413"] >= 1
    assert end["runs"] < 15 * (sent["seconds"] + 10)
    assert {found for found, _ in asked.results} == {200}
    assert p99 < 1.0
    assert figures["grown"] < 32_000_000


def test_a_slow_post_is_refused_amid_the_others(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.port)) as line:
        line.sendall(HALVES[1])
        assert door.post(100)["answers"] == {"202": 100, "200": 10}
        assert status(line) == 408
    door.end()
