"""Records of any REST API, translated by what the configuration says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from hashlib import sha256
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Tier, WorkItem
from mappings.numbers import estimate

Find = Callable[[Any], Any]
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 10**11


@dataclass(frozen=True, slots=True, kw_only=True)
class RestWords:
    """`find` reads a part of a record by name: id, title, status, updated, and what else is described;
    `numbers` and `roles` do so by the name of a number field and by the role of a written one. `statuses`
    are categories by status, `cancelled` the statuses of work that was given up, both in lower case.
    `described` is all of it as text; `zone` that of times that name none."""

    find: Mapping[str, Find]
    statuses: Mapping[str, Category]
    cancelled: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    numbers: Mapping[str, Find] = field(default_factory=dict)
    roles: Mapping[str, Find] = field(default_factory=dict)
    time_unit: str = "hours"
    zone: tzinfo = UTC
    described: str = ""


@dataclass(frozen=True, slots=True)
class RestMapping:
    connection: str
    words: RestWords

    @property
    def cancelled(self) -> tuple[str, ...]:
        """Nothing: such a system has statuses, and no resolutions."""
        return ()

    @property
    def scheme(self) -> str:
        return f"rest-1:{sha256(self.words.described.encode()).hexdigest()[:16]}"

    def item(self, raw: Raw) -> WorkItem:
        try:
            return self._item(raw)
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            raise MappingError(raw.id, "record", "of another kind than described") from None

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        roles = self.words.roles.items()
        return {"fields": {role: shown(role, find(raw.data)) for role, find in roles}} if roles else {}

    def _item(self, raw: Raw) -> WorkItem:
        unusable: list[str] = []
        status = text(self._of(raw, "status"))
        kind = text(self._of(raw, "type"))
        points = estimate("points", self._of(raw, "points"), unusable)
        numbers = {
            name: estimate(name, find(raw.data), unusable) for name, find in self.words.numbers.items()
        }
        return WorkItem(
            connection=self.connection,
            id=raw.id,
            key=text(self._of(raw, "key")) or raw.id,
            title=text(self._needed(raw, "title")),
            tier=self._tier(kind),
            status=status,
            category=self._category(status),
            cancelled=_plain(status) in self.words.cancelled,
            updated=self._instant(raw, "updated", self._needed(raw, "updated")),
            created=self._instant(raw, "created", made) if (made := self._of(raw, "created")) else None,
            due=self._day(raw, self._of(raw, "due")),
            parent=text(self._of(raw, "parent")) or None,
            children=listed(self._of(raw, "children")),
            points=points,
            estimate_seconds=self._time(raw, "estimate", unusable),
            spent_seconds=self._time(raw, "spent", unusable),
            percent=estimate("percent", self._of(raw, "percent"), unusable),
            numbers=tuple((name, value) for name, value in numbers.items() if value is not None),
            unusable=tuple(unusable),
            type=kind,
            project=text(self._of(raw, "project")),
            labels=listed(self._of(raw, "labels")),
            owner=text(self._of(raw, "owner")),
            url=address(text(self._of(raw, "url"))),
        )

    def _of(self, raw: Raw, name: str) -> Any:
        find = self.words.find.get(name)
        return None if find is None else find(raw.data)

    def _needed(self, raw: Raw, name: str) -> Any:
        found = self._of(raw, name)
        if found is None:
            raise MappingError(raw.id, name, "is not where `item` says")
        return found

    def _tier(self, kind: str) -> Tier:
        if _plain(kind) in self.words.groups:
            return Tier.GROUP
        return Tier.PART if _plain(kind) in self.words.parts else Tier.UNIT

    def _category(self, status: str) -> Category:
        if _plain(status) in self.words.cancelled:
            return Category.DONE
        return self.words.statuses.get(_plain(status), Category.UNDEFINED)

    def _time(self, raw: Raw, name: str, unusable: list[str]) -> Decimal | None:
        found = estimate(name, self._of(raw, name), unusable)
        return None if found is None else (found * SECONDS[self.words.time_unit]).to_integral_value()

    def _instant(self, raw: Raw, name: str, value: Any) -> datetime:
        try:
            return instant(value, self.words.zone)
        except (ValueError, TypeError, OverflowError):
            raise MappingError(raw.id, name, "is no time") from None

    def _day(self, raw: Raw, value: Any) -> date | None:
        if value in (None, ""):
            return None
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value.replace("/", "-"))
        return self._instant(raw, "due", value).astimezone(self.words.zone).date()


def instant(value: Any, zone: tzinfo) -> datetime:
    """An aware instant in UTC of ISO 8601 (in `zone` where it names none), or of seconds or milliseconds
    since 1970. Raises ValueError and TypeError."""
    if isinstance(value, str) and not value.strip().lstrip("-").isdecimal():
        found = datetime.fromisoformat(value.strip().replace("/", "-"))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    return _SINCE + timedelta(seconds=number / 1000 if abs(number) >= _MILLISECONDS else number)


def text(value: Any) -> str:
    """A value as people read it; what is there is data, whatever characters it has."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(int(value)) if value == int(value) else str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def listed(value: Any) -> tuple[str, ...]:
    """A list of texts, or text with commas between them."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(found for part in parts if (found := text(part).strip()))


def address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def shown(role: str, value: Any) -> Any:
    """A written figure as it was put: numbers as numbers, the rest as text, None for nothing."""
    if value is None or value == "":
        return None
    if role in ("progress", "score"):
        try:
            number = Decimal(text(value).strip().removesuffix("%"))
        except ArithmeticError:
            return text(value)
        return int(number) if number == number.to_integral_value() else float(number)
    return text(value)


def _plain(name: str) -> str:
    return name.strip().casefold()
