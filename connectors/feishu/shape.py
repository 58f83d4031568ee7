"""Which column of a table means what, by their names and kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.feishu.settings import FeishuSettings
from mappings.feishu_fields import (
    CHECKBOX,
    CHOICE,
    CHOICES,
    COMPUTED,
    DATE,
    FORMULA,
    LINKS,
    LOOKUP,
    NUMBER,
    PERSON,
    STAGE,
    TEXT,
)

NUMBERS = (NUMBER, *COMPUTED)
KINDS: Mapping[str, tuple[int, ...]] = {
    "status": (CHOICE, TEXT, CHECKBOX, STAGE, *COMPUTED),
    "parent": tuple(LINKS),
    "type": (CHOICE, TEXT, *COMPUTED),
    "points": NUMBERS,
    "estimate": NUMBERS,
    "spent": NUMBERS,
    "percent": NUMBERS,
    "labels": (CHOICES, CHOICE, LOOKUP),
    "owner": (PERSON, TEXT, LOOKUP),
    "due": (DATE, *COMPUTED),
    "finished": (DATE, *COMPUTED),
    "blocked": (CHECKBOX, FORMULA),
}
"""What kinds of columns may have a meaning."""
SHOWN: Mapping[str, tuple[int, ...]] = {
    "key_result": (TEXT,),
    "progress": (NUMBER,),
    "status": (TEXT, CHOICE),
    "score": (NUMBER,),
    "updated": (DATE, TEXT),
}
"""What kinds of columns can hold a figure; the first is the kind that is made."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is the platform's number of it, `facts` what it says besides."""

    id: str
    name: str
    kind: int
    first: bool
    facts: Mapping[str, Any]

    @staticmethod
    def of(field: Mapping[str, Any]) -> Column:
        kind, facts = field.get("type"), field.get("property")
        return Column(
            str(field["field_id"]),
            str(field.get("field_name") or ""),
            int(kind) if isinstance(kind, int | float) else 0,
            field.get("is_primary") is True,
            facts if isinstance(facts, dict) else {},
        )

    @property
    def linked(self) -> str:
        """The table that a link leads to."""
        return str(self.facts.get("table_id") or "")

    @property
    def options(self) -> list[str]:
        """The names to choose from."""
        return [str(one.get("name")) for one in self.facts.get("options") or () if isinstance(one, dict)]

    @property
    def percents(self) -> bool:
        """Whether a number is shown with %: then it is kept as a fraction."""
        return "%" in str(self.facts.get("formatter") or "")

    def shown(self, value: Any) -> Any:
        """A number of this column as people see it."""
        return _times(value, 100) if self.percents else value

    def stored(self, value: Any) -> Any:
        """A number that is to be seen, as the column keeps it."""
        return _times(value, Decimal("0.01")) if self.percents else value

    @property
    def span(self) -> list[float]:
        """What is none and what is all of a share."""
        low, high = self.facts.get("min"), self.facts.get("max")
        if self.percents:
            return [0, 1]
        usable = all(isinstance(one, int | float) for one in (low, high))
        return [low, high] if usable and low < high else [0, 100]  # type: ignore[list-item,operator]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it is now. `roles` are columns by meaning, `numbers` by what they are asked for as, `panel`
    those of figures by role."""

    table: str
    name: str
    columns: Mapping[str, Column]
    roles: Mapping[str, Column]
    numbers: Mapping[str, Column]
    panel: Mapping[str, Column]
    comment: Column | None

    def column(self, name: str) -> Column | None:
        """By name or id."""
        return _named(self.columns.values(), (name,))

    def wanted(self) -> list[str]:
        """The names of all columns that mean something."""
        used = [*self.roles.values(), *self.numbers.values(), *self.panel.values()]
        return list(dict.fromkeys(column.name for column in used))

    @property
    def computed(self) -> bool:
        """Whether what counts may change without the record's being modified."""
        used = [*self.roles.values(), *self.numbers.values()]
        return any(column.kind in COMPUTED for column in used)

    @property
    def facts(self) -> dict[str, Any]:
        """What decides how records are translated, as plain JSON."""
        return {
            "name": self.name,
            "roles": {role: column.id for role, column in self.roles.items()},
            "numbers": {name: column.id for name, column in self.numbers.items()},
            "panel": {role: column.id for role, column in self.panel.items()},
        }


def shape(table: str, name: str, fields: Iterable[Mapping[str, Any]], settings: FeishuSettings) -> Shape:
    columns = {column.name: column for column in map(Column.of, fields)}
    every = list(columns.values())
    roles = {
        role: found
        for role, kinds in KINDS.items()
        if (found := _named([one for one in every if one.kind in kinds], settings.called(role)))
    }
    title = _named(every, settings.called("title")) or next((one for one in every if one.first), None)
    asked = {one: _named([c for c in every if c.kind in NUMBERS], (one,)) for one in settings.number_fields}
    return Shape(
        table,
        name,
        columns,
        roles | ({"title": title} if title else {}),
        {one: column for one, column in asked.items() if column},
        {
            role: found
            for role, kinds in SHOWN.items()
            if (found := _named([c for c in every if c.kind in kinds], (settings.field_names.get(role, ""),)))
        },
        _named([one for one in every if one.kind == TEXT], settings.comment_names),
    )


def _named(columns: Iterable[Column], names: Iterable[str]) -> Column | None:
    """The first of these names that a column bears, or its id."""
    by_name: dict[str, Column] = {}
    for column in columns:
        by_name.setdefault(fold(column.name), column)
        by_name[fold(column.id)] = column
    return next((by_name[fold(name)] for name in names if name and fold(name) in by_name), None)


def _times(value: Any, factor: int | Decimal) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return float(Decimal(str(value)) * factor)


def fold(name: str) -> str:
    return name.strip().casefold()
