"""What is known of a connection that gave no answer last is not today's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.silence import silent
from bridge.store import ConnectionResult, Cursor, Store
from tests.stores import NOON


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as opened:
        yield opened


def run(store: Store, minutes: int, *, ok: bool, read: bool) -> None:
    """A run that began then and took ten seconds: how acme answered, and whether it was read."""
    at = NOON + timedelta(minutes=minutes)
    id, over = store.runs.start("sync", at), at + timedelta(seconds=10)
    if read:
        store.cursors.put("acme", Cursor(at, "s", at, at))
    store.connections.put("acme", ConnectionResult(id, ok, "", "", over))
    store.runs.finish(id, over, "done", {})


def others(store: Store, count: int) -> None:
    """Runs that asked nothing of acme."""
    for _ in range(count):
        store.runs.finish(store.runs.start("sync", NOON), NOON, "done", {})


STORIES = {
    "never asked": ([], False),
    "read well": ([(True, True)], False),
    "read in part": ([(False, True)], False),
    "never answered": ([(False, False)], True),
    "answers no more": ([(True, True), (False, False)], True),
    "answers again": ([(True, True), (False, False), (True, True)], False),
    "answers again in part": ([(False, False), (False, True)], False),
    "failed after it was read in part": ([(False, True), (False, False)], True),
}


@pytest.mark.parametrize("between", [0, 30], ids=["", "many runs of others since"])
@pytest.mark.parametrize(("runs", "is_silent"), STORIES.values(), ids=STORIES)
def test_whether_a_connection_is_silent(store, runs, is_silent, between):
    for minutes, (ok, read) in enumerate(runs):
        run(store, minutes, ok=ok, read=read)
    others(store, between)
    assert silent(store, ["acme"]) == ({"acme"} if is_silent else set())


def test_only_those_asked_for_are_told(store):
    run(store, 0, ok=False, read=False)
    assert silent(store, ["other"]) == frozenset()
