"""Records of any REST API, translated by what the configuration says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.numbers import estimate
from mappings.rest_past import RestReplay, Telling
from mappings.rest_values import address, instant, listed, shown, text

Find = Callable[[Any], Any]
NUMBER = "numbers."
"""Before the name of a number field, where it is a part of an item."""
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestWords:
    """`find` reads a part of a record by name: id, title, status, updated, and what else is described;
    `numbers` and `roles` do so by the name of a number field and by the role of a written one. `statuses`
    are categories by status, `cancelled` the statuses of work that was given up, both in lower case.
    `described` is all of it as text; `zone` that of times that name none. `past` are the parts of an item
    by what its changes call them, `paths` by their JMESPath."""

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
    past: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)


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

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> RestReplay:  # noqa: ARG002
        """The past of items, told from their changes; the description tells all that they mean."""
        words = self.words
        parts = {name: partial(_part, name) for name in words.find}
        numbers = {name: partial(_part, f"{NUMBER}{name}") for name in words.numbers}
        past = RestMapping(self.connection, replace(words, find=parts, numbers=numbers))
        telling = Telling(
            names=words.past,
            paths=words.paths,
            begin=self._parts,
            item=past.item,
            instant=lambda value: instant(value, words.zone),
        )
        return RestReplay(telling, selectors)

    def _parts(self, raw: Raw) -> dict[str, Any]:
        found = {name: find(raw.data) for name, find in self.words.find.items()}
        return found | {f"{NUMBER}{name}": find(raw.data) for name, find in self.words.numbers.items()}

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
            there = next((path for path, part in self.words.paths.items() if part == name), "")
            raise MappingError(raw.id, name, f'nothing at "{there}" (item.{name})')
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


def _part(name: str, parts: Mapping[str, Any]) -> Any:
    return parts.get(name)


def _plain(name: str) -> str:
    return name.strip().casefold()
