"""Work as a tracker has it: records as they came, and their translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple


class ItemRef(NamedTuple):
    """A work item for good: its connection and the tracker's permanent id (keys change)."""

    connection: str
    id: str


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as the system gave it: the only thing that crosses from a connector."""

    id: str
    version: str
    data: Mapping[str, Any]


class Category(StrEnum):
    """Where a status stands, whatever the site calls it."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    UNDEFINED = "undefined"


class Tier(StrEnum):
    """What an item is in a hierarchy: an Epic and above, a Story or card, a sub-task."""

    GROUP = "group"
    UNIT = "unit"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A piece of work, translated; what the roll-up needs and what people are shown.

    `parent` is the parent's permanent id, or its key where the tool tells no id.
    `points`, `numbers` hold usable estimates only (0 to 10^15); `unusable` lists what stood where an
    estimate should be and is none ("points: -1"). Times are whole seconds. `percent` is 0..100.
    `checks` is (done, total) of the item's check list.
    """

    connection: str
    id: str
    key: str
    title: str
    tier: Tier
    status: str
    category: Category
    updated: datetime
    parent: str | None = None
    children: tuple[str, ...] = ()
    cancelled: bool = False
    resolution: str = ""
    points: Decimal | None = None
    estimate_seconds: Decimal | None = None
    spent_seconds: Decimal | None = None
    percent: Decimal | None = None
    checks: tuple[int, int] | None = None
    numbers: tuple[tuple[str, Decimal], ...] = ()
    unusable: tuple[str, ...] = ()
    type: str = ""
    project: str = ""
    labels: tuple[str, ...] = ()
    flagged: bool = False
    owner: str = ""
    due: date | None = None
    created: datetime | None = None
    finished: datetime | None = None
    url: str = ""

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.connection, self.id)
