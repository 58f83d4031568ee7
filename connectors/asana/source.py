"""Reading work from Asana."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Any

import orjson

from bridge.errors import Rejected
from bridge.model import FieldValue, Label, Project, Query, Raw, Selector
from connectors.asana.api import BATCH, SEPARATOR, Api, Record, gid, pieces, work
from connectors.asana.filters import VALUES, has, search
from connectors.asana.following import MEMBER, Following
from connectors.base import Changed

LAG = timedelta(minutes=2)
FIELDS = ",".join((
    "name", "completed", "completed_at", "created_at", "modified_at", "due_on", "resource_subtype",
    "assignee.name", "parent", "memberships.project.name", "memberships.section.name", "tags.name",
    "num_subtasks", "actual_time_minutes", "custom_type.name", "custom_type_status_option.name",
    "approval_status", "permalink_url", SEPARATOR, VALUES,
))  # fmt: skip
"""What is kept of a task."""


class AsanaSource:
    """`now` tells the server's clock."""

    def __init__(self, api: Api, workspace: str, following: Following, now: Callable[[], datetime]) -> None:
        self._api = api
        self._workspace = workspace
        self._following = following
        self._now = now

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Tasks keep their number wherever they move. Raises Rejected for one that nothing follows."""
        asked = {key: found for key in keys if (found := gid(key))}
        if not asked:
            return {}
        there = self._following.within(self._tasks(asked.values(), MEMBER))
        return {key: found for key, found in asked.items() if found in there}

    def identities(self, selector: Selector) -> frozenset[str]:
        match selector:
            case Project(key):
                project = self._following.project(key)
                listed = self._api.entries(f"projects/{project}/tasks", SEPARATOR)
                return frozenset(one["gid"] for one in work(listed))
            case Label(name):
                return self._following.within(self._tagged(name))
            case Query(text):
                return self._following.within(search(self._api, self._workspace, text))
            case FieldValue(name, value):
                return self._valued(name, value)
            case _:
                raise Rejected(self._api.system, "keys are no filter", "ask by `keys`")

    def _tagged(self, name: str) -> Iterator[Record]:
        """By every tag of this name: a workspace may have several."""
        wanted = name.strip().casefold()
        for tag in list(self._api.entries(f"workspaces/{self._workspace}/tags", "name")):
            if str(tag.get("name")).strip().casefold() == wanted:
                yield from self._api.entries(f"tags/{tag['gid']}/tasks", MEMBER)

    def _valued(self, name: str, value: str) -> frozenset[str]:
        """Looked for in all that is followed: Asana's own search lags, and is not in every plan."""
        fields = f"assignee.name,memberships.section.name,{VALUES}"
        told = {task["gid"]: has(task, name, value) for task in self._following.walk(fields)}
        if told and set(told.values()) == {None}:
            message = f"no followed task has a field {name!r}"
            raise Rejected(
                self._api.system, message, "section, assignee, or a custom field by name or number"
            )
        return frozenset(id for id, hit in told.items() if hit)

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        if not self._following.deep:
            return frozenset()
        lists = self._api.http.parallel(self._api.below, list(pieces(sorted(parents), BATCH)))
        return frozenset(child["gid"] for page in lists for children in page.values() for child in children)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        wanted = (id for id in dict.fromkeys(ids) if gid(id) == id)
        return chain.from_iterable(self._api.http.parallel(self._whole, pieces(wanted, BATCH)))

    def _whole(self, gids: list[str]) -> list[Raw]:
        """The records with the numbers of their subtasks, which no task tells. One that went away between
        the two looks is gone."""
        tasks = self._api.tasks(gids, FIELDS)
        holding = {one["gid"] for one in tasks if one.get("num_subtasks") and self._following.deep}
        below = self._api.below(sorted(holding))
        there = (one for one in tasks if one["gid"] not in holding or one["gid"] in below)
        return [raw(one, [child["gid"] for child in below.get(one["gid"], ())]) for one in there]

    def changed(self, since: datetime) -> Changed:
        """By `modified_at`, which does not move for a parent when its subtask does: so all that is followed
        is walked, and the records of what moved are read. The clock is from before the walk."""
        early, now = since - LAG, self._now()
        if not self._following.deep:
            return Changed(map(raw, self._following.since(early, FIELDS)), now)
        ids = (one["gid"] for one in self._following.walk("modified_at") if _moved(one, early))
        return Changed(self.fetch(ids), now)

    def _tasks(self, gids: Iterable[str], fields: str) -> list[Record]:
        lists = self._api.http.parallel(
            lambda page: self._api.tasks(page, fields), list(pieces(dict.fromkeys(gids), BATCH))
        )
        return [task for page in lists for task in page]


def _moved(task: Record, early: datetime) -> bool:
    """Whether it changed since; one that does not tell counts as changed."""
    try:
        return datetime.fromisoformat(str(task.get("modified_at"))) >= early
    except (ValueError, TypeError):
        return True


def raw(task: Mapping[str, Any], below: Iterable[str] = ()) -> Raw:
    """The record. Its version takes in all of it: sections and tags may move without `modified_at`."""
    kept = {**task, "children": list(below)}
    digest = sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
    return Raw(str(task["gid"]), f"{task.get('modified_at') or ''} {digest}", kept)
