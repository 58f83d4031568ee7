"""Two days of a key result in few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bridge.model import CheckIn, KeyResult, Link, Override, Query, RollupRules, WorkItem
from bridge.movement import Because, End, Movement, Situation, movement, value_of

LINK, OTHER = (Link("acme", Query(f"labels = {name}")) for name in "ab")


def situation(items: Iterable[WorkItem] = (), *, link: Link = LINK, **more: Any) -> Situation:
    """The items, all brought by one link; what is no field of a situation is a rule of the roll-up, or of
    the key result under `kr`."""
    known = {name: more.pop(name) for name in list(more) if name in Situation.__dataclass_fields__}
    asked = {"id": "KR1", "title": "Ship it", "links": (link,)} | known.pop("kr", {})
    kr = KeyResult(**{"rollup": RollupRules(**more), **asked})
    there = {item.ref: item for item in items}
    return Situation(kr=kr, items=there, links=dict.fromkeys(there, frozenset({link})), **known)


def end(day: int, made_of: Situation, said: str | None = None) -> End:
    """`said`: a person's number that held on the day."""
    return End(date(2026, 11, day), value_of(made_of), made_of, override(said) if said else None)


def moved(before: Situation, after: Situation) -> Movement:
    return movement(end(1, before), end(8, after))


def by_cause(told: Movement) -> dict[Because, Fraction]:
    """The share of each kind of cause, those without effect left out."""
    sums: Counter[Because] = Counter()
    for one in told.shares:
        sums[one.cause.kind] += one.share
    return {kind: share for kind, share in sums.items() if share}


def override(value: str) -> Override:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Override(kr="KR1", value=Decimal(value), why="late", by="ann", until=date(2026, 12, 1), at=at)


def checkin(value: str | None = None, day: int = 1, milestones: tuple[str, ...] = ()) -> CheckIn:
    at = datetime(2026, 11, day, tzinfo=UTC)
    number = None if value is None else Decimal(value)
    return CheckIn(kr="KR1", at=at, by="ann", value=number, milestones=milestones)
