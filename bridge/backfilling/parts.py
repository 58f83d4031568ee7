"""What a backfill is asked, and everything that it works with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bridge.again import StatusWeights
from bridge.clock import Clock
from bridge.model import Okrs
from bridge.pace import PaceRules
from bridge.reading import Connection, never
from bridge.replay.days import Window
from bridge.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """`only`: these key results alone; `connection`: what rests on this one alone; `restart`: what an
    earlier one has read already is read again."""

    only: frozenset[str] = frozenset()
    connection: str = ""
    restart: bool = False


class Watch(Protocol):
    """Is told how far it has come; may be told by several threads."""

    def read(self, connection: str, done: int, total: int) -> None: ...

    def judged(self, done: int, total: int) -> None: ...


class Unwatched:
    """Nobody looks."""

    def read(self, connection: str, done: int, total: int) -> None: ...

    def judged(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`revisions` are the OKR files by the instant from which they held, oldest first; the last is today's.
    `names` are the connections that there are, `at_hand` gives one that is open already."""

    revisions: tuple[tuple[datetime, Okrs], ...]
    store: Store
    connect: Callable[[str], Connection]
    names: Collection[str]
    clock: Clock
    window: Window
    pace: PaceRules
    status_weights: StatusWeights
    at_hand: Callable[[str], Connection | None] = lambda _: None
    watch: Watch = field(default_factory=Unwatched)
    stopping: Callable[[], bool] = never
