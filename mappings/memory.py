"""Records of the in-memory tracker, translated: the smallest mapping there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.memory_past import MemoryReplay

_MOST = Decimal(10) ** 15
_ESTIMATES = ("points", "estimate", "spent")


@dataclass(frozen=True, slots=True)
class MemoryMapping:
    """`cancelled`: the resolutions that mean it, on an item whose status is done."""

    connection: str
    cancelled: tuple[str, ...] = ("Won't Do", "Duplicate")

    @property
    def scheme(self) -> str:
        return f"memory-1:{','.join(self.cancelled)}"

    def item(self, raw: Raw) -> WorkItem:
        data = raw.data
        try:
            category = Category(data["category"])
            return WorkItem(
                connection=self.connection,
                id=raw.id,
                key=data["key"],
                title=data["title"],
                tier=Tier(data["tier"]),
                status=data["status"],
                category=category,
                updated=datetime.fromisoformat(data["updated"]),
                created=datetime.fromisoformat(data["created"]),
                due=date.fromisoformat(data["due"]) if data.get("due") else None,
                parent=data["parent"],
                children=tuple(data.get("children", ())),
                resolution=data.get("resolution", ""),
                cancelled=category is Category.DONE and data.get("resolution") in self.cancelled,
                points=_usable(data.get("points")),
                estimate_seconds=_usable(data.get("estimate")),
                spent_seconds=_usable(data.get("spent")),
                percent=_usable(data.get("percent")),
                checks=tuple(data["checks"]) if data.get("checks") else None,
                numbers=_numbers(data.get("numbers", {})),
                unusable=_unusable(data),
                project=data["project"],
                labels=tuple(data["labels"]),
                flagged=bool(data.get("flagged")),
                owner=data.get("owner", ""),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise MappingError(raw.id, _place(error), "missing or of another kind") from None

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> MemoryReplay:  # noqa: ARG002
        """The past of items; nothing in it needs a glossary."""
        return MemoryReplay(self.item, selectors)

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": dict(raw.data.get("panel", {})), "property": raw.data.get("property")}


def _usable(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= _MOST else None


def _numbers(numbers: Mapping[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    usable = ((name, _usable(value)) for name, value in numbers.items())
    return tuple((name, value) for name, value in usable if value is not None)


def _unusable(data: Mapping[str, Any]) -> tuple[str, ...]:
    written = {key: data.get(key) for key in _ESTIMATES} | data.get("numbers", {})
    return tuple(
        f"{name}: {value}" for name, value in written.items() if value is not None and _usable(value) is None
    )


def _place(error: Exception) -> str:
    return str(error.args[0]) if isinstance(error, KeyError) else "record"
