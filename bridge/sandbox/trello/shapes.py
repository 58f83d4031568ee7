"""Trello's records in Trello's own form, with what the bridge does not use as well."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bridge.sandbox.trello.refusals import Refusal

if TYPE_CHECKING:
    from bridge.sandbox.trello.site import Board

Record = dict[str, Any]


def member(id: str, username: str, name: str) -> Record:
    return {"id": id, "username": username, "fullName": name, "initials": name[:2], "activityBlocked": False}


def board(one: "Board") -> Record:
    address = f"https://trello.com/b/{one.short}"
    return {
        "id": one.id, "name": one.name, "desc": "", "closed": one.closed, "shortLink": one.short,
        "shortUrl": address, "url": f"{address}/{one.name.lower()}", "pinned": False, "subscribed": False,
    }  # fmt: skip


def list_of(one: Record, board: str) -> Record:
    return {**one, "idBoard": board, "subscribed": False}


def card(one: Record, place: "Board", comments: int) -> Record:
    address = f"https://trello.com/c/{one['shortLink']}"
    names = ("id", "shortLink", "name", "idBoard", "idList", "closed", "due", "dueComplete", "dateCompleted",
             "dateLastActivity", "pos", "idMembers", "cardRole")  # fmt: skip
    done = sum(item["state"] == "complete" for item in one["checks"])
    badges = {
        "votes": 0, "subscribed": False, "comments": comments, "attachments": len(one["attached"]),
        "checkItems": len(one["checks"]), "checkItemsChecked": done, "due": one["due"],
        "dueComplete": one["dueComplete"],
    }  # fmt: skip
    return {name: one[name] for name in names} | {
        "badges": badges, "desc": one["desc"], "descData": {"emoji": {}}, "idShort": one["pos"],
        "idChecklists": [], "idLabels": list(one["labels"]), "start": None,
        "labels": [place.labels[id] for id in one["labels"]], "idMembersVoted": [], "subscribed": False,
        "shortUrl": address, "url": f"{address}/1-title",
        "checkItemStates": [], "idAttachmentCover": None, "manualCoverAttachment": False, "isTemplate": False,
        "mirrorSourceId": None,
    }  # fmt: skip


def checklists(one: Record) -> list[Record]:
    """One, where the card has check items at all."""
    told = {"id": one["id"], "idBoard": one["idBoard"], "idCard": one["id"], "name": "Checklist", "pos": 1}
    items = [{"idChecklist": one["id"], "due": None, "idMember": None, "pos": at, **item}
             for at, item in enumerate(one["checks"])]  # fmt: skip
    return [told | {"checkItems": items}] if items else []


KINDS = frozenset({"text", "number", "date", "list", "checkbox"})
"""Of custom fields."""


def field(
    id: str, board: str, name: str, kind: str, options: tuple[str, ...], number: Callable[[], str]
) -> Record:
    told = {"id": id, "idModel": board, "modelType": "board", "fieldGroup": "0" * 64, "name": name,
            "type": kind, "pos": 16384, "display": {"cardFront": True}}  # fmt: skip
    if kind == "list":
        told["options"] = [
            {"id": number(), "idCustomField": id, "value": {"text": text}, "color": "none", "pos": at}
            for at, text in enumerate(options)
        ]
    return told


def item(definition: Record, card: str, asked: Record, number: Callable[[], str]) -> Record | None:
    """The value as it stands afterwards, None for an emptied one. A number is a text."""
    value, option = asked.get("value"), asked.get("idValue")
    told = {"id": number(), "idCustomField": definition["id"], "idModel": card, "modelType": "card"}
    if value == "" and not option:
        return None
    if definition["type"] == "list":
        if option not in {one["id"] for one in definition["options"]}:
            raise Refusal(400, "Invalid custom field item value.")
        return told | {"value": None, "idValue": option}
    kind = {"checkbox": "checked"}.get(definition["type"], definition["type"])
    given = value.get(kind) if isinstance(value, dict) else None
    right = re.fullmatch(r"-?\d+(\.\d+)?", str(given)) if kind == "number" else True
    if not isinstance(given, str) or not right:
        raise Refusal(400, "Invalid custom field item value.")
    return told | {"value": {kind: given}}


def attachment(id: str, url: str, name: str, who: str, date: str) -> Record:
    return {"id": id, "bytes": None, "date": date, "edgeColor": None, "idMember": who, "isUpload": False,
            "mimeType": "", "name": name, "previews": [], "url": url, "pos": 16384}  # fmt: skip
