"""What stands on an item beside its fields: comments or links, listed and written as described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import NotFound, Rejected
from connectors.rest.bodies import address, filled
from connectors.rest.described import Record, Way, Ways
from connectors.rest.pages import Walker, identity


class Entries:
    def __init__(self, walker: Walker, ways: Ways) -> None:
        self.system = walker.http.system
        self.ways = ways
        self._walker = walker

    def all(self, item: str) -> dict[str, Record]:
        """By id, as the system lists them. Raises NotFound where it says that the item is not there."""
        found: dict[str, Record] = {}
        for record in self._walker.walk(self.ways.paging, address(self.ways.path, id=item), {}):
            found[identity(self.ways.paging.identity, record) or ""] = record
        return found

    def make(self, item: str, values: Mapping[str, Any]) -> str:
        """What was sent, for an error. Raises Transient(maybe_done) after an unknown outcome."""
        return self._send(self.ways.make, item, "", values)

    def change(self, item: str, id: str, values: Mapping[str, Any]) -> str:
        """The same. Raises NotFound where it is gone, Rejected where the system cannot."""
        if self.ways.change is None:
            raise self.refused(f"{item}: {self.ways.what} {id} stays as it is", self._describe("change"))
        return self._send(self.ways.change, item, id, values)

    def remove(self, item: str, id: str) -> None:
        """Gone already is gone. Raises Rejected where the system cannot, or did not."""
        if self.ways.remove is None:
            hint = f"remove it by hand, or {self._describe('remove')}"
            raise self.refused(f"{item}: no way to remove {self.ways.what} {id}", hint)
        try:
            sent = self._send(self.ways.remove, item, id, {})
            there = id in self.all(item)
        except NotFound:
            return
        if there:
            message = f"{sent} was answered as done, and the {self.ways.what} is there"
            raise self.refused(message, f"check `write.{self.ways.what}.remove`")

    def refused(self, message: str, hint: str) -> Rejected:
        return Rejected(self.system, message, hint)

    def _describe(self, name: str) -> str:
        return f"describe `write.{self.ways.what}.{name}`"

    def _send(self, way: Way, item: str, id: str, values: Mapping[str, Any]) -> str:
        path = address(way.path, **{"id": item, self.ways.what: id})
        body = None if way.body is None else filled(way.body, values)
        self._walker.http.call(way.method, path, body=body, repeatable=bool(id), item=item)
        return f"{way.method} {path}"
