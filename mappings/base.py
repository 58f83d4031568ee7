"""What a mapping promises: pure translation, no clock, no I/O; MappingError for what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bridge.model import Raw, WorkItem


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
