"""`webhooks install` on ClickUp: one webhook for the whole workspace, signed with a secret of ClickUp's own.

That secret is in the answer that makes it, and in the list afterwards, and goes to where the configuration
says that it is. A webhook has no name: ours is known by its address, and what calls another is never touched.
ClickUp suspends one after a hundred failures, and at once where it is answered 401, and tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, ClassVar

from bridge.errors import NotFound, Rejected
from connectors.base import HookResult, HookSecret, HookStep, HookWish
from connectors.clickup.api import Api
from connectors.hook_steps import make, may_not, twin, unreachable

SECRET = HookSecret(
    "ClickUp makes it: name a file for it that is not there yet, it is written there: "
    'webhook_secret = "file:clickup-webhook-secret"',
    brought=True,
)
EVENTS = ("taskCreated", "taskUpdated", "taskDeleted", "taskMoved")
"""A change of status, points, owner, date or label is an update, too."""
RIGHT = "an account that may make webhooks: a member of the workspace, no guest"
ANEW = "remove it (DELETE /webhook/{}) and run this again: a new one has a new secret"
Hook = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClickUpHooks:
    """Those that the account has made in its workspace."""

    api: Api
    hook_secret: ClassVar[HookSecret] = SECRET

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """Reads only. Raises AccessDenied where the account may not."""
        ours = [one for one in _all(self.api) if one.get("endpoint") == wish.address]
        return (*unreachable("ClickUp", wish.address), *_steps(ours, wish))

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> tuple[HookResult, ...]:
        api = self.api

        def does(step: HookStep) -> str:
            match step.what:
                case "create":
                    return _created(api, wish)
                case "change":
                    return _changed(api, step.id, wish)
                case "remove":
                    api.http.call("DELETE", f"webhook/{step.id}", repeatable=True)
            return ""

        return make(steps, does, lambda _step, error: RIGHT if may_not(error) else "")

    def refresh_hooks(self, address: str) -> tuple[HookResult, ...]:
        """Wake those that ClickUp has suspended."""
        wish = HookWish(address=address)
        ours = [one for one in _all(self.api) if one.get("endpoint") == address and _suspended(one)]
        steps = [HookStep("change", address, "suspended: active again", True, str(one["id"])) for one in ours]
        return self.apply_hooks(wish, steps)


def _steps(ours: Sequence[Hook], wish: HookWish) -> Iterator[HookStep]:
    about = f"{', '.join(EVENTS)}; the whole workspace; signed with {wish.reference}"
    if not ours:
        yield (
            _other_secret(wish, "a new webhook has a new one")
            if wish.secret
            else HookStep("create", wish.address, about, True)
        )
        return
    first, *twins = sorted(ours, key=lambda one: (_place(one), not _same(one, wish.secret)))
    about = f"{', '.join(EVENTS)}; {_place(first) or 'the whole workspace'}; signed with {wish.reference}"
    if wish.secret and not _same(first, wish.secret):
        yield _other_secret(wish, "ClickUp signs with another")
    if differs := list(_differences(first, wish)):
        yield HookStep("change", wish.address, f"{', '.join(differs)}: {about}", True, str(first["id"]))
    else:
        yield HookStep("found", wish.address, about, False, str(first["id"]))
    for one in twins:
        yield twin(wish.address, str(one["id"]))


def _differences(hook: Hook, wish: HookWish) -> Iterator[str]:
    events = set(hook.get("events") or ())
    if events != {*EVENTS} and "*" not in events:
        yield "other events"
    if _suspended(hook):
        yield "suspended"
    if not wish.secret:
        yield f"its secret is not in {wish.reference} yet"


def _other_secret(wish: HookWish, why: str) -> HookStep:
    detail = f"{wish.reference} holds a secret already, and {why}: remove that file and run this again"
    return HookStep("ask", wish.address, detail, False)


def _all(api: Api) -> list[Hook]:
    path = f"team/{api.workspace}/webhook"
    data = api.http.call("GET", path, repeatable=True).data
    return [one for one in api.member(data, "webhooks", list, f"GET {path}") if one.get("id")]


def _created(api: Api, wish: HookWish) -> str:
    path, body = f"team/{api.workspace}/webhook", {"endpoint": wish.address, "events": [*EVENTS]}
    data = api.http.call("POST", path, body=body, repeatable=False).data
    return _secret(api.member(data, "webhook", dict, f"POST {path}"))


def _changed(api: Api, id: str, wish: HookWish) -> str:
    """With everything that it is: a change takes no less. It keeps its secret, which is asked for anew."""
    body = {"endpoint": wish.address, "events": [*EVENTS], "status": "active"}
    api.http.call("PUT", f"webhook/{id}", body=body, repeatable=True)
    found = [one for one in _all(api) if str(one["id"]) == id]
    if not found:
        raise NotFound(api.http.system, f"webhook {id} is gone", "run this again")
    if wish.reference and not (_secret(found[0]) or wish.secret):
        raise Rejected(api.http.system, f"nothing tells the secret of webhook {id}", ANEW.format(id))
    return _secret(found[0])


def _secret(hook: Hook) -> str:
    return str(hook.get("secret") or "")


def _same(hook: Hook, known: str) -> bool:
    """Where the list does not tell it, nothing speaks against it."""
    return not _secret(hook) or compare_digest(_secret(hook).encode(), known.encode())


def _suspended(hook: Hook) -> bool:
    return str((hook.get("health") or {}).get("status") or "active") == "suspended"


def _place(hook: Hook) -> str:
    """What a person has narrowed it to."""
    named = ((kind, hook.get(f"{kind}_id")) for kind in ("space", "folder", "list", "task"))
    return ", ".join(f"{kind} {id}" for kind, id in named if id)
