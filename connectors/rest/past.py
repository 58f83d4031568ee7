"""What a described system remembers of its items: the changes of each, asked for item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bridge.errors import NotFound, PartialRead, UnexpectedAnswer
from bridge.model import Raw
from connectors.base import Past
from connectors.rest.bodies import address
from connectors.rest.described import PastWays, Record, Spot
from connectors.rest.shape import no_value, shape
from connectors.rest.source import RestSource

TRIES = 5
"""How often an item is read that changes while its changes are."""


class RestPast:
    def __init__(self, source: RestSource, ways: PastWays) -> None:
        self._source = source
        self._ways = ways

    def pasts(self, ids: Iterable[str]) -> Iterator[Past]:
        """Ids that are gone or hidden are left out. Raises UnexpectedAnswer where an entry tells no instant
        or no field."""
        for past in self._source.http.parallel(self._past, dict.fromkeys(ids)):
            if past is not None:
                yield past

    def _past(self, id: str) -> Past | None:
        """The record is the same before its changes are read and after, or all is read again."""
        before = self._raw(id)
        for _ in range(TRIES):
            if before is None:
                return None
            told = self._changes(id)
            after = self._raw(id)
            if told is None and after is not None:
                message = f"{id} is there, and its changes are not"
                raise UnexpectedAnswer(self._source.name, message, "check `past.path`")
            if told is not None and after is not None and after.version == before.version:
                return Past(after, told)
            before = after
        message = f"{id} changed while its changes were read, {TRIES} times"
        raise PartialRead(self._source.name, message, "run again when less goes on")

    def _raw(self, id: str) -> Raw | None:
        found = self._source.one(id)
        return None if found is None else self._source.raw(found)

    def _changes(self, id: str) -> tuple[Mapping[str, Any], ...] | None:
        """Oldest first, whichever way they are listed; None where there is no such list."""
        path = address(self._ways.path, id=id)
        try:
            entries = list(self._source.walker.walk(self._ways.paging, path, {}))
        except NotFound:
            return None
        timed = [(self._at(path, entry), entry) for entry in entries]
        if timed and timed[0][0] > timed[-1][0]:
            timed.reverse()
        ordered = sorted(timed, key=lambda one: one[0])
        return tuple(change for at, entry in ordered for change in self._told(path, at, entry))

    def _at(self, path: str, entry: Record) -> datetime:
        at = self._ways.instant(self._ways.at(entry))
        if at is None:
            raise self._odd(path, self._ways.at, entry)
        return at

    def _told(self, path: str, at: datetime, entry: Record) -> Iterator[Mapping[str, Any]]:
        ways = self._ways
        parts = [entry] if ways.parts is None else ways.parts(entry)
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise self._odd(path, ways.parts or ways.field, entry)
        for part in parts:
            name = ways.field(part)
            if not isinstance(name, str | int) or name == "":
                raise self._odd(path, ways.field, part)
            yield {"at": at.isoformat(), "field": str(name), "old": ways.old(part), "new": ways.new(part)}

    def _odd(self, path: str, spot: Spot, entry: Record) -> UnexpectedAnswer:
        what, _ = no_value(spot, entry)
        return UnexpectedAnswer(
            self._source.name, f"GET {path}: a change has {what}", f"it is {shape(entry)}"
        )
