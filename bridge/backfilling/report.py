"""What a backfill came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.backfilling.compare import Disagreement
from bridge.model import Problem
from bridge.replay.days import Window


@dataclass(frozen=True, slots=True)
class Points:
    """`told`: points of history, one a day and key result; `added`: those of them that were news."""

    days: int = 0
    told: int = 0
    added: int = 0

    def plus(self, told: int, added: int) -> Points:
        return replace(self, told=self.told + told, added=self.added + added)


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Which hits of a link a key result was judged by: those of the past, those of today for `reason`, or
    nothing, and then it has no points."""

    kr: str
    connection: str
    link: str
    used: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item that was known once and cannot be read now. `krs` are those whose scope it was in at first."""

    connection: str
    id: str
    key: str
    krs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """`failed`: no connection could be read at all."""

    window: Window
    points: Points
    links: tuple[LinkReport, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    gone: tuple[GoneItem, ...] = ()
    problems: tuple[Problem, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    failed: bool = False

    @property
    def partial(self) -> bool:
        return bool(self.problems) or any(link.used == "nothing" for link in self.links)
