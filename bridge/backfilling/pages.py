"""A page of the past, as it is kept: what came about on each day with the items of a page, as text."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bridge.errors import MappingError
from bridge.model import Selector
from bridge.replay.inputs import text_of
from bridge.replay.states import Unpacker, packed
from bridge.replay.sweep import Turn
from connectors.base import Past
from mappings.base import Replay

VERSION = 1


@dataclass(slots=True)
class Page:
    """`ids` are the items on it, `untold` those that cannot be understood, with the reason; `turns` are by
    day, each the id, the packed item or None, the places of its hits among the selectors, and the doubt if
    there is any."""

    ids: list[str] = field(default_factory=list)
    untold: dict[str, str] = field(default_factory=dict)
    turns: dict[int, list[Any]] = field(default_factory=dict)

    @property
    def texts(self) -> dict[int, str]:
        return {day: text_of(turns) for day, turns in sorted(self.turns.items())}


def page_of(
    pasts: Iterable[Past], replay: Replay, selectors: Sequence[Selector], ends: Sequence[datetime]
) -> Page:
    """What is worth keeping of these: of every item the days on which anything about it changed that can
    matter to a number."""
    page, places = Page(), {selector: at for at, selector in enumerate(selectors)}
    for past in pasts:
        id = past.raw.id
        page.ids.append(id)
        try:
            stretches = replay.stretches(past.raw, past.changes, ends)
        except MappingError as error:
            page.untold[id] = error.message
            continue
        last: tuple[Any, ...] = (None, [])
        for stretch in stretches:
            item = None if stretch.item is None else packed(stretch.item)
            told = sorted(places[hit] for hit in stretch.hits if hit in places)
            now = (item, told, stretch.doubt) if stretch.doubt else (item, told)
            if now != last:
                page.turns.setdefault(stretch.first, []).append([id, *now])
                last = now
    return page


class Reader:
    """Reads turns back. What an item lists below it and is among `known` tells of itself by its parent;
    what is left cannot be read."""

    def __init__(self, selectors: Sequence[Selector], known: Collection[str]) -> None:
        self._selectors = selectors
        self._known = {id: id for id in known}
        self._unpacker = Unpacker()
        self._hits: dict[tuple[int, ...], frozenset[Selector]] = {}

    def turns(self, texts: Iterable[str]) -> Iterator[Turn]:
        for text in texts:
            for id, data, places, *doubt in json.loads(text):
                turn = self._turn(id, data, tuple(places))
                yield replace(turn, doubt=doubt[0]) if doubt else turn

    def _turn(self, id: str, data: Mapping[str, Any] | None, places: tuple[int, ...]) -> Turn:
        if places not in self._hits:
            self._hits[places] = frozenset(self._selectors[at] for at in places)
        id = self._known.get(id, id)  # ids are most of what there is: each is held once
        if data is None:
            return Turn(id, None, self._hits[places])
        item = self._unpacker.item({**data, "id": self._known.get(data["id"], data["id"])})
        if item.children:
            hidden = tuple(child for child in item.children if child not in self._known)
            item = replace(item, children=hidden)
        return Turn(id, item, self._hits[places])
