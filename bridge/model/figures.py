"""What a number is made of: from the part of one item to where a key result stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from bridge.model.okr import KeyResult, Objective, Override
from bridge.model.work import ItemRef, WorkItem


@dataclass(frozen=True, slots=True)
class Note:
    """A remark as data: a code and its figures; `bridge.wording` says it in a language."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """One item's part in a number. Over those with `counted`, sum(value*weight)/sum(weight) is it."""

    item: WorkItem
    value: Fraction | None
    weight: Fraction | None
    counted: bool
    reason: Note


@dataclass(frozen=True, slots=True)
class Counts:
    counted: int = 0
    done: int = 0
    excluded: int = 0
    unestimated: int = 0
    undefined: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a roll-up says: a value (None: nothing to count) and the reason for it."""

    value: Fraction | None
    method: str
    mode: str
    counts: Counts
    items: tuple[Counted, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    weight: Fraction
    done: bool


Baseline = Mapping[ItemRef, BaselineEntry]


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """Against the baseline, by id: what came, what was finished, what left."""

    added: tuple[ItemRef, ...] = ()
    completed: tuple[ItemRef, ...] = ()
    removed: tuple[ItemRef, ...] = ()


class Pace(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    PENDING = "pending"
    OUTDATED = "outdated"
    CLOSED = "closed"
    NONE = "none"


class Colour(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a key result stands: everything that is shown, written and explained.

    `progress` is what is shown: the override while it is valid, else `computed`, else the last
    value kept. `complete` is False when this run could not read everything: then no progress, score
    or comment may be written (only the status word, once `pace` is outdated).
    """

    kr: KeyResult
    objective: str
    progress: Fraction | None
    computed: Fraction | None = None
    override: Override | None = None
    kept: bool = False
    complete: bool = True
    pace: Pace = Pace.NONE
    own_word: str = ""
    colour: Colour | None = None
    confidence: Decimal | None = None
    work: Progress | None = None
    current: Decimal | None = None
    raw: Fraction | None = None
    distance: Decimal | None = None
    mismatch: bool = False
    forecast: Fraction | None = None
    trending_off: bool = False
    scope: ScopeChange | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveStanding:
    objective: Objective
    progress: Fraction | None
    pace: Pace = Pace.NONE
    colour: Colour | None = None
    known: int = 0
    total: int = 0
    notes: tuple[Note, ...] = ()
