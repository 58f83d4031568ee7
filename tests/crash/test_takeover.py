"""Two daemons on one database, the leader killed or stopped in its work: every write is made once.

`OKR_BRIDGE_SEED=123` plays one seed everywhere. With `OKR_BRIDGE_CRASH_TABLE=FOLDER` the proof leaves there
how long it took until the other one led.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.crash import once
from tests.crash.duo import Daemon, Duo
from tests.crash.ladder import climb, ladder
from tests.crash.scene import Scene, scene, seed_of

LEASE = 2
A_LITTLE = 3.0
EPICS = 6
HOSTS = {"one machine": ("", ""), "two machines": ("east", "west")}


@dataclass
class Coup:
    """A series of overthrows. `took` are seconds until the other one led, `struck` when each one fell,
    `unknown` the writes that were under way then, `again` those that were made twice."""

    duo: Duo
    random: Random
    took: dict[str, list[float]] = field(default_factory=lambda: {"killed": [], "stopped": []})
    struck: list[float] = field(default_factory=list)
    unknown: int = 0
    again: int = 0
    writes: int = 0

    @property
    def scene(self) -> Scene:
        return self.duo.scene

    def round(self, *, stop: bool) -> None:
        """The leader is struck, work goes on, the other one takes over, and the first comes back."""
        leader = self.duo.leader()
        other = self.duo.other(leader)
        at = self._strike(leader.stop if stop else partial(_killed, leader))
        self.struck.append(at)
        self.unknown += self.scene.unknown()
        if self.random.random() < 0.7:
            self._climb()
        if followed := self._followed(other, at):
            self.took["stopped" if stop else "killed"].append(followed)
        if stop:
            time.sleep(self.random.uniform(0, 1))
            leader.go_on()
        else:
            self.duo.buried(leader)
            self.duo.born(leader.host)

    def _followed(self, other: Daemon, at: float) -> float | None:
        """The seconds until the other one led; None where a stopped one keeps hold of the database file."""
        while not other.leads_since(at):
            if time.time() - at > LEASE + A_LITTLE:
                assert self.scene.database.startswith("sqlite"), other.child.err.read_text()
                assert self.duo.other(other).stopped, other.child.err.read_text()
                return None
            time.sleep(0.02)
        return next(told for asked, told, leads in other.said if leads and asked >= at) - at

    def _strike(self, strike: Callable[[], float]) -> float:
        """At a write, mostly; when it was done."""
        struck, done = [], threading.Event()

        def act() -> None:
            struck.append(strike())
            done.set()

        if self.random.random() < 0.75:
            after = self.random.choice([0.0, 0.0, self.random.uniform(0, 0.02)])
            self.scene.watch.arm(len(self.scene.watch.writes) + self.random.randint(1, 2 * EPICS), act, after)
            self._climb()
            done.wait(10)
            self.scene.watch.disarm()
        else:
            self._climb()
            time.sleep(self.random.uniform(0, 1.2))
        if not struck:
            act()
        return struck[0]

    def _climb(self) -> None:
        self.scene.people(partial(climb, self.scene.company))


def _killed(leader: Daemon) -> float:
    leader.child.send(signal.SIGKILL)
    return time.time()


def overthrown(times: int, seed: int, folder: Path, database: str, hosts: tuple[str, str]) -> Coup:
    """So many times, killed and stopped by turns; then both are told to end, and all is well."""
    with scene(seed, folder, ladder(EPICS, 3 * times + 10), kind=(database, "cloud"), latency_ms=5) as site:
        site.configure(every="1s", lease=LEASE)
        site.run("sync")
        with Duo.at_work(site, hosts) as duo:
            coup = Coup(duo, Random(seed))
            for turn in range(times):
                coup.round(stop=turn % 2 == 1)
            duo.leader()
            for one in duo.alive:
                one.child.send(signal.SIGTERM)
            assert [one.child.wait(10) for one in duo.alive] == [0, 0]
            assert duo.both_led() == []
        made_once(coup)
        site.makes_up_for_it()
    return coup


def made_once(coup: Coup) -> None:
    """A write may be made again only where a blow has left open whether it was made; what was out of date
    may arrive only where it was under way when its sender was stopped."""
    writes = coup.scene.watch.writes
    again, relapses = once.repeats(writes), once.relapses(writes)
    coup.again, coup.writes = len(again), len(writes)
    assert max(len(again), len(relapses)) <= coup.unknown, (again, relapses)
    for place, before, at in again:
        fell = any(before - 1 < struck < at for struck in coup.struck)
        assert fell or late(coup, place, before, at), (place, before, at)
    for place, before, at in relapses:
        assert late(coup, place, before, at), (place, before, at)


def late(coup: Coup, place: once.Place, before: float, at: float) -> bool:
    """Whether one of the writes to a place arrived just as somebody woke who had been stopped."""
    woken = [waking for one in coup.duo.every for _, waking in one.stopped]
    arrived = once.during(coup.scene.watch.writes, place, before, at)
    return any(waking <= one < waking + 1 for waking in woken for one in arrived)


@pytest.mark.prove
def test_a_leader_that_falls_is_followed_and_nothing_is_written_twice(tmp_path: Path) -> None:
    overthrown(2, seed_of(1), tmp_path, "sqlite", HOSTS["one machine"])


@pytest.mark.prove
@pytest.mark.parametrize("where", HOSTS)
@pytest.mark.parametrize(("database", "times"), [("postgresql", 12), ("sqlite", 4)])
def test_leaders_fall_one_after_the_other_and_every_write_is_made_once(
    database: str, times: int, where: str, tmp_path: Path
) -> None:
    coup = overthrown(times, seed_of(2), tmp_path, database, HOSTS[where])
    leave_behind(coup, f"{database} {where}")
    assert len(coup.took["killed"]) == times // 2
    assert max(coup.took["killed"]) < (LEASE if where == "one machine" else LEASE + A_LITTLE)


def leave_behind(coup: Coup, name: str) -> None:
    if folder := os.environ.get("OKR_BRIDGE_CRASH_TABLE"):
        told = {**coup.took, "unknown": coup.unknown, "again": coup.again, "writes": coup.writes}
        (Path(folder) / f"{name}.json").write_text(json.dumps(told))
