"""Days that are left out because it is open how things stood, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bridge.backfilling.gaps import Gaps
from bridge.model import KeyResult, Keys, Label, Link, Raw, Selector, Stretch
from bridge.reading import Connection
from bridge.report.past import Used
from connectors.memory import Memory
from mappings.memory import MemoryMapping
from tests.backfill.bench import PastBench
from tests.engine import keys

ONE, OTHER = Link("a", Keys(("1",))), Link("a", Label("x"))


def test_days_are_counted_by_key_result_and_link_and_name_an_item() -> None:
    gaps = Gaps()
    gaps.add(["KR1", "KR2"], {"KR1": {ONE: {"9": "reopened"}}, "KR2": {}})
    gaps.add(["KR1"], {"KR1": {ONE: {"7": "too old", "9": "reopened"}}, "KR2": {OTHER: {"7": "too old"}}})
    assert gaps.said("KR1", ONE, 5) == "no points for 2 of 5 days: 7 and 1 more: too old"
    assert gaps.said("KR1", OTHER, 5) == ""
    # The key result was not there on that day.
    assert gaps.said("KR2", OTHER, 5) == ""


def test_one_item_is_named_alone() -> None:
    gaps = Gaps()
    gaps.add(["KR1"], {"KR1": {ONE: {"9": "reopened"}}})
    assert gaps.said("KR1", ONE, 1) == "no points for 1 of 1 days: 9: reopened"


class Frank(Memory):
    """Says what its history does not tell."""

    def glossary(self) -> Mapping[str, Any]:
        return {**super().glossary(), "assumed": "all but titles"}


class Doubting(MemoryMapping):
    """Leaves open how each item called Odd stood on all days but the last."""

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> Any:
        inner = super().replay(glossary, selectors)

        def stretches(raw: Raw, changes: Any, ends: Sequence[datetime]) -> list[Stretch]:
            found = list(inner.stretches(raw, changes, ends))
            if raw.data["title"] != "Odd":
                return found
            return [
                replace(found[-1], first=0, doubt="nobody knows"),
                replace(found[-1], first=len(ends) - 1),
            ]

        return SimpleNamespace(untold=inner.untold, fields=inner.fields, keys=inner.keys, stretches=stretches)


def test_what_rests_on_an_item_in_doubt_has_no_points_on_those_days_and_the_report_says_so(
    bench: PastBench,
) -> None:
    key, stories = bench.epic("done", "todo")
    other, _ = bench.epic("done", "todo")
    bench.use(
        KeyResult(id="KR1", title="", links=(keys(key),)), KeyResult(id="KR2", title="", links=(keys(other),))
    )
    bench.sync()
    bench.tracker.change(stories[0], title="Odd")
    bench.until(4, 12)
    memory = Frank("mem", bench.tracker)
    bench.connect = lambda name: Connection(name, memory, Doubting(name))  # type: ignore[method-assign]
    report = bench.backfill(3)
    assert bench.values("KR1") == {3: "1/2"}
    assert bench.values("KR2") == {1: "1/2", 2: "1/2", 3: "1/2"}
    assert [(one.used, one.reason) for one in report.links] == [
        (Used.SOME, f"no points for 2 of 3 days: {stories[0]}: nobody knows"),
        (Used.PAST, ""),
    ]
    assert report.assumed == {"mem": "all but titles"}
    assert report.partial
