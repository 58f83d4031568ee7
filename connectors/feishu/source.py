"""Reading work from a base."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import orjson

from bridge.errors import Rejected
from bridge.model import Raw, Selector
from connectors.base import Changed
from connectors.feishu.api import Record
from connectors.feishu.filters import hits
from connectors.feishu.shape import Shape
from connectors.feishu.tables import BATCH, Tables
from mappings.feishu_fields import instant, plain, words

T = TypeVar("T")
LAG = timedelta(minutes=2)
"""The platform may set the time of a change before it shows it, and our clock may be ahead of its."""
LINKS_LAST = 30.0
"""Seconds for which what hangs below what is taken as it was: a run asks for it many times. What is hung
there meanwhile was modified within the overlap of `changed`, and so is told next time."""
_RECORD = re.compile(r"rec[A-Za-z0-9]+")
Below = Mapping[str, Sequence[str]]


class FeishuSource:
    """Records are known as TABLE/RECORD, by their ids: a record's own is told apart within its table only."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._links: Below = {}
        self._links_until = float("-inf")
        self._reading = threading.Lock()

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """By TABLE/RECORD, with a table's name or id, by a record's address, or by its id alone."""
        places = {key: self._places(key) for key in keys}
        asked = {(shape.table, id): (shape, id) for found in places.values() for shape, id in found}
        there = {raw_id(record[0].table, record[1]) for record in self._found(asked.values())}
        resolved: dict[str, str] = {}
        for key, found in places.items():
            ids = [id for shape, one in found if (id := raw_id(shape.table, one)) in there]
            if len(ids) > 1:
                raise Rejected(
                    self._tables.system, f"{key} is a record of several tables", "say TABLE/RECORD"
                )
            resolved.update((key, id) for id in ids)
        return resolved

    def identities(self, selector: Selector) -> frozenset[str]:
        return frozenset(raw_id(table, id) for table, id in hits(self._tables, selector))

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        if not parents:
            return frozenset()
        below = self._below()
        return frozenset(child for parent in parents for child in below.get(parent, ()))

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        """A hundred an answer; what hangs below is told by its own links, so those of all tables are read."""
        shapes = self._tables.shapes()
        split = (id.partition("/") for id in dict.fromkeys(ids))
        asked = [(shapes[t], one) for t, _, one in split if t in shapes and _RECORD.fullmatch(one)]
        if not asked:
            return
        below = self._below()
        for shape, _, record in self._found(asked):
            yield raw(shape, record, below)

    def changed(self, since: datetime) -> Changed:
        """A base cannot be asked what changed: every record is read, and told by its time of modification.
        A table that counts by computed columns is told whole, for those change by themselves."""
        until = (self._tables.api.http.server_now or self._tables.api.http.clock.now()) - LAG
        return Changed(self._since(since - LAG), max(since, until))

    def one(self, item: str) -> tuple[Shape, Record] | None:
        """A record as it is now, with its table."""
        table, _, id = item.partition("/")
        shape = self._tables.shapes().get(table)
        if shape is None or not _RECORD.fullmatch(id):
            return None
        return next(((shape, record) for record in self._tables.records(shape, [id])), None)

    def _since(self, since: datetime) -> Iterator[Raw]:
        shapes = self._tables.shapes().values()
        rows = {shape.table: self._tables.scan(shape, shape.wanted()) for shape in shapes}
        below = self._remembered((shape, rows[shape.table]) for shape in shapes)
        moved = {
            raw_id(shape.table, record["record_id"])
            for shape in shapes
            for record in rows[shape.table]
            if shape.computed or _recent(record, since)
        }
        moved |= {parent for parent, children in below.items() if moved & set(children)}
        for shape in shapes:
            for record in rows[shape.table]:
                if raw_id(shape.table, record["record_id"]) in moved:
                    yield raw(shape, record, below)

    def _below(self) -> Below:
        """The direct children of everything, by the links of all tables."""
        with self._reading:
            if self._tables.api.http.clock.monotonic() < self._links_until:
                return self._links
            return self._remembered(self._linked())

    def _remembered(self, tables: Iterable[tuple[Shape, Sequence[Record]]]) -> Below:
        until = self._tables.api.http.clock.monotonic() + LINKS_LAST
        self._links, self._links_until = _below(tables), until
        return self._links

    def _linked(self) -> Iterator[tuple[Shape, Sequence[Record]]]:
        linking = [shape for shape in self._tables.shapes().values() if "parent" in shape.roles]
        scan = self._tables.scan
        return self._tables.api.http.parallel(
            lambda shape: (shape, scan(shape, [shape.roles["parent"].name])), linking
        )

    def _found(self, asked: Iterable[tuple[Shape, str]]) -> Iterator[tuple[Shape, str, Record]]:
        by_table: dict[str, tuple[Shape, list[str]]] = {}
        for shape, id in asked:
            by_table.setdefault(shape.table, (shape, []))[1].append(id)
        chunks = ((shape, piece) for shape, ids in by_table.values() for piece in pieces(ids, BATCH))
        read = self._tables.records
        for shape, records in self._tables.api.http.parallel(lambda c: (c[0], read(*c)), chunks):
            yield from ((shape, str(record["record_id"]), record) for record in records)

    def _places(self, key: str) -> list[tuple[Shape, str]]:
        """Where a key may be: nowhere for what is none, in any table for a record's id alone."""
        table, _, id = key.strip().rpartition("/")
        if "?" in id:
            asked = parse_qs(urlsplit(key.strip()).query)
            table, id = (asked.get(name, [""])[0] for name in ("table", "record"))
        if not _RECORD.fullmatch(id):
            return []
        if not table:
            return [(shape, id) for shape in self._tables.shapes().values()]
        shape = self._tables.called(table)
        return [(shape, id)] if shape else []


def raw_id(table: str, record: str) -> str:
    return f"{table}/{record}"


def raw(shape: Shape, record: Record, below: Below) -> Raw:
    """The record by what its columns mean, cut to what is used. Its version takes in all of that: two
    changes may fall together, and what is computed does not move the time."""
    fields = record.get("fields") or {}
    id = raw_id(shape.table, record["record_id"])
    kept = {
        "table": shape.table,
        "table_name": shape.name,
        "values": {role: plain(fields.get(column.name)) for role, column in shape.roles.items()},
        "parents": _parents(shape, record),
        "span": shape.roles["percent"].span if "percent" in shape.roles else None,
        "numbers": {name: plain(fields.get(column.name)) for name, column in shape.numbers.items()},
        "panel": panel(shape, record),
        "created": record.get("created_time"),
        "updated": record.get("last_modified_time"),
        "children": sorted(set(below.get(id, ()))),
    }
    digest = sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
    return Raw(id, f"{kept['updated'] or ''} {digest}", kept)


def panel(shape: Shape, record: Record) -> dict[str, list[Any]]:
    """The figures of the bridge's own as people see them, each with the kind of its column."""
    fields = record.get("fields") or {}
    return {
        role: [column.kind, column.shown(plain(fields.get(column.name)))]
        for role, column in shape.panel.items()
    }


def _parents(shape: Shape, record: Record) -> list[str]:
    column = shape.roles.get("parent")
    if column is None:
        return []
    linked = words(plain((record.get("fields") or {}).get(column.name)))
    return [raw_id(column.linked or shape.table, id) for id in linked]


def _below(tables: Iterable[tuple[Shape, Sequence[Record]]]) -> Below:
    found: dict[str, list[str]] = {}
    for shape, records in tables:
        for record in records:
            for parent in _parents(shape, record):
                found.setdefault(parent, []).append(raw_id(shape.table, record["record_id"]))
    return found


def _recent(record: Record, since: datetime) -> bool:
    """A record that tells no time may have changed."""
    at = instant(record.get("last_modified_time"))
    return at is None or at >= since


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
