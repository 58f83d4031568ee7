"""Which OKR file held on which day, and what each key result then rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bridge.backfilling.parts import Asked
from bridge.model import KeyResult, Link, Objective, Okrs
from bridge.wishes import Wish, source_link, wishes


def chapters(
    revisions: Sequence[tuple[datetime, Okrs]], ends: Sequence[datetime], only: frozenset[str] = frozenset()
) -> list[Okrs]:
    """The OKRs of each day: the last revision until its end, of days before the first the first. The same
    object as long as nothing changes. A key result that came later stands in the earlier ones as it came:
    of those days nobody had said anything else. `only` these are left, if any are named."""
    told = [(at, _only(okrs, only)) for at, okrs in _with_what_came(revisions)]
    found = []
    for end in ends:
        held = [okrs for at, okrs in told if at <= end]
        found.append(held[-1] if held else told[0][1])
    return found


def _with_what_came(revisions: Sequence[tuple[datetime, Okrs]]) -> Iterator[tuple[datetime, Okrs]]:
    """Each revision, and in it the key results that no revision until then has."""
    first: dict[str, tuple[int, Objective, KeyResult]] = {}
    for number, (_, okrs) in enumerate(revisions):
        for objective in okrs.objectives:
            for kr in objective.key_results:
                first.setdefault(kr.id, (number, objective, kr))
    for number, (at, okrs) in enumerate(revisions):
        yield at, _and(okrs, [(objective, kr) for came, objective, kr in first.values() if came > number])


def _and(okrs: Okrs, more: Sequence[tuple[Objective, KeyResult]]) -> Okrs:
    if not more:
        return okrs
    objectives = {objective.id: objective for objective in okrs.objectives}
    for objective, kr in more:
        own = objectives.get(objective.id, replace(objective, key_results=()))
        objectives[objective.id] = replace(own, key_results=(*own.key_results, kr))
    return replace(okrs, objectives=tuple(objectives.values()))


def _only(okrs: Okrs, chosen: frozenset[str]) -> Okrs:
    if not chosen:
        return okrs
    objectives = (
        replace(o, key_results=tuple(kr for kr in o.key_results if kr.id in chosen)) for o in okrs.objectives
    )
    return replace(okrs, objectives=tuple(objectives))


def rests_on(kr: KeyResult) -> tuple[Link, ...]:
    """The links that the value of a key result is made of, that of its metric's query last."""
    source = kr.metric.source if kr.metric else None
    return (*kr.links, source_link(source)) if source else kr.links


def needed(told: Iterable[Okrs], asked: Asked) -> Mapping[str, tuple[Link, ...]]:
    """By connection, every link that any of these needs, each once; of the connection asked for alone."""
    found: dict[str, dict[Link, None]] = {}
    for okrs in told:
        for kr in okrs.key_results:
            for link in rests_on(kr):
                if not asked.connection or link.connection == asked.connection:
                    found.setdefault(link.connection, {})[link] = None
    return {name: tuple(links) for name, links in found.items()}


def asked_of(connection: str, told: Iterable[Okrs]) -> Wish:
    """All that any of these asks of a connection, as one wish: what the mirror is there for."""
    links: dict[Link, None] = {}
    read: set[Link] = set()
    for okrs in told:
        if wish := wishes(okrs).get(connection):
            links |= dict.fromkeys(wish.links)
            read |= set(wish.links) - wish.counted
    return Wish(tuple(links), frozenset(links) - read)
