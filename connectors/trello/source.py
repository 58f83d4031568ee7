"""Reading work from Trello."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import orjson

from bridge.errors import NotFound
from bridge.model import FieldValue, Label, Project, Query, Raw, Selector
from connectors.base import Changed
from connectors.trello.api import BATCH, Api, is_id, is_short, pieces
from connectors.trello.boards import Boards, Definition
from mappings.trello_fields import same, value_of
from mappings.trello_query import KNOWN, Around, Misread, hits, labels, named, terms

LAG = timedelta(minutes=2)
LISTED = "id,name,closed,idList,labels,due,dueComplete,dateLastActivity,idMembers"
WHOLE = {"board": "true", "list": "true", "members": "true", "customFieldItems": "true"}
TURNS = "updateList"
"""What changes the meaning of a board's cards without being an activity of theirs. That a label or a field
was renamed no list of actions tells (developer.atlassian.com/cloud/trello/guides/rest-api/action-types)."""
KEPT = (
    "id", "shortLink", "shortUrl", "name", "closed", "idBoard", "idList", "cardRole", "due", "dueComplete",
    "dateCompleted", "dateLastActivity", "idMembers", "customFieldItems",
)  # fmt: skip
"""What is kept of a card: descriptions are most of its size."""
LISTS, MEMBERS = ("list", "列表"), ("member", "成员")


class TrelloSource:
    def __init__(self, api: Api, boards: Boards) -> None:
        self._api = api
        self._boards = boards

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Cards keep id and short link wherever they move."""
        names = {key: named(key, "c") for key in keys}
        asked = sorted({name for name in names.values() if is_id(name) or is_short(name)})
        found: dict[str, str] = {}
        for told in self._api.http.parallel(self._ids, pieces(asked, BATCH)):
            found |= told
        return {key: found[name] for key, name in names.items() if name in found}

    def identities(self, selector: Selector) -> frozenset[str]:
        match selector:
            case Project(key):
                return self._place(key)
            case Label(name):
                return self._among(lambda board: self._labelled(board, name))
            case FieldValue(field, value):
                return self._by_field(field, value)
            case Query(text):
                return self._by_query(text)
            case _:
                raise self._api.refused("keys are no filter", "ask by `keys`")

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:  # noqa: ARG002
        """None: cards hang below nothing, and check items are no items."""
        return frozenset()

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        return (raw for raw, _ in self.cards(ids, WHOLE))

    def cards(self, ids: Iterable[str], wanted: Mapping[str, str]) -> Iterator[tuple[Raw, Mapping[str, Any]]]:
        """The records, each with the card as Trello told it."""
        asked = (id for id in dict.fromkeys(ids) if is_id(id))
        records = partial(self._records, wanted=wanted)
        for found in self._api.http.parallel(records, pieces(asked, BATCH)):
            yield from found

    def changed(self, since: datetime) -> Changed:
        """By a card's last activity, and by whatever changes all cards of a board at once."""
        until = (self._api.http.server_now or self._api.http.clock.now()) - LAG
        return Changed(self._since(since - LAG), max(since, until))

    def _since(self, since: datetime) -> Iterator[Raw]:
        for board in self._boards.all():
            yield from self.fetch(self.moved(board, since))

    def moved(self, board: str, since: datetime) -> Iterator[str]:
        """Ids of the cards of a board that changed; all where a change touched them all at once."""
        whole = bool(self._turned(board, since))
        cards = self._api.cards(board, "id,dateLastActivity")
        return (card["id"] for card in cards if whole or _moved(card, since))

    def _turned(self, board: str, since: datetime) -> list[Mapping[str, Any]]:
        asked = {"filter": TURNS, "since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}", "limit": 1}
        return self._api.many(f"boards/{board}/actions", asked)

    def _ids(self, names: list[str]) -> dict[str, str]:
        told = self._api.batch([(f"cards/{name}", {}) for name in names])
        pairs = zip(names, told, strict=True)
        return {name: self._api.record(card, f"GET cards/{name}")["id"] for name, card in pairs if card}

    def _records(self, ids: list[str], wanted: Mapping[str, str]) -> list[tuple[Raw, Mapping[str, Any]]]:
        told = self._api.batch([(f"cards/{id}", wanted) for id in ids])
        cards = [self._api.record(card, "GET batch") for card in told if card]
        fields = self._boards.fields(card["idBoard"] for card in cards)
        return [(raw(card, fields[card["idBoard"]]), card) for card in cards]

    def _place(self, key: str) -> frozenset[str]:
        """A board, or one list of it: `BOARD/List`."""
        board = self._boards.known(key)
        if board is not None:
            return frozenset(card["id"] for card in self._api.cards(board, "id"))
        of, slash, wanted = named(key, "b").partition("/")
        if not slash:
            raise NotFound(self._api.http.system, f"no board {key!r}", "name it by its address or short link")
        board = self._boards.find(of)
        if not any(_same(name, wanted) for name in self._boards.lists(board).values()):
            raise NotFound(
                self._api.http.system, f"board {of!r} has no list {wanted!r}", "check the spelling"
            )
        return self._listed(board, wanted)

    def _listed(self, board: str, wanted: str) -> frozenset[str]:
        lists = {id for id, name in self._boards.lists(board).items() if _same(name, wanted)}
        if not lists:
            return frozenset()
        return frozenset(c["id"] for c in self._api.cards(board, "id,idList") if c.get("idList") in lists)

    def _labelled(self, board: str, name: str) -> frozenset[str]:
        return frozenset(c["id"] for c in self._api.cards(board, "id,labels") if name in labels(c))

    def _by_field(self, field: str, value: str) -> frozenset[str]:
        if field.strip().casefold() in LISTS:
            return self._among(lambda board: self._listed(board, value))
        if field.strip().casefold() in MEMBERS:
            return self._by_query(f'member:"{_escaped(value)}"')
        boards = {board: _called(found, field) for board, found in self._fields().items()}
        if not any(boards.values()):
            raise self._api.refused(f"no custom field is called {field!r} on any board", "check the spelling")
        found = (self._valued(board, one, value) for board, one in boards.items() if one)
        return frozenset[str]().union(*found)

    def _fields(self) -> dict[str, list[Definition]]:
        return self._boards.fields(self._boards.all())

    def _valued(self, board: str, field: Definition, value: str) -> frozenset[str]:
        cards = self._api.cards(board, "id", custom=True)
        return frozenset(card["id"] for card in cards if same(value_of(card, field), value))

    def _by_query(self, text: str) -> frozenset[str]:
        try:
            wanted = terms(text)
        except Misread as error:
            raise self._api.refused(
                f"the filter cannot be read: {error}", f"it knows words and {KNOWN}"
            ) from None
        words = {term.word for term in wanted}

        def found(board: str) -> frozenset[str]:
            names = self._boards.names(board) if "board" in words else ()
            lists = self._boards.lists(board) if "list" in words else {}
            members = self._boards.members(board) if "member" in words else {}
            around = Around(names, lists, members)
            return frozenset(c["id"] for c in self._api.cards(board, LISTED) if hits(c, wanted, around))

        return self._among(found)

    def _among(self, found: Any) -> frozenset[str]:
        return frozenset[str]().union(*self._api.http.parallel(found, self._boards.all()))


def raw(card: Mapping[str, Any], fields: Sequence[Definition]) -> Raw:
    """The record, cut to what is used, with the custom fields of its board. Its version takes in all of
    that: two changes may fall into one instant, and a list may be renamed."""
    kept = {name: card[name] for name in KEPT if name in card}
    badges = card.get("badges") or {}
    told = card.get("list") or {}
    kept |= {
        "list": {"name": told["name"], "closed": bool(told.get("closed"))} if "name" in told else None,
        "board": {name: (card.get("board") or {}).get(name) for name in ("name", "shortUrl")},
        "members": [
            str(one.get("fullName") or one.get("username") or "") for one in card.get("members") or ()
        ],
        "labels": list(labels(card)),
        "checks": [badges.get("checkItemsChecked"), badges.get("checkItems")],
        "fields": list(fields),
    }
    digest = sha256(orjson.dumps(kept)).hexdigest()[:12]
    return Raw(card["id"], f"{card.get('dateLastActivity') or ''} {digest}", kept)


def _moved(card: Mapping[str, Any], since: datetime) -> bool:
    """A card that tells no activity may have moved."""
    told = card.get("dateLastActivity")
    return not told or datetime.fromisoformat(told) >= since


def _called(fields: Sequence[Definition], name: str) -> Definition | None:
    return next((one for one in fields if _same(one["name"], name)), None)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
