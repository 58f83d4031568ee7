"""What the databases are: their data sources, and which property is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bridge.errors import NotFound, Rejected
from connectors.notion.api import UNSHARED, Api, Entry, identity, trashed
from connectors.notion.settings import NotionSettings
from mappings.notion_fields import text_of

NUMBERS = ("number", "formula", "rollup")
KINDS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "select", "checkbox"),
    "type": ("select",),
    "points": NUMBERS,
    "estimate": NUMBERS,
    "spent": NUMBERS,
    "percent": NUMBERS,
    "labels": ("multi_select", "select"),
    "owner": ("people",),
    "due": ("date",),
    "blocked": ("checkbox",),
}
"""By role, the types of properties that can play it."""
SHOWN: Mapping[str, tuple[str, ...]] = {
    "key_result": ("rich_text",),
    "progress": ("number",),
    "status": ("rich_text", "select", "status"),
    "score": ("number",),
    "updated": ("rich_text", "date"),
}
"""The same of the bridge's own; the first is what it makes."""
Facts = dict[str, Any]


def describe(api: Api, settings: NotionSettings) -> Facts:
    """The facts as plain JSON: one request for each database, and one for each of its data sources."""
    sources: dict[str, Facts] = {}
    for database in settings.databases:
        for id in _sources(api, database):
            sources[id] = _facts(api.read(f"data_sources/{id}", "data_source"), settings)
    _distinct(sources)
    shown = {identity(one, page=False) for one in settings.shown_in}
    for id, facts in sources.items():
        facts["shown"] = not shown or bool(shown & {id, facts["database"]})
    return {
        "sources": dict(sorted(sources.items())),
        "points": any("points" in facts["roles"] for facts in sources.values()),
        "missing": list(_missing(sources.values(), settings)),
    }


def _sources(api: Api, told: str) -> list[str]:
    """Of a database, or itself where it is the id of a data source."""
    id = identity(told, page=False)
    if not id:
        hint = "its address, as the menu of the database's page copies it"
        raise Rejected(api.http.system, f"{told!r} is no database's id or address", hint)
    try:
        found = api.read(f"databases/{id}", "database")
    except NotFound as error:
        try:
            api.read(f"data_sources/{id}", "data_source")
        except NotFound:
            raise NotFound(error.system, f"database {told} cannot be read", UNSHARED) from error
        return [id]
    sources = [str(one["id"]) for one in found.get("data_sources") or ()]
    if trashed(found) or not sources:
        what = "is in the trash" if trashed(found) else "has no data source: it is a view of another"
        raise Rejected(api.http.system, f"database {told} {what}", "take it out of `databases`")
    return sources


def _facts(source: Entry, settings: NotionSettings) -> Facts:
    properties = {name: _property(one) for name, one in source["properties"].items()}
    parent = source.get("parent") or {}
    keys = [one for one in properties.values() if one["type"] == "unique_id" and one.get("prefix")]
    return {
        "name": text_of(source.get("title")) or str(source["id"]),
        "database": str(parent.get("database_id") or ""),
        "properties": properties,
        "title": next((one["id"] for one in properties.values() if one["type"] == "title"), ""),
        "key": keys[0] if keys else None,
        "roles": {role: found for role in KINDS if (found := _role(properties, settings, role))},
        "parents": list(_parents(properties, settings)),
        "numbers": {
            name: found for name in settings.number_fields if (found := _named(properties, (name,), NUMBERS))
        },
        "panel": {
            role: found
            for role, name in settings.field_names.items()
            if (found := _named(properties, (name,), SHOWN[role]))
        },
    }


def _property(one: Entry) -> Facts:
    kind = str(one["type"])
    facts: Facts = {"id": str(one["id"]), "type": kind}
    inner = one.get(kind) or {}
    match kind:
        case "number":
            facts["format"] = inner.get("format", "")
        case "rollup":
            facts["format"] = "percent" if str(inner.get("function")).startswith("percent_") else ""
            facts["relation"] = str(inner.get("relation_property_id") or "")
        case "relation":
            facts["target"] = str(inner.get("data_source_id") or "")
        case "unique_id":
            facts["prefix"] = inner.get("prefix") or ""
        case "status":
            facts["groups"] = groups_of(one)
    return facts


def groups_of(one: Entry) -> Facts:
    """Of a status, by option: its group's name, its place among the groups, and how many there are."""
    groups = (one.get("status") or {}).get("groups") or []
    return {
        str(option): [str(group["name"]), at, len(groups)]
        for at, group in enumerate(groups)
        for option in group.get("option_ids") or ()
    }


def _role(properties: Mapping[str, Facts], settings: NotionSettings, role: str) -> Facts | None:
    """By name; without one named so, the one of the type that serves nothing else (a status, people)."""
    found = _named(properties, settings.names(role), KINDS[role])
    if found or settings.properties.get(role):
        return found
    typical = {"status": "status", "owner": "people"}.get(role)
    alike = [one for one in properties.values() if one["type"] == typical]
    return alike[0] if len(alike) == 1 else None


def _named(properties: Mapping[str, Facts], names: Iterable[str], kinds: Iterable[str]) -> Facts | None:
    """The first that is called so, or has that id, and is of such a type."""
    kinds = tuple(kinds)
    by_name = {fold(name): one for name, one in properties.items() if one["type"] in kinds}
    by_id = {one["id"]: one for one in properties.values() if one["type"] in kinds}
    found = (by_name.get(fold(name)) or by_id.get(name) for name in names)
    return next(filter(None, found), None)


def _parents(properties: Mapping[str, Facts], settings: NotionSettings) -> Iterator[Facts]:
    """Every relation that may lead to the parent, in the order of their names."""
    for name in settings.names("parent"):
        if found := _named(properties, (name,), ("relation",)):
            yield found


def _distinct(sources: Mapping[str, Facts]) -> None:
    """Two of one name are told apart by their ids."""
    names = [fold(facts["name"]) for facts in sources.values()]
    for id, facts in sources.items():
        if names.count(fold(facts["name"])) > 1:
            facts["name"] = f"{facts['name']} {id}"


def _missing(sources: Iterable[Facts], settings: NotionSettings) -> Iterator[str]:
    known = list(sources)
    for role, name in settings.field_names.items():
        if not any(role in facts["panel"] for facts in known):
            yield name
    for name in settings.number_fields:
        if not any(name in facts["numbers"] for facts in known):
            yield name


def fold(name: str) -> str:
    return name.strip().casefold()
