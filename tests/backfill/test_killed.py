"""A backfill that is killed anywhere and started again comes to the same, and asks for nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from bridge.backfilling.source import PAGE
from bridge.store import Store
from connectors.memory import Memory, Tracker
from tests.backfill.killing import Attempt, Table, outcome, tracker_of
from tests.stores import _made_sqlite

Undisturbed = tuple[Tracker, dict[str, Table], int, int]
Made = Callable[[int], Undisturbed]
REQUEST = Memory("x", Tracker()).page
"""So many items come with one request."""


def fresh(folder: Path, tracker: Tracker, kill: int = 0) -> Attempt:
    folder.mkdir(exist_ok=True)
    if not (folder / "okr-bridge.db").exists():
        (folder / "okr-bridge.db").write_bytes(_made_sqlite().read_bytes())
    return Attempt(tracker, folder, kill)


def left(attempt: Attempt) -> dict[str, Table]:
    with Store.open(attempt.url) as store:
        return outcome(store)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """By number of issues: their past, what an undisturbed backfill leaves, and how many statements and
    requests it takes."""
    known: dict[int, Undisturbed] = {}

    def of(issues: int) -> Undisturbed:
        if issues not in known:
            tracker = tracker_of(issues, Random(issues))
            whole = fresh(tmp_path_factory.mktemp("whole"), tracker)
            assert whole.run()
            known[issues] = tracker, left(whole), whole.statements(), whole.requests("pasts")
        return known[issues]

    return of


def goes_on(world: Undisturbed, folder: Path, kills: list[int]) -> None:
    tracker, want, _, pages = world
    killed = sum(not fresh(folder, tracker, kill).run() for kill in kills)
    last = fresh(folder, tracker)
    assert last.run()
    found = left(last)
    for name, rows in want.items():
        assert found[name] == rows, name
    assert killed == 0 or last.requests("pasts") <= pages + killed * (PAGE // REQUEST + 1)


def test_an_undisturbed_one_leaves_points_and_what_they_were_made_of(
    world: Made,
) -> None:
    _, want, statements, pages = world(300)
    assert len(want["history"]) == 28 * 21
    assert want["inputs"]
    assert want["states"]
    assert want["backfill_pages"] == want["backfills"] == want["backfill_turns"] == []
    assert statements > 100
    assert pages == 6


@pytest.mark.parametrize("seed", range(4))
def test_killed_once_it_comes_to_the_same(world: Made, seed: int, tmp_path: Path) -> None:
    made = world(300)
    goes_on(made, tmp_path / "killed", [Random(seed).randrange(1, made[2])])


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(50))
def test_fifty_of_two_thousand_issues_each_killed_once_come_to_the_same(
    world: Made, seed: int, tmp_path: Path
) -> None:
    made = world(2_000)
    goes_on(made, tmp_path / "killed", [Random(seed).randrange(1, made[2])])


@pytest.mark.prove
def test_one_of_ten_thousand_issues_killed_five_times_comes_to_the_same(world: Made, tmp_path: Path) -> None:
    made, random = world(10_000), Random(5)
    goes_on(made, tmp_path / "killed", [random.randrange(1, made[2] // 3) for _ in range(5)])
