"""What selectors ask, as filters of Notion's query, by data source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bridge.errors import Rejected
from bridge.model import FieldValue, Label, Project, Query, Selector
from connectors.notion.api import identity
from connectors.notion.schema import fold

Filter = dict[str, Any]
Asked = list[tuple[str, Filter | None]]
FORM = (
    'a filter as in Notion\'s API: {"property": "Team", "select": {"equals": "Growth"}}, '
    'or {"database": "Tasks", "filter": ...}'
)
YES, NO = ("yes", "true", "是"), ("no", "false", "否")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?\Z")


class Filters:
    """`sources` are those of `describe()`."""

    def __init__(self, system: str, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._system = system
        self._sources = sources

    def asked(self, selector: Selector) -> Asked:
        """The data sources that can hit, each with what to ask of it (None: everything). Raises Rejected."""
        match selector:
            case Project(key):
                return [(id, None) for id in self._database(key)]
            case Label(name):
                return self._labelled(name)
            case FieldValue(field, value):
                return self._field(field, value)
            case Query(text):
                return self._query(text)
            case _:
                raise self._refused("keys are no filter", "ask by `keys`")

    def _database(self, told: str) -> list[str]:
        """By name, by id or address of the database or of the data source."""
        id = identity(told, page=False)
        found = [
            source
            for source, facts in self._sources.items()
            if fold(facts["name"]) == fold(told) or (id and id in (source, facts["database"]))
        ]
        if not found:
            raise self._refused(f"no database of the connection is {told!r}", "add it to `databases`")
        return found

    def _labelled(self, name: str) -> Asked:
        roles = {id: facts["roles"].get("labels") for id, facts in self._sources.items()}
        found = [(id, _told(one, name)) for id, one in roles.items() if one]
        if not found:
            hint = "a multi-select called Labels or Tags, or name one in `labels_field`"
            raise self._refused("no property holds labels in these databases", hint)
        return found

    def _field(self, field: str, value: str) -> Asked:
        held = {id: self._property(id, field) for id in self._sources}
        if not any(held.values()):
            raise self._refused(f"no property is called {field!r}", "its name as in Notion, or its id")
        found = [(id, _told(one, value)) for id, one in held.items() if one]
        told = [(id, filter) for id, filter in found if filter is not None]
        if not told:
            message = f"{field!r} cannot be asked for {value!r}"
            raise self._refused(message, "texts, numbers, choices, yes or no, relations by their page")
        return [*told]

    def _property(self, source: str, name: str) -> Mapping[str, Any] | None:
        properties: Mapping[str, Mapping[str, Any]] = self._sources[source]["properties"]
        return next((one for told, one in properties.items() if fold(told) == fold(name)), None) or next(
            (one for one in properties.values() if one["id"] == name), None
        )

    def _query(self, text: str) -> Asked:
        """Of every database that has all the properties it names: the others hold no hit."""
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise self._refused("the query is no filter", FORM)
        within = self._sources.keys()
        if "database" in told:
            if set(told) != {"database", "filter"} or not isinstance(told["filter"], dict):
                raise self._refused("the query is no filter", FORM)
            within, told = dict.fromkeys(self._database(str(told["database"]))).keys(), told["filter"]
        named = set(_properties(told))
        found = [id for id in within if all(self._property(id, name) for name in named)]
        if not found:
            names = ", ".join(sorted(named))
            raise self._refused(f"no database has the properties {names}", "their names as in Notion")
        return [(id, told) for id in found]

    def _refused(self, what: str, hint: str) -> Rejected:
        return Rejected(self._system, what, hint)


def _properties(filter: Any) -> Iterator[str]:
    """Names of all properties in a filter, however deep."""
    match filter:
        case {"property": str(name)}:
            yield name
        case dict():
            for inner in filter.values():
                yield from _properties(inner)
        case list():
            for inner in filter:
                yield from _properties(inner)


def _told(one: Mapping[str, Any], value: str) -> Filter | None:
    """None where a property of this type cannot have such a value."""
    kind, text = one["type"], value.strip()
    match kind:
        case "title" | "rich_text" | "url" | "email" | "phone_number" | "select" | "status":
            condition: Any = {"equals": value}
        case "multi_select":
            condition = {"contains": value}
        case "checkbox" if text.casefold() in (*YES, *NO):
            condition = {"equals": text.casefold() in YES}
        case "number" if _NUMBER.match(text):
            condition = {"equals": float(text)}
        case "relation" | "people" if identity(text):
            condition = {"contains": identity(text)}
        case _:
            return None
    return {"property": one["id"], kind: condition}


def possible(filter: Any, options: Mapping[str, tuple[str, frozenset[str]]]) -> Filter | None:
    """The filter without the conditions that nothing can meet, since the property (by name or id, with its
    type) has no such choice; None where nothing can meet the whole."""
    match filter:
        case {"and": list(inner)}:
            parts = [possible(one, options) for one in inner]
            return None if None in parts else {"and": parts}
        case {"or": list(inner)}:
            left = [one for one in (possible(one, options) for one in inner) if one is not None]
            return {"or": left} if left or not inner else None
        case {"property": str(name)} if name in options:
            kind, known = options[name]
            condition = filter.get(kind)
            wanted = (
                condition.get("equals", condition.get("contains")) if isinstance(condition, dict) else None
            )
            return None if isinstance(wanted, str) and wanted not in known else filter
        case _:
            return dict(filter)
