"""What an OKR file asks of each connection."""

from __future__ import annotations

from decimal import Decimal

from bridge.model import Anchor, Guard, KeyResult, Keys, Kind, Link, Metric, MetricSource, Query
from bridge.wishes import anchor_link, source_link, wishes
from tests.engine import keys, okrs, query

COUNT = MetricSource("mem", "label = bug", "count", "")
TOTAL = MetricSource("mem", "label = bug", "sum", "points")


def metric_kr(source: MetricSource, **more: object) -> KeyResult:
    metric = Metric(Decimal(9), Decimal(0), source=source)
    return KeyResult(**{"id": "KR1", "title": "T", "kind": Kind.METRIC, "metric": metric} | more)  # type: ignore[arg-type]


def test_a_link_that_several_key_results_use_is_asked_for_once() -> None:
    one = keys("A-1")
    found = wishes(okrs(*(KeyResult(id=f"KR{n}", title="T", links=(one, one)) for n in range(3))))
    assert found["mem"].links == (one,)


def test_links_are_told_apart_by_what_is_below() -> None:
    found = wishes(okrs(KeyResult(id="KR1", title="T", links=(keys("A-1"), keys("A-1", below=False)))))
    assert len(found["mem"].links) == 2


def test_connections_are_asked_each_for_their_own() -> None:
    links = (keys("A-1", on="one"), query("x = y", on="two"))
    found = wishes(okrs(KeyResult(id="KR1", title="T", links=links)))
    assert {name: wish.links for name, wish in found.items()} == {"one": links[:1], "two": links[1:]}


def test_anchors_are_read_as_well() -> None:
    anchor = Anchor("mem", "A-9")
    found = wishes(okrs(KeyResult(id="KR1", title="T", links=(), anchors=(anchor,))))
    assert found["mem"].links == (Link("mem", Keys(("A-9",)), below=False),)
    assert anchor_link(anchor) == found["mem"].links[0]


def test_of_a_count_only_the_number_of_hits_matters() -> None:
    found = wishes(okrs(metric_kr(COUNT)))["mem"]
    assert found.counted == {source_link(COUNT)}


def test_contents_are_read_where_anything_else_needs_them() -> None:
    own = Link("mem", Query("label = bug"), below=False)
    assert wishes(okrs(metric_kr(TOTAL)))["mem"].counted == frozenset()
    assert wishes(okrs(metric_kr(COUNT), metric_kr(TOTAL, id="KR2")))["mem"].counted == frozenset()
    assert wishes(okrs(metric_kr(COUNT, links=(own,))))["mem"].counted == frozenset()


def test_a_guards_source_is_read_too() -> None:
    guard = Guard("Few bugs", Metric(Decimal(9), Decimal(5), source=COUNT))
    found = wishes(okrs(KeyResult(id="KR1", title="T", kind=Kind.METRIC, guard=guard)))
    assert found["mem"].counted == {source_link(COUNT)}


def test_nothing_is_asked_for_what_people_report() -> None:
    assert wishes(okrs(KeyResult(id="KR1", title="T", kind=Kind.METRIC))) == {}
