"""A connector of two parts, one that reads work and one that shows key results: calls go on to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bridge.model import Document, Raw, Selector
from connectors.base import Changed, Found, Mark, WorkSource


class Shows(Protocol):
    """A Panel but for links, which most tools have not."""

    def look(self, item: str) -> Found: ...
    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None: ...
    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str: ...
    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None: ...
    def remove_comment(self, item: str, comment: str) -> None: ...


class Parted(Protocol):
    @property
    def source(self) -> WorkSource: ...
    @property
    def panel(self) -> Shows: ...


class OfParts:
    """WorkSource by `source`, Panel but for links by `panel`, whenever the connector has made them."""

    def resolve(self: Parted, keys: Sequence[str]) -> Mapping[str, str]:
        return self.source.resolve(keys)

    def identities(self: Parted, selector: Selector) -> frozenset[str]:
        return self.source.identities(selector)

    def children(self: Parted, parents: Mapping[str, str]) -> frozenset[str]:
        return self.source.children(parents)

    def fetch(self: Parted, ids: Iterable[str]) -> Iterator[Raw]:
        return self.source.fetch(ids)

    def changed(self: Parted, since: datetime) -> Changed:
        return self.source.changed(since)

    def look(self: Parted, item: str) -> Found:
        return self.panel.look(item)

    def put_values(self: Parted, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        self.panel.put_values(item, fields, property)

    def put_comment(self: Parted, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self.panel.put_comment(item, body, mark, comment)

    def remove_values(self: Parted, item: str, roles: Sequence[str], property: bool) -> None:
        self.panel.remove_values(item, roles, property)

    def remove_comment(self: Parted, item: str, comment: str) -> None:
        self.panel.remove_comment(item, comment)
