"""Whether a description fits: each path of it is tried on the first items that there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bridge.errors import ConnectorError
from bridge.model import Finding
from connectors.rest.bodies import address
from connectors.rest.described import Paging, Record
from connectors.rest.past import RestPast
from connectors.rest.shape import no_value, present, shape
from connectors.rest.source import RestSource

SAMPLE = 20
NEEDED = ("title", "status", "updated")


def trial(source: RestSource) -> Iterator[Finding]:
    """Of the list of items, of what is told of each, and of every other list and path. Reads only."""
    try:
        some = list(islice(source.all(), SAMPLE))
    except ConnectorError as error:
        yield Finding("error", source.name, error.message, error.hint)
        return
    if not some:
        hint = "is there work that the account sees? until then nothing of `item` can be tried"
        yield Finding("warning", source.name, f"GET {source.rest.items}: no items", hint)
        return
    records = [record for _, record in some]
    yield from _facts(source, records)
    yield from _statuses(source, records)
    for id, record in some[:1]:
        yield from _ways(source, id, record)


def past_trial(source: RestSource, past: RestPast) -> Iterator[Finding]:
    """Of the list of changes; where the items cannot be read, that is told already."""
    try:
        first = [id for id, _ in islice(source.all(), 1)]
    except ConnectorError:
        return
    yield from _tried(source, lambda: list(past.pasts(first)) and None)


def _facts(source: RestSource, records: list[Record]) -> Iterator[Finding]:
    for name, spot in source.rest.facts.items():
        missing = [record for record in records if spot(record) in (None, "")]
        if name in NEEDED and missing:
            what, hint = no_value(spot, missing[0])
            told = f"item {source.id(missing[0])} has {what}: it is listed as unreadable, and counts nowhere"
            yield Finding("error", source.name, told, hint)
        elif name == "updated" and (odd := [one for one in records if source.rest.updated(one) is None]):
            told = f"item {source.id(odd[0])}: what is at {spot} is no time"
            yield Finding("error", source.name, told, "ISO 8601, or seconds or milliseconds since 1970")
        elif len(missing) == len(records) and not any(present(spot, one) for one in records):
            told = f"nothing at {spot} in any of the first {len(records)} items"
            yield Finding("warning", source.name, told, f"the first is {shape(records[0])}")


def _statuses(source: RestSource, records: list[Record]) -> Iterator[Finding]:
    spot = source.rest.facts.get("status")
    if spot is None:
        return
    strange = {told for record in records if (told := source.rest.strange(spot(record)))}
    if strange:
        named = ", ".join(sorted(strange)[:5])
        hint = "say what it means in `status`; until then such items are undefined and listed"
        yield Finding("warning", source.name, f"status {named} stands nowhere in `status`", hint)


def _ways(source: RestSource, id: str, record: Record) -> Iterator[Finding]:
    """The other paths, tried on this item."""
    rest = source.rest
    if rest.item:
        yield from _tried(source, lambda: _same(source, id, source.one(id), "read.item"))
    if rest.by_key:
        key = str(rest.key(record) or id)
        yield from _tried(source, lambda: _same(source, id, source.by_key(key), "read.by_key"))
    if rest.children:
        yield from _tried(source, lambda: _read(source, source.paging, rest.children, id))
    for one in (rest.comments, rest.links):
        if one:
            ways = one.ways
            yield from _tried(source, lambda ways=ways: _read(source, ways.paging, ways.path, id))


def _tried(source: RestSource, act: Any) -> Iterator[Finding]:
    try:
        told = act()
    except ConnectorError as error:
        yield Finding("error", source.name, error.message, error.hint)
    else:
        if told:
            yield Finding("error", source.name, *told)


def _same(source: RestSource, id: str, found: Record | None, option: str) -> tuple[str, str] | None:
    if found is None:
        return f"{option}: item {id} stands in the list, and is not found there", f"check `{option}`"
    other = source.id(found)
    return (f"{option}: asked for {id}, and {other} came", f"check `{option}`") if other != id else None


def _read(source: RestSource, paging: Paging, path: str, id: str) -> None:
    for _ in source.walker.walk(paging, address(path, id=id), {}):
        return
