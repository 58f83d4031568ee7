"""Days of which nothing is said, because the history leaves open how an item stood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bridge.model import Link

Doubts = Mapping[Link, Mapping[str, str]]
"""By link, the items under it of which it is open how they stood, with the reason."""


@dataclass(slots=True)
class Gaps:
    """How often each link was in doubt, by key result, and because of which items."""

    _days: dict[tuple[str, Link], int] = field(default_factory=dict)
    _items: dict[tuple[str, Link], dict[str, str]] = field(default_factory=dict)

    def add(self, krs: Iterable[str], doubts: Mapping[str, Doubts]) -> None:
        """One more day, as these key results stand on it."""
        for kr in krs:
            for link, items in doubts.get(kr, {}).items():
                self._days[kr, link] = self._days.get((kr, link), 0) + 1
                self._items.setdefault((kr, link), {}).update(items)

    def said(self, kr: str, link: Link, days: int) -> str:
        """In a few words; empty where there were none."""
        if (kr, link) not in self._days:
            return ""
        items = self._items[kr, link]
        first = min(items)
        who = first if len(items) == 1 else f"{first} and {len(items) - 1} more"
        return f"no points for {self._days[kr, link]} of {days} days: {who}: {items[first]}"
