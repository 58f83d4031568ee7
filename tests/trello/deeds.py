"""What people do to cards, and the actions that Trello keeps of it, in Trello's own form.

Labels, and check items that are made or deleted, leave none that any list would tell.
"""

from __future__ import annotations

from typing import Any

Card = dict[str, Any]
ALONE = ("closed", "due", "dueComplete", "name")


def put(trello: Any, card: Card, change: dict[str, Any], who: str) -> None:
    """Each part of a change by itself, as people click."""
    if "list" in change:
        lay(trello, card, change.pop("list"), who)
    for name in ALONE:
        if name in change and card[name] != change[name]:
            told = {"card": named(card) | {name: change[name]}, "old": {name: card[name]}}
            trello.act("updateCard", card["idBoard"], told | {"list": where(trello, card)}, who)
            card[name] = change.pop(name)
            if name == "dueComplete":
                card["dateCompleted"] = trello.stamp() if card[name] else None
    if "checks" in change:
        check(trello, card, change.pop("checks"), who)
    if "idMembers" in change:
        staff(trello, card, change.pop("idMembers"), who)
    card.update(change)


def lay(trello: Any, card: Card, name: str, who: str) -> None:
    """Into the list of this name on its board."""
    board = trello.boards[card["idBoard"]]
    wanted = next(one["id"] for one in board.lists.values() if one["name"] == name)
    if wanted != card["idList"]:
        told = {
            "card": named(card) | {"idList": wanted},
            "old": {"idList": card["idList"]},
            "listBefore": where(trello, card),
            "listAfter": {"id": wanted, "name": name},
        }
        trello.act("updateCard", board.id, told, who)
        card["idList"] = wanted


def check(trello: Any, card: Card, wanted: list[bool], who: str) -> None:
    """As many check items as wanted, done or not."""
    del card["checks"][len(wanted) :]
    for place, done in enumerate(wanted):
        state = "complete" if done else "incomplete"
        if place == len(card["checks"]):
            card["checks"].append({"id": trello.number(), "name": f"Item {place}", "state": "incomplete"})
        item = card["checks"][place]
        if item["state"] != state:
            item["state"] = state
            told = {"checklist": {"id": card["id"], "name": "Checklist"}, "checkItem": dict(item)}
            trello.act("updateCheckItemStateOnCard", card["idBoard"], told | {"card": named(card)}, who)


def staff(trello: Any, card: Card, wanted: list[str], who: str) -> None:
    added = [("addMemberToCard", one) for one in wanted if one not in card["idMembers"]]
    gone = [("removeMemberFromCard", one) for one in card["idMembers"] if one not in wanted]
    for kind, one in added + gone:
        told = {"idMember": one, "member": {"id": one, "name": "Mei 梅"}, "card": named(card)}
        trello.act(kind, card["idBoard"], told, who)
    card["idMembers"] = list(wanted)


def value(trello: Any, card: Card, definition: Card, item: Card | None, who: str) -> None:
    """A custom field holds this from now on; None: nothing."""
    id = definition["id"]
    old = card["items"].get(id) or {"value": None, "idValue": None}
    parts = ("value", "idValue") if definition["type"] == "list" else ("value",)
    empty = {"id": old.get("id"), "value": None, "idValue": None, "idCustomField": id, "idModel": card["id"]}
    told = {
        "old": {part: old.get(part) for part in parts},
        "customField": {name: definition[name] for name in ("id", "name", "type")},
        "customFieldItem": {"idValue": None, **(item or empty)},
        "card": named(card),
    }
    trello.act("updateCustomFieldItem", card["idBoard"], told, who)
    if item is None:
        card["items"].pop(id, None)
    else:
        card["items"][id] = item


def move(trello: Any, card: Card, to: Any, who: str) -> None:
    """To the first list of another board; values of fields stay behind."""
    source, left = trello.boards[card["idBoard"]], where(trello, card)
    target = {"id": to.id, "name": to.name}
    told = {"card": named(card), "list": left, "boardTarget": target}
    trello.act("moveCardFromBoard", source.id, told, who)
    card |= {"idBoard": to.id, "idList": next(iter(to.lists)), "items": {}}
    told = {
        "card": named(card),
        "list": where(trello, card),
        "boardSource": {"id": source.id, "name": source.name},
    }
    trello.act("moveCardToBoard", to.id, told, who)


def shift(trello: Any, id: str, to: Any, who: str) -> None:
    """A list goes to another board, with its cards: of them nothing is remembered."""
    source = next(board for board in trello.boards.values() if id in board.lists)
    one = to.lists[id] = source.lists.pop(id)
    for card in trello.cards.values():
        if card["idList"] == id:
            card |= {"idBoard": to.id, "items": {}}
    told = {"list": {"id": id, "name": one["name"]}}
    trello.act("moveListFromBoard", source.id, told | {"boardTarget": {"id": to.id, "name": to.name}}, who)
    trello.act("moveListToBoard", to.id, told | {"boardSource": {"id": source.id, "name": source.name}}, who)


def turn(trello: Any, board: Any, one: Card, change: dict[str, Any], who: str) -> None:
    """A list is renamed, or archived, or brought back."""
    old = {name: one[name] for name in change}
    one |= change
    told = {"list": {name: one[name] for name in ("id", "name", *change)}, "old": old}
    trello.act("updateList", board.id, told, who)


def where(trello: Any, card: Card) -> Card:
    one = trello.boards[card["idBoard"]].lists[card["idList"]]
    return {name: one[name] for name in ("id", "name")}


def named(card: Card) -> Card:
    return {name: card[name] for name in ("id", "name", "shortLink")}


def listed(kinds: list[str], action: Card) -> bool:
    """Whether a list with this filter tells the action: `updateCard:idList` is one that changed the list."""
    old = action["data"].get("old", {})
    names = {"all", action["type"], *(f"{action['type']}:{part}" for part in old)}
    return not names.isdisjoint(kinds)
