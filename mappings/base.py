"""What a mapping promises: pure translation, no clock, no I/O; MappingError for what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bridge.model import Raw, Selector, Stretch, WorkItem


class WorkMapping(Protocol):
    """Made once per connection from the site's facts and its configured vocabulary."""

    @property
    def cancelled(self) -> tuple[str, ...]:
        """The resolutions that mean the work was given up."""
        ...

    @property
    def scheme(self) -> str:
        """A digest of everything that decides the translation: when it changes, read all again."""
        ...

    def item(self, raw: Raw) -> WorkItem: ...

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        """The bridge's own fields and property as found on this record, as plain JSON:
        {"fields": {role: value}, "property": value}; only what the record tells."""
        ...


class Replay(Protocol):
    """Tells how items stood, from their records and changes. `untold` are the selectors whose hits of the
    past cannot be told from an item alone, each with the reason in a few words."""

    @property
    def untold(self) -> Mapping[Selector, str]: ...

    @property
    def fields(self) -> Sequence[str]:
        """Ids of the fields, besides the usual, that the selectors ask for: records are to hold them, and
        `held` of the glossary is to name them, or these selectors are untold."""
        ...

    @property
    def keys(self) -> Sequence[str]:
        """Keys of items that the selectors name: `keys` of the glossary is to tell whose they are."""
        ...

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """How the item stood at the ends of some days (aware, ascending), oldest first: the first stretch
        begins at 0, each later one where it differs from the one before. Raises MappingError."""
        ...


@runtime_checkable
class Historical(Protocol):
    """A mapping that can tell the past as well."""

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> Replay:
        """`glossary` is what the connector's `glossary()` tells."""
        ...
