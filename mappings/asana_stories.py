"""What the stories of a task say of each thing about it: its values one before the other, newest first.

A thing is a cell: its kind and, where there are several, a number, as ("section", "1200") is the section of
the task in that project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from mappings.asana_fields import instant

UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
KINDS = {
    "number": "number_value",
    "text": "text_value",
    "enum": "enum_value",
    "multi_enum": "multi_enum_values",
}
"""Where a custom field holds its value, of those whose changes stories tell."""
FIELDS = {f"{kind}_custom_field_changed": name for kind, name in KINDS.items()}
JUDGED = ("approved", "rejected", "changes_requested")
PLAIN = {"name_changed": "name", "resource_subtype_changed": "resource_subtype"}
PAIRS = {"project": ("added_to_project", "removed_from_project"), "tag": ("added_to_tag", "removed_from_tag")}
TOLD = frozenset({
    "marked_complete", "marked_incomplete", "due_date_changed", "section_changed", "added_to_task",
    "removed_from_task", *PLAIN, *JUDGED, *FIELDS, *(name for pair in PAIRS.values() for name in pair),
})  # fmt: skip
"""The kinds of stories that are understood."""
SINGLE = ("name", "due_on", "resource_subtype", "completed")

Cell = tuple[str, str]
Data = Mapping[str, Any]


class Lack(Enum):
    OPEN = "open"
    """Nobody says what was there."""
    ANY = "any"
    """Whatever is there fits."""
    ABSENT = "absent"
    """The task has no such field."""
    OTHER = "other"
    """What is there does not fit, whatever it is."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A value for some time. `doubt`: what is told on its two ends does not agree. `formless`: of a number it
    is not known whether it is a share, a duration or a count. `told`: by a story, not by the record."""

    value: Any
    doubt: bool = False
    formless: bool = False
    told: bool = False

    @property
    def open(self) -> bool:
        return self.doubt or self.value is Lack.OPEN

    @property
    def there(self) -> bool:
        return self.value is not Lack.ABSENT


@dataclass(slots=True)
class Cells:
    """`names` as they are today, `fields` the custom fields as the record has them, or as stories do."""

    history: dict[Cell, list[Segment]] = field(default_factory=dict)
    names: dict[Cell, str] = field(default_factory=dict)
    fields: dict[str, Data] = field(default_factory=dict)

    def now(self, cell: Cell) -> Any:
        """As far back as the walk has come."""
        return self.history[cell][-1].value if cell in self.history else _unsaid(cell)

    def back(self, cell: Cell, old: Any, new: Any) -> Cell:
        """Before this change there was `old`, after it `new`."""
        found = self.history.setdefault(cell, [Segment(_unsaid(cell))])
        last = found[-1]
        if last.value is Lack.OPEN and new not in (Lack.ANY, Lack.OPEN, Lack.OTHER):
            found[-1] = replace(last, value=new)
        elif not _same(last.value, new):
            found[-1] = replace(last, doubt=True)
        formless = cell[0] == "field" and self.fields[cell[1]].get("formless", False)
        found.append(Segment(old, formless=formless and old is not None, told=True))
        return cell


def cells_of(data: Data) -> Cells:
    """A task as it stands."""
    cells = Cells()
    own: dict[Cell, Any] = {(kind, ""): data.get(kind) for kind in SINGLE}
    own["parent", ""] = (data.get("parent") or {}).get("gid")
    for one in data.get("memberships") or ():
        if one.get("project"):
            project, section = one["project"], one.get("section") or {}
            own["project", project["gid"]], own["section", project["gid"]] = True, section.get("gid")
            cells.names["project", project["gid"]] = project.get("name") or ""
            cells.names["section", section.get("gid") or ""] = section.get("name") or ""
    for tag in data.get("tags") or ():
        own["tag", tag["gid"]], cells.names["tag", tag["gid"]] = True, tag.get("name") or ""
    for one in data.get("custom_fields") or ():
        cells.fields[one["gid"]], cells.names["field", one["gid"]] = one, one.get("name") or ""
        own["field", one["gid"]] = one.get(KINDS.get(one.get("resource_subtype") or "", ""))
    cells.history = {cell: [Segment(value)] for cell, value in own.items()}
    return cells


def walk(cells: Cells, data: Data, stories: Sequence[Data]) -> list[tuple[datetime, tuple[Cell, ...]]]:
    """Go through all stories, newest first: the cells that each changed and when, oldest first."""
    told = [(instant(one["created_at"]), one) for one in stories if one["resource_subtype"] in TOLD]
    told = sorted([*told, *_finished(data, told)], key=lambda one: one[0])
    return [(at, tuple(_changed(cells, one))) for at, one in reversed(told)][::-1]


def _finished(data: Data, told: Sequence[tuple[datetime, Data]]) -> Iterator[tuple[datetime, Data]]:
    """A task that was complete from the first, or as another's duplicate, has no story of it; but it says
    since when it is."""
    if not data["completed"] or not data.get("completed_at"):
        return
    at = instant(data["completed_at"])
    kinds = ("marked_complete", "marked_incomplete", *JUDGED)
    last = next((one for one in reversed(told) if one[1]["resource_subtype"] in kinds), None)
    if last is None or (last[0] < at and abs((at - last[0]).total_seconds()) > 60):
        yield at, {"resource_subtype": "marked_complete"}


def _changed(cells: Cells, story: Data) -> Iterator[Cell]:
    match story["resource_subtype"]:
        case "marked_complete":
            yield cells.back(("completed", ""), False, True)
        case "marked_incomplete":
            yield cells.back(("completed", ""), True, False)
        case name if name in JUDGED:
            before, after = story.get("old_approval_status"), story.get("new_approval_status")
            old = Lack.OPEN if before is None else before != "pending"
            yield cells.back(("completed", ""), old, after != "pending")
        case name if name in PLAIN:
            kind = PLAIN[name]
            yield cells.back((kind, ""), story.get(f"old_{kind}"), story.get(f"new_{kind}"))
        case "due_date_changed":
            old, new = ((story.get(name) or {}).get("due_on") for name in ("old_dates", "new_dates"))
            yield cells.back(("due_on", ""), old, new)
        case "added_to_task":
            # Whether it hung below another one before, an earlier story says, if any.
            yield cells.back(("parent", ""), Lack.OPEN, _gid(story, "task") or Lack.ANY)
        case "removed_from_task":
            yield cells.back(("parent", ""), _gid(story, "task") or Lack.OPEN, None)
        case "section_changed":
            yield from _moved(cells, story)
        case name if name in FIELDS and _gid(story, "custom_field"):
            yield _field(cells, story, name)
        case name:
            yield from _came_or_went(cells, story, name)


def _came_or_went(cells: Cells, story: Data, name: str) -> Iterator[Cell]:
    """Nothing of a project, tag or field that is gone or hidden."""
    kind = next((kind for kind, pair in PAIRS.items() if name in pair), "")
    id = _gid(story, kind)
    if not id:
        return
    came = name == PAIRS[kind][0]
    cells.names.setdefault((kind, id), story[kind].get("name") or "")
    yield cells.back((kind, id), not came, came)
    if kind == "project":
        cell = ("section", id)
        yield cells.back(cell, None, Lack.ANY) if came else cells.back(cell, Lack.OPEN, None)


def _moved(cells: Cells, story: Data) -> Iterator[Cell]:
    """A move between sections does not say in which project: the one where the task then lay in that section,
    or where nobody knows in which it lay, or the only one."""
    old, new = ((story.get(name) or {}) for name in ("old_section", "new_section"))
    for section in (old, new):
        cells.names.setdefault(("section", section.get("gid") or ""), section.get("name") or "")
    homes = [id for kind, id in cells.history if kind == "project" and cells.now((kind, id)) is True]
    lay = {id: cells.now(("section", id)) for id in homes}
    fit = [id for id in homes if lay[id] == new.get("gid")] or [id for id in homes if lay[id] is Lack.OPEN]
    if new and (fit or len(homes) == 1):
        yield cells.back(("section", (fit or homes)[0]), old.get("gid") or Lack.OPEN, new["gid"])
        return
    for id in homes:
        yield cells.back(("section", id), Lack.OPEN, Lack.OTHER)


def _field(cells: Cells, story: Data, name: str) -> Cell:
    told, holder = story["custom_field"], FIELDS[name]
    id, cell = told["gid"], ("field", told["gid"])
    kind = next(kind for kind, one in KINDS.items() if one == holder)
    lost = {"gid": id, "name": told.get("name"), "resource_subtype": kind, "formless": kind == "number"}
    cells.fields.setdefault(id, lost)
    cells.names.setdefault(cell, told.get("name") or "")
    return cells.back(cell, story.get(f"old_{holder}"), story.get(f"new_{holder}"))


def _gid(story: Data, name: str) -> str:
    return str((story.get(name) or {}).get("gid") or "")


def _unsaid(cell: Cell) -> Any:
    """What of a thing is there that the record does not have."""
    return {"field": Lack.ABSENT, "section": None}.get(cell[0], False)


def _same(found: Any, told: Any) -> bool:
    if told is Lack.ANY or found is Lack.OPEN:
        return told is not Lack.OTHER
    if found is Lack.ABSENT:
        return told in (None, [])
    if isinstance(found, Mapping) and isinstance(told, Mapping):
        return found.get("gid") == told.get("gid")
    if isinstance(found, list) or isinstance(told, list):
        return {one["gid"] for one in found or ()} == {one["gid"] for one in told or ()}
    return bool(found == told)
