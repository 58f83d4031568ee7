"""Killed at any moment, by hand or as the daemon, again and again: it is made up for, to the letter.

`OKR_BRIDGE_SEED=123` plays one seed everywhere. With `OKR_BRIDGE_CRASH_TABLE=FOLDER` the proof leaves there
how the kills fell, a file a series.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.crash.nursery import Child
from tests.crash.scene import SOON, Scene, free_port, scene, seed_of
from tests.faults.company import furnish

KINDS = [("sqlite", "cloud"), ("sqlite", "datacenter"), ("postgresql", "cloud"), ("postgresql", "datacenter")]


@dataclass
class Killer:
    """A series of kills. `fell` counts by what the process was doing, `slowest` is the longest that one
    took to its first request."""

    scene: Scene
    random: Random
    seconds: float = 0.0
    usual: int = 0
    fell: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    @property
    def kills(self) -> int:
        return self.fell.total()

    def measure(self) -> None:
        """How long a run takes in which every number moves, and how many writes it makes."""
        self.scene.run("sync")
        self.scene.watch.forget()
        self.scene.people(self.scene.company.turn)
        self.seconds = self.scene.run("sync")
        self.usual = len(self.scene.watch.writes)

    def round(self, *, daemon: bool) -> None:
        """People work, a process runs, and is killed; one that was done before that does not count."""
        company = self.scene.company
        self.scene.people(*[company.work] * self.random.randint(0, 3))
        if late := daemon and self.random.random() < 0.5:
            self.scene.people(company.finish)
        else:
            self.scene.people(company.turn)
        self.scene.watch.forget()
        child = self.scene.start("serve", "--json") if daemon else self.scene.start("sync")
        if self.random.random() < 0.4:
            self._at_a_moment(child, daemon, late)
        else:
            self._at_a_write(child, late)
        code = child.wait()
        if self.scene.watch.first:
            self.slowest = max(self.slowest, self.scene.watch.first - child.born)
            assert self.slowest < SOON, f"waited {self.slowest} s: {child.err.read_text()}"
        if code == -signal.SIGKILL:
            self.fell[self._phase()] += 1
        else:
            assert code == 0, child.err.read_text()
        self.scene.sound()

    def _at_a_moment(self, child: Child, daemon: bool, late: bool) -> None:
        time.sleep(self.random.uniform(0, self.seconds * (2 if daemon else 1)))
        if late:
            self.scene.people(self.scene.company.turn)
            time.sleep(self.random.uniform(0, self.seconds))
        child.send(signal.SIGKILL)

    def _at_a_write(self, child: Child, late: bool) -> None:
        """In the midst of it; `late`: what there is to write becomes known by a webhook."""
        after = self.random.choice([0.0, 0.0, self.random.uniform(0, 0.02)])
        at = self.random.randint(1, max(1, self.usual - 2))
        self.scene.watch.arm(at, lambda: child.send(signal.SIGKILL), after)
        if late:
            child.told()
            time.sleep(self.random.uniform(0, self.seconds))
            self.scene.people(self.scene.company.turn)
        with suppress(AssertionError):
            child.wait(3 * self.seconds)
        child.send(signal.SIGKILL)
        self.scene.watch.disarm()

    def _phase(self) -> str:
        watch, began = self.scene.watch, self.scene.open_run()
        if began is None:
            return "between runs" if watch.first else "starting"
        if any(write.at >= began for write in watch.writes):
            return "writing"
        return "reading" if watch.first else "starting"


def killed(kills: int, seed: int, folder: Path, kind: tuple[str, str], latency_ms: int = 0) -> Killer:
    """So many times, half of them by hand; and made up for. `kind`: of database and of site."""
    with scene(seed, folder, furnish, kind=kind, latency_ms=latency_ms) as site:
        port = free_port()
        site.configure(port=port)
        site.tell_hooks_to(port)
        killer = Killer(site, Random(seed))
        killer.measure()
        while killer.kills < kills:
            killer.round(daemon=killer.kills % 2 == 1)
        site.makes_up_for_it()
    return killer


@pytest.mark.prove
@pytest.mark.parametrize("kind", [KINDS[0], KINDS[3]], ids="-".join)
def test_a_few_kills_are_made_up_for(kind: tuple[str, str], tmp_path: Path) -> None:
    killed(5, seed_of(1), tmp_path, kind)


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_a_hundred_kills_are_made_up_for(kind: tuple[str, str], tmp_path: Path) -> None:
    """A quarter of them on each kind."""
    killer = killed(25, seed_of(2), tmp_path, kind, latency_ms=3)
    leave_behind(killer, "-".join(kind))
    assert killer.fell["writing"] * 2 >= killer.kills


def leave_behind(killer: Killer, name: str) -> None:
    if folder := os.environ.get("OKR_BRIDGE_CRASH_TABLE"):
        told = {**killer.fell, "slowest": round(killer.slowest, 3), "a run": round(killer.seconds, 3)}
        (Path(folder) / f"{name}.json").write_text(json.dumps(told))
