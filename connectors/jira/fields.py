"""`fields install`: the bridge's five custom fields, made where they are missing and put on screens.

First a plan that can be shown, then the same plan applied. Planning again after a run that broke off
tells what is left; what is there already is never made twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.errors import AccessDenied, ConnectorError, NotFound
from connectors.base import FieldResult, FieldsPlan, FieldStep
from connectors.jira.admin import DEFAULT_SCREEN, Admin
from connectors.jira.api import Api
from connectors.jira.settings import JiraSettings

PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"
NAMES = {
    "key_result": "KR",
    "progress": "KR progress",
    "status": "KR status",
    "score": "KR score",
    "updated": "KR updated",
}
DESCRIPTION = "Written by okr-bridge"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What to make, which kinds are as good when they are there, and what the administration calls it."""

    type: str
    searcher: str
    label: str
    as_good: tuple[str, ...] = ()


# A range searcher answers `<` and `>` in JQL as well.
TEXT = FieldKind("textfield", "textsearcher", "Text Field (single line)", ("readonlyfield",))
NUMBER = FieldKind("float", "numberrange", "Number Field")
INSTANT = FieldKind("datetime", "datetimerange", "Date Time Picker")
KINDS = {"key_result": TEXT, "progress": NUMBER, "status": TEXT, "score": NUMBER, "updated": INSTANT}


@dataclass(frozen=True, slots=True)
class _Screen:
    id: str
    tab: str
    held: frozenset[str]


class Connected(Protocol):
    settings: JiraSettings

    @property
    def api(self) -> Api: ...


def plan_fields(jira: Connected, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
    """What is missing. `screens` are ids that a person gave; without any, the screens of these projects
    (Cloud) or the default screen. Reads only."""
    admin = Admin(jira.api)
    may = admin.may_administer()
    steps = list(_field_steps(admin.fields(), {**NAMES, **jira.settings.field_names}, may))
    usable = [step for step in steps if step.what in ("found", "create")]
    if not may:
        return FieldsPlan((*steps, *_screens_by_hand(usable)))
    chosen, told = _screens(admin, screens, projects)
    placed = [step for id in chosen for step in _screen_steps(admin, id, usable)]
    return FieldsPlan((*steps, *placed, *told))


def apply_fields(jira: Connected, plan: FieldsPlan) -> tuple[FieldResult, ...]:
    """Every doable step in order. A failed one is told, and those that build on it are skipped."""
    admin = Admin(jira.api)
    ids = {step.role: step.field for step in plan.steps if step.what == "found"}
    return tuple(_apply(admin, step, ids) for step in plan.doable)


def _apply(admin: Admin, step: FieldStep, ids: dict[str, str]) -> FieldResult:
    """Make one step; a field that comes into being is noted in `ids` for the steps after it."""
    try:
        if step.what == "create":
            kind = KINDS[step.role]
            ids[step.role] = admin.create_field(
                step.name, PREFIX + kind.type, PREFIX + kind.searcher, DESCRIPTION
            )
        elif step.role in ids:
            admin.place(ids[step.role], step.screen, step.tab)
        else:
            return FieldResult(step, "skipped", "the field was not made")
    except ConnectorError as error:
        return FieldResult(step, "failed", error.message, error.hint)
    return FieldResult(step, "done")


def _field_steps(
    fields: Sequence[Mapping[str, Any]], names: Mapping[str, str], may: bool
) -> Iterator[FieldStep]:
    for role, kind in KINDS.items():
        name = names[role]
        named = [f for f in fields if name in (f.get("id"), f.get("name")) and not _of_one_project(f)]
        fit = [f for f in named if _type(f) in (kind.type, *kind.as_good)]
        if len(named) == 1 and fit:
            yield FieldStep("found", name, f"is there as {fit[0]['id']}", False, role, str(fit[0]["id"]))
        elif named:
            yield FieldStep("ask", name, _twins(named, kind), False, role)
        elif not may:
            detail = f'an administrator has to create it: type "{kind.label}", for all projects'
            yield FieldStep("click", name, detail, False, role)
        else:
            yield FieldStep("create", name, f"a custom field of the type {kind.label}", True, role)


def _twins(named: Sequence[Mapping[str, Any]], kind: FieldKind) -> str:
    told = ", ".join(f"{field['id']} ({_type(field) or 'system field'})" for field in named)
    return (
        f"{len(named)} field(s) bear this name: {told}. Rename them, or say in [publish] field_names which "
        f"id, of the type {kind.label}, is meant"
    )


def _type(field: Mapping[str, Any]) -> str:
    return str((field.get("schema") or {}).get("custom", "")).removeprefix(PREFIX)


def _of_one_project(field: Mapping[str, Any]) -> bool:
    """A team-managed project's own field."""
    return bool((field.get("scope") or {}).get("project"))


def _screens(
    admin: Admin, given: Sequence[str], projects: Sequence[str]
) -> tuple[list[str], list[FieldStep]]:
    """Which screens to put the fields on, and what a person has to do for the rest."""
    if given:
        return list(dict.fromkeys(given)), []
    found: list[str] = []
    told: list[FieldStep] = []
    for key in dict.fromkeys(projects):
        screens, step = _project_screens(admin, key)
        found += screens
        told += [step] if step else []
    return list(dict.fromkeys(found)) or ([] if told and admin.api.cloud else [DEFAULT_SCREEN]), told


def _project_screens(admin: Admin, key: str) -> tuple[list[str], FieldStep | None]:
    try:
        project = admin.project(key)
    except NotFound:
        return [], FieldStep("ask", key, "this project cannot be seen: check the anchors", False)
    if project.get("style") == "next-gen" or project.get("simplified") is True:
        detail = (
            "team-managed: open Project settings > Fields and add the fields to its work types; until then "
            "the property, the link and the comment tell the key result"
        )
        return [], FieldStep("click", key, detail, False)
    screens = list(admin.screens_of(str(project["id"]))) if admin.api.cloud else []
    if screens:
        return screens, None
    detail = "if its issues use a screen of their own, give its number with --screen ID (Issues > Screens)"
    return [], FieldStep("click", key, detail, False)


def _screen_steps(admin: Admin, id: str, fields: Sequence[FieldStep]) -> Iterator[FieldStep]:
    try:
        screen = _read(admin, id)
    except (NotFound, AccessDenied) as error:
        yield FieldStep("ask", f"screen {id}", error.message, False, screen=id)
        return
    if screen is None:
        yield FieldStep("ask", f"screen {id}", "it has no tab to put a field on", False, screen=id)
        return
    for step in fields:
        if step.field not in screen.held:
            detail = f"onto the first tab of screen {id}"
            yield FieldStep("place", step.name, detail, True, step.role, step.field, id, screen.tab)


def _read(admin: Admin, id: str) -> _Screen | None:
    tabs = admin.tabs(id)
    held = frozenset(field for tab in tabs for field in admin.fields_on(id, tab))
    return _Screen(id, tabs[0], held) if tabs else None


def _screens_by_hand(fields: Sequence[FieldStep]) -> Iterator[FieldStep]:
    for step in fields:
        yield FieldStep(
            "click", step.name, "an administrator has to see that it is on the screens", False, step.role
        )
