"""That a figure can be proven: what it was made of is kept with it, and makes the same figure again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from bridge import okrs
from bridge.assess import World
from bridge.model import Cycle, ItemRef, KeyResult, Objective, Okrs, Progress, Standing
from bridge.movement.situation import Situation, value_of
from bridge.replay.inputs import (
    Known,
    Packer,
    Pieces,
    deciding,
    fingerprint,
    fingerprint_of,
    situation_of,
    unpacked,
    wanted,
)
from bridge.store import HistoryPoint, Store

RULE_VERSION = 1
MANY = 5_000
"""So many pieces are held before they are kept."""
_ANY = Cycle("", date(1970, 1, 1), date(1970, 1, 1))


@dataclass(frozen=True, slots=True)
class Behind:
    """What standings were made of: the world they were judged in, and by key result which of its links
    brought which item."""

    world: World
    brought: Mapping[str, Mapping[ItemRef, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A complete standing, ready to be kept as points of history. `inputs`: the digest of what it is made
    of."""

    standing: Standing
    known: Known
    brought: Mapping[ItemRef, tuple[int, ...]]
    kr_text: str
    inputs: str

    def point(self, day: date, source: str, at: datetime) -> HistoryPoint:
        work = self.standing.work
        return HistoryPoint(
            day=day,
            kr=self.standing.kr.id,
            source=source,
            value=self.standing.computed,
            counts=asdict(work.counts) if work else {},
            scope=_scope(work),
            rule_version=RULE_VERSION,
            inputs=self.inputs,
            at=at,
        )


def _scope(work: Progress | None) -> dict[str, Any]:
    """How many items were looked at, and what those that count weigh."""
    if work is None:
        return {}
    weights = [part.weight for part in work.items if part.counted and part.weight]
    whole = sum(weight.numerator for weight in weights if weight.denominator == 1)
    broken = sum((weight for weight in weights if weight.denominator != 1), Fraction(0))
    return {"items": len(work.items), "weight": str(whole + broken)}


@dataclass(slots=True)
class Figures:
    """Makes figures of standings. What a key result says is written out once."""

    _last: dict[str, tuple[KeyResult, str]] = field(default_factory=dict)

    def of(self, standing: Standing, behind: Behind) -> Figure:
        id, world = standing.kr.id, behind.world
        known = Known(world.people.checkins.get(id, ()), world.status_weights, world.past.baselines.get(id))
        text = self._text(standing.kr)
        brought = behind.brought.get(id, {})
        return Figure(standing, known, brought, text, fingerprint(standing, known, text))

    def _text(self, kr: KeyResult) -> str:
        known = self._last.get(kr.id)
        if known is None or known[0] is not kr:
            known = self._last[kr.id] = (kr, text_of(kr))
        return known[1]


def text_of(kr: KeyResult) -> str:
    """What of a key result decides its value, in the words of a kept revision."""
    return okrs.document(Okrs(_ANY, (Objective(id="", title="", key_results=(deciding(kr),)),)))


class Keeper:
    """Keeps what figures were made of, where that is not kept yet: some at a time, the rest by `flush`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._packer = Packer()
        self._pieces = Pieces()

    def add(self, figure: Figure) -> None:
        if figure.inputs in self._pieces.documents or self._store.inputs.known({figure.inputs}):
            return
        made_of = situation_of(figure.standing, figure.brought, figure.known)
        self._packer.add(self._pieces, figure.inputs, made_of, figure.kr_text)
        if len(self._pieces.states) + len(self._pieces.documents) >= MANY:
            self.flush()

    def flush(self) -> None:
        pieces, self._pieces = self._pieces, Pieces()
        if pieces.documents:
            self._store.inputs.keep(pieces.states, pieces.documents)


def situation(store: Store, inputs: str) -> Situation | None:
    """What a point of history was made of, by its digest; None where that was not kept."""
    document = store.inputs.documents([inputs]).get(inputs)
    if document is None:
        return None
    more = store.inputs.documents(wanted(document))
    states = store.inputs.states([entry[0] for bundle in document["items"] for entry in more[bundle]])
    (kr,) = okrs.from_document(document["kr"]).key_results
    return unpacked(document, more, states, kr)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The value that the kept inputs of a point give. `proven`: they are those that its digest tells of."""

    value: Fraction | None
    proven: bool


def recompute(store: Store, point: HistoryPoint) -> Recomputed | None:
    """Make a past figure again, by today's rules, from what it was made of; None where that was not kept,
    as before inputs were, or under other rules."""
    if point.rule_version != RULE_VERSION:
        return None
    made_of = situation(store, point.inputs)
    if made_of is None:
        return None
    digest = fingerprint_of(made_of, text_of(made_of.kr))
    return Recomputed(value_of(made_of), digest == point.inputs)
