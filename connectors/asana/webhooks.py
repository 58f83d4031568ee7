"""`webhooks install` on Asana: one webhook for each project in `projects`, at an address of its own.

Asana gives every webhook a secret of its own, which it brings to the address while the webhook is made: the
daemon has to be up, and keeps it in a file beside the one that `webhook_secret` names. So each project has
its address and its file. One webhook on the whole workspace would do with one secret, but must be filtered,
and nothing that Asana writes promises that what happens to tasks reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bridge.errors import ConnectorError, NotFound, Rejected
from connectors.asana.api import Api
from connectors.asana.settings import AsanaSettings
from connectors.base import HookResult, HookSecret, HookStep, HookWish
from connectors.hook_steps import NothingMade, make, may_not, twin, unreachable

SECRET = HookSecret(
    "Asana makes it, and brings it to the daemon: name a file for it, beside which one for each project is "
    'written: webhook_secret = "file:asana-webhook-secret"',
    brought=True,
)
FILTERS = [{"resource_type": "task"}]
"""Tasks and subtasks, whatever happens to them. What is said about them changes no number."""
FIELDS = "active,created_at,filters,target"
UP = (
    "the daemon must run, and be reached at that address, while the webhook is made: Asana brings its secret "
    "there, and {} must not be there yet"
)
Hook = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AsanaHooks(NothingMade):
    """Those of the projects that the configuration names. `describe` tells the workspace."""

    settings: AsanaSettings
    api: Api
    describe: Callable[[], Mapping[str, Any]]

    @property
    def hook_secret(self) -> HookSecret:
        return replace(SECRET, parts=self.settings.projects)

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """One for each project that is named. Reads only. Raises AccessDenied without the scope."""
        projects = self.settings.projects
        if not projects:
            detail = (
                "every project has a webhook and a secret of its own: name those that matter in `projects`, "
                "and run this again"
            )
            return (HookStep("ask", wish.address, detail, False),)
        hooks = sorted(_all(self), key=lambda one: str(one.get("created_at") or ""))
        steps = [step for project in projects for step in _of_project(project, hooks, wish)]
        return (*unreachable("Asana", wish.address), *steps, *_left(projects, hooks, wish))

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> tuple[HookResult, ...]:
        http = self.api.http

        def does(step: HookStep) -> str:
            match step.what:
                case "change" if wish.parts.get(step.part):
                    body = {"data": {"filters": FILTERS}}
                    http.call("PUT", f"webhooks/{step.id}", body=body, repeatable=True)
                case "change":
                    _removed(self, step.id)
                    return _created(self, step)
                case "create":
                    return _created(self, step)
                case "remove":
                    _removed(self, step.id)
            return ""

        def hint(step: HookStep, error: ConnectorError) -> str:
            """Asana answers 400 where the greeting was not, and 403 for an address within a house."""
            greeted = step.what == "create" or (step.what == "change" and not wish.parts.get(step.part))
            refused = isinstance(error, Rejected) or may_not(error)
            return UP.format(_kept(wish, step.part)) if greeted and refused else ""

        return make(steps, does, hint)


def _of_project(project: str, hooks: Sequence[Hook], wish: HookWish) -> Iterator[HookStep]:
    """The oldest counts: the secret of a later one found the file there already."""
    at, known = f"{wish.address}/{project}", bool(wish.parts.get(project))
    about = f"tasks of project {project}; signed with {_kept(wish, project)}"
    there = [one for one in hooks if one.get("target") == at]
    first = there[0] if there else None
    if first is None and known:
        yield _remove_file(at, wish, project, "there is no webhook with it")
    elif first is None:
        yield HookStep("create", at, about, True, part=project)
    elif differs := list(_differences(first, wish, project)):
        yield HookStep("change", at, f"{', '.join(differs)}: {about}", True, str(first["gid"]), project)
    else:
        asleep = "; Asana does not call it active" if first.get("active") is False else ""
        yield HookStep("found", at, about + asleep, False, str(first["gid"]), project)
    for one in there[1:]:
        yield twin(at, str(one["gid"]))


def _differences(hook: Hook, wish: HookWish, project: str) -> Iterator[str]:
    if not wish.parts.get(project):
        yield f"its secret is not in {_kept(wish, project)}, so it is made anew"
    elif not _everything(hook.get("filters")):
        yield "another filter"


def _everything(filters: Any) -> bool:
    """Whether all that happens to tasks comes through."""
    whole = (one for one in filters or () if one.get("resource_type", "task") == "task")
    return not filters or any(not (one.get("action") or one.get("fields")) for one in whole)


def _left(projects: Sequence[str], hooks: Sequence[Hook], wish: HookWish) -> Iterator[HookStep]:
    known = {f"{wish.address}/{project}" for project in projects}
    for one in hooks:
        target = str(one.get("target") or "")
        if target.startswith(f"{wish.address}/") and target not in known:
            yield HookStep("remove", target, "its project is not in `projects` any more", True, one["gid"])


def _remove_file(at: str, wish: HookWish, project: str, why: str) -> HookStep:
    detail = f"{why}, and a new one has a new secret: remove {_kept(wish, project)} and run this again"
    return HookStep("ask", at, detail, False, part=project)


def _kept(wish: HookWish, project: str) -> str:
    return f"{wish.reference}.{project}"


def _all(asana: AsanaHooks) -> list[Hook]:
    return list(asana.api.entries("webhooks", FIELDS, {"workspace": str(asana.describe()["workspace"])}))


def _created(asana: AsanaHooks, step: HookStep) -> str:
    """The secret stands beside the data; the daemon has it already."""
    body = {"data": {"resource": step.part, "target": step.name, "filters": FILTERS}}
    data = asana.api.http.call("POST", "webhooks", body=body, repeatable=False).data
    asana.api.one(data, "POST webhooks")
    return str(data.get("X-Hook-Secret") or "")


def _removed(asana: AsanaHooks, id: str) -> None:
    try:
        asana.api.http.call("DELETE", f"webhooks/{id}", repeatable=True)
    except NotFound:
        """Gone already."""
