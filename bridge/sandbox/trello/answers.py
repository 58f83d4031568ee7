"""What an embedded Trello answers, call by call."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.sandbox.trello import deeds, shapes
from bridge.sandbox.trello.people import ME, PEOPLE, PERSON
from bridge.sandbox.trello.refusals import gone, hidden, invalid
from bridge.sandbox.trello.shapes import Record

if TYPE_CHECKING:
    from bridge.sandbox.trello.site import Trello

ACTIONS, PAGES = 50, 20
"""A card's actions a page, and how many pages there are."""
LATEST = "f" * 24
CHANGED = ("name", "closed", "due", "dueComplete")
BOUNDS = {"since": "1970-01-01T00:00:00Z", "before": "9999-01-01T00:00:00Z"}
Asked = dict[str, Any]


def batch(trello: "Trello", asked: Asked) -> list[Any]:
    return trello.batch(asked["urls"].split(","))


def me(_trello: "Trello", _asked: Asked) -> Record:
    return _member(ME)


def my_boards(trello: "Trello", _asked: Asked) -> list[Record]:
    return [shapes.board(one) for one in trello.boards.values() if one.member]


def board(trello: "Trello", id: str, _asked: Asked) -> Record:
    return shapes.board(trello.seen(id))


def board_lists(trello: "Trello", id: str, asked: Asked) -> list[Record]:
    place, every = trello.seen(id), asked.get("filter") == "all"
    return [shapes.list_of(one, place.id) for one in place.lists.values() if every or not one["closed"]]


def board_members(trello: "Trello", id: str, _asked: Asked) -> list[Record]:
    trello.seen(id)
    return [_member(one) for one in PEOPLE]


def board_fields(trello: "Trello", id: str, _asked: Asked) -> list[Record]:
    return list(trello.seen(id).fields.values())


def board_actions(trello: "Trello", id: str, asked: Asked) -> list[Record]:
    """The newest ones. Both bounds are instants; an action at the first is in."""
    place = trello.seen(id)
    since, before = (_bound(asked, name) for name in BOUNDS)
    kinds = asked.get("filter", "all").split(",")
    hits = [
        one
        for one in reversed(trello.actions)
        if one["data"]["board"]["id"] == place.id
        and deeds.listed(kinds, one)
        and since <= datetime.fromisoformat(one["date"]) < before
    ]
    with_creator = asked.get("memberCreator") != "false"
    return [_told(one, with_creator) for one in hits[: int(asked.get("limit", ACTIONS))]]


def board_cards(trello: "Trello", id: str, which: str | None, asked: Asked) -> list[Record]:
    """The newest ones made before a second, in the order of the board."""
    place = trello.seen(id)
    hits = [one for one in trello.cards.values() if one["idBoard"] == place.id]
    hits = [one for one in hits if which == "all" or not one["closed"]]
    hits = [one for one in hits if _second(one["id"]) < _second(asked.get("before", LATEST))]
    newest = sorted(hits, key=lambda one: str(one["id"]))[-int(asked.get("limit", 1000)) :]
    places = list(place.lists)
    page = sorted(newest, key=lambda one: (places.index(one["idList"]), one["pos"]))
    return [shown(trello, one, asked) for one in page]


def card(trello: "Trello", key: str, asked: Asked) -> Record:
    return shown(trello, trello.card(key), asked)


def shown(trello: "Trello", one: Record, asked: Asked) -> Record:
    """A card with as much as was asked for."""
    place = trello.boards[one["idBoard"]]
    said = [action for action in trello.actions if action["type"] == "commentCard"]
    told = shapes.card(one, place, sum(action["data"]["card"]["id"] == one["id"] for action in said))
    if (wanted := asked.get("fields", "all")) != "all":
        told = {name: told[name] for name in dict.fromkeys(["id", *wanted.split(",")]) if name in told}
    nested: dict[str, Callable[[], Any]] = {
        "customFieldItems": lambda: list(one["items"].values()),
        "board": lambda: shapes.board(place),
        "list": lambda: shapes.list_of(place.lists[one["idList"]], place.id),
        "members": lambda: [_member(id) for id in one["idMembers"]],
        "attachments": lambda: list(one["attached"].values()),
        "checklists": lambda: shapes.checklists(one),
    }
    return told | {name: tell() for name, tell in nested.items() if asked.get(name) in ("true", "all")}


def card_actions(trello: "Trello", key: str, asked: Asked) -> list[Record]:
    id, page = trello.card(key)["id"], int(asked.get("page", 0))
    if page >= PAGES:
        raise invalid("page")
    kinds = asked.get("filter", "commentCard,updateCard:idList").split(",")
    hits = [one for one in reversed(trello.actions) if one["data"].get("card", {}).get("id") == id]
    hits = [one for one in hits if deeds.listed(kinds, one)]
    hits = [one for one in hits if _second(one["id"]) < _second(asked.get("before", LATEST))]
    most = int(asked.get("limit", ACTIONS))
    return hits[page * most : (page + 1) * most]


def action(trello: "Trello", id: str, _asked: Asked) -> Record:
    return trello.action(id)


def make_card(trello: "Trello", asked: Asked) -> Record:
    place, at = trello.place(str(asked.get("idList")))
    made = trello.add_card(place, str(asked.get("name", "")), at["id"])
    return shown(trello, made, {})


def change_card(trello: "Trello", key: str, asked: Asked) -> Record:
    """Name, list (of this board or another), archived, due date, complete."""
    one, who = trello.open(key), PERSON
    change = {name: _plain(asked[name]) for name in CHANGED if name in asked}
    if "idList" in asked:
        to, at = trello.place(asked["idList"])
        if to.id != one["idBoard"]:
            deeds.move(trello, one, to, who, at["id"])
        change["idList"] = at["id"]
    deeds.put(trello, one, change, who)
    trello.touch(one)
    return shown(trello, one, {})


def delete_card(trello: "Trello", key: str, _asked: Asked) -> Record:
    deeds.delete(trello, trello.open(key), PERSON)
    return {"limits": {}}


def add_comment(trello: "Trello", key: str, asked: Asked) -> Record:
    return trello.comment(trello.open(key), trello.text(asked), ME)


def edit_comment(trello: "Trello", key: str, id: str, asked: Asked) -> Record:
    trello.open(key)
    found = trello.mine(id)
    found["data"]["text"] = trello.text(asked)
    return found


def drop_comment(trello: "Trello", key: str, id: str, _asked: Asked) -> Record:
    trello.open(key)
    trello.actions.remove(trello.mine(id))
    return {"_value": None}


def set_field(trello: "Trello", key: str, id: str, asked: Asked) -> Record:
    one = trello.open(key)
    definition = trello.boards[one["idBoard"]].fields.get(id)
    if definition is None:
        raise gone()
    item = shapes.item(definition, one["id"], asked, trello.number)
    trello.hold(one, definition, item, ME)
    return item or {}


def make_field(trello: "Trello", asked: Asked) -> Record:
    place = trello.seen(str(asked.get("idModel")))
    if place.observed:
        raise hidden()
    if asked.get("modelType") != "board" or not asked.get("name") or asked.get("type") not in shapes.KINDS:
        raise invalid("customField")
    return trello.add_field(place, asked["name"], asked["type"])


def attach(trello: "Trello", key: str, asked: Asked) -> list[Record]:
    one, name = trello.open(key), asked.get("name") or asked["url"]
    made = shapes.attachment(trello.number(), asked["url"], name, ME, trello.stamp())
    one["attached"][made["id"]] = made
    trello.touch(one)
    return [made]


def detach(trello: "Trello", key: str, id: str, _asked: Asked) -> Record:
    one = trello.open(key)
    if one["attached"].pop(id, None) is None:
        raise gone()
    trello.touch(one)
    return {"limits": {}}


def _told(one: Record, with_creator: bool) -> Record:
    return one | {"memberCreator": _member(one["idMemberCreator"])} if with_creator else one


def _member(id: str) -> Record:
    return shapes.member(id, *PEOPLE[id])


def _bound(asked: Asked, name: str) -> datetime:
    try:
        return datetime.fromisoformat(asked.get(name, BOUNDS[name]))
    except ValueError:
        raise invalid(name) from None


def _second(told: str) -> int:
    """The second that an id or an instant tells: all that `before` is held against."""
    try:
        return int(datetime.fromisoformat(told).timestamp()) if "-" in told else int(told[:8], 16)
    except ValueError:
        raise invalid("before") from None


def _plain(value: Any) -> Any:
    """In an address everything is a text."""
    words = {"true": True, "false": False, "null": None, "": None}
    return words.get(value, value) if isinstance(value, str) else value


ID = r"([^/]+)"
ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "/batch"): batch,
    ("GET", "/members/me"): me,
    ("GET", "/members/me/boards"): my_boards,
    ("GET", f"/boards/{ID}"): board,
    ("GET", f"/boards/{ID}/lists"): board_lists,
    ("GET", f"/boards/{ID}/members"): board_members,
    ("GET", f"/boards/{ID}/customFields"): board_fields,
    ("GET", f"/boards/{ID}/actions"): board_actions,
    ("GET", f"/boards/{ID}/cards(?:/(all|visible))?"): board_cards,
    ("GET", f"/cards/{ID}"): card,
    ("GET", f"/cards/{ID}/actions"): card_actions,
    ("GET", f"/actions/{ID}"): action,
    ("POST", "/cards"): make_card,
    ("PUT", f"/cards/{ID}"): change_card,
    ("DELETE", f"/cards/{ID}"): delete_card,
    ("POST", f"/cards/{ID}/actions/comments"): add_comment,
    ("PUT", f"/cards/{ID}/actions/{ID}/comments"): edit_comment,
    ("DELETE", f"/cards/{ID}/actions/{ID}/comments"): drop_comment,
    ("PUT", f"/cards/{ID}/customField/{ID}/item"): set_field,
    ("POST", "/customFields"): make_field,
    ("POST", f"/cards/{ID}/attachments"): attach,
    ("DELETE", f"/cards/{ID}/attachments/{ID}"): detach,
}
