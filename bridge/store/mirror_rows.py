"""Work items as rows and back; the one place of the store where speed decides the shape of the code."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bridge.model import Category, Tier, WorkItem
from bridge.store.tables import ITEMS

RAW = frozenset(
    {"points", "estimate_seconds", "spent_seconds", "percent"} | {"children", "numbers", "unusable", "labels"}
)
COLUMNS = [sa.type_coerce(c, sa.Text).label(c.name) if c.name in RAW else c for c in ITEMS.columns]
SAME = tuple(c.name for c in ITEMS.columns if not c.name.startswith("checks_"))
TIERS = {str(tier): tier for tier in Tier}
CATEGORIES = {str(category): category for category in Category}


def to_row(item: WorkItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in SAME}
    row["checks_done"], row["checks_total"] = item.checks or (None, None)
    return row


class Reader:
    """Makes items from rows of COLUMNS; what repeats from row to row is made once."""

    def __init__(self) -> None:
        self._shared: dict[str, str] = {}
        self._decimals: dict[str | None, Decimal | None] = {None: None}
        self._strings: dict[str, tuple[str, ...]] = {"[]": ()}
        self._numbers: dict[str, tuple[tuple[str, Decimal], ...]] = {"[]": ()}

    def item(self, row: tuple[Any, ...]) -> WorkItem:
        """The item of a row, equal to the one that was saved."""
        share = self._shared.setdefault
        (
            connection, id, key, title, tier, status, category, updated, parent, children, cancelled,
            resolution, points, estimate, spent, percent, checks_done, checks_total, numbers, unusable,
            type, project, labels, flagged, owner, due, created, finished, url,
        ) = row  # fmt: skip
        return WorkItem(
            connection=share(connection, connection),
            id=id,
            key=key,
            title=title,
            tier=TIERS[tier],
            status=share(status, status),
            category=CATEGORIES[category],
            updated=updated,
            parent=None if parent is None else share(parent, parent),
            children=self._tuple(children),
            cancelled=cancelled,
            resolution=share(resolution, resolution),
            points=self._decimal(points),
            estimate_seconds=self._decimal(estimate),
            spent_seconds=self._decimal(spent),
            percent=self._decimal(percent),
            checks=None if checks_total is None else (checks_done, checks_total),
            numbers=self._named(numbers),
            unusable=self._tuple(unusable),
            type=share(type, type),
            project=share(project, project),
            labels=self._tuple(labels),
            flagged=flagged,
            owner=share(owner, owner),
            due=due,
            created=created,
            finished=finished,
            url=url,
        )

    def _decimal(self, text: str | None) -> Decimal | None:
        if text is not None and text not in self._decimals:
            self._decimals[text] = Decimal(text)
        return self._decimals[text]

    def _tuple(self, text: str) -> tuple[str, ...]:
        found = self._strings.get(text)
        if found is None:
            share = self._shared.setdefault
            found = self._strings[text] = tuple(share(s, s) for s in json.loads(text))
        return found

    def _named(self, text: str) -> tuple[tuple[str, Decimal], ...]:
        found = self._numbers.get(text)
        if found is None:
            share = self._shared.setdefault
            found = tuple((share(name, name), Decimal(number)) for name, number in json.loads(text))
            self._numbers[text] = found
        return found
