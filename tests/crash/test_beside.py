"""A person syncs by hand, again and again, while the daemon does: nobody fails, nothing is written twice."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.crash import once
from tests.crash.ladder import climb, ladder
from tests.crash.nursery import Child
from tests.crash.scene import scene, seed_of, until


def beside(syncs: int, seed: int, folder: Path, database: str) -> None:
    random = Random(seed)
    with scene(seed, folder, ladder(4, 2 * syncs + 30), kind=(database, "cloud"), latency_ms=3) as site:
        site.configure(every="1s")
        daemon = site.start("serve", "--json")
        daemon.told()
        hands: list[Child] = []
        for _ in range(syncs):
            time.sleep(random.uniform(0, 0.7))
            site.people(partial(climb, site.company))
            if random.random() < 0.8:
                time.sleep(random.uniform(0, 0.5))
            hands.append(site.start("sync"))
        for child in hands:
            assert child.wait() == 0, child.err.read_text()
        site.people(partial(climb, site.company))
        written = len(site.watch.writes)
        until(lambda: len(site.watch.writes) > written)
        told = daemon.err.read_text().replace("WARNING bridge.lease: waiting for", "")
        assert "WARNING" not in told, told
        assert "ERROR" not in told, told
        daemon.send(signal.SIGTERM)
        assert daemon.wait(10) == 0
        assert once.repeats(site.watch.writes) == []
        assert once.relapses(site.watch.writes) == []
        site.makes_up_for_it()


def test_a_sync_by_hand_beside_the_daemon_is_safe(tmp_path: Path) -> None:
    beside(3, seed_of(1), tmp_path, "sqlite")


@pytest.mark.prove
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_twenty_syncs_by_hand_beside_the_daemon_are_safe(database: str, tmp_path: Path) -> None:
    beside(20, seed_of(2), tmp_path, database)
