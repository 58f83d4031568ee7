"""R36: a run that dies after any call is made up for by the next one, to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.model import KeyResult
from bridge.store import Store
from tests.engine import Bench, keys, okrs, query

CALLS = 21
"""How many calls the run below takes; each is a moment to die at."""


class Killed(BaseException):
    """What a kill is to a program: nothing catches it."""


def furnish(store: Store) -> Bench:
    bench = Bench(store, okrs())
    first, _ = bench.epic("done", "todo", "todo")
    second, _ = bench.epic("done", "done", "in_progress", "todo")
    bench.tracker.add("Loose", labels=["x"])
    bench.use(
        KeyResult(id="KR1", title="One", links=(keys(first), query("label = x"))),
        KeyResult(id="KR2", title="Two", links=(keys(second), keys(first))),
    )
    return bench


def shown(bench: Bench) -> dict[str, Any]:
    """All that people see on the items, without ids and instants."""
    tracker = bench.tracker
    return {
        item: {
            "fields": {
                role: value for role, value in tracker.panels.get(item, {}).items() if role != "updated"
            },
            "entries": [
                {name: value for name, value in entry.items() if name != "updated"}
                for entry in (tracker.properties.get(item) or {}).get("key_results", [])
            ],
            "comments": sorted(
                (comment["mark"]["kr"], comment["mark"]["hash"])
                for comment in tracker.comments.get(item, {}).values()
            ),
            "links": tracker.links.get(item, {}),
        }
        for item in tracker.items
    }


MOMENTS = [
    pytest.param(at, moment, marks=[pytest.mark.prove] if (at + after) % 2 else [])
    for at in range(1, CALLS + 1)
    for after, moment in enumerate(("before", "after"))
]
"""Before and after every call; every other one is a proof."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], int]:
    """What a run that nobody kills leaves behind, and how many calls it takes."""
    calls: list[str] = []
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('whole')}/okr.db") as store:
        bench = furnish(store)
        bench.memory.after = calls.append
        bench.sync()
        return shown(bench), len(calls)


@pytest.mark.parametrize(("at", "moment"), MOMENTS)
def test_a_run_killed_at_any_call_is_made_up_for(
    at: int, moment: str, tmp_path: Path, undisturbed: tuple[dict[str, Any], int]
) -> None:
    expected, _ = undisturbed
    count = 0

    def kill(_: str) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise Killed

    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        bench = furnish(store)
        setattr(bench.memory, moment, kill)
        with pytest.raises(Killed):
            bench.sync()
        setattr(bench.memory, moment, lambda _: None)
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        bench.store = store
        bench.later(minutes=1)
        assert bench.sync().outcome == "done"
        assert shown(bench) == expected
        assert bench.sync().changes == ()
        assert store.outbox.depth() == 0


def test_every_call_of_the_run_was_a_moment_to_die_at(undisturbed: tuple[dict[str, Any], int]) -> None:
    assert undisturbed[1] == CALLS
