"""`webhooks install`: Jira tells the bridge of changes at once, instead of being asked every few minutes.

First a plan that can be shown, then the same plan applied. Ours are known by their address, or by the name
that we give them. A secret cannot be read back, so only whether there is one is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from bridge.errors import AccessDenied, ConnectorError, NotFound
from connectors.base import HookResult, HookStep, HookWish
from connectors.hook_steps import inside
from connectors.http import Http
from connectors.jira.api import Api
from connectors.jira.hook_calls import AdminHooks, AppHooks, NewerHooks, Registered, Shelf, Wanted
from connectors.jira.jql import within
from connectors.jira.settings import JiraSettings
from connectors.jira.site import Site
from connectors.jira.trouble import said

EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_deleted")
"""What the numbers and what we have written depend on. Comments of people change neither, so they are not
asked for; a deleted one may have been ours. A change of hierarchy, estimate or logged work is an update of
the issue; issue links count for nothing; properties are mostly our own writes coming back."""
LABELS = "Issue: created, updated, deleted; Comment: deleted"
REFRESH = timedelta(days=15)
"""Dynamic webhooks live thirty days: half of them is enough to miss some nights."""
SIGNS_FROM = 10


class Connected(Protocol):
    name: str
    settings: JiraSettings
    http: Http

    @property
    def api(self) -> Api: ...
    @property
    def site(self) -> Site: ...
    def describe(self) -> Any: ...


def plan_hooks(jira: Connected, wish: HookWish) -> tuple[HookStep, ...]:
    """What is there and what is to be done. Reads only."""
    version = str(jira.describe().get("server_version") or "")
    shelf = _shelf(jira, version)
    if shelf is None:
        detail = (
            f"Jira {version} cannot sign webhooks, and an unsigned one is not taken: the bridge goes on to "
            f"ask by its schedule. Jira {SIGNS_FROM} can"
        )
        return (HookStep("ask", wish.address, detail, False),)
    unseen = [HookStep("ask", wish.address, why, False)] if (why := _unreachable(jira, wish)) else []
    try:
        known = _known(jira, shelf)
    except (AccessDenied, NotFound) as error:
        return (*unseen, _click(jira, wish, said(error)))
    if known is None:
        return (*unseen, _click(jira, wish, "this account does not administer Jira"))
    return (*unseen, *_steps(jira, known, _wanted(jira, wish), wish))


def apply_hooks(jira: Connected, wish: HookWish, steps: Sequence[HookStep]) -> tuple[HookResult, ...]:
    """Every doable step in order; one that fails does not stop the others."""
    doable = [step for step in steps if step.doable]
    shelf = _shelf(jira, str(jira.describe().get("server_version") or "")) if doable else None
    if shelf is None:
        return ()
    wanted = _wanted(jira, wish)
    return tuple(_apply(jira, shelf, step, wanted) for step in doable)


def refresh_hooks(jira: Connected, address: str) -> tuple[HookResult, ...]:
    """Prolong our dynamic webhooks that have less than half of their time left."""
    if not _is_app(jira):
        return ()
    shelf, wanted = AppHooks(jira.api), Wanted(_name(jira), address, EVENTS)
    due = [_refresh(hook) for hook in shelf.all() if _ours(hook, wanted) and _runs_out(jira, hook)]
    return tuple(_apply(jira, shelf, step, wanted) for step in due)


def _is_app(jira: Connected) -> bool:
    """An OAuth app has a bearer and no e-mail; only those have dynamic webhooks, and they no others."""
    settings = jira.settings
    return jira.site.cloud and (settings.auth == "bearer" or (settings.auth == "auto" and not settings.email))


def _shelf(jira: Connected, version: str) -> Shelf | None:
    """Where this site keeps our webhooks; None where it cannot sign any."""
    if jira.site.cloud:
        return AppHooks(jira.api) if _is_app(jira) else AdminHooks(jira.api)
    major = version.partition(".")[0]
    return None if major.isdecimal() and int(major) < SIGNS_FROM else NewerHooks(jira.api)


def _known(jira: Connected, shelf: Shelf) -> list[Registered] | None:
    """What is registered; None where the account is told beforehand that it may not ask."""
    if not isinstance(shelf, AppHooks) and not jira.api.permissions(["ADMINISTER"]):
        return None
    return shelf.all()


def _name(jira: Connected) -> str:
    return f"okr-bridge {jira.settings.instance} {jira.name}"


def _wanted(jira: Connected, wish: HookWish) -> Wanted:
    jql = within("project", sorted(wish.projects)) if wish.projects else ""
    if not jql and _is_app(jira):
        # a dynamic webhook must have a filter: it names what can be seen
        seen = sorted(str(project["key"]) for project in jira.api.pages("project/search"))
        jql = within("project", seen) if seen else ""
    return Wanted(_name(jira), wish.address, EVENTS, jql, wish.secret)


def _ours(hook: Registered, wanted: Wanted) -> bool:
    """By address or name; those of an app have no name: by the path that our addresses end with."""
    same = urlsplit(hook.url).path.endswith(f"/hooks/{urlsplit(wanted.url).path.rpartition('/')[2]}")
    return hook.url == wanted.url or hook.name == wanted.name or (not hook.name and same)


def _steps(
    jira: Connected, known: Sequence[Registered], wanted: Wanted, wish: HookWish
) -> Iterator[HookStep]:
    ours = sorted((h for h in known if _ours(h, wanted)), key=lambda hook: hook.url != wanted.url)
    about = _about(wanted, wish)
    if not ours:
        yield HookStep("create", wish.address, about, True)
        return
    first, *twins = ours
    if differs := list(_differences(first, wanted, wish)):
        yield HookStep("change", wish.address, f"{', '.join(differs)}: {about}", True, first.id)
    elif _runs_out(jira, first):
        yield _refresh(first)
    else:
        yield HookStep("found", wish.address, about, False, first.id)
    for twin in twins:
        yield HookStep("remove", twin.url, "the same is told by another webhook", True, twin.id)


def _differences(hook: Registered, wanted: Wanted, wish: HookWish) -> Iterator[str]:
    if hook.url != wanted.url:
        yield f"it calls {hook.url}"
    if hook.events != set(wanted.events):
        yield "other events"
    if " ".join(hook.jql.split()) != wanted.jql:
        yield "another filter"
    if hook.signed is False:
        yield "not signed"
    if not hook.enabled:
        yield "switched off"
    if wish.renew and hook.ends is None:
        yield "the secret anew"


def _about(wanted: Wanted, wish: HookWish) -> str:
    which = f"issues of {wanted.jql}" if wanted.jql else "all issues"
    return f"{', '.join(wanted.events)}; {which}; signed with {wish.reference}"


def _runs_out(jira: Connected, hook: Registered) -> bool:
    return hook.ends is not None and hook.ends - jira.http.clock.now() < REFRESH


def _refresh(hook: Registered) -> HookStep:
    ends = f"{hook.ends:%Y-%m-%d}" if hook.ends else ""
    return HookStep("refresh", hook.url, f"it ends on {ends}: thirty days more", True, hook.id)


def _click(jira: Connected, wish: HookWish, why: str) -> HookStep:
    """What an administrator enters where we may not. Their own webhooks may have any filter."""
    where = (
        "Settings (the gear) > System > WebHooks > Create a WebHook"
        if jira.site.cloud
        else "Administration (the gear) > System > Advanced > WebHooks > Create a WebHook"
    )
    jql = within("project", sorted(wish.projects)) if wish.projects else "empty (all issues)"
    detail = (
        f"{why}: have an administrator open {where} and enter Name: {_name(jira)} | URL: {wish.address} | "
        f"Secret: the value of {wish.reference} | JQL: {jql} | Events: {LABELS} | Exclude body: no"
    )
    return HookStep("click", wish.address, detail, False)


def _unreachable(jira: Connected, wish: HookWish) -> str:
    """Why Cloud would not get through to this address; empty when nothing speaks against it."""
    parts = urlsplit(wish.address)
    if not jira.site.cloud or (parts.scheme == "https" and not inside(parts.hostname or "")):
        return ""
    return (
        "Jira Cloud calls https addresses with a public certificate only, and this one is not reachable for "
        "it: publish it by a reverse proxy; without webhooks the bridge goes on to ask by its schedule"
    )


def _apply(jira: Connected, shelf: Shelf, step: HookStep, wanted: Wanted) -> HookResult:
    try:
        now = _do(shelf, step, wanted)
    except ConnectorError as error:
        return HookResult(step, "failed", _hidden(error.message, wanted), _hidden(error.hint, wanted))
    if now is not None and now.signed is False:
        message = f"{jira.name}: Jira keeps the webhook without its secret, so what it sends is refused"
        hint = "enter the secret by hand: the webhook stands in the administration, under System > WebHooks"
        return HookResult(step, "failed", message, hint)
    return HookResult(step, "done")


def _do(shelf: Shelf, step: HookStep, wanted: Wanted) -> Registered | None:
    match step.what:
        case "create":
            return shelf.make(wanted)
        case "change":
            return shelf.change(step.id, wanted)
        case "refresh" if isinstance(shelf, AppHooks):
            shelf.refresh([step.id])
        case "remove":
            shelf.remove(step.id)
    return None


def _hidden(text: str, wanted: Wanted) -> str:
    return text.replace(wanted.secret, "***") if wanted.secret else text
