"""What a number was made of, so kept that the number can be made again: by digest, each piece once.

A piece is plain JSON known by its digest. The work of a key result is kept as the digests of its items'
states, in bundles, so that an item that changes makes one state and one bundle new and leaves the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any
from zlib import crc32

from bridge.model import (
    Baseline,
    BaselineEntry,
    CheckIn,
    ItemRef,
    KeyResult,
    Link,
    Progress,
    Standing,
    WorkItem,
)
from bridge.movement.situation import Situation, StatusWeights, work_of
from bridge.replay.states import ALWAYS, Unpacker, packed
from bridge.scope import baseline_of

VERSION = 1
DIGITS = 32
MANY = 20_000
"""So many digests are remembered as made."""
_PLAIN = KeyResult(id="", title="")
_ASIDE = ("title", "owner", "weight", "due", "url", "anchors", "expected", "guard", "publish")
"""What of a key result has no part in its value."""


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def text_of(data: Any) -> str:
    """JSON on one line; the same for the same data in the same order."""
    return _ENCODER.encode(data)


_ENCODER = json.JSONEncoder(separators=(",", ":"))


def deciding(kr: KeyResult) -> KeyResult:
    """What of a key result decides its value; all else as if it were not said."""
    return replace(kr, **{name: getattr(_PLAIN, name) for name in _ASIDE})


@dataclass(frozen=True, slots=True)
class Known:
    """What was known beside the work when a standing was judged. `said`: all check-ins until then, oldest
    first; `baseline`: the one that was known, None at the first read."""

    said: Sequence[CheckIn] = ()
    weights: StatusWeights = field(default_factory=dict)
    baseline: Baseline | None = None


def situation_of(standing: Standing, brought: Mapping[ItemRef, tuple[int, ...]], known: Known) -> Situation:
    """What a complete standing was made of. `brought`: by which links, by position."""
    kr, baseline = deciding(standing.kr), known.baseline
    items = {part.item.ref: part.item for part in standing.work.items} if standing.work else {}
    places = {ref: brought.get(ref, ()) for ref in items}
    shared = {one: frozenset(kr.links[at] for at in one) for one in set(places.values())}
    links = {ref: shared[one] for ref, one in places.items()}
    if kr.rollup.scope != "frozen" or standing.work is None:
        baseline = None
    elif baseline is None:
        baseline = baseline_of(standing.work)
    return Situation(
        kr=kr,
        items=items,
        links=links,
        baseline=baseline,
        status_weights=_weights(kr, known.weights),
        checkins=tuple(
            CheckIn(kr=kr.id, at=ALWAYS, by="", value=one.value, milestones=one.milestones)
            for one in known.said
        ),
        current=_current(standing),
    )


def _current(standing: Standing) -> Decimal | None:
    """What a metric's query gave."""
    metric = standing.kr.metric
    return standing.current if metric and metric.source else None


def _weights(kr: KeyResult, weights: StatusWeights) -> StatusWeights:
    if kr.rollup.value != "status" or kr.rollup.status_weights:
        return {}
    return {name: weights[name] for name in sorted({link.connection for link in kr.links} & weights.keys())}


def fingerprint(standing: Standing, known: Known, kr_text: str) -> str:
    """A digest of what the value was made of: how the key result was defined (`kr_text`), what each item
    was worth by its roll-up, why and at which weight, and what people and metrics said."""
    weights = _weights(standing.kr, known.weights)
    return _digest(standing.work, kr_text, _current(standing), known.said, weights)


def fingerprint_of(situation: Situation, kr_text: str) -> str:
    """The same, of what was kept."""
    work, said = work_of(situation), situation.checkins
    return _digest(work, kr_text, situation.current, said, situation.status_weights)


def _digest(
    work: Progress | None,
    kr_text: str,
    current: Decimal | None,
    said: Sequence[CheckIn],
    weights: StatusWeights,
) -> str:
    facts = (f"{VERSION}", kr_text, str(current), text_of(_said(said)), text_of(_weights_data(weights)))
    return digest_of("\n".join((*facts, *sorted(_parts(work)))))


def _parts(work: Progress | None) -> Iterator[str]:
    for part in work.items if work else ():
        item = part.item
        yield f"{item.connection} {item.id} {part.value} {part.weight} {part.counted} {part.reason.code}"


def _said(checkins: Sequence[CheckIn]) -> list[Any]:
    """The latest value and every milestone reached: all that check-ins decide."""
    value = next((str(one.value) for one in reversed(checkins) if one.value is not None), None)
    return [value, sorted({title for one in checkins for title in one.milestones})]


def _weights_data(weights: StatusWeights) -> dict[str, dict[str, str]]:
    return {name: {status: str(one) for status, one in own.items()} for name, own in weights.items()}


@dataclass(slots=True)
class Pieces:
    """Pieces by digest: `states` of items, `documents` of all else, as JSON text."""

    states: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)


class Packer:
    """Makes pieces of situations, each once: items that it has seen are not made again while they are the
    same, and what it has made before is not among the pieces a second time."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, tuple[WorkItem, str]]] = {}
        self._made: set[str] = set()

    def add(self, pieces: Pieces, digest: str, situation: Situation, kr_text: str) -> None:
        """Add what leads from this digest to the whole situation."""
        positions = {link: at for at, link in enumerate(situation.kr.links)}
        bundles = [self._bundle(pieces, refs, situation, positions) for refs in _bundled(situation.items)]
        value, milestones = _said(situation.checkins)
        document = {
            "version": VERSION,
            "kr": kr_text,
            "items": bundles,
            "baseline": self._baseline(pieces, situation.baseline),
            "weights": _weights_data(situation.status_weights),
            "value": value,
            "milestones": milestones,
            "current": None if situation.current is None else str(situation.current),
        }
        pieces.documents[digest] = text_of(document)

    def _bundle(
        self,
        pieces: Pieces,
        refs: Sequence[ItemRef],
        situation: Situation,
        positions: Mapping[Link, int],
    ) -> str:
        entries = [
            [
                self._state(pieces, situation.items[ref]),
                sorted(positions[link] for link in situation.links.get(ref, ())),
            ]
            for ref in refs
        ]
        return self._kept(pieces, text_of(entries))

    def _state(self, pieces: Pieces, item: WorkItem) -> str:
        items = self._known.setdefault(item.connection, {})
        known = items.get(item.id)
        if known is None or (known[0] is not item and known[0] != item):
            text = text_of(packed(replace(item, children=()) if item.children else item))
            known = items[item.id] = (item, digest_of(text))
            pieces.states[known[1]] = text
        return known[1]

    def _baseline(self, pieces: Pieces, baseline: Baseline | None) -> str | None:
        if baseline is None:
            return None
        entries = [[*ref, str(entry.weight), entry.done] for ref, entry in sorted(baseline.items())]
        return self._kept(pieces, text_of(entries))

    def _kept(self, pieces: Pieces, text: str) -> str:
        digest = digest_of(text)
        if digest not in self._made:
            if len(self._made) >= MANY:
                self._made.clear()
            self._made.add(digest)
            pieces.documents[digest] = text
        return digest


def _bundled(refs: Mapping[ItemRef, object]) -> list[list[ItemRef]]:
    """The items in bundles, about as many as there are items in each; which is which lies in the ids."""
    many = 1 << (isqrt(len(refs)).bit_length())
    bundles: dict[int, list[ItemRef]] = {}
    for ref in sorted(refs):
        bundles.setdefault(crc32(ref.id.encode()) % many, []).append(ref)
    return [bundles[at] for at in sorted(bundles)]


def wanted(document: Mapping[str, Any]) -> list[str]:
    """The digests of the further documents that one of `Packer.add` names."""
    baseline = document["baseline"]
    return [*document["items"], *([baseline] if baseline else [])]


def unpacked(
    document: Mapping[str, Any],
    more: Mapping[str, Any],
    states: Mapping[str, Mapping[str, Any]],
    kr: KeyResult,
) -> Situation:
    """The situation again, from its document, the documents that it names, the states that those name, and
    the key result of `document["kr"]`. Raises KeyError where a piece is missing."""
    unpacker = Unpacker()
    items: dict[ItemRef, WorkItem] = {}
    links: dict[ItemRef, frozenset[Link]] = {}
    for digest, positions in (entry for bundle in document["items"] for entry in more[bundle]):
        item = unpacker.item(states[digest])
        items[item.ref] = item
        links[item.ref] = frozenset(kr.links[at] for at in positions)
    return Situation(
        kr=kr,
        items=items,
        links=links,
        baseline=_baseline(more[document["baseline"]]) if document["baseline"] else None,
        status_weights={
            name: {status: Decimal(one) for status, one in own.items()}
            for name, own in document["weights"].items()
        },
        checkins=_checkins(kr, document),
        current=None if document["current"] is None else Decimal(document["current"]),
    )


def _checkins(kr: KeyResult, document: Mapping[str, Any]) -> tuple[CheckIn, ...]:
    """One report that says all that was said."""
    value, milestones = document["value"], tuple(document["milestones"])
    if value is None and not milestones:
        return ()
    exact = None if value is None else Decimal(value)
    return (CheckIn(kr=kr.id, at=ALWAYS, by="", value=exact, milestones=milestones),)


def _baseline(entries: Sequence[Sequence[Any]]) -> Baseline:
    return {
        ItemRef(connection, id): BaselineEntry(Fraction(weight), done)
        for connection, id, weight, done in entries
    }
