"""What properties are called now: they are known by ids, and asked for by names.

Notion encodes ids as for addresses, and no document says how a body is to hold them; names it takes anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.errors import Rejected
from connectors.notion.api import Api, Entry


class Names:
    """`sources` are those of `describe()`."""

    def __init__(self, api: Api, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._api = api
        self._known = {
            id: {str(one["id"]): name for name, one in facts["properties"].items()}
            for id, facts in sources.items()
        }

    def query(
        self, source: str, filter: Entry | None = None, *, newest: bool = False
    ) -> Iterator[list[Entry]]:
        """As the query of the API, by a filter that may name properties by ids. One that was renamed since
        is asked for by its new name."""
        try:
            yield from self._api.query(source, self._named(source, filter), newest=newest)
        except Rejected:
            if filter is None or not self._renewed(source):
                raise
            yield from self._api.query(source, self._named(source, filter), newest=newest)

    def _renewed(self, source: str) -> bool:
        """Whether anything is called otherwise now."""
        found = self._api.read(f"data_sources/{source}", "data_source")["properties"]
        now = {str(one["id"]): str(name) for name, one in found.items()}
        before, self._known[source] = self._known[source], now
        return any(now.get(id, name) != name for id, name in before.items())

    def _named(self, source: str, filter: Any) -> Any:
        match filter:
            case {"property": str(told)}:
                return {**filter, "property": self._known[source].get(told, told)}
            case {"and": inner} | {"or": inner}:
                return {next(iter(filter)): [self._named(source, one) for one in inner]}
            case _:
                return filter
