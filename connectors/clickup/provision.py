"""The task that is missing for a key result: looked for by its marker tag, else made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.errors import AccessDenied, Rejected
from bridge.model import Label
from connectors.base import NewItem
from connectors.clickup.api import Api, Task, said
from connectors.clickup.filters import Filters, tags
from mappings.clickup_fields import fold
from mappings.clickup_text import plain

log = logging.getLogger(__name__)

MAKING = "let the account create tasks and tags there, or make the task by hand and link its key"
PRIORITIES = {"Highest": 1, "High": 2, "Medium": 3, "Low": 4, "Lowest": 4}


class ClickUpProvisioner:
    """`groups` are the names of the task types of Epics, in the order of preference."""

    def __init__(self, api: Api, filters: Filters, types: Mapping[str, str], groups: tuple[str, ...]) -> None:
        self._api = api
        self._filters = filters
        self._types = types
        self._groups = groups

    def find_made(self, marker: str) -> str | None:
        """The key of the oldest task with this tag."""
        found = list(self._filters.hits(Label(marker)))
        return _key(min(found, key=lambda one: int(one["date_created"]))) if found else None

    def can_make(self, project: str) -> None:
        """Raises Rejected for what is no list, and where the workspace has no type for an Epic."""
        self._list(project)
        self._type()

    def make(self, item: NewItem) -> str:
        """Its key. One that does not bear its tag afterwards could not be found again: it is taken away, and
        Rejected is raised. An owner or a priority that the workspace does not know is left out and logged."""
        place = self._list(item.project)
        wanted = list(dict.fromkeys((item.marker, *item.labels)))
        self._have_tags(str(place["space"]["id"]), wanted)
        body = {"name": item.title, "tags": wanted, "custom_item_id": self._type(), "notify_all": False}
        made = self._write(f"list/{place['id']}/task", body | self._values(item), item.marker)
        id = str(self._api.member({"id": str((made or {}).get("id") or "")}, "id", str, "POST task"))
        task = self._api.task(id)
        if fold(item.marker) not in tags(task):
            self._api.http.call("DELETE", f"task/{id}", repeatable=True, item=id)
            message = f"the task {id} was made without its tag {item.marker!r}, and was taken away"
            raise Rejected(self._api.http.system, message, MAKING)
        return _key(task)

    def _list(self, project: str) -> Mapping[str, Any]:
        kind, id = self._filters.place(project.strip())
        if kind != "list":
            message = f"{project}: a task is made in a list"
            raise Rejected(self._api.http.system, message, 'link the list as well: project = "list:123"')
        return self._api.record(f"list/{id}")

    def _type(self) -> int:
        known = {fold(name): id for id, name in self._types.items()}
        for name in self._groups:
            if fold(name) in known:
                return int(known[fold(name)])
        message = f"the workspace has no task type called {' or '.join(self._groups)}"
        raise Rejected(
            self._api.http.system, message, "make one (Settings > Task Types), or say `group_types`"
        )

    def _have_tags(self, space: str, wanted: list[str]) -> None:
        path = f"space/{space}/tag"
        data = self._api.http.call("GET", path, repeatable=True).data
        known = {fold(str(one["name"])) for one in self._api.member(data, "tags", list, f"GET {path}")}
        for name in wanted:
            if fold(name) not in known:
                tag = {"name": name, "tag_fg": "#FFFFFF", "tag_bg": "#7B68EE"}
                self._write(path, {"tag": tag}, name)

    def _values(self, item: NewItem) -> dict[str, Any]:
        values: dict[str, Any] = {"description": plain(item.body)} if item.body else {}
        if item.due:
            noon = datetime.fromisoformat(f"{item.due}T12:00:00+00:00")
            values |= {"due_date": round(noon.timestamp() * 1000), "due_date_time": False}
        if item.priority in PRIORITIES:
            values["priority"] = PRIORITIES[item.priority]
        elif item.priority:
            self._left_out(item, f"priority: there is no {item.priority!r}")
        if item.owner and (owner := self._api.people().get(fold(item.owner))):
            values["assignees"] = [owner]
        elif item.owner:
            self._left_out(item, "owner: no member of the workspace has this address")
        return values

    def _write(self, path: str, body: Any, mark: str) -> Any:
        try:
            return self._api.http.call("POST", path, body=body, repeatable=False, item=f"new:{mark}").data
        except AccessDenied as error:
            raise AccessDenied(error.system, said(error), MAKING, login=error.login) from error

    def _left_out(self, item: NewItem, why: str) -> None:
        log.warning(
            "%s: %s is made without %s",
            self._api.http.system,
            item.title,
            why,
            extra={"event": "left_out", "connection": self._api.http.system, "marker": item.marker},
        )


def _key(task: Task) -> str:
    return str(task.get("custom_id") or task["id"])
