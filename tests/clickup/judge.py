"""ClickUp's own document as a judge of all that was said, by the connector and by the fake."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests import shared
from tests.specs.deviations import Deviation
from tests.specs.openapi import Complaint, Document, Exchange
from tests.specs.recorder import Recorder

UNASSIGNED = Deviation(
    "clickup",
    "UpdateComment",
    "body",
    "/assignee|",
    "assignee.* is (a )?required",
    "a comment is edited without an assignee",
    "`comment edit` of github.com/triptechtravel/clickup-cli, and the toolkit of github.com/ArcadeAI",
)
UNTIL_GIVEN = {
    "GetFilteredTeamTasks": (
        "date_closed", "parent", "priority", "due_date", "start_date", "points", "time_estimate",
    ),
    "GetTaskComments": ("assignee", "assigned_by"),
}  # fmt: skip
"""What is null until somebody gives it: the document's schemas say that it never is, and its own examples of
a task (GetTask, GetTasks) that it is."""


@functools.cache
def document() -> Document:
    """Skips where there is none."""
    text = shared.path("specs/clickup.json").read_bytes()
    spec = json.loads(text)
    instead = {
        facts["operationId"]: nullable(_schema(facts), UNTIL_GIVEN[facts["operationId"]])
        for methods in spec["paths"].values()
        for method, facts in methods.items()
        if method == "get" and facts.get("operationId") in UNTIL_GIVEN
    }
    return Document("clickup", spec, "/api", instead)


def _schema(facts: Mapping[str, Any]) -> Any:
    return facts["responses"]["200"]["content"]["application/json"]["schema"]


def nullable(schema: Any, names: Iterable[str]) -> Any:
    """The schema, where properties of these names may be null."""
    if isinstance(schema, list):
        return [nullable(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: nullable(part, names) for name, part in schema.items()}
    if isinstance(found.get("properties"), dict):
        for name in set(names) & found["properties"].keys():
            found["properties"][name] = {"anyOf": [found["properties"][name], {"type": "null"}]}
    return found


def judged(heard: Iterable[Exchange]) -> list[Complaint]:
    """All that the document has against it."""
    recorder = Recorder([document()])
    recorder.exchanges = list(heard)
    return [one for one in recorder.complaints() if not UNASSIGNED.excuses(one)]


def example(operation: str) -> Any:
    """What the document shows as an answer."""
    spec = document().spec
    [facts] = [
        facts
        for methods in spec["paths"].values()
        for facts in methods.values()
        if isinstance(facts, dict) and facts.get("operationId") == operation
    ]
    return facts["responses"]["200"]["content"]["application/json"]["example"]
