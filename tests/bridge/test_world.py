"""What the store knows, gathered for judging; what is not known to be complete is unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import Transient
from bridge.model import KeyResult
from bridge.store import Store
from bridge.world import links_of, load_world
from tests.engine import Bench, keys, okrs, query


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Bench(store, okrs())
        epic, _ = made.epic("done", "todo")
        made.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
        yield made


def test_before_the_first_read_everything_is_unreadable(bench: Bench) -> None:
    world = load_world(bench.store, bench.okrs, {})
    assert world.unreadable == links_of(bench.okrs)
    assert (world.hits, world.read, world.past.kept) == ({}, {}, {})


def test_after_a_read_hits_trees_and_last_values_are_there(bench: Bench) -> None:
    bench.sync()
    world = load_world(bench.store, bench.okrs, {})
    [link] = links_of(bench.okrs)
    assert world.hits == {link: {"1"}}
    assert world.unreadable == frozenset()
    assert set(world.trees["mem"].items) == {"1", "2", "3"}
    assert world.read == {"mem": bench.now}
    assert world.past.kept["KR1"].progress == 0.5


def test_links_of_a_silent_connection_are_unreadable_though_their_hits_are_known(bench: Bench) -> None:
    bench.sync()
    world = load_world(bench.store, bench.okrs, {}, silent=["mem"])
    assert world.unreadable == links_of(bench.okrs)
    assert world.hits


def test_a_link_that_failed_last_is_unreadable_until_it_is_read(bench: Bench) -> None:
    failing = query("label = x")
    bench.use(*bench.okrs.key_results, KeyResult(id="KR2", title="T", links=(failing,)))
    bench.sync()

    def fail(call: str) -> None:
        if call == "identities":
            raise Transient("mem", "no answer")

    bench.memory.before = fail
    bench.sync()
    assert load_world(bench.store, bench.okrs, {}).unreadable == {failing}
    bench.memory.before = lambda _: None
    bench.sync()
    assert load_world(bench.store, bench.okrs, {}).unreadable == frozenset()
