"""Two daemons on one database, and what they say of themselves while one is killed after the other."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from tests.crash.nursery import Child
from tests.crash.scene import Scene

LOOK = 0.04


@dataclass
class Daemon:
    """One of the two. `said` are its answers to whether it leads: asked when, answered when, and what."""

    scene: Scene
    host: str
    said: list[tuple[float, float, bool]] = field(default_factory=list)
    stopped: list[tuple[float, float]] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.child: Child = self.scene.start("serve", "--json", host=self.host)
        self.address = urlsplit(self.child.told()["url"])
        self._eye = threading.Thread(target=self._look, daemon=True)
        self._eye.start()

    def leads_since(self, moment: float) -> bool:
        """Whether an answer to a later question was yes."""
        return any(leads and asked >= moment for asked, _, leads in self.said[-20:])

    def stands_by(self, moment: float) -> bool:
        return any(not leads and asked >= moment for asked, _, leads in self.said[-20:])

    def led(self) -> Iterator[tuple[float, float]]:
        """Spans in which it led for certain: between two answers that said so, and not stopped meanwhile."""
        for (_, first, yes), (_, second, again) in pairwise(self.said):
            if yes and again and not any(a <= second and first <= b for a, b in self.stopped):
                yield first, second

    def stop(self) -> float:
        """Not one instruction more until `go_on`; when."""
        self.child.send(signal.SIGSTOP)
        self.stopped.append((time.time(), float("inf")))
        return self.stopped[-1][0]

    def go_on(self) -> None:
        self.stopped[-1] = (self.stopped[-1][0], time.time())
        self.child.send(signal.SIGCONT)

    def close(self) -> None:
        self._end.set()
        self._eye.join()
        self.child.send(signal.SIGCONT)
        self.child.kill()

    def _look(self) -> None:
        while not self._end.wait(LOOK):
            asked = time.time()
            with suppress(OSError, http.client.HTTPException):
                leads = self._leads()
                self.said.append((asked, time.time(), leads))

    def _leads(self) -> bool:
        line = http.client.HTTPConnection(str(self.address.hostname), self.address.port, timeout=0.5)
        try:
            line.request("GET", "/metrics")
            return "okr_bridge_leader 1.0" in line.getresponse().read().decode()
        finally:
            line.close()


@dataclass
class Duo:
    """`every` daemon there ever was; the living ones are two, but for moments."""

    scene: Scene
    hosts: tuple[str, str]
    every: list[Daemon] = field(default_factory=list)
    alive: list[Daemon] = field(default_factory=list)

    @classmethod
    @contextmanager
    def at_work(cls, scene: Scene, hosts: tuple[str, str]) -> Iterator[Duo]:
        made = cls(scene, hosts)
        try:
            for host in hosts:
                made.born(host)
            yield made
        finally:
            for one in made.alive:
                one.close()

    def born(self, host: str) -> Daemon:
        made = Daemon(self.scene, host)
        self.every.append(made)
        self.alive.append(made)
        return made

    def buried(self, one: Daemon) -> None:
        one.close()
        self.alive.remove(one)

    def leader(self, seconds: float = 30.0) -> Daemon:
        """The one that leads, once one does."""
        begun = time.time()
        while time.time() - begun < seconds:
            for one in self.alive:
                if one.leads_since(begun):
                    return one
            time.sleep(LOOK)
        told = "\n---\n".join(one.child.err.read_text() for one in self.alive)
        raise AssertionError(f"no daemon leads after {seconds} s:\n{told}")

    def other(self, one: Daemon) -> Daemon:
        [other] = (daemon for daemon in self.alive if daemon is not one)
        return other

    def both_led(self) -> list[tuple[float, float]]:
        """Spans in which two of them led at once."""
        spans = sorted((begun, ended, at) for at, one in enumerate(self.every) for begun, ended in one.led())
        return [
            (max(a[0], b[0]), min(a[1], b[1]))
            for at, a in enumerate(spans)
            for b in spans[at + 1 : at + 60]
            if a[2] != b[2] and max(a[0], b[0]) < min(a[1], b[1])
        ]
