"""What must be known of an item's project before a write: do customers read along, may mails be spared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from connectors.jira.api import Api, part

FRESH = 300.0
"""Seconds for which an item's project is believed; items move."""


@dataclass(frozen=True, slots=True)
class Project:
    key: str
    service: bool
    """Customers read along on a portal (Jira Service Management)."""


class Projects:
    """Answers are kept while they may be believed; losing them costs a request, nothing else."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._of: dict[str, tuple[float, Project]] = {}
        self._administered: dict[str, bool] = {}

    def told(self, item: str, record: Mapping[str, Any]) -> None:
        """Take note of what an issue's record says of its project."""
        project = (record.get("fields") or {}).get("project")
        if isinstance(project, Mapping) and project.get("key") and project.get("projectTypeKey"):
            self._note(item, project)

    def of(self, item: str) -> Project:
        known = self._of.get(item)
        if known and self._now() - known[0] < FRESH:
            return known[1]
        record = self._api.record(f"issue/{part(item)}", {"fields": "project"})
        self.told(item, record)
        if item not in self._of or self._of[item] == known:
            self._note(item, self._api.record(f"project/{part(record['fields']['project']['key'])}"))
        return self._of[item][1]

    def administered(self, project: str) -> bool:
        """Whether this account administers the project, which sparing people a mail takes."""
        if project not in self._administered:
            self._administered[project] = self._may(project, "ADMINISTER_PROJECTS")
        return self._administered[project]

    def not_administered(self, project: str) -> None:
        """Jira said so itself."""
        self._administered[project] = False

    def _may(self, project: str, permission: str) -> bool:
        try:
            return permission in self._api.permissions([permission], project)
        except (AccessDenied, NotFound, Rejected):
            return False

    def _note(self, item: str, project: Mapping[str, Any]) -> None:
        service = project.get("projectTypeKey") == "service_desk"
        self._of[item] = (self._now(), Project(str(project["key"]), service))

    def _now(self) -> float:
        return self._api.http.clock.monotonic()
