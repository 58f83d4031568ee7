"""A leader that is stopped in the midst of its writes, and wakes when another one leads, sends no more."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path

import pytest

from bridge.errors import StoreError
from bridge.store import Store
from tests import stores
from tests.crash import once
from tests.crash.duo import Daemon, Duo
from tests.crash.ladder import climb, ladder
from tests.crash.scene import Scene, scene, until
from tests.faults.company import FIELDS

LEASE = 2
EPICS = 4


def asked_for_a_pause(site: Scene) -> None:
    site.sandbox.faults.on("editIssue", times=EPICS).rate_limited(LEASE + 1)


def slow_to_answer(site: Scene) -> None:
    site.sandbox.faults.on("editIssue", times=1).slow(0.5)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("trouble", "at_once"),
    [(asked_for_a_pause, 10), (slow_to_answer, 1)],
    ids=["it waits for a pause to end", "it waits for its turn"],
)
def test_what_waited_is_not_sent_any_more(trouble, at_once: int, tmp_path: Path) -> None:
    with scene(1, tmp_path, ladder(EPICS, stories=20)) as site:
        site.configure(every="1s", lease=LEASE, at_once=at_once)
        site.run("sync")
        site.run("sync")
        with Duo.at_work(site, ("", "")) as duo:
            leader = duo.leader()
            other = duo.other(leader)
            edits = partial(site.sandbox.jira.requests.count, "editIssue")
            trouble(site)
            before = edits()
            site.people(partial(climb, site.company))
            until(lambda: edits() > before)
            time.sleep(0.2)
            at = leader.stop()
            site.sandbox.faults.clear()
            until(lambda: other.leads_since(at))
            shows(site, 5)
            site.people(partial(climb, site.company))
            shows(site, 10)
            leader.go_on()
            until(lambda: leader.stands_by(time.time() - 0.5))
            time.sleep(LEASE)
            shows(site, 10)
        assert once.relapses(site.watch.writes) == []
        assert once.repeats(site.watch.writes) == []


@pytest.mark.parametrize(
    "operation", ["createOrUpdateRemoteIssueLink", pytest.param("editIssue", marks=pytest.mark.prove)]
)
def test_what_arrives_after_the_takeover_is_put_right(operation: str, tmp_path: Path) -> None:
    """Nobody can call it back; but who sent it says so once it wakes, and the new leader looks again."""
    under_way, arrives = threading.Event(), threading.Event()

    def due() -> bool:
        under_way.set()
        return arrives.is_set()

    with scene(1, tmp_path, ladder(EPICS, stories=20)) as site:
        site.configure(every="1s", lease=LEASE)
        site.run("sync")
        site.run("sync")
        with Duo.at_work(site, ("", "")) as duo:
            leader = duo.leader()
            other = duo.other(leader)
            site.sandbox.faults.on(operation, times=1).late(due)
            site.people(partial(climb, site.company))
            assert under_way.wait(20)
            at = stopped_with_nothing_in_hand(leader, site.database)
            until(lambda: other.leads_since(at))
            site.people(partial(climb, site.company))
            tells(site, 10)
            arrives.set()
            tells(site, 5, 10)
            leader.go_on()
            tells(site, 10)
        site.makes_up_for_it()


def test_a_transaction_that_nobody_ends_keeps_no_other_from_leading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a machine leaves it that vanishes: only the server can end it."""
    monkeypatch.setattr("bridge.store.database.SILENCE", 0.5)
    with (
        stores.urls("postgresql", tmp_path, made=True) as url,
        Store.open(url) as vanished,
        Store.open(url, wait=10) as other,
    ):
        lease = vanished.leases.acquire("daemon", "east", 0.2)
        assert lease
        transaction = vanished.transaction()
        with vanished.fenced(lease):
            transaction.__enter__()
        until(lambda: other.leases.acquire("daemon", "west", 60))
        with pytest.raises(StoreError):
            transaction.__exit__(None, None, None)
        assert vanished.leases.record("daemon")


def stopped_with_nothing_in_hand(leader: Daemon, database: str) -> float:
    """Else nobody could follow it: SQLite's file would stay locked. When."""
    with Store.open(database, wait=0.2) as store:
        while True:
            at = leader.stop()
            try:
                with store.transaction():
                    return at
            except StoreError:
                leader.go_on()
                time.sleep(0.05)


def shows(site: Scene, percent: int) -> None:
    """On every Epic."""
    value = site.sandbox.jira.value
    until(lambda: {value(epic, FIELDS["progress"]) for epic in site.company.epics} == {percent})


def tells(site: Scene, *percents: int) -> None:
    """All that stands on the Epics, in fields and beside links."""
    until(lambda: told(site) == set(percents))


def told(site: Scene) -> set[int]:
    jira = site.sandbox.jira
    issues = [jira.issue(epic) for epic in site.company.epics]
    links = [link["object"]["summary"].partition("%")[0] for issue in issues for link in issue.remote]
    return {int(value) for value in [*links, *(jira.value(one.id, FIELDS["progress"]) for one in issues)]}
