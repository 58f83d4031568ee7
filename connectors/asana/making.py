"""A task that stands for a key result without work: made once, known again by a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.errors import NotFound, Rejected
from connectors.asana.api import Api
from connectors.asana.following import Following
from connectors.base import NewItem
from mappings.asana_fields import fold
from mappings.asana_text import notes

SETTINGS = ",".join(f"custom_field.{part}" for part in (
    "name", "resource_subtype", "enum_options.name", "enum_options.enabled",
))  # fmt: skip


class Making:
    """The first of `types` (names of fields) that a project has, with the first of its options that is in
    `groups`, makes the task an Epic; without it, it is a task like any other."""

    def __init__(
        self, api: Api, workspace: str, following: Following, types: Sequence[str], groups: Sequence[str]
    ) -> None:
        self._api = api
        self._workspace = workspace
        self._following = following
        self._types = [fold(name) for name in types]
        self._groups = [fold(name) for name in groups]

    def find_made(self, marker: str) -> str | None:
        tags = [gid for name, gid in self._tags() if name == marker]
        found = [one["gid"] for gid in tags for one in self._api.entries(f"tags/{gid}/tasks")]
        return str(min(found, key=int)) if found else None

    def can_make(self, project: str) -> None:
        self._following.project(project)

    def make(self, item: NewItem) -> str:
        project = self._following.project(item.project)
        wanted = {
            "name": item.title,
            "projects": [project],
            "tags": self._tagged((item.marker, *item.labels)),
            "html_notes": notes(item.body) if item.body else "",
            "due_on": item.due,
            "assignee": self._person(item.owner),
            "custom_fields": self._typed(project),
        }
        data = {name: value for name, value in wanted.items() if value}
        answer = self._api.http.call("POST", "tasks", body={"data": data}, repeatable=False)
        return str(self._api.one(answer.data, "POST tasks")["gid"])

    def _tags(self) -> list[tuple[str, str]]:
        listed = self._api.entries(f"workspaces/{self._workspace}/tags", "name")
        return [(str(one.get("name")), str(one["gid"])) for one in listed]

    def _tagged(self, names: Sequence[str]) -> list[str]:
        known = dict(self._tags())
        return [known.get(name) or self._tag(name) for name in dict.fromkeys(names)]

    def _tag(self, name: str) -> str:
        path = f"workspaces/{self._workspace}/tags"
        answer = self._api.http.call("POST", path, body={"data": {"name": name}}, repeatable=False)
        return str(self._api.one(answer.data, f"POST {path}")["gid"])

    def _person(self, owner: str) -> str:
        """Who is called by this address here; nobody where it is a team's."""
        if "@" not in owner:
            return ""
        try:
            return str(self._api.record(f"users/{owner}")["gid"])
        except (NotFound, Rejected):
            return ""

    def _typed(self, project: str) -> Mapping[str, Any]:
        told = self._api.entries(f"projects/{project}/custom_field_settings", SETTINGS)
        fields = {fold(str(one["custom_field"]["name"])): one["custom_field"] for one in told}
        field: Mapping[str, Any] = next((fields[name] for name in self._types if name in fields), {})
        options = [one for one in field.get("enum_options") or () if one.get("enabled", True)]
        chosen = next((one["gid"] for one in options if fold(str(one["name"])) in self._groups), "")
        return {str(field["gid"]): chosen} if chosen else {}
