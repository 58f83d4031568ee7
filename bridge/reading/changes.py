"""What changed since the last read: known items anew, and what has come below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from bridge.model import Raw
from bridge.reading.intake import BATCH, Found, Intake


def take_changes(intake: Intake, since: datetime, hints: frozenset[str] = frozenset()) -> datetime:
    """Mirror what changed among the known and whatever came below them; the instant it holds until.

    A change is whatever the system tells: repeats, our own writes and strangers' items are harmless.
    Items in `hints` are asked for one by one: the index that lists of changes come from may lag.
    """
    changed = intake.system.changed(since)
    strangers: list[Found] = []
    batch: list[Found] = []
    listed: set[str] = set()
    for raw in chain(_noted(changed.records, listed), _hinted(intake, hints, listed)):
        if found := intake.translate(raw):
            (batch if found[0].id in intake.known else strangers).append(found)
        if len(batch) >= BATCH:
            intake.save(batch)
            batch = []
    intake.save(batch)
    news = _take_in(intake, strangers)
    intake.complete(news)
    children = {child for node in tuple(intake.nodes.values()) for child in node.children}
    parts = children - intake.known
    intake.fetch(parts)
    intake.complete(parts)
    return changed.until


def _noted(records: Iterable[Raw], listed: set[str]) -> Iterator[Raw]:
    for raw in records:
        listed.add(raw.id)
        yield raw


def _hinted(intake: Intake, hints: frozenset[str], listed: set[str]) -> Iterator[Raw]:
    """The records of these items that the list of changes has not brought already."""
    if wanted := sorted(hints - listed):
        yield from intake.system.fetch(wanted)


def _take_in(intake: Intake, strangers: list[Found]) -> set[str]:
    """Of items nobody asked for, those whose parent is one of ours, however deep."""
    if not strangers:
        return set()
    ours = intake.names(intake.known)
    news: set[str] = set()
    while kin := [found for found in strangers if found[0].parent in ours and found[0].id not in ours]:
        intake.save(kin)
        news.update(item.id for item, _ in kin)
        ours.update(name for item, _ in kin for name in (item.id, item.key))
    return news
