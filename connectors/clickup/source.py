"""Reading work from ClickUp."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from bridge.errors import NotFound, Rejected
from bridge.model import Raw, Selector
from connectors.base import Changed
from connectors.clickup.api import Api, Task
from connectors.clickup.filters import Filters
from mappings.clickup_fields import fold

LAG = timedelta(minutes=5)
"""Whether ClickUp's list of changes lags nobody says; and our clock may be ahead of its."""
PAGE = 100
FEW = 20
"""So many tasks are asked for one by one without thinking of the list of all."""
KEPT = (
    "id", "custom_id", "custom_item_id", "name", "status", "parent", "date_created", "date_updated",
    "date_closed", "date_done", "due_date", "points", "time_estimate", "time_spent", "list", "url",
)  # fmt: skip
"""What is kept of a task as it is: descriptions are most of its size."""
PARTS = {
    "assignees": ("id", "username"),
    "tags": ("name",),
    "checklists": ("resolved", "unresolved"),
    "custom_fields": ("id", "name", "type", "value"),
}
CONFIGURED = frozenset({"drop_down", "labels", "manual_progress"})
_CUSTOM = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+\Z")
_ID = re.compile(r"[0-9a-z]+\Z")


class ClickUpSource:
    """`wanted` are the custom fields that are kept, by name or id."""

    def __init__(self, api: Api, filters: Filters, wanted: Iterable[str]) -> None:
        self._api = api
        self._filters = filters
        self._wanted = frozenset(map(fold, wanted))

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """A task keeps its id wherever it moves; its custom id, where there is one, goes by its space."""
        found = self._api.http.parallel(lambda key: (key, self._by_key(key)), dict.fromkeys(keys))
        ids = {key: str(task["id"]) for key, task in found if task is not None}
        self._doubt(len(ids) < len(set(keys)))
        return {key: ids[key] for key in keys if key in ids}

    def identities(self, selector: Selector) -> frozenset[str]:
        return frozenset(str(one["id"]) for one in self._filters.hits(selector))

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        below = self._api.http.parallel(self._below, sorted(parents))
        return frozenset(id for ids in below for id in ids)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        """ClickUp has no call for several tasks: they are asked for one by one, or the list of all tasks is
        walked, if it is not longer than that."""
        wanted = list(dict.fromkeys(ids))
        there = self._together(frozenset(wanted)) if len(wanted) > FEW else {}
        yield from there.values()
        yield from self._apart([id for id in wanted if id not in there])

    def changed(self, since: datetime) -> Changed:
        """By `date_updated`, which custom fields move as well."""
        until = (self._api.http.server_now or self._api.login().now) - LAG
        return Changed(self._since(since - LAG), max(since, until))

    def _since(self, since: datetime) -> Iterator[Raw]:
        at = round(since.timestamp() * 1000)
        ask = self._filters.everywhere({"date_updated_gt": at})
        listed = self._api.tasks(ask.path, ask.params)
        yield from self.fetch(
            [str(one["id"]) for one in listed if int(one.get("date_updated") or at + 1) > at]
        )

    def _below(self, parent: str) -> list[str]:
        """Only the direct ones, whatever the list holds."""
        ask = self._filters.everywhere({"parent": parent})
        return [
            str(one["id"]) for one in self._api.tasks(ask.path, ask.params) if one.get("parent") == parent
        ]

    def _together(self, wanted: frozenset[str]) -> dict[str, Raw]:
        """Those of these that the list of all tasks has; nothing where it is too long for that."""
        found: dict[str, Task] = {}
        below: dict[str, list[str]] = {}
        ask = self._filters.everywhere({})
        for number, task in enumerate(self._api.tasks(ask.path, ask.params)):
            if number >= len(wanted) * PAGE:
                return {}
            id = str(task["id"])
            if id in wanted:
                found[id] = self._kept(task)
            if task.get("parent"):
                below.setdefault(str(task["parent"]), []).append(id)
        return {id: raw(task, below.get(id, ())) for id, task in found.items()}

    def _apart(self, ids: Sequence[str]) -> Iterator[Raw]:
        """What is hidden or gone is left out, once the token has proved to reach the workspace."""
        missing = 0
        for task in self._api.http.parallel(self._one, ids):
            missing += task is None
            if task is not None:
                below = task.get("subtasks") or ()
                direct = (one for one in below if (one.get("parent") or task["id"]) == task["id"])
                yield raw(self._kept(task), (str(one["id"]) for one in direct))
        self._doubt(missing > 0)

    def _doubt(self, missing: bool) -> None:
        """Whether what did not come is gone: a workspace that the token lost looks the same."""
        if missing:
            self._api.prove()

    def _one(self, id: str, *, custom: bool = False) -> Task | None:
        """None for a task of another workspace, too: its changes would go unseen."""
        try:
            task = self._api.task(id, below=not custom, custom=custom)
        except NotFound:
            return None
        return task if str(task.get("team_id") or self._api.workspace) == self._api.workspace else None

    def _by_key(self, key: str) -> Task | None:
        """People write 86a1b2c3d, #86a1b2c3d, CU-86a1b2c3d, DEV-12, or the address of a task."""
        name = key.strip().rstrip("/").rpartition("/")[2].removeprefix("#")
        id = name.removeprefix("CU-").lower()
        custom = _CUSTOM.match(name) is not None
        try:
            return self._one(name if custom else id, custom=custom) if custom or _ID.match(id) else None
        except Rejected:
            return None

    def _kept(self, task: Task) -> Task:
        kept = {name: task[name] for name in KEPT if task.get(name) is not None}
        for part, names in PARTS.items():
            kept[part] = [{name: one.get(name) for name in names} for one in task.get(part) or ()]
        fields = task.get("custom_fields") or ()
        kept["custom_fields"] = [
            {**told, **({"type_config": field.get("type_config")} if field["type"] in CONFIGURED else {})}
            for told, field in zip(kept["custom_fields"], fields, strict=True)
            if self._wanted & {fold(str(field["name"])), fold(str(field["id"]))}
        ]
        return kept


def raw(task: Mapping[str, Any], below: Iterable[str] = ()) -> Raw:
    """The record. Its version takes in all that is kept: two changes may fall into one millisecond, and
    whether a new subtask moves `date_updated` nobody says."""
    data = {**task, "children": sorted(set(below))}
    digest = sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
    return Raw(str(task["id"]), f"{task.get('date_updated') or ''} {digest}", data)
