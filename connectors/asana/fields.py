"""`fields install`: the bridge's five custom fields, made in the workspace and added to projects.

First a plan that can be shown, then the same plan applied. Planning again after a run that broke off tells
what is left; what is there already is never made twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.errors import ConnectorError, NotFound, Rejected
from connectors.asana.api import Api, Record
from connectors.asana.following import Following
from connectors.base import FieldResult, FieldsPlan, FieldStep
from mappings.asana_fields import fold

TEXT: dict[str, Any] = {"resource_subtype": "text"}
KINDS: dict[str, dict[str, Any]] = {
    "key_result": TEXT,
    "progress": {"resource_subtype": "number", "format": "none", "precision": 0},
    "status": TEXT,
    "score": {"resource_subtype": "number", "format": "none", "precision": 1},
    "updated": TEXT,
}
AS_GOOD = {"progress": ("text",), "status": ("enum",), "score": ("text",), "updated": ("date",)}
LISTED = "name,resource_subtype"


class Fields:
    """`names` are the bridge's fields by role."""

    def __init__(self, api: Api, workspace: str, following: Following, names: Mapping[str, str]) -> None:
        self._api = api
        self._workspace = workspace
        self._following = following
        self._names = {role: names[role] for role in KINDS if role in names}

    def plan(self, projects: Sequence[str]) -> FieldsPlan:
        """What these projects lack. Reads only. Raises Rejected for one that is not followed."""
        there = {gid: self._of_project(gid) for gid in map(self._following.project, projects)}
        try:
            known = list(self._api.entries(f"workspaces/{self._workspace}/custom_fields", LISTED))
        except (NotFound, Rejected) as error:
            return FieldsPlan(tuple(self._by_hand(error)))
        if not projects:
            told = "no project is linked as a whole: name those of the anchors with --screen NUMBER"
            return FieldsPlan((*self._made(known, there), FieldStep("click", "projects", told, False)))
        return FieldsPlan((*self._made(known, there), *self._placed(known, there)))

    def apply(self, plan: FieldsPlan) -> tuple[FieldResult, ...]:
        """Every doable step in order. A failed one is told, and those that build on it are skipped."""
        ids = {step.role: step.field for step in plan.steps if step.what == "found"}
        return tuple(self._apply(step, ids) for step in plan.doable)

    def _apply(self, step: FieldStep, ids: dict[str, str]) -> FieldResult:
        try:
            if step.what == "create":
                ids[step.role] = self._create(step)
            elif step.role in ids:
                path, body = f"projects/{step.screen}/addCustomFieldSetting", {"custom_field": ids[step.role]}
                self._api.http.call("POST", path, body={"data": body}, repeatable=False)
            else:
                return FieldResult(step, "skipped", "the field was not made")
        except ConnectorError as error:
            return FieldResult(step, "failed", error.message, error.hint)
        return FieldResult(step, "done")

    def _create(self, step: FieldStep) -> str:
        field = {"workspace": self._workspace, "name": step.name, **KINDS[step.role]}
        answer = self._api.http.call("POST", "custom_fields", body={"data": field}, repeatable=False)
        return str(self._api.one(answer.data, "POST custom_fields")["gid"])

    def _of_project(self, gid: str) -> frozenset[str]:
        """The names of the fields that a project has, its own among them."""
        path, fields = f"projects/{gid}/custom_field_settings", "custom_field.name"
        told = self._api.entries(path, fields)
        return frozenset(fold(str((one.get("custom_field") or {}).get("name"))) for one in told)

    def _made(self, known: Sequence[Record], there: Mapping[str, frozenset[str]]) -> Iterator[FieldStep]:
        for role, name in self._names.items():
            kind = KINDS[role]["resource_subtype"]
            named = [one for one in known if fold(str(one.get("name"))) == fold(name)]
            fit = [one for one in named if one.get("resource_subtype") in (kind, *AS_GOOD.get(role, ()))]
            if named and not fit:
                told = f"is a field of kind {named[0].get('resource_subtype')}: rename it, or see field_names"
                yield FieldStep("ask", name, told, False, role)
            elif fit:
                yield FieldStep(
                    "found", name, f"is there as {fit[0]['gid']}", False, role, str(fit[0]["gid"])
                )
            elif not there or any(fold(name) not in names for names in there.values()):
                yield FieldStep("create", name, f"a custom field of the type {kind}", True, role)

    def _placed(self, known: Sequence[Record], there: Mapping[str, frozenset[str]]) -> Iterator[FieldStep]:
        usable = {step.role for step in self._made(known, there) if step.what in ("found", "create")}
        for gid, names in there.items():
            for role, name in self._names.items():
                if role in usable and fold(name) not in names:
                    yield FieldStep("place", name, f"on project {gid}", True, role, screen=gid)

    def _by_hand(self, error: ConnectorError) -> Iterator[FieldStep]:
        why = "custom fields cannot be listed with this account or plan"
        hint = f"{why} ({error.hint}): Customize > Fields in the project"
        for role, name in self._names.items():
            yield FieldStep("click", name, f"type {KINDS[role]['resource_subtype']}; {hint}", False, role)
