"""What Trello remembers of a board: its actions, read to the oldest once and then from the newest on.

Trello lists actions of the kinds named here only: labels put on or taken off, check items made or deleted,
and labels renamed are sent to webhooks and kept in no list (github.com/trello-archive/api-docs/issues/45).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bridge.errors import NotFound, PartialRead
from connectors.trello.api import Api

PAGE = 1000
"""Actions a page: Trello's most."""
PAGES = 20
"""Trello gives no more pages of one card's actions."""
BIRTHS = frozenset({"createCard", "emailCard", "convertToCardFromCheckItem", "copyCard"})
ARRIVAL, DEPARTURE = "moveCardToBoard", "moveCardFromBoard"
OF_CARDS = (
    *sorted(BIRTHS), ARRIVAL, "updateCard:idList", "updateCard:closed", "updateCard:due",
    "updateCard:dueComplete", "updateCard:name", "updateCustomFieldItem", "updateCheckItemStateOnCard",
    "addMemberToCard", "removeMemberFromCard",
)  # fmt: skip
OF_LISTS = ("updateList:name", "updateList:closed", "moveListToBoard")
CHANGED = frozenset({"idList", "closed", "due", "dueComplete", "name", "value", "idValue"})
LEAN = {"member": "false", "memberCreator": "false"}

Action = Mapping[str, Any]


class Log:
    """The actions of one board: of cards by card, of lists by list; `newest` is the date of the last."""

    def __init__(self, api: Api, board: str) -> None:
        self._api, self._board = api, board
        self._last: dict[str, str] = {}
        self.cards: dict[str, list[Action]] = defaultdict(list)
        self.lists: dict[str, list[Action]] = defaultdict(list)
        self.newest = ""

    def refresh(self) -> list[Action]:
        """Read what has come since, all of it the first time; that, newest first. Raises NotFound."""
        since = _stamp(_second(self.newest) - timedelta(seconds=1)) if self.newest else ""
        kinds = (*OF_CARDS, *OF_LISTS)
        new = list(actions(self._api, self._board, kinds, since=since, known=self._last))
        for action in new:
            of = self.cards[card_of(action)] if card_of(action) else self.lists[list_of(action)]
            of.append(slim(action))
        self._remember(new)
        return new

    def _remember(self, new: Iterable[Action]) -> None:
        """The ids that the next page from here on will bring again."""
        self._last |= {one["id"]: one["date"] for one in new}
        self.newest = max(self._last.values(), default="")
        if self.newest:
            edge = _second(self.newest) - timedelta(seconds=2)
            self._last = {id: at for id, at in self._last.items() if _second(at) >= edge}


def actions(
    api: Api, board: str, kinds: Iterable[str], *, since: str = "", known: Collection[str] = ()
) -> Iterator[Action]:
    """Of a board, newest first, without those known.

    Pages are parted at whole seconds and overlap by one, since an id tells no more of its time; the walk
    ends with a page that brings nothing new. Raises NotFound, and PartialRead where more happened within a
    second than a page holds.
    """
    path = f"boards/{board}/actions"
    params: dict[str, Any] = {"filter": ",".join(kinds), "limit": PAGE, **LEAN}
    params |= {"since": since} if since else {}
    last: set[str] = set()
    while page := api.many(path, params):
        new = [one for one in page if one["id"] not in last and one["id"] not in known]
        if not new:
            if len(page) >= PAGE:
                message = f"GET {path} tells more within a second than a page of {PAGE} holds"
                raise PartialRead(api.http.system, message, "nothing was concluded from it; run again later")
            return
        yield from new
        last = {one["id"] for one in page}
        params["before"] = _stamp(_second(min(one["date"] for one in page)) + timedelta(seconds=1))


def of_card(api: Api, card: str) -> list[Action]:
    """Whatever is remembered of a card, whichever board it was on; empty where it is gone. Raises
    PartialRead where Trello lists no more."""
    found: dict[str, Action] = {}
    kinds = ",".join((*OF_CARDS, DEPARTURE))
    for number in range(PAGES):
        try:
            page = api.many(f"cards/{card}/actions", {"filter": kinds, "page": number})
        except NotFound:
            return []
        if all(one["id"] in found for one in page):
            return [slim(one) for one in found.values()]
        found |= {one["id"]: one for one in page}
        if any(one["type"] in BIRTHS and card_of(one) == card for one in page):
            return [slim(one) for one in found.values()]
    message = f"card {card} has changed more often than Trello lists ({len(found)} times and more)"
    raise PartialRead(api.http.system, message, "its past cannot be told; link other cards")


def slim(action: Action) -> Action:
    """As Trello told it, without names, texts and addresses that mean nothing here."""
    data = action["data"]
    kept: dict[str, Any] = {"idMember": data["idMember"]} if "idMember" in data else {}
    for name in ("board", "boardSource", "boardTarget", "list", "listBefore", "listAfter"):
        if name in data:
            kept[name] = {part: data[name][part] for part in ("id", "name") if part in data[name]}
    if "old" in data:
        kept["old"] = {name: value for name, value in (data["old"] or {}).items() if name in CHANGED}
        kept["card"] = {
            name: value for name, value in (data.get("card") or {}).items() if name in kept["old"]
        }
    for name, parts in (
        ("checkItem", ("id", "state")),
        ("customFieldItem", ("idCustomField", "value", "idValue")),
    ):
        if name in data:
            kept[name] = {part: data[name].get(part) for part in parts}
    if "customField" in data:
        kept.setdefault("customFieldItem", {})["idCustomField"] = data["customField"]["id"]
    return {"id": action["id"], "at": action["date"], "type": action["type"], "data": kept}


def card_of(action: Action) -> str:
    return str((action["data"].get("card") or {}).get("id") or "")


def list_of(action: Action) -> str:
    return str((action["data"].get("list") or {}).get("id") or "")


def _second(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(microsecond=0)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
