"""Comments that an account may not rewrite: a new one a milestone, and one kept up to date where it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import AccessDenied
from bridge.model import KeyResult
from bridge.reading import Connection
from bridge.store import Store
from mappings.memory import MemoryMapping
from tests.engine import Bench, keys, okrs

SHARES = ("38%", "50%", "75%")
FIXED = AccessDenied("mem", "put_comment: answered 403", "give Edit own notes")


@dataclass
class Fixable(Bench):
    """`may` tells whether the tracker lets a comment be rewritten, `known` what the site told of it."""

    may: bool = True
    known: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        put = self.memory.put_comment

        def guarded(item: str, body: Any, mark: Any, comment: str | None = None) -> str:
            if comment is not None and not self.may:
                raise FIXED
            return put(item, body, mark, comment)

        self.memory = _With(self.memory, guarded)  # type: ignore[assignment]

    def connect(self, name: str) -> Connection:
        fixed = frozenset() if self.known else frozenset({"MEM"})
        self.store.sites.put(name, {"site": {"fixed": sorted(fixed)}}, self.now)
        return Connection(name, self.memory, MemoryMapping(name), fixed=fixed)

    def texts(self) -> list[str]:
        return [str(one["body"]) for one in self.tracker.comments.get(self.item, {}).values()]

    def start(self) -> None:
        key, self.stories = self.epic(*["todo"] * 8)
        self.item = self.id(key)
        self.use(KeyResult(id="KR", title="T", links=(keys(key),)))

    def done(self, count: int) -> None:
        """So many of the eight stories are done now, after some time."""
        self.later(hours=1)
        for story in self.stories[:count]:
            self.finish(story)


class _With:
    def __init__(self, memory: Any, put_comment: Any) -> None:
        self._memory, self.put_comment = memory, put_comment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._memory, name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Fixable]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Fixable(store, okrs())
        made.start()
        yield made


def test_where_comments_cannot_be_rewritten_each_milestone_has_its_own(bench: Fixable) -> None:
    bench.may = bench.known = False
    for count, comments in ((3, 1), (4, 2), (5, 2), (6, 3)):
        bench.done(count)
        assert bench.sync().problems == ()
        assert len(bench.texts()) == comments
    assert bench.sync().changes == ()
    assert [share in text for share, text in zip(SHARES, bench.texts(), strict=True)] == [True] * 3


def test_a_right_that_is_lost_and_given_back_neither_doubles_nor_loses_a_comment(bench: Fixable) -> None:
    bench.done(1)
    bench.sync()
    bench.may = False
    bench.done(3)
    assert [problem.hint for problem in bench.sync().problems] == [FIXED.hint]
    bench.known = False
    report = bench.sync()
    assert (report.problems, len(bench.texts())) == ((), 2)
    assert bench.sync().changes == ()
    bench.may = bench.known = True
    bench.done(4)
    assert bench.sync().problems == ()
    first, second = bench.texts()
    assert "13%" in first
    assert "50%" in second
    assert bench.sync().changes == ()


def test_a_refusal_makes_the_site_be_asked_anew(bench: Fixable) -> None:
    bench.sync()
    assert bench.store.sites.get("mem") == ({"site": {"fixed": []}}, bench.now)
    bench.may = False
    bench.done(1)
    bench.sync()
    facts, at = bench.store.sites.get("mem") or ({}, bench.now)
    assert facts == {"site": {"fixed": []}}
    assert at.year < bench.now.year
