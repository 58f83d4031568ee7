"""What there was on each day, and which questions a day's changes touch: one sweep in order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bridge.model import Link, Selector, WorkItem
from bridge.replay.past_tree import PastTree
from mappings.links import Tree

_NONE: frozenset[Selector] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """How an item stands from a day on; `item` is None where it is not there. `hits`: the selectors that hit
    it, of those that can be told from it. `doubt` as in `Stretch`."""

    id: str
    item: WorkItem | None
    hits: frozenset[Selector] = _NONE
    doubt: str = ""


@dataclass(slots=True)
class Touched:
    """The selectors of one connection whose hits changed, or came or went; and those with a change below."""

    hit: set[Selector] = field(default_factory=set)
    below: set[Selector] = field(default_factory=set)

    def __contains__(self, link: Link) -> bool:
        return link.selector in (self.below if link.below else self.hit)


class Scene:
    """One connection as it stands. `fixed` are the hits of selectors of which no more is known than what
    they hit: these ids, whenever they are there. `doubts` are the items of which it is open how they stood,
    with the reason."""

    def __init__(self, aliases: Mapping[str, str], fixed: Mapping[Selector, Collection[str]]) -> None:
        self._past = PastTree(aliases)
        self._hits: dict[Selector, set[str]] = {}
        self._told: dict[str, frozenset[Selector]] = {}
        self._fixed = {selector: frozenset(ids) for selector, ids in fixed.items()}
        self._fixed_of: dict[str, frozenset[Selector]] = {}
        self.doubts: dict[str, str] = {}
        for selector, ids in self._fixed.items():
            for id in ids:
                self._fixed_of[id] = self._fixed_of.get(id, _NONE) | {selector}

    @property
    def tree(self) -> Tree:
        return self._past.tree

    def hits(self, selector: Selector) -> frozenset[str]:
        """What a selector hits now."""
        if (fixed := self._fixed.get(selector)) is not None:
            return frozenset(id for id in fixed if id in self._past)
        return frozenset(self._hits.get(selector, ()))

    def take(self, turns: Iterable[Turn], touched: Touched) -> None:
        """Let these come about, and add to what is touched by them."""
        for turn in turns:
            self._tell(turn.id, touched)
            self._past.put(turn.id, turn.item)
            self._hit(turn.id, turn.hits if turn.item is not None else _NONE)
            self.doubts.pop(turn.id, None)
            if turn.doubt:
                self.doubts[turn.id] = turn.doubt
            self._tell(turn.id, touched)

    def _hit(self, id: str, now: frozenset[Selector]) -> None:
        before = self._told.get(id, _NONE)
        if before == now:
            return
        for selector in before - now:
            self._hits[selector].discard(id)
        for selector in now - before:
            self._hits.setdefault(selector, set()).add(id)
        if now:
            self._told[id] = now
        else:
            del self._told[id]

    def _tell(self, id: str, touched: Touched) -> None:
        if id not in self._past:
            return
        own = self._selectors(id)
        touched.hit |= own
        touched.below |= own
        for above in self._past.above(id):
            touched.below |= self._selectors(above)

    def _selectors(self, id: str) -> frozenset[Selector]:
        told = self._told.get(id, _NONE)
        fixed = self._fixed_of.get(id)
        return told | fixed if fixed else told
