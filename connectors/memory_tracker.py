"""The in-memory tracker itself: its people, its clock, and what it remembers of every change."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ROLES = ("key_result", "progress", "status", "score", "updated")
_START = datetime(2026, 10, 1, 8, tzinfo=UTC)


@dataclass(slots=True)
class Tracker:
    """The state of a tracker, and what people do in it. Its clock moves only when told."""

    now: datetime = _START
    roles: tuple[str, ...] = ROLES
    open: bool = True
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    links: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    changes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _last: int = 0

    def add(self, title: str, *, project: str = "MEM", tier: str = "unit", **facts: Any) -> str:
        """A new item; its permanent id. `facts` as in a record: parent, labels, status, points ..."""
        id = self.number()
        self.items[id] = {
            "id": id,
            "key": f"{project}-{id}",
            "project": project,
            "title": title,
            "tier": tier,
            "status": "Open",
            "category": "todo",
            "parent": None,
            "labels": [],
            "created": self.now.isoformat(),
            "updated": self.now.isoformat(),
        } | facts
        return id

    def change(self, id: str, **facts: Any) -> None:
        """Remembered as {"at": instant, "from": facts before, "to": facts after}, of the facts that differ;
        one that the item did not have is missing in `from`."""
        held = self.items[id]
        to = {name: value for name, value in facts.items() if name not in held or held[name] != value}
        if to:
            before = {name: held[name] for name in to if name in held}
            entry = {"at": self.now.isoformat(), "from": before, "to": to}
            self.changes.setdefault(id, []).append(deepcopy(entry))
        self.items[id] |= facts | {"updated": self.now.isoformat()}

    def move(self, id: str, project: str) -> str:
        """To another project: a new key, and the old one still resolves."""
        self.aliases[self.items[id]["key"]] = id
        key = f"{project}-{self.number()}"
        self.change(id, project=project, key=key)
        return key

    def delete(self, id: str) -> None:
        for part in (self.items, self.panels, self.properties, self.comments, self.links, self.changes):
            part.pop(id, None)

    def say(self, id: str, text: str) -> str:
        """A person's comment; its id."""
        number = self.number()
        self.comments.setdefault(id, {})[number] = {"body": text, "mark": None}
        self.change(id)
        return number

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def number(self) -> str:
        self._last += 1
        return str(self._last)

    def find(self, item: str) -> str | None:
        """The id of what this id, key or former key means, as far as the bridge may see it."""
        by_key = (id for id, facts in self.items.items() if facts["key"] == item)
        id = item if item in self.items else next(by_key, self.aliases.get(item, ""))
        return id if self.sees(id) else None

    def sees(self, id: str) -> bool:
        return id in self.items and id not in self.hidden

    def visible(self) -> list[dict[str, Any]]:
        return [facts for id, facts in self.items.items() if id not in self.hidden]
