"""What people do to cards, and the actions that Trello keeps of it, in Trello's own form.

Labels, and check items that are made or deleted, leave none that any list would tell.
"""

from typing import TYPE_CHECKING, Any

from bridge.sandbox.trello.shapes import Record

if TYPE_CHECKING:
    from bridge.sandbox.trello.site import Board, Trello

ALONE = ("closed", "due", "dueComplete", "name")


def put(trello: "Trello", card: Record, change: dict[str, Any], who: str) -> None:
    """Each part of a change by itself, as people click."""
    if "idList" in change:
        lay(trello, card, change.pop("idList"), who)
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


def lay(trello: "Trello", card: Record, list_id: str, who: str) -> None:
    """Into a list of its board."""
    if list_id == card["idList"]:
        return
    before = where(trello, card)
    told = {
        "card": named(card) | {"idList": list_id},
        "old": {"idList": card["idList"]},
        "listBefore": before,
    }
    card["idList"] = list_id
    trello.act("updateCard", card["idBoard"], told | {"listAfter": where(trello, card)}, who)


def check(trello: "Trello", card: Record, wanted: list[bool], who: str) -> None:
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


def staff(trello: "Trello", card: Record, wanted: list[str], who: str) -> None:
    added = [("addMemberToCard", one) for one in wanted if one not in card["idMembers"]]
    gone = [("removeMemberFromCard", one) for one in card["idMembers"] if one not in wanted]
    for kind, one in added + gone:
        told = {"idMember": one, "member": {"id": one, "name": "Mei 梅"}, "card": named(card)}
        trello.act(kind, card["idBoard"], told, who)
    card["idMembers"] = list(wanted)


def value(trello: "Trello", card: Record, definition: Record, item: Record | None, who: str) -> None:
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


def move(trello: "Trello", card: Record, to: "Board", who: str, list_id: str = "") -> None:
    """To another board, its first list where none is named; values of fields stay behind."""
    source, left = trello.boards[card["idBoard"]], where(trello, card)
    target = {"id": to.id, "name": to.name}
    told = {"card": named(card), "list": left, "boardTarget": target}
    trello.act("moveCardFromBoard", source.id, told, who)
    card |= {"idBoard": to.id, "idList": list_id or next(iter(to.lists))}
    settle(trello, card, source)
    told = {
        "card": named(card),
        "list": where(trello, card),
        "boardSource": {"id": source.id, "name": source.name},
    }
    trello.act("moveCardToBoard", to.id, told, who)


def settle(trello: "Trello", card: Record, source: "Board") -> None:
    """On its new board it has the labels of the same names; values stay behind."""
    board = trello.boards[card["idBoard"]]
    card["labels"] = [trello.label(board, source.labels[id]["name"]) for id in card["labels"]]
    card["items"] = {}


def delete(trello: "Trello", card: Record, who: str) -> None:
    del trello.cards[card["id"]]
    told = {name: card[name] for name in ("id", "shortLink")}
    trello.act("deleteCard", card["idBoard"], {"card": told}, who)


def shift(trello: "Trello", id: str, to: "Board", who: str) -> None:
    """A list goes to another board, with its cards: of them nothing is remembered."""
    source = next(board for board in trello.boards.values() if id in board.lists)
    one = to.lists[id] = source.lists.pop(id)
    for card in trello.cards.values():
        if card["idList"] == id:
            card["idBoard"] = to.id
            settle(trello, card, source)
    told = {"list": {"id": id, "name": one["name"]}}
    trello.act("moveListFromBoard", source.id, told | {"boardTarget": {"id": to.id, "name": to.name}}, who)
    trello.act("moveListToBoard", to.id, told | {"boardSource": {"id": source.id, "name": source.name}}, who)


def turn(trello: "Trello", board: "Board", one: Record, change: dict[str, Any], who: str) -> None:
    """A list is renamed, or archived, or brought back."""
    old = {name: one[name] for name in change}
    one |= change
    told = {"list": {name: one[name] for name in ("id", "name", *change)}, "old": old}
    trello.act("updateList", board.id, told, who)


def where(trello: "Trello", card: Record) -> Record:
    one = trello.boards[card["idBoard"]].lists[card["idList"]]
    return {name: one[name] for name in ("id", "name")}


def named(card: Record) -> Record:
    return {name: card[name] for name in ("id", "name", "shortLink")}


def listed(kinds: list[str], action: Record) -> bool:
    """Whether a list with this filter tells the action: `updateCard:idList` is one that changed the list."""
    old = action["data"].get("old", {})
    names = {"all", action["type"], *(f"{action['type']}:{part}" for part in old)}
    return not names.isdisjoint(kinds)
