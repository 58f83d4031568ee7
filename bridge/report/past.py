"""What the past came to, as data; `report.backfill` shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from bridge.model import ItemRef, Problem
from bridge.replay.days import Window


@dataclass(frozen=True, slots=True)
class Points:
    """`told`: points of history, one a day and key result; `added`: those of them that were news."""

    days: int = 0
    told: int = 0
    added: int = 0

    def plus(self, told: int, added: int) -> Points:
        return replace(self, told=self.told + told, added=self.added + added)


class Used(StrEnum):
    """What a link's part in the days was told by."""

    PAST = "past"
    """What it hit then."""
    TODAY = "today"
    """What it hits today: what it hit then cannot be told."""
    SOME = "some"
    """The same; but on some days it is open how an item stood, and its key result has no points."""
    NOTHING = "nothing"
    """Nothing: its key result has no points."""
    UNASKED = "unasked"
    """The same, since its connection was not to be asked."""


@dataclass(frozen=True, slots=True)
class LinkReport:
    """By which hits of a link a key result was judged, and the reason, where they are not those of then."""

    kr: str
    connection: str
    link: str
    used: Used
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item that was known once and cannot be read now. `krs` are those whose scope it was in at first."""

    connection: str
    id: str
    key: str
    krs: tuple[str, ...] = ()


class Why(StrEnum):
    """What explains a difference, the first that holds."""

    RULES = "rules"
    """Another version of the rules made it."""
    UNKNOWN = "unknown"
    """What the sync made its figure of was not kept."""
    DEFINITION = "definition"
    """The key result was defined otherwise at the time of the sync."""
    GONE = "gone"
    """Items that the sync counted are gone now, or hidden."""
    LATER = "later"
    """Work went on after the sync on that day."""
    HISTORY = "history"
    """The tracker tells another past than what was there."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`at` is when the sync was; `items` are those that differ, as far as that is known."""

    day: date
    kr: str
    sync: Fraction | None
    backfill: Fraction | None
    why: Why
    at: datetime
    items: tuple[ItemRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """`assumed` says by connection what its history does not tell and was taken as it is today. `failed`: no
    connection could be read at all."""

    window: Window
    points: Points
    links: tuple[LinkReport, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    gone: tuple[GoneItem, ...] = ()
    problems: tuple[Problem, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    failed: bool = False

    @property
    def partial(self) -> bool:
        lacking = (Used.NOTHING, Used.SOME)
        return bool(self.problems) or any(link.used in lacking for link in self.links)
