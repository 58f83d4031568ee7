"""How each change of Jira's log is taken back: from one state of a record to the one before.

Statuses, types and resolutions are known by id and called as they are called today, as a sync would; only
those deleted since keep the word of the log. Whatever a field is set to has the shape that records have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Item = Mapping[str, Any]


@dataclass(slots=True)
class State:
    """A record on its way back. `resolved` are the instants at which its resolution was changed, oldest
    first; `parent_by` is the name under which the log told its parent, empty while it is the record's, and
    `parent_told` whether the entry at hand did.
    `keys` are all it ever bore, `parents` the keys of its parents by id, as far as its log tells; `texts` is
    what queries call the values of its fields, kept while those are the same."""

    id: str
    key: str
    fields: dict[str, Any]
    resolved: list[datetime]
    parent_by: str = ""
    parent_told: bool = False
    keys: frozenset[str] = frozenset()
    parents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    texts: dict[str, tuple[Any, frozenset[str]]] = field(default_factory=dict)


Undo = Callable[[State, Item], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ids of the fields that an item is made of besides Jira's own: numbers, links to a parent, marks that
    are set or not. `others` are those that selectors ask for."""

    numbers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undoes:
    """What to do: for Jira's own fields by id or name in lower case, for custom ones by id, and by the name
    of today for items that tell no id."""

    parent: Undo
    system: Mapping[str, Undo]
    custom: Mapping[str, Undo]
    names: Mapping[str, Undo]


def undoes(glossary: Mapping[str, Any], wanted: Wanted) -> Undoes:
    custom = _custom(glossary, wanted)
    fields = [one for one in glossary.get("fields", ()) if one["id"] in custom]
    names = {one["name"].casefold(): custom[one["id"]] for one in fields}
    return Undoes(_parent(wanted.links), _system(glossary, wanted), custom, names)


def above(fields: Mapping[str, Any], links: Iterable[str]) -> Mapping[str, Any] | None:
    """What a record says of its parent: an object with `id` or `key` or both."""
    if parent := fields.get("parent"):
        return dict(parent)
    for name in links:
        if link := fields.get(name):
            return {"key": link} if isinstance(link, str) else dict(link.get("data") or link)
    return None


# --- Jira's own fields

_TWO_STEPS = re.compile(r"Parent values: (.*?)\((\d+)\)")
Known = Mapping[str, Mapping[str, Any]]
Find = Callable[[Any, Any], Mapping[str, Any] | None]
LISTED = {"fixVersions": "fix version", "versions": "version", "components": "component"}
"""Fields of which the log tells each value that came or went by itself, and what it calls them."""


def _system(glossary: Mapping[str, Any], wanted: Wanted) -> dict[str, Undo]:
    types = glossary.get("issuetypes") or glossary.get("types", ())
    kind = _set("issuetype", _finder(_by_id(types), "subtask"))
    found = {name.casefold(): _values_of(name) for name in wanted.others}
    for name, called in LISTED.items():
        if name in wanted.others:
            found[name.casefold()] = found[called] = _listed(name)
    found |= {name.casefold(): _figure(name, False) for name in wanted.numbers}
    return found | {
        "status": _set("status", _finder(_statuses(glossary), "statusCategory")),
        "issuetype": kind,
        "issue type": kind,
        "type": kind,
        "resolution": _resolution(_finder(_by_id(glossary.get("resolutions", ())), "id")),
        "project": _project(_by_id(glossary.get("projects", ()))),
        "key": _key,
        "labels": _labels,
        "summary": _summary,
        "assignee": _assignee,
        "duedate": _due,
        "due date": _due,
        "timeoriginalestimate": _seconds("timeoriginalestimate"),
        "timespent": _seconds("timespent"),
    }


def _by_id(entries: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(entry["id"]): entry for entry in entries}


def _statuses(glossary: Mapping[str, Any]) -> Known:
    return {
        id: {"id": id, "name": one["name"], "statusCategory": _category(one)}
        for id, one in _by_id(glossary.get("statuses", ())).items()
    }


def _category(status: Mapping[str, Any]) -> Mapping[str, Any]:
    return status.get("statusCategory") or {"key": status.get("category")}


def _finder(known: Known, telling: str) -> Find:
    """A value by its id; of one deleted since, what those of its name agree on in the member `telling`."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for value in known.values():
        by_name.setdefault(value["name"].casefold(), []).append(value)
    gone: dict[tuple[Any, Any], Mapping[str, Any] | None] = {(None, None): None}

    def find(id: Any, name: Any) -> Mapping[str, Any] | None:
        value = known.get(str(id))
        if value is not None:
            return value
        if (id, name) not in gone:
            alike = by_name.get(str(name).casefold(), [])
            agreed = bool(alike) and all(one.get(telling) == alike[0].get(telling) for one in alike)
            told = {**(alike[0] if agreed else {}), "id": str(id or ""), "name": str(name or id)}
            gone[id, name] = told if id or name else None
        return gone[id, name]

    return find


def _set(name: str, find: Find) -> Undo:
    def undo(state: State, item: Item) -> None:
        found = find(item.get("from"), item.get("fromString"))
        if found is not None:
            state.fields[name] = found

    return undo


def _resolution(find: Find) -> Undo:
    """Its date goes with it: that of the change before; when the first was set, nobody knows."""

    def undo(state: State, item: Item) -> None:
        found = find(item.get("from"), item.get("fromString"))
        state.resolved.pop()
        state.fields["resolution"] = found
        state.fields["resolutiondate"] = state.resolved[-1] if found and state.resolved else None

    return undo


def _project(known: Known) -> Undo:
    def undo(state: State, item: Item) -> None:
        id = str(item.get("from") or "")
        now = known.get(id) or {"key": state.key.rpartition("-")[0], "name": item.get("fromString") or ""}
        state.fields["project"] = {**now, "id": id}

    return undo


def _key(state: State, item: Item) -> None:
    if key := item.get("fromString"):
        state.key = key
        state.fields["project"] = {**(state.fields.get("project") or {}), "key": key.rpartition("-")[0]}


def _labels(state: State, item: Item) -> None:
    state.fields["labels"] = (item.get("fromString") or "").split()


def _summary(state: State, item: Item) -> None:
    state.fields["summary"] = item.get("fromString") or ""


def _assignee(state: State, item: Item) -> None:
    name = item.get("fromString") or ""
    state.fields["assignee"] = {"displayName": name} if name or item.get("from") else None


def _due(state: State, item: Item) -> None:
    """Old entries tell the day in words alone, some in a form of their own: then it is not known."""
    text = str(item.get("from") or item.get("fromString") or "")[:10]
    try:
        state.fields["duedate"] = date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        state.fields["duedate"] = None


def _seconds(name: str) -> Undo:
    def undo(state: State, item: Item) -> None:
        state.fields[name] = _numeric(item.get("from") or item.get("fromString"))

    return undo


def _listed(name: str) -> Undo:
    def undo(state: State, item: Item) -> None:
        came = {one["id"] for one in _values(item.get("to"), item.get("toString"))}
        kept = [one for one in state.fields.get(name) or () if str(one.get("id")) not in came]
        state.fields[name] = kept + _values(item.get("from"), item.get("fromString"))

    return undo


# --- the parent, and custom fields


def _parent(links: tuple[str, ...]) -> Undo:
    """One parent, whatever it is called. An item without `from` says that there was none under *its* name:
    what another name told of the time before stays, unless that was told by another entry and is the very
    parent that this item set."""

    def undo(state: State, item: Item) -> None:
        name, id, key = item["field"].casefold(), item.get("from"), item.get("fromString")
        fields = state.fields
        if not id and not key and state.parent_by not in ("", name):
            now = above(fields, links) or {}
            to, to_key = item.get("to"), item.get("toString")
            set_here = (to and to == now.get("id")) or (to_key and to_key == now.get("key"))
            if now and (state.parent_told or not set_here):
                return
        state.parent_told = bool(id or key)
        fields["parent"] = {"id": id, "key": key} if id or key else None
        fields.update(dict.fromkeys(links))
        state.parent_by = name

    return undo


def _custom(glossary: Mapping[str, Any], wanted: Wanted) -> dict[str, Undo]:
    """A field that an item is made of is read as that, whoever else names it."""
    shared = _shared(glossary)
    found = {name: _values_of(name) for name in (*wanted.others, *wanted.marks)}
    found |= {name: _figure(name, name in shared) for name in wanted.numbers}
    return {name: undo for name, undo in found.items() if name.startswith("customfield_")}


def _shared(glossary: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the fields that are not the only ones of their name."""
    ids: dict[str, list[str]] = {}
    for one in glossary.get("fields", ()):
        ids.setdefault(one["name"].casefold(), []).append(str(one["id"]))
    return frozenset(id for found in ids.values() if len(found) > 1 for id in found)


def _figure(name: str, shared: bool) -> Undo:
    """A number. Where fields share the name and the item tells no id, it is this one's only if it became
    what this one is."""

    def undo(state: State, item: Item) -> None:
        if shared and not item.get("fieldId"):
            became = _numeric(item.get("toString") or item.get("to"))
            if became != _numeric(state.fields.get(name)):
                return
        state.fields[name] = _numeric(item.get("fromString") or item.get("from"))

    return undo


def _numeric(value: Any) -> Any:
    """As a record has it: a number where it is one, None for nothing, else as it is written."""
    if type(value) is not str:
        return value
    try:
        number = float(value)
    except ValueError:
        return value or None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _values_of(name: str) -> Undo:
    """Words without ids may be one text, labels one after another, or a number: it is called all of these."""

    def undo(state: State, item: Item) -> None:
        ids, words = item.get("from"), item.get("fromString")
        found: list[Any] = _values(ids, words)
        if found and not ids:
            found += [*str(words).split(), _numeric(words)]
        state.fields[name] = found

    return undo


def _values(ids: Any, words: Any) -> list[dict[str, str]]:
    """`[10, 11]` and `A, B`, or `10` and `A`, or words alone, as objects with `id` and `name`. Of a choice
    in two steps the first: that is what `=` asks for."""
    text = str(words or "")
    if step := _TWO_STEPS.match(text):
        return [{"id": step[2], "name": step[1]}]
    several = [id.strip() for id in str(ids or "").strip("[]").split(",") if id.strip()]
    if len(several) < 2:
        return [{"id": several[0] if several else "", "name": text}] if several or text else []
    names = [name.strip() for name in text.split(",")]
    if len(names) != len(several):
        names = [text] * len(several)
    return [{"id": id, "name": name} for id, name in zip(several, names, strict=True)]
