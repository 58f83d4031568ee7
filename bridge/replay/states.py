"""What decides about an item's part in a number, as plain JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bridge.model import Category, Tier, WorkItem

TEXTS = ("parent", "resolution")
NUMBERS = ("points", "estimate_seconds", "spent_seconds", "percent")
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for when a state was updated: it holds whenever that was."""

_TIERS = {str(tier): tier for tier in Tier}
_CATEGORIES = {str(category): category for category in Category}


def packed(item: WorkItem) -> dict[str, Any]:
    """What a roll-up reads of an item, and its key to name it by; what is empty is left out."""
    data: dict[str, Any] = {
        "connection": item.connection,
        "id": item.id,
        "key": item.key,
        "tier": str(item.tier),
        "status": item.status,
        "category": str(item.category),
    }
    data |= {name: value for name in TEXTS if (value := getattr(item, name))}
    data |= {name: str(value) for name in NUMBERS if (value := getattr(item, name)) is not None}
    if item.cancelled:
        data["cancelled"] = True
    if item.checks is not None:
        data["checks"] = list(item.checks)
    if item.numbers:
        data["numbers"] = [[name, str(number)] for name, number in item.numbers]
    if item.unusable:
        data["unusable"] = list(item.unusable)
    if item.children:
        data["children"] = list(item.children)
    return data


class Unpacker:
    """Makes items of what `packed` made; texts and numbers that repeat are made once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbers: dict[str, Decimal] = {}

    def item(self, data: Mapping[str, Any]) -> WorkItem:
        """It equals the item packed in all that is kept."""
        word, number = self._word, self._number
        checks = data.get("checks")
        return WorkItem(
            connection=word(data["connection"]),
            id=data["id"],
            key=data["key"],
            title="",
            tier=_TIERS[data["tier"]],
            status=word(data["status"]),
            category=_CATEGORIES[data["category"]],
            updated=ALWAYS,
            parent=word(data["parent"]) if "parent" in data else None,
            children=tuple(data.get("children", ())),
            cancelled="cancelled" in data,
            resolution=word(data.get("resolution", "")),
            points=number(data.get("points")),
            estimate_seconds=number(data.get("estimate_seconds")),
            spent_seconds=number(data.get("spent_seconds")),
            percent=number(data.get("percent")),
            checks=None if checks is None else (checks[0], checks[1]),
            numbers=tuple((word(name), Decimal(value)) for name, value in data.get("numbers", ())),
            unusable=tuple(data.get("unusable", ())),
        )

    def _word(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _number(self, text: str | None) -> Decimal | None:
        if text is None:
            return None
        if text not in self._numbers:
            self._numbers[text] = Decimal(text)
        return self._numbers[text]
