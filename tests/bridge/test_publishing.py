"""The writing side of a run: where it looks, and in whose name its threads speak."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

import pytest

from bridge.model import KeyResult
from bridge.store import Store
from tests.engine import Bench, keys, okrs

RUN: ContextVar[str] = ContextVar("run", default="")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())


def two(bench: Bench) -> list[str]:
    epics = [bench.epic("done", "todo")[0] for _ in range(2)]
    bench.use(*(KeyResult(id=f"KR{n}", title="T", links=(keys(epic),)) for n, epic in enumerate(epics)))
    return [bench.id(epic) for epic in epics]


@pytest.mark.parametrize(
    ("orders", "looks"),
    [({}, 0), ({"look": frozenset({"mem"})}, 2), ({"look": frozenset({"other"})}, 0), ({"full": True}, 2)],
    ids=["an idle run", "a comparison", "of another connection", "full"],
)
def test_what_stands_is_looked_at_where_that_is_asked(
    bench: Bench, orders: dict[str, object], looks: int
) -> None:
    first, _ = two(bench)
    bench.sync()
    (comment,) = bench.tracker.comments[first]
    del bench.tracker.comments[first][comment]
    calls: list[str] = []
    bench.memory.before = calls.append
    bench.sync(**orders)
    assert calls.count("look") == looks
    assert len(bench.tracker.comments[first]) == (1 if looks else 0)


def test_whoever_writes_knows_which_run_it_writes_for(bench: Bench) -> None:
    two(bench)
    seen: list[str] = []
    bench.memory.before = lambda call: seen.append(RUN.get()) if call in ("look", "put_values") else None
    token = RUN.set("the run")
    try:
        bench.sync()
    finally:
        RUN.reset(token)
    assert len(seen) == 4
    assert set(seen) == {"the run"}
