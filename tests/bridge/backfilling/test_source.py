"""The past of a connection is read page by page, no page twice, and what cannot be read is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import pytest

from bridge.backfilling.source import NO_PAST, PAGE, PARTLY_READ
from bridge.errors import MappingError, Stopping, Transient
from bridge.model import KeyResult, Label, Link, Raw, WorkItem
from bridge.reading import Connection, System
from bridge.report.past import Used
from connectors.base import Past
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping
from tests.backfill.bench import PastBench
from tests.engine import keys

LABEL = Link("mem", Label("x"))


class Recorder(Memory):
    """Says which pasts were asked for; `fails_after` so many records it gives no answer."""

    def __init__(self, tracker: Tracker) -> None:
        super().__init__("mem", tracker)
        self.asked: list[str] = []
        self.fails_after = 10**9

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        wanted = list(ids)
        self.asked += wanted
        for number, past in enumerate(super().pasts(wanted, fields)):
            if number >= self.fails_after:
                raise Transient("mem", "pasts: 503", "later")
            yield past


@pytest.fixture
def site(bench: PastBench) -> Recorder:
    """Some more than two pages of stories under one Epic."""
    bench.memory = made = Recorder(bench.tracker)
    key, _ = bench.epic(*["done", "todo"] * PAGE)
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.until(3, 12)
    return made


def test_what_came_before_an_error_is_not_asked_for_again(bench: PastBench, site: Recorder) -> None:
    site.fails_after = PAGE + 7
    report = bench.backfill(2)
    assert report.failed
    assert report.partial
    assert [problem.kind for problem in report.problems] == ["transient"]
    assert bench.values() == {}
    site.fails_after, site.asked = 10**9, []
    assert not bench.backfill(2).partial
    assert len(site.asked) == 2 * PAGE + 1 - PAGE
    assert bench.values() == {1: "1/2", 2: "1/2"}


def test_going_on_asks_for_nothing_but_what_is_missing(bench: PastBench, site: Recorder) -> None:
    site.fails_after = PAGE
    bench.backfill(2)
    calls: list[str] = []
    site.fails_after, site.before = 10**9, calls.append
    report = bench.backfill(2)
    assert set(calls) == {"pasts"}
    assert report.requests == {"mem": site.requests}


def test_with_restart_all_is_asked_for_again(bench: PastBench, site: Recorder) -> None:
    site.fails_after = PAGE
    bench.backfill(2)
    site.fails_after, site.asked = 10**9, []
    bench.backfill(2, restart=True)
    assert len(site.asked) == 2 * PAGE + 1


def test_other_days_begin_anew_and_forget_the_old_ones(bench: PastBench, site: Recorder) -> None:
    site.fails_after = PAGE
    bench.backfill(2)
    for first in (2, 1):
        site.fails_after, site.asked = 10**9, []
        bench.backfill(2, first=first)
        assert len(site.asked) == 2 * PAGE + 1


def test_a_day_later_only_what_changed_meanwhile_is_asked_for_again(bench: PastBench, site: Recorder) -> None:
    site.fails_after = PAGE
    bench.backfill(2)
    here = site.asked[:PAGE]
    bench.until(3, 15)
    moved = next(one for one in here if bench.tracker.items[one]["parent"])
    before = bench.tracker.items[moved]["category"]
    bench.tracker.change(moved, category="todo" if before == "done" else "done")
    new = bench.tracker.add("New", parent="1", category="todo")
    bench.until(4, 12)
    site.fails_after, site.asked = 10**9, []
    assert not bench.backfill(3).partial
    assert len(site.asked) == PAGE + 1 + 2
    assert {moved, new} <= set(site.asked)
    share = PAGE + (1 if before == "todo" else -1)
    assert bench.points()[2].value == Fraction(1, 2)
    assert bench.points()[3].value == Fraction(share, 2 * PAGE + 1)
    told = {day: replace(point, at=bench.now) for day, point in bench.points().items()}
    bench.backfill(3, restart=True)
    assert {day: replace(point, at=bench.now) for day, point in bench.points().items()} == told


def test_a_process_that_is_to_end_keeps_what_it_has(bench: PastBench, site: Recorder) -> None:
    read: list[int] = []

    class Watch:
        def read(self, connection: str, done: int, total: int) -> None:
            read.append(done)

        def judged(self, done: int, total: int) -> None: ...

    bench.watch = Watch()
    bench.stopping = lambda: bool(read) and read[-1] >= PAGE
    with pytest.raises(Stopping):
        bench.backfill(2)
    bench.stopping = lambda: False
    site.asked = []
    bench.backfill(2)
    assert len(site.asked) == PAGE + 1
    assert read[0] == 0
    assert read[-1] == 2 * PAGE + 1


class Odd(MemoryMapping):
    """Cannot read the item called Odd."""

    def item(self, raw: Raw) -> WorkItem:
        if raw.data["title"] == "Odd":
            raise MappingError(raw.id, "status", "no such thing")
        return super().item(raw)


def test_an_item_that_is_not_understood_leaves_those_that_rest_on_it_without_points(
    bench: PastBench,
) -> None:
    key, stories = bench.epic("done")
    other, _ = bench.epic("done", "todo")
    bench.use(
        KeyResult(id="KR1", title="", links=(keys(key),)), KeyResult(id="KR2", title="", links=(keys(other),))
    )
    bench.sync()
    bench.tracker.change(stories[0], title="Odd")
    bench.until(3, 12)
    bench.connect = lambda name: Connection(name, bench.memory, Odd(name))  # type: ignore[method-assign]
    report = bench.backfill(2)
    assert [(one.kr, one.used) for one in report.links] == [("KR1", Used.NOTHING), ("KR2", Used.PAST)]
    assert report.links[0].reason == PARTLY_READ
    assert bench.values("KR1") == {}
    assert bench.values("KR2") == {1: "1/2", 2: "1/2"}


class Forgetful:
    """A tracker that keeps no past: all of a memory but what a historian has."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def __getattr__(self, name: str) -> Any:
        if name in ("pasts", "touched", "glossary"):
            raise AttributeError(name)
        return getattr(self._memory, name)


def two(bench: PastBench, other: Callable[[str], Connection]) -> None:
    """Beside `mem` there is `other`; each key result rests on one of them, the third on both."""
    key, _ = bench.epic("done", "todo")
    mem, there = keys(key), Link("other", Label("x"))
    bench.use(
        KeyResult(id="KR1", title="", links=(mem,)),
        KeyResult(id="KR2", title="", links=(there,)),
        KeyResult(id="KR3", title="", links=(mem, there)),
    )
    bench.names = ("mem", "other")
    here = bench.connect
    bench.connect = lambda name: here(name) if name == "mem" else other(name)  # type: ignore[method-assign]
    bench.until(3, 12)


def tell_nothing(report: Any, bench: PastBench) -> None:
    assert bench.values("KR1") == {1: "1/2", 2: "1/2"}
    assert bench.values("KR2") == bench.values("KR3") == {}
    assert [one.used for one in report.links] == [Used.PAST, Used.NOTHING, Used.PAST, Used.NOTHING]
    assert report.partial
    assert not report.failed


def test_a_connection_without_a_past_is_told_and_the_others_go_on(bench: PastBench) -> None:
    def forgetful(name: str) -> Connection:
        return Connection(name, cast("System", Forgetful(Memory(name, Tracker()))), MemoryMapping(name))

    two(bench, forgetful)
    report = bench.backfill(2)
    tell_nothing(report, bench)
    assert [problem.message for problem in report.problems] == [f"other: {NO_PAST}"]


def test_a_connection_that_cannot_be_opened_is_told_and_the_others_go_on(bench: PastBench) -> None:
    def refuses(name: str) -> Connection:
        raise Transient(name, "no answer", "later")

    two(bench, refuses)
    tell_nothing(bench.backfill(2), bench)


def test_a_defect_in_one_connection_leaves_the_others_alone(
    bench: PastBench, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(name: str) -> Connection:
        raise ZeroDivisionError

    two(bench, breaks)
    report = bench.backfill(2)
    tell_nothing(report, bench)
    assert [problem.kind for problem in report.problems] == ["defect"]
    assert "Traceback" in caplog.text


def test_a_connection_that_is_no_more_is_told(bench: PastBench) -> None:
    two(bench, bench.connect)
    bench.names = ("mem",)
    report = bench.backfill(2)
    tell_nothing(report, bench)
    assert "there is no connection other" in report.problems[0].message


def test_what_rests_on_another_connection_is_left_alone_when_one_is_named(bench: PastBench) -> None:
    two(bench, lambda name: Connection(name, Memory(name, Tracker(now=bench.now)), MemoryMapping(name)))
    report = bench.backfill(2, connection="mem")
    assert bench.values("KR1") == {1: "1/2", 2: "1/2"}
    assert bench.values("KR2") == bench.values("KR3") == {}
    assert [one.used for one in report.links] == [Used.PAST, Used.UNASKED, Used.PAST, Used.UNASKED]
    assert not report.partial


def test_what_was_deleted_is_told_and_left_out(bench: PastBench) -> None:
    key, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="", links=(keys(key),)))
    bench.sync()
    name = bench.tracker.items[stories[0]]["key"]
    bench.tracker.delete(stories[0])
    bench.until(3, 12)
    report = bench.backfill(2)
    assert [(one.id, one.key, one.krs) for one in report.gone] == [(stories[0], name, ("KR1",))]
    assert bench.values() == {1: "0", 2: "0"}
    assert [(one.why, one.items[0].id) for one in report.disagreements] == [("gone", stories[0])]


def test_a_linked_item_that_goes_while_it_is_read_leaves_its_key_result_without_points(
    bench: PastBench,
) -> None:
    key, _ = bench.epic("done", "todo")
    other, _ = bench.epic("done")
    bench.use(
        KeyResult(id="KR1", title="", links=(keys(key),)), KeyResult(id="KR2", title="", links=(keys(other),))
    )
    bench.until(3, 12)
    epic = bench.id(key)

    def going(call: str) -> None:
        if call == "pasts":
            bench.tracker.delete(epic)

    bench.memory.before = going
    report = bench.backfill(2)
    assert bench.values("KR1") == {}
    assert bench.values("KR2") == {1: "1", 2: "1"}
    assert [one.id for one in report.gone] == [epic]
    assert report.links[0].used is Used.NOTHING


def test_an_item_that_left_the_links_is_known_by_having_changed(bench: PastBench) -> None:
    one = bench.tracker.add("One", labels=["x"], category="done")
    bench.tracker.add("Two", labels=["x"])
    bench.use(KeyResult(id="KR1", title="", links=(LABEL,)))
    bench.until(2, 12)
    bench.tracker.change(one, labels=[])
    bench.until(4, 12)
    bench.backfill(3)
    assert bench.values() == {1: "1/2", 2: "0", 3: "0"}
