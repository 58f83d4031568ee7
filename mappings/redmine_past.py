"""How Redmine's issues stood: from the record as it is, back through its journals.

Statuses and trackers are called as they are today. What leaves no journal is taken as it is: logged time,
who may see an issue, what a parent's percentage was while Redmine reckoned it from its children (so it is
left out of the past of parents).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Keys, Label, Project, Raw, Selector, Stretch, WorkItem
from mappings.past import rewind
from mappings.redmine_fields import UNTOLD, custom_of, instant

NAMED = {"status_id": "status", "tracker_id": "tracker", "project_id": "project"}
BY_ID = {
    "parent_id": "parent",
    "assigned_to_id": "assigned_to",
    "category_id": "category",
    "fixed_version_id": "fixed_version",
}
PLAIN = frozenset({"subject", "due_date"})
NUMBERS: Mapping[str, Callable[[str], int | float]] = {"done_ratio": int, "estimated_hours": float}

Detail = Mapping[str, Any]
Test = Callable[[Mapping[str, Any]], bool]


@dataclass(slots=True)
class _State:
    """A record on its way back; `closed` are the instants at which it was closed, oldest first."""

    raw: Raw
    data: dict[str, Any]
    closed: list[str] = field(default_factory=list)


class RedmineReplay:
    """`translate` is how a record becomes an item, `glossary` what the connector tells."""

    fields = keys = ()

    def __init__(
        self,
        translate: Callable[[Raw], WorkItem],
        glossary: Mapping[str, Any],
        selectors: Iterable[Selector],
    ) -> None:
        self._translate = translate
        self._statuses, self._trackers = glossary["statuses"], glossary["trackers"]
        self._projects = glossary["projects"]
        self._named = {"status_id": self._status, "tracker_id": self._tracker, "project_id": self._project}
        tests = {selector: _test(selector, glossary) for selector in selectors}
        self.untold = {selector: test for selector, test in tests.items() if isinstance(test, str)}
        self._tests = {selector: test for selector, test in tests.items() if not isinstance(test, str)}

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`."""
        try:
            state = self._begun(raw, changes)
            steps = [(instant(change["at"]), change) for change in changes]
            born, stand = instant(raw.data["created_on"]), partial(self._stand, state)
            return rewind(steps, list(ends), born, stand, partial(self._undo, state))
        except UNTOLD as error:
            self._translate(raw)
            what = f"cannot be read ({type(error).__name__})"
            raise MappingError(f"#{raw.id}", "journals", what) from error

    def _begun(self, raw: Raw, changes: Sequence[Mapping[str, Any]]) -> _State:
        state = _State(raw, dict(raw.data))
        if state.data.get("children"):
            state.data["done_ratio"] = None
        for change in changes:
            for detail in change["details"]:
                if self._closes(detail):
                    state.closed.append(change["at"])
        return state

    def _closes(self, detail: Detail) -> bool:
        if (detail["property"], detail["name"]) != ("attr", "status_id"):
            return False
        before, after = (self._statuses.get(detail[name]) for name in ("old_value", "new_value"))
        return bool(after and after[1] and not (before and before[1]))

    def _stand(self, state: _State, place: int, changed: datetime | None) -> Stretch:
        if changed is not None:
            state.data["updated_on"] = changed.isoformat()
        item = self._translate(Raw(state.raw.id, state.raw.version, state.data))
        hits = (selector for selector, test in self._tests.items() if test(state.data))
        return Stretch(place, item, frozenset(hits))

    def _undo(self, state: _State, change: Mapping[str, Any]) -> None:
        for detail in reversed(change["details"]):
            match detail["property"]:
                case "attr":
                    self._undo_own(state, detail)
                case "cf":
                    state.data["custom_fields"] = _with_custom(state.data, detail)

    def _undo_own(self, state: _State, detail: Detail) -> None:
        name, old, data = detail["name"], detail["old_value"], state.data
        if self._closes(detail):
            state.closed.pop()
            data["closed_on"] = state.closed[-1] if state.closed else None
        if name in NAMED:
            data[NAMED[name]] = self._named[name](old)
        elif name in BY_ID:
            data[BY_ID[name]] = {"id": int(old)} if old else None
        elif name in NUMBERS:
            if name != "done_ratio" or not data.get("children"):
                data[name] = NUMBERS[name](old) if old else None
        elif name in PLAIN:
            data[name] = old

    def _status(self, id: str) -> dict[str, Any]:
        """Of one that was deleted since nobody knows what it meant."""
        if id not in self._statuses:
            return {"id": int(id), "name": id}
        name, closed = self._statuses[id]
        return {"id": int(id), "name": name, "is_closed": closed}

    def _tracker(self, id: str) -> dict[str, Any]:
        return {"id": int(id), "name": self._trackers.get(id, id)}

    def _project(self, id: str) -> dict[str, Any]:
        return {"id": int(id), "name": self._projects.get(id, {}).get("key", id)}


def _with_custom(data: Mapping[str, Any], detail: Detail) -> list[dict[str, Any]]:
    """Of a field with several values each that came or went is told by itself."""
    id, old, new = str(detail["name"]), detail["old_value"], detail["new_value"]
    kept = [dict(one) for one in data.get("custom_fields") or () if str(one["id"]) != id]
    now = custom_of(data).get(id)
    if not isinstance(now, list):
        return [*kept, {"id": int(id), "value": old}]
    before = [value for value in now if value != new]
    return [*kept, {"id": int(id), "value": [*before, old] if old else before}]


def _test(selector: Selector, glossary: Mapping[str, Any]) -> Test | str:
    """What tells a hit, or why it cannot be told."""
    match selector:
        case Keys(keys):
            numbers = {key.strip().removeprefix("#") for key in keys}
            return lambda data: str(data["id"]) in numbers
        case Project(key):
            inside = _inside(key, glossary["projects"])
            return lambda data: str((data.get("project") or {}).get("id")) in inside
        case Label(name) if glossary["labels"]:
            return partial(_holds, str(glossary["labels"]), name)
        case FieldValue(name, value) if name.strip().casefold() in ("status", "tracker"):
            kind, wanted = name.strip().casefold(), value.strip().casefold()
            return lambda data: str(data[kind]["name"]).strip().casefold() == wanted
        case FieldValue(name, value) if id := _field(name, glossary["fields"]):
            return partial(_holds, id, value)
        case _:
            return "Redmine tells what it hits today, and its journals do not tell what it hit then"


def _inside(key: str, projects: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """The ids of a project and of all below it, as they lie today."""
    found = {id for id, one in projects.items() if key in (one["key"], id)}
    while more := {id for id, one in projects.items() if one["parent"] in found} - found:
        found |= more
    return frozenset(found)


def _field(name: str, fields: Mapping[str, str]) -> str:
    wanted = name.strip().casefold()
    number = wanted.removeprefix("cf_")
    return number if number != wanted and number.isdecimal() else fields.get(wanted, "")


def _holds(id: str, wanted: str, data: Mapping[str, Any]) -> bool:
    value = custom_of(data).get(id)
    return wanted in value if isinstance(value, list) else value == wanted
