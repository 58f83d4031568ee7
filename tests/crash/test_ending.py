"""Told to end, the daemon finishes the write in hand and leaves the rest; whatever else it does, it ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.store import Store
from tests.crash import once
from tests.crash.ladder import ladder
from tests.crash.nursery import Child
from tests.crash.scene import Scene, scene, until

SOON = 2.0
AT_ONCE = 4
"""Writes that may be in hand at one time."""
SEARCH = "searchAndReconsileIssuesUsingJqlPost"
PROVE = pytest.mark.prove
ON_BOTH = pytest.mark.parametrize("site", ["sqlite", pytest.param("postgresql", marks=PROVE)], indirect=True)


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    database = getattr(request, "param", "sqlite")
    with scene(1, tmp_path, ladder(6, stories=5), kind=(database, "cloud")) as made:
        yield made


def ended(daemon: Child) -> float:
    """It is told to end, and does, in good order; the seconds that took."""
    told = time.time()
    daemon.send(signal.SIGTERM)
    assert daemon.wait(20) == 0, daemon.err.read_text()
    return time.time() - told


@ON_BOTH
@pytest.mark.parametrize("at", [5, *(pytest.param(at, marks=PROVE) for at in (1, 9, 12))])
def test_the_writes_in_hand_are_finished_and_the_rest_is_left(site: Scene, at: int) -> None:
    site.sandbox.faults.on(path="/issue/", method="PUT", times=99).slow(0.25)
    site.sandbox.faults.on(path="/issue/.*(comment|remotelink)", method="POST", times=99).slow(0.25)
    daemon = site.start("serve", "--json")
    until(lambda: len(site.watch.writes) >= at)
    known = len(site.watch.writes)
    assert ended(daemon) < SOON
    made = len(site.watch.writes)
    assert made <= known + AT_ONCE
    assert site.unknown() == 0
    left = site.ask("SELECT count(*) FROM outbox WHERE outcome = '' AND attempts = 0")[0][0]
    assert left > 0
    site.sandbox.faults.clear()
    site.run("sync")
    assert len(site.watch.writes) > made
    assert once.repeats(site.watch.writes) == []
    site.makes_up_for_it()


def test_reading_is_broken_off(site: Scene) -> None:
    site.sandbox.faults.on(SEARCH, times=99).slow(0.4)
    daemon = site.start("serve", "--json")
    until(lambda: site.sandbox.jira.requests.count(SEARCH))
    assert ended(daemon) < SOON
    assert site.watch.writes == []
    assert site.ask("SELECT outcome FROM runs") == [("interrupted",)]


@pytest.mark.parametrize("operation", [pytest.param(SEARCH, marks=PROVE), "editIssue"])
def test_no_pause_that_the_site_asked_for_is_sat_out(site: Scene, operation: str) -> None:
    site.sandbox.faults.on(operation, times=99).rate_limited(60)
    daemon = site.start("serve", "--json")
    until(lambda: site.sandbox.jira.requests.count(operation))
    time.sleep(0.2)
    assert ended(daemon) < SOON
    site.sandbox.faults.clear()
    site.run("sync")
    assert once.repeats(site.watch.writes) == []
    site.makes_up_for_it()


def test_one_that_stands_by_ends(site: Scene) -> None:
    first = site.start("serve", "--json")
    until(lambda: site.watch.writes)
    second = site.start("serve", "--json")
    until(lambda: "standing by" in second.err.read_text())
    assert ended(second) < SOON
    assert ended(first) < SOON


def test_one_that_waits_for_its_turn_to_write_ends(site: Scene) -> None:
    with Store.open(site.database) as store:
        other = store.leases.acquire("writer", "somebody else", 60)
        assert other
        daemon = site.start("serve", "--json")
        until(lambda: "waiting for somebody else" in daemon.err.read_text())
        assert ended(daemon) < SOON
        store.leases.release(other)
    assert site.watch.writes == []


@PROVE
def test_one_with_nothing_to_do_ends(site: Scene) -> None:
    daemon = site.start("serve", "--json")
    until(lambda: "sync: done" in daemon.err.read_text())
    assert ended(daemon) < SOON
