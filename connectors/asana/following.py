"""Which tasks are followed: those of some projects, and all below them.

Asana tells what changed by project only, and never a parent for its subtask. So whatever lies in no
followed project would grow stale in silence: it is refused when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

from bridge.errors import NotFound, Rejected, UnexpectedAnswer
from connectors.asana.api import BATCH, SEPARATOR, Api, Record, gid, pieces, work

MEMBER = "memberships.project,parent"
DEEPEST = 20
"""Asana's own interface nests five levels."""
FOLLOW = "name its project in `projects`, or add the task to a project that the bridge's account sees"


class Following:
    """`projects` are gids; empty: all of the workspace that the account sees. Not `deep`: subtasks are
    followed only as far as they are in a project themselves."""

    def __init__(self, api: Api, workspace: str, projects: tuple[str, ...], *, deep: bool = True) -> None:
        self.deep = deep
        self._api = api
        self._workspace = workspace
        self._projects = projects

    def projects(self) -> tuple[str, ...]:
        return self._projects or tuple(one["gid"] for one in self._named())

    def names(self) -> dict[str, str]:
        """Of the followed projects that the account sees, by gid."""
        told = {str(one["gid"]): str(one.get("name") or "") for one in self._named()}
        return {gid: name for gid, name in told.items() if not self._projects or gid in self._projects}

    def project(self, key: str) -> str:
        """The gid of a followed project, by gid, address or name. Raises Rejected."""
        if found := gid(key, "project"):
            if found not in self.projects():
                raise self._refused(f"project {key!r} is not followed", "name it in `projects`")
            return found
        wanted = key.strip().casefold()
        named = [
            str(one["gid"]) for one in self._named() if str(one.get("name")).strip().casefold() == wanted
        ]
        followed = [one for one in named if not self._projects or one in self._projects]
        if len(followed) == 1:
            return followed[0]
        many = f"{len(followed)} projects are" if followed else "no project that is followed is"
        raise self._refused(f"{many} called {key!r}", "link by the number in the project's address")

    def _named(self) -> list[Record]:
        return list(self._api.entries(f"workspaces/{self._workspace}/projects", "name"))

    def within(self, tasks: Iterable[Record]) -> frozenset[str]:
        """The gids of these (read with MEMBER). Raises Rejected where one lies in no followed project."""
        followed = frozenset(self.projects())
        found = {str(one["gid"]): one for one in tasks}
        left = {id: one for id, one in found.items() if not _member(one, followed)}
        for _ in range(DEEPEST):
            if not left:
                return frozenset(found)
            left = self._climbed(left, followed)
        raise UnexpectedAnswer(self._api.system, "subtasks without end", "tell its makers")

    def _climbed(self, left: dict[str, Record], followed: frozenset[str]) -> dict[str, Record]:
        """By each task that was hit, the next one above it that is in no followed project itself."""
        above = {
            id: str((one.get("parent") or {}).get("gid") or "") if self.deep else ""
            for id, one in left.items()
        }
        parents = {one["gid"]: one for one in self._read(sorted({up for up in above.values() if up}))}
        if lost := sorted(id for id, up in above.items() if up not in parents):
            more = f" and {len(lost) - 1} more" if lost[1:] else ""
            raise self._refused(f"task {lost[0]}{more} lies in no followed project", FOLLOW)
        return {id: parents[up] for id, up in above.items() if not _member(parents[up], followed)}

    def _read(self, gids: list[str]) -> Iterator[Record]:
        for page in self._api.http.parallel(
            partial(self._api.tasks, fields=MEMBER), list(pieces(gids, BATCH))
        ):
            yield from page

    def walk(self, fields: str) -> Iterator[Record]:
        """All that is followed, each once: the tasks of the projects, then level by level those below. A
        project that cannot be seen has none: whoever links it is told by its link."""
        fields, seen = f"num_subtasks,{SEPARATOR},{fields}", set[str]()
        lists = self._api.http.parallel(partial(self._tasks, fields), self.projects())
        frontier = [one for listed in lists for one in listed]
        while frontier:
            fresh = [one for one in {one["gid"]: one for one in frontier}.values() if one["gid"] not in seen]
            seen.update(one["gid"] for one in fresh)
            yield from fresh
            holding = [one["gid"] for one in fresh if one.get("num_subtasks") and self.deep]
            below = self._api.http.parallel(
                partial(self._api.below, fields=fields), list(pieces(holding, BATCH))
            )
            frontier = [child for page in below for children in page.values() for child in children]

    def below(self) -> Iterator[Record]:
        """What is followed for what is above it, and lies in no followed project itself."""
        followed = frozenset(self.projects())
        return (one for one in self.walk(MEMBER) if not _member(one, followed)) if self.deep else iter(())

    def since(self, early: datetime, fields: str) -> Iterator[Record]:
        """What changed in the projects themselves, as Asana tells it; some of it twice."""
        lists = self._api.http.parallel(partial(self._changes, _text(early), fields), self.projects())
        yield from (task for listed in lists for task in listed)

    def _tasks(self, fields: str, project: str) -> list[Record]:
        try:
            return work(self._api.entries(f"projects/{project}/tasks", fields))
        except NotFound:
            return []

    def _changes(self, early: str, fields: str, project: str) -> list[Record]:
        try:
            return work(self._api.entries("tasks", fields, {"project": project, "modified_since": early}))
        except NotFound:
            return []

    def _refused(self, what: str, hint: str) -> Rejected:
        return Rejected(self._api.system, what, hint)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _member(task: Record, followed: frozenset[str]) -> bool:
    told = (one.get("project") or {} for one in task.get("memberships") or ())
    return any(str(one.get("gid")) in followed for one in told)
