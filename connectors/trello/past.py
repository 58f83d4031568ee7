"""The past of Trello's cards: what their boards remember.

A whole board's actions come a thousand in a request, a card's own fifty; so boards are read, once a run, and
a card by itself only where its board does not know how it came about: where it came from another one, or is
older than what the board remembers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bridge.errors import NotFound, PartialRead, UnexpectedAnswer
from bridge.model import Raw
from connectors.past_roles import Past
from connectors.trello.api import Api, pieces
from connectors.trello.boards import Boards
from connectors.trello.log import (
    ARRIVAL,
    BIRTHS,
    DEPARTURE,
    OF_LISTS,
    Action,
    Log,
    actions,
    card_of,
    list_of,
    of_card,
    slim,
)  # fmt: skip
from connectors.trello.source import WHOLE, TrelloSource

PIECE, ROUNDS = 200, 6
"""Cards that are held at once, and how often those are read again that change meanwhile."""
LAG = timedelta(minutes=1)
ODD = (KeyError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True, slots=True)
class _Card:
    raw: Raw
    made: list[Action]
    """Its check items, when they were made and how they stand: their ids tell the first."""

    @property
    def board(self) -> str:
        return str(self.raw.data["idBoard"])


class TrelloPast:
    """What was read of a board is held until the last card has been told."""

    def __init__(self, api: Api, boards: Boards, source: TrelloSource) -> None:
        self._api, self._boards, self._source = api, boards, source
        self._logs: dict[str, Log] = {}
        self._lists = cache(self._lists_of)

    def glossary(self) -> Mapping[str, Any]:
        """What boards are called, which are looked through, their custom fields, and who is on them."""
        names, within = self._boards.known_names(), self._boards.all()
        members = self._boards.each(within, "members")
        return {
            "boards": names,
            "within": within,
            "fields": self._boards.known_fields(names),
            "members": {
                board: {one["id"]: [str(one.get("username")), str(one.get("fullName"))] for one in found}
                for board, found in members
            },
        }

    def touched(self, since: datetime) -> frozenset[str]:
        """Cards with an activity since, all of a board where a list or field changed its name, and those
        that left for a board where nobody looks."""
        found, left = set[str](), set[str]()
        for board in self._boards.all():
            found.update(self._source.moved(board, since))
            gone = actions(
                self._api, board, (DEPARTURE,), since=f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            )
            left.update(map(card_of, gone))
        return frozenset(found.union(self._source.resolve(sorted(left - found)).values()))

    def pasts(self, ids: Iterable[str]) -> Iterator[Past]:
        """Raises PartialRead where cards change faster than they can be read."""
        for piece in pieces(dict.fromkeys(ids), PIECE):
            yield from self._told(piece)

    def _told(self, ids: list[str]) -> Iterator[Past]:
        """A card is told once its board had nothing new about it after it was read."""
        waiting: Collection[str] = ids
        for _ in range(ROUNDS):
            begun = (self._api.http.server_now or self._api.http.clock.now()) - LAG
            cards = {card.raw.id: card for card in self._cards(waiting)}
            heard = self._heard({card.board for card in cards.values()}, begun)
            waiting = [id for id, card in cards.items() if id in heard or heard & self._places(card)]
            settled = [card for id, card in cards.items() if id not in set(waiting)]
            yield from self._api.http.parallel(self._past, settled)
            if not waiting:
                return
        message = f"{len(waiting)} cards change while they are read"
        raise PartialRead(self._api.http.system, message, "nothing was concluded from it; run again later")

    def _cards(self, ids: Collection[str]) -> Iterator[_Card]:
        for raw, card in self._source.cards(ids, {**WHOLE, "checklists": "all"}):
            try:
                items = [item for one in card["checklists"] for item in one["checkItems"]]
                yield _Card(raw, [_made(item) for item in items])
            except ODD as error:
                raise self._odd(f"card {raw.id} came without its check items, or with odd ones") from error

    def _heard(self, boards: Iterable[str], begun: datetime) -> set[str]:
        """Ids of cards and lists of which there is news since these boards were heard last."""
        heard = set[str]()
        for board in boards:
            first = board not in self._logs
            log = self._logs.setdefault(board, Log(self._api, board))
            try:
                new = log.refresh()
                late = [one for one in new if not first or datetime.fromisoformat(one["date"]) >= begun]
            except NotFound:
                # The cards could be read a moment ago: next time they cannot.
                heard.add(board)
                del self._logs[board]
                continue
            except ODD as error:
                raise self._odd(f"the actions of board {board} came without what they are about") from error
            heard.update(card_of(one) or list_of(one) for one in late)
        return heard

    def _places(self, card: _Card) -> set[str]:
        return {card.board, str(card.raw.data.get("idList"))}

    def _past(self, card: _Card) -> Past:
        log = self._logs[card.board]
        found = {one["id"]: one for one in log.cards.get(card.raw.id, ())}
        kinds = {one["type"] for one in found.values()}
        if ARRIVAL in kinds or not kinds & BIRTHS:
            own = of_card(self._api, card.raw.id)
            found = {one["id"]: one for one in own if one["at"] <= log.newest} | found
        changes = [one for one in found.values() if one["type"] not in BIRTHS or one["type"] == "copyCard"]
        changes += self._turns(card, changes)
        changes += card.made
        return Past(card.raw, tuple(sorted(changes, key=lambda one: (one["at"], one["id"]))))

    def _turns(self, card: _Card, changes: Iterable[Action]) -> list[Action]:
        """What happened to the lists that it lay in, since it was made."""
        lists, boards = {str(card.raw.data.get("idList"))}, set[str]()
        for change in changes:
            lists.update(change["data"][name]["id"] for name in _LISTS if name in change["data"])
            boards.update(
                change["data"][name]["id"] for name in ("board", "boardSource") if name in change["data"]
            )
        known = [self._logs[card.board].lists, *(self._lists(one) for one in sorted(boards - {card.board}))]
        born = _instant(card.raw.id)
        return [one for told in known for id in sorted(lists) for one in told.get(id, ()) if one["at"] > born]

    def _lists_of(self, board: str) -> Mapping[str, list[Action]]:
        """Of a board that the card has left; nothing where it is hidden."""
        found: dict[str, list[Action]] = {}
        try:
            for one in actions(self._api, board, OF_LISTS):
                found.setdefault(list_of(one), []).append(slim(one))
        except NotFound:
            return {}
        return found

    def _odd(self, message: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(self._api.http.system, message, "check `url`")


_LISTS = ("list", "listBefore", "listAfter")


def _made(item: Mapping[str, Any]) -> Action:
    kept = {"id": item["id"], "state": item["state"]}
    return {
        "id": item["id"],
        "at": _instant(item["id"]),
        "type": "createCheckItem",
        "data": {"checkItem": kept},
    }


def _instant(id: str) -> str:
    """When whatever has this id was made, to the second."""
    return f"{datetime.fromtimestamp(int(id[:8], 16), UTC):%Y-%m-%dT%H:%M:%S}.000Z"
