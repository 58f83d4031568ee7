"""How Trello's cards stood: from the record as it is, back through what Trello remembers.

Labels and the kinds of cards are taken as they are, and so is who may see a card: Trello lists nothing of
them. Of check items those count that are still there. Boards and custom fields are called as they are today.
Where what is remembered does not lead to what is, nothing is made up: the days between cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Keys, Project, Query, Raw, Selector, Stretch, WorkItem
from mappings.past import rewind
from mappings.trello_fields import UNTOLD, first, instant, same
from mappings.trello_query import Around, Misread, Term, hits, named, terms

LISTS, MEMBERS = ("list", "列表"), ("member", "成员")
STATES = ("idList", "closed", "dueComplete")
"""Of these each change tells what came of it, so that one that is missing shows."""
BROUGHT = ("copyCard", "moveCardToBoard", "moveListToBoard")
"""What makes a card be somewhere with values that were set elsewhere."""
MOVING = timedelta(seconds=10)
"""No move from board to board takes longer, from what one of them tells to what the other does."""
NO_TRACE = "Trello tells what it hits today, and remembers no labels"
NO_BOARD = "no board of the account is called so today"

Change = Mapping[str, Any]
Card = Mapping[str, Any]
Test = Callable[[Card], bool]


@dataclass(slots=True)
class _State:
    """A record on its way back. `items` are its check items, done or not; `unknown` is why no day before
    this can be told; `gaps` are the spans of time in which more happened than is remembered."""

    raw: Raw
    data: dict[str, Any]
    items: dict[str, bool] = field(default_factory=dict)
    unknown: str = ""
    gaps: list[tuple[datetime, datetime | None]] = field(default_factory=list)


class TrelloReplay:
    """`translate` is how a record becomes an item, `glossary` what the connector tells."""

    fields = keys = ()

    def __init__(
        self,
        translate: Callable[[Raw], WorkItem],
        glossary: Mapping[str, Any],
        selectors: Iterable[Selector],
    ) -> None:
        self._translate = translate
        self._fields = glossary["fields"]
        self._names = glossary["boards"]
        tests = {selector: _test(selector, glossary) for selector in selectors}
        self.untold = {selector: test for selector, test in tests.items() if isinstance(test, str)}
        self._tests = {selector: test for selector, test in tests.items() if not isinstance(test, str)}

    def stretches(self, raw: Raw, changes: Sequence[Change], ends: Sequence[datetime]) -> Sequence[Stretch]:
        """As promised by `Replay`; MappingError also where one of the days cannot be told."""
        try:
            steps = [(instant(change["at"]), change) for change in changes]
            state = _begun(raw, steps)
            born = datetime.fromtimestamp(int(raw.id[:8], 16), UTC)
            undo = partial(self._undo, state, [change for _, change in steps])
            return rewind(steps, list(ends), born, partial(self._stand, state), undo)
        except UNTOLD as error:
            self._translate(raw)
            what = f"cannot be read ({type(error).__name__})"
            raise MappingError(raw.data["shortLink"], "actions", what) from error

    def _stand(self, state: _State, place: int, changed: datetime | None) -> Stretch:
        gap = changed and any(
            start <= changed and (end is None or changed < end) for start, end in state.gaps
        )
        if unknown := state.unknown or ("do not lead to what it is today" if gap else ""):
            raise MappingError(state.raw.data["shortLink"], "actions", unknown)
        if changed is not None:
            state.data["dateLastActivity"] = changed.isoformat()
        item = self._translate(Raw(state.raw.id, state.raw.version, state.data))
        hit = (selector for selector, test in self._tests.items() if test(state.data))
        return Stretch(place, item, frozenset(hit))

    def _undo(self, state: _State, changes: Sequence[Change], change: Change) -> None:
        data, told = state.data, change["data"]
        match change["type"]:
            case "updateCard":
                _undo_own(data, told)
            case "updateList" if told["list"]["id"] == data["idList"]:
                data["list"] = {**data["list"], **told["old"]}
            case "moveListToBoard" if told["list"]["id"] == data["idList"]:
                self._leave(state, changes, change)
            case "moveCardToBoard":
                self._leave(state, changes, change)
                _put_back(state, changes, change)
            case "updateCustomFieldItem":
                _undo_value(data, told)
            case "updateCheckItemStateOnCard":
                _undo_check(state, told["checkItem"])
            case "createCheckItem":
                _undo_made(state, told["checkItem"])
            case "addMemberToCard":
                data["idMembers"] = [one for one in data["idMembers"] if one != told["idMember"]]
            case "removeMemberFromCard":
                data["idMembers"] = [*data["idMembers"], told["idMember"]]

    def _leave(self, state: _State, changes: Sequence[Change], change: Change) -> None:
        """Back to the board that it came from, with the values that were set there. What it brought along
        to that board nobody tells, so nothing is known where it had not been made there empty."""
        board = change["data"]["boardSource"]["id"]
        before = changes[: next(at for at, one in enumerate(changes) if one is change)]
        fields = self._fields.get(board)
        if fields is None or (fields and any(one["type"] in BROUGHT for one in before)):
            state.unknown = "do not tell what it held on the board that it came from"
        name, *rest = self._names.get(board, [board])
        short = next((f"https://trello.com/b/{one}" for one in rest if one != board), "")
        state.data["idBoard"] = board
        state.data["board"] = {"name": name, "shortUrl": short}
        state.data["fields"] = fields or []
        state.data["customFieldItems"] = _values(before, [one["id"] for one in fields or ()])


def _begun(raw: Raw, steps: Sequence[tuple[datetime, Change]]) -> _State:
    made = [change["data"]["checkItem"] for _, change in steps if change["type"] == "createCheckItem"]
    items = {one["id"]: one["state"] == "complete" for one in made}
    return _State(raw, dict(raw.data), items, gaps=list(_gaps(raw.data, steps)))


def _gaps(data: Card, steps: Sequence[tuple[datetime, Change]]) -> Iterable[tuple[datetime, datetime | None]]:
    """From what a change left behind to the next one that found something else."""
    found: dict[str, tuple[Any, datetime | None]] = {name: (data[name], None) for name in STATES}
    for at, change in reversed(steps):
        old, now = change["data"].get("old", {}), change["data"].get("card", {})
        if change["type"] == "moveCardToBoard":
            old, now = {"idList": None}, {"idList": change["data"].get("list", {}).get("id")}
        elif change["type"] != "updateCard":
            continue
        for name in STATES:
            if name not in old:
                continue
            value, end = found[name]
            if None not in (value, now.get(name)) and value != now[name] and end != at:
                yield at, end
            found[name] = (old[name], at)


def _undo_own(data: dict[str, Any], told: Change) -> None:
    data.update(told["old"])
    if "idList" in told["old"]:
        # Whatever is moved out of a list is moved out of an open one.
        data["list"] = {"name": told["listBefore"]["name"], "closed": False}
    if "dueComplete" in told["old"]:
        data["dateCompleted"] = None


def _put_back(state: _State, changes: Sequence[Change], change: Change) -> None:
    """Into the list that it left, as the other board tells."""
    source, at = change["data"]["boardSource"]["id"], instant(change["at"])
    for one in changes:
        told = one["data"]
        near = abs(instant(one["at"]) - at) <= MOVING
        if one["type"] == "moveCardFromBoard" and near and told["board"]["id"] == source and "list" in told:
            state.data["idList"] = told["list"]["id"]
            state.data["list"] = {"name": told["list"]["name"], "closed": False}
            return
    state.unknown = "do not tell which list it lay in on the board that it came from"


def _values(changes: Iterable[Change], fields: Iterable[str]) -> list[dict[str, Any]]:
    """What the fields of a board held after these changes, of a card that began with none."""
    told = (one["data"]["customFieldItem"] for one in changes if one["type"] == "updateCustomFieldItem")
    last = {one["idCustomField"]: dict(one) for one in told}
    return [last[id] for id in fields if id in last]


def _undo_value(data: dict[str, Any], told: Change) -> None:
    id, old = told["customFieldItem"]["idCustomField"], told["old"]
    kept = [one for one in data.get("customFieldItems") or () if one.get("idCustomField") != id]
    held = {"idCustomField": id, "value": old.get("value"), "idValue": old.get("idValue")}
    empty = held["value"] is None and held["idValue"] is None
    data["customFieldItems"] = kept if empty else [*kept, held]


def _undo_check(state: _State, told: Change) -> None:
    """Of one that is gone nobody knows until when it was there."""
    if told["id"] in state.items:
        state.items[told["id"]] = told["state"] != "complete"
        _count(state)


def _undo_made(state: _State, told: Change) -> None:
    state.items.pop(told["id"], None)
    _count(state)


def _count(state: _State) -> None:
    state.data["checks"] = [sum(state.items.values()), len(state.items)]


def _test(selector: Selector, glossary: Mapping[str, Any]) -> Test | str:
    """What tells a hit, or why it cannot be told."""
    within = frozenset(glossary["within"])
    match selector:
        case Keys(keys):
            names = {named(key, "c") for key in keys}
            return lambda card: bool(names & {card["id"], card["shortLink"]})
        case Project(key):
            return _place(named(key, "b"), glossary["boards"])
        case FieldValue(name, value) if _fold(name) in LISTS:
            return lambda card: card["idBoard"] in within and _fold(card["list"]["name"]) == _fold(value)
        case FieldValue(name, value) if _fold(name) in MEMBERS:
            return _query((Term("member", value, negated=False),), glossary)
        case FieldValue(name, value):
            return lambda card: card["idBoard"] in within and same(first(card, [name]), value)
        case Query(text):
            try:
                return _query(terms(text), glossary)
            except Misread as error:
                return str(error)
        case _:
            return NO_TRACE


def _place(key: str, boards: Mapping[str, Sequence[str]]) -> Test | str:
    """A board, or one list of it, as `project` names them."""
    board = _board(key, boards)
    if board:
        return lambda card: card["idBoard"] == board
    of, _, wanted = key.partition("/")
    board = _board(of, boards)
    if not board:
        return NO_BOARD
    return lambda card: card["idBoard"] == board and _fold(card["list"]["name"]) == _fold(wanted)


def _board(key: str, boards: Mapping[str, Sequence[str]]) -> str:
    """Its id; a name that several bear is that of none."""
    found = [id for id, names in boards.items() if key in (id, *names[1:])]
    found = found or [id for id, names in boards.items() if key == names[0]]
    return found[0] if len(found) == 1 else ""


def _query(wanted: tuple[Term, ...], glossary: Mapping[str, Any]) -> Test | str:
    if any(term.word == "label" or (term.word, term.value) == ("has", "labels") for term in wanted):
        return NO_TRACE
    within = frozenset(glossary["within"])

    def hit(card: Card) -> bool:
        board = card["idBoard"]
        members = {id: tuple(names) for id, names in glossary["members"].get(board, {}).items()}
        lists = {card["idList"]: card["list"]["name"]}
        around = Around(tuple(glossary["boards"].get(board, ())), lists, members)
        return board in within and hits(card, wanted, around)

    return hit


def _fold(name: str) -> str:
    return name.strip().casefold()
