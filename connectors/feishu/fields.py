"""`fields install`: the bridge's columns, made in the tables that show key results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.errors import ConnectorError
from connectors.base import FieldResult, FieldsPlan, FieldStep
from connectors.feishu.settings import FeishuSettings
from connectors.feishu.shape import SHOWN, Column, Shape
from connectors.feishu.tables import Tables
from mappings.feishu_fields import DATE, NUMBER, TEXT

COMMENT = "comment"
WORDS = {TEXT: "text", NUMBER: "number", DATE: "date"}
FACTS: Mapping[str, Mapping[str, Any]] = {
    "progress": {"formatter": "0"},
    "score": {"formatter": "0.0"},
    "updated": {"date_formatter": "yyyy/MM/dd HH:mm"},
}


def plan_fields(tables: Tables, screens: Sequence[str], projects: Sequence[str]) -> FieldsPlan:
    """What the tables lack: those named by `screens`, else by the links, else the only one. Reads only."""
    shapes = tables.shapes(anew=True)
    named = {name: tables.called(name) for name in screens or projects}
    chosen = {one.table: one for one in named.values() if one}
    unknown = [name for name in screens if not named[name]]
    if not chosen and len(shapes) == 1 and not unknown:
        chosen = dict(shapes)
    steps = [step for shape in chosen.values() for step in _steps(shape, tables.settings)]
    steps += [FieldStep("ask", name, "the base has no such table", False, screen=name) for name in unknown]
    if not steps:
        told = ", ".join(f"{one.name} ({one.table})" for one in shapes.values())
        detail = f"say in which of its tables key results are shown, with --screen TABLE: {told}"
        steps = [FieldStep("ask", tables.system, detail, False)]
    return FieldsPlan(tuple(steps))


def apply_fields(tables: Tables, plan: FieldsPlan) -> tuple[FieldResult, ...]:
    """One after the other, for a base takes one write at a time. What was made is there at once."""
    made = tuple(_made(tables, step) for step in plan.doable)
    tables.shapes(anew=True)
    return made


def _steps(shape: Shape, settings: FeishuSettings) -> Iterator[FieldStep]:
    for role, kinds in SHOWN.items():
        yield _step(shape, role, settings.field_names.get(role) or role, kinds, shape.panel.get(role))
    yield _step(shape, COMMENT, settings.comment_names[0], (TEXT,), shape.comment)


def _step(shape: Shape, role: str, name: str, kinds: Sequence[int], there: Column | None) -> FieldStep:
    kind = WORDS[kinds[0]]
    if there:
        detail = f"is there in {shape.name} as {there.id}"
        return FieldStep("found", there.name, detail, False, role, there.id, shape.table)
    if other := shape.column(name):
        detail = f"{shape.name} has a column of this name that is no {kind} column ({other.id}): rename it"
        return FieldStep("ask", name, detail, False, role, other.id, shape.table)
    return FieldStep("create", name, f"a {kind} column in {shape.name}", True, role, "", shape.table)


def _made(tables: Tables, step: FieldStep) -> FieldResult:
    kind = SHOWN.get(step.role, (TEXT,))[0]
    facts = FACTS.get(step.role)
    body = {"field_name": step.name, "type": kind, **({"property": facts} if facts else {})}
    try:
        tables.api.call("POST", f"/tables/{step.screen}/fields", body=body, repeatable=False)
    except ConnectorError as error:
        return FieldResult(step, "failed", error.message, error.hint)
    return FieldResult(step, "done")
