"""How Asana's tasks stood: from the task as it is, back through its stories.

A story says what was before and what came of it. Where that is not what the next one, or the task itself,
begins with, something changed without a story: in between it is open how the task stood. Sections and enum
options are called as they are today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Label, Project, Raw, Selector, Stretch, WorkItem
from mappings.asana_fields import fold, gid_of, has, instant
from mappings.asana_stories import KINDS, UNTOLD, Cells, Lack, Segment, cells_of, walk
from mappings.past import rewind

TODAY = "Asana tells what it hits today, and its stories do not tell what it hit then"
OPEN = "its stories leave open"
NAMES = {"completed": "whether it was complete", "parent": "its parent", "resource_subtype": "its type",
         "project": "its projects", "section": "its section", "tag": "its tags"}  # fmt: skip

Data = Mapping[str, Any]
Test = Callable[[Data], bool]


@dataclass(frozen=True, slots=True)
class Decisive:
    """Names or numbers, in lower case, of the custom fields that decide about an item, and of those that hold
    its status in place of its section."""

    fields: frozenset[str]
    status: frozenset[str]


@dataclass(slots=True)
class _State:
    """A task on its way back: how many changes of each cell have been taken back so far."""

    raw: Raw
    cells: Cells
    back: dict[tuple[str, str], int] = field(default_factory=dict)

    def segment(self, cell: tuple[str, str]) -> Segment:
        return self.cells.history[cell][self.back.get(cell, 0)]

    def undo(self, step: Sequence[tuple[str, str]]) -> None:
        for cell in step:
            self.back[cell] = self.back.get(cell, 0) + 1


class AsanaReplay:
    """`translate` is how a record becomes an item, `glossary` what the connector tells."""

    fields = keys = ()

    def __init__(
        self,
        translate: Callable[[Raw], WorkItem],
        decisive: Decisive,
        glossary: Mapping[str, Any],
        selectors: Iterable[Selector],
    ) -> None:
        self._translate = translate
        self._decisive = decisive
        tests = {selector: _test(selector, glossary["projects"]) for selector in selectors}
        self.untold = {selector: TODAY for selector, test in tests.items() if test is None}
        self._tests = {selector: test for selector, test in tests.items() if test is not None}
        told = (one.field for one in self._tests if isinstance(one, FieldValue))
        self._asked = frozenset(map(fold, told))

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`; in doubt where a change that decides left no story."""
        try:
            cells = cells_of(raw.data)
            steps = walk(cells, raw.data, changes)
            state, born = _State(raw, cells), instant(raw.data["created_at"])

            def stand(place: int, changed: datetime | None) -> Stretch:
                return self._stand(state, place, changed)

            return rewind(steps, list(ends), born, stand, state.undo)
        except UNTOLD as error:
            self._translate(raw)
            what = f"cannot be read ({type(error).__name__})"
            raise MappingError(raw.id, "stories", what) from error

    def _stand(self, state: _State, place: int, changed: datetime | None) -> Stretch:
        data = _data(state, changed)
        item = self._translate(Raw(state.raw.id, state.raw.version, data))
        open_ = {cell for cell in state.cells.history if self._is_open(state, cell, data)}
        hits = (
            one
            for one, test in self._tests.items()
            if test(data) or any(_concerns(one, cell, state.cells) for cell in open_)
        )
        return Stretch(place, item, frozenset(hits), self._said(open_, state.cells))

    def _is_open(self, state: _State, cell: tuple[str, str], data: Data) -> bool:
        """Whether it is open what was there, and that may decide about the item or a link."""
        segment, (kind, id) = state.segment(cell), cell
        if kind == "field" and segment.formless and self._decides(state.cells.names.get(cell, ""), id):
            return True
        if not segment.open:
            return False
        match kind:
            case "completed" | "parent" | "resource_subtype":
                return True
            case "section":
                return "section" in self._asked or not self._has_status(data)
            case "project" | "tag":
                return any(_concerns(one, cell, state.cells) for one in self._tests)
            case "field":
                return self._decides(state.cells.names.get(cell, ""), id)
            case _:
                return False

    def _decides(self, name: str, id: str) -> bool:
        return bool({fold(name), id} & (self._decisive.fields | self._asked))

    def _has_status(self, data: Data) -> bool:
        told = (one for one in data["custom_fields"] if fold(one.get("name") or "") in self._decisive.status)
        return any(one.get("enum_value") or one.get("text_value") for one in told)

    def _said(self, open_: Iterable[tuple[str, str]], cells: Cells) -> str:
        told = {NAMES.get(cell[0]) or f"its {cells.names.get(cell) or cell[1]}" for cell in open_}
        return f"{OPEN} {', '.join(sorted(told))}" if told else ""


def _data(state: _State, changed: datetime | None) -> dict[str, Any]:
    """The record as it stood."""
    data, cells = dict(state.raw.data), state.cells
    if changed is not None:
        data["modified_at"] = changed.isoformat()
    for kind in ("name", "due_on", "resource_subtype", "completed"):
        value = state.segment((kind, "")).value
        data[kind] = data.get(kind) if isinstance(value, Lack) else value
    if state.back.get(("completed", "")):
        data["completed_at"] = None
    parent = state.segment(("parent", "")).value
    data["parent"] = {"gid": parent} if isinstance(parent, str) else None
    held = {kind: list(_held(state, kind)) for kind in ("project", "tag")}
    data["tags"] = [{"gid": id, "name": cells.names.get(("tag", id), "")} for id in held["tag"]]
    data["memberships"] = [_membership(state, id) for id in held["project"]]
    data["custom_fields"] = list(_fields(state))
    return data


def _held(state: _State, kind: str) -> Iterator[str]:
    for cell in state.cells.history:
        if cell[0] == kind and state.segment(cell).value is True:
            yield cell[1]


def _membership(state: _State, project: str) -> dict[str, Any]:
    cell = ("section", project)
    section = state.segment(cell).value if cell in state.cells.history else None
    name = state.cells.names.get(("section", section), "") if isinstance(section, str) else ""
    lies = {"gid": section, "name": name} if isinstance(section, str) else None
    home = {"gid": project, "name": state.cells.names.get(("project", project), "")}
    return {"project": home, "section": lies}


def _fields(state: _State) -> Iterator[Mapping[str, Any]]:
    for cell in state.cells.history:
        if cell[0] == "field" and state.segment(cell).there:
            segment = state.segment(cell)
            known = state.cells.fields[cell[1]]
            yield {**known, KINDS[known["resource_subtype"]]: segment.value} if segment.told else known


def _concerns(selector: Selector, cell: tuple[str, str], cells: Cells) -> bool:
    """Whether what a link hits may hang on this."""
    kind, id = cell
    name = fold(cells.names.get(cell, ""))
    match selector:
        case Project(key):
            named = gid_of(key, "project")
            return kind == "project" and (named == id if named else name == fold(key))
        case Label(label):
            return kind == "tag" and name == fold(label)
        case FieldValue(wanted, _):
            return kind == "section" == fold(wanted) or (kind == "field" and fold(wanted) in (name, id))
        case _:
            return False


def _test(selector: Selector, projects: Mapping[str, str]) -> Test | None:
    """What tells a hit; None where it cannot be told."""
    match selector:
        case Project(key):
            named = [id for id, name in projects.items() if fold(name) == fold(key)]
            found = gid_of(key, "project") or (named[0] if len(named) == 1 else "")
            return (
                (lambda data: any(one["project"]["gid"] == found for one in data["memberships"]))
                if found
                else None
            )
        case Label(name):
            return lambda data: any(fold(str(tag["name"])) == fold(name) for tag in data["tags"])
        case FieldValue(name, value) if fold(name) != "assignee":
            return lambda data: has(data, name, value) is True
        case _:
            return None
