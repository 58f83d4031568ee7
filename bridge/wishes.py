"""What an OKR file asks of each connection: links, metric sources and anchors, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.model import Anchor, KeyResult, Keys, Link, MetricSource, Okrs, Query


@dataclass(frozen=True, slots=True)
class Wish:
    """What a connection is asked for. Of `counted` links only the number of hits matters."""

    links: tuple[Link, ...]
    counted: frozenset[Link] = frozenset()


def source_link(source: MetricSource) -> Link:
    """A metric's query as a link: its hits alone."""
    return Link(source.connection, Query(source.query), below=False)


def anchor_link(anchor: Anchor) -> Link:
    """An anchor as a link: so that it is read, and found again when its key moves."""
    return Link(anchor.connection, Keys((anchor.key,)), below=False)


def sources(key_result: KeyResult) -> Iterator[MetricSource]:
    """The queries that the metric and the guard of a key result are read from."""
    metrics = [key_result.metric, key_result.guard.metric if key_result.guard else None]
    yield from (metric.source for metric in metrics if metric and metric.source)


def links_of_one(key_result: KeyResult) -> Iterator[Link]:
    """Everything that a key result asks for, anchors and metric sources included."""
    yield from key_result.links
    yield from (anchor_link(anchor) for anchor in key_result.anchors or ())
    yield from (source_link(source) for source in sources(key_result))


def wishes(okrs: Okrs) -> Mapping[str, Wish]:
    """By connection, every link once, in file order."""
    links: defaultdict[str, dict[Link, None]] = defaultdict(dict)
    counted: dict[Link, None] = {}
    for key_result in okrs.key_results:
        for link in links_of_one(key_result):
            links[link.connection][link] = None
        for source in sources(key_result):
            if source.aggregate == "count":
                counted[source_link(source)] = None
    read = {link for key_result in okrs.key_results for link in _contents(key_result)}
    return {name: Wish(tuple(own), frozenset(counted) - read) for name, own in links.items()}


def _contents(key_result: KeyResult) -> Iterator[Link]:
    """The links of which the items themselves are needed."""
    yield from key_result.links
    yield from (source_link(source) for source in sources(key_result) if source.aggregate != "count")
