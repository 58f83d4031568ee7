"""The calls by which webhooks are registered: three ways, by deployment, version and kind of caller."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bridge.sandbox.bodies import INVALID, members, number, numbers, objects, strings
from bridge.sandbox.courier import at_home
from bridge.sandbox.hooks import DYNAMIC_EVENTS, EVENTS, MOST_OF_AN_APP, Hook, unsupported
from bridge.sandbox.jql.parse import parse
from bridge.sandbox.jql.run import compile_where
from bridge.sandbox.records import Json, Refusal
from bridge.sandbox.routes import Route, route
from bridge.sandbox.wire import Call, Reply, page

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

ADMIN, NEWER, DYNAMIC = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks", "/rest/api/3/webhook"
SECTION = "issue-related-events-section"
MASKED = "********"
NO_APP = "The caller is not a Connect or OAuth 2.0 app: only those may use dynamic webhooks."
NO_HOOK = "There is no webhook with this id."


def routes(jira: "Jira") -> list[Route]:
    """Cloud has admin and dynamic webhooks, Data Center the first up to 9 and others since."""
    if jira.cloud:
        return [*_crud(ADMIN, "Webhook", _admin_shape, _admin_hook), *_dynamic()]
    if jira.version[0] < 10:
        return _crud(ADMIN, "Webhook", _admin_shape, _admin_hook)
    return _crud(NEWER, "WebhookOf10", _newer_shape, _newer_hook)


Shape = Callable[["Jira", Hook], Json]
Read = Callable[[Call, Hook], Hook]


def _crud(path: str, thing: str, shape: Shape, read: Read) -> list[Route]:
    def listed(call: Call) -> Reply:
        _need_admin(call)
        return Reply(200, [shape(call.jira, hook) for hook in call.jira.hooks.all(dynamic=False)])

    def one(call: Call) -> Reply:
        return Reply(200, shape(call.jira, _found(call)))

    def create(call: Call) -> Reply:
        _need_admin(call)
        return Reply(201, shape(call.jira, call.jira.hooks.add(read(call, Hook(0, "", ())))))

    def change(call: Call) -> Reply:
        return Reply(200, shape(call.jira, call.jira.hooks.put(read(call, _found(call)))))

    def remove(call: Call) -> Reply:
        call.jira.hooks.remove(_found(call).id)
        return Reply(204)

    return [
        route(f"GET {path}", f"get{thing}s", listed),
        route(f"POST {path}", f"create{thing}", create),
        route(f"GET {path}/{{hook}}", f"get{thing}", one),
        route(f"PUT {path}/{{hook}}", f"update{thing}", change),
        route(f"DELETE {path}/{{hook}}", f"delete{thing}", remove),
    ]


def _need_admin(call: Call) -> None:
    """A Jira administrator, and no OAuth app: their tokens have no scope for it."""
    call.need_admin()
    if call.oauth:
        raise Refusal(403, "OAuth 2.0 apps may not administer webhooks.")


def _found(call: Call) -> Hook:
    _need_admin(call)
    id = number(call.params["hook"])
    hook = call.jira.hooks.find(id, dynamic=False) if id is not None else None
    if hook is None:
        raise Refusal(404, NO_HOOK)
    return hook


# --- admin webhooks, Cloud and Data Center up to 9


def _admin_hook(call: Call, known: Hook) -> Hook:
    """What a body makes of a hook; a secret left out stays as it is. Data Center 9 knows none."""
    body = call.json()
    hook = _common(call, known, body)
    filters = members(body, "filters")
    jql = _checked(call, str(filters.get(SECTION) or "")) if "filters" in body else known.jql
    secret = body.get("secret")
    signs = call.jira.cloud and isinstance(secret, str)
    bare, enabled = body.get("excludeBody") is True, body.get("enabled") is not False
    return replace(hook, jql=jql, bare=bare, enabled=enabled, secret=str(secret) if signs else known.secret)


def _common(call: Call, known: Hook, body: dict[str, Json]) -> Hook:
    name, url = body.get("name", known.name), body.get("url", known.url)
    if not isinstance(name, str) or not name:
        raise Refusal(400, "The name of the webhook must not be empty.")
    events = strings(body, "events") if "events" in body else list(known.events)
    if wrong := [event for event in events if event not in EVENTS]:
        raise Refusal(400, f"Unknown event: {wrong[0]}")
    return replace(known, name=name, url=_address(call.jira, url), events=tuple(events))


def _address(jira: "Jira", url: Json) -> str:
    """Cloud takes https alone; but for this machine, so that it can be tried."""
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal(400, "The URL of the webhook is not valid.")
    if jira.cloud and parts.scheme != "https" and not at_home(str(url)):
        raise Refusal(400, "The URL of the webhook must use HTTPS.")
    return str(url)


def _checked(call: Call, jql: str) -> str:
    where = parse(jql).where
    if where is not None:
        compile_where(call.jira, where)
    return jql


def _admin_shape(jira: "Jira", hook: Hook) -> Json:
    shape = {
        "name": hook.name,
        "url": hook.url,
        "excludeBody": hook.bare,
        "filters": {SECTION: hook.jql} if hook.jql else {},
        "events": list(hook.events),
        "enabled": hook.enabled,
        "self": f"{jira.catalog.base}{ADMIN}/{hook.id}",
        "lastUpdatedUser": jira.me.get("accountId") or jira.me.get("key"),
        "lastUpdatedDisplayName": jira.me["displayName"],
        "lastUpdated": hook.changed,
    }
    return shape | ({"isSigned": bool(hook.secret)} if jira.cloud else {})


# --- Data Center since 10: filter and secret within `configuration`, everything there a string


def _newer_hook(call: Call, known: Hook) -> Hook:
    """A top-level `secret` is passed over in silence."""
    body = call.json()
    hook = _common(call, known, body)
    asked = members(body, "configuration")
    if any(not isinstance(value, str) for value in asked.values()):
        raise Refusal(400, INVALID)
    secret = asked.get("SECRET", known.secret)
    jql = _checked(call, asked.get("FILTERS", "" if asked else known.jql))
    bare = asked.get("EXCLUDE_BODY") == "true"
    return replace(hook, jql=jql, bare=bare, secret=secret, enabled=body.get("active") is not False)


def _newer_shape(_jira: "Jira", hook: Hook) -> Json:
    configuration = {"EXCLUDE_BODY": str(hook.bare).lower()}
    configuration |= {"FILTERS": hook.jql} if hook.jql else {}
    configuration |= {"SECRET": MASKED} if hook.secret else {}
    return {
        "id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "events": list(hook.events),
        "createdDate": hook.changed,
        "updatedDate": hook.changed,
        "configuration": configuration,
        "active": hook.enabled,
        "scopeType": "global",
        "sslVerificationRequired": True,
    }


# --- dynamic webhooks of OAuth apps, Cloud alone


def _dynamic() -> list[Route]:
    return [
        route(f"GET {DYNAMIC}", "getDynamicWebhooksForApp", _dynamic_listed),
        route(f"POST {DYNAMIC}", "registerDynamicWebhooks", _register),
        route(f"DELETE {DYNAMIC}", "deleteWebhookById", _dynamic_remove),
        route(f"PUT {DYNAMIC}/refresh", "refreshWebhooks", _refresh),
    ]


def _need_app(call: Call) -> None:
    call.need_account()
    if not call.oauth:
        raise Refusal(403, NO_APP)


def _dynamic_listed(call: Call) -> Reply:
    _need_app(call)
    hooks = [_dynamic_shape(hook) for hook in call.jira.hooks.all(dynamic=True)]
    return Reply(200, page(call, hooks, 100, 100))


def _dynamic_shape(hook: Hook) -> Json:
    shape = {"id": hook.id, "url": hook.url, "jqlFilter": hook.jql, "events": list(hook.events)}
    return shape | {"expirationDate": hook.expires}


def _register(call: Call) -> Reply:
    """Each hook of the body for itself: its id, or what is wrong with it."""
    _need_app(call)
    body = call.json()
    url = _address(call.jira, body.get("url"))
    mine = call.jira.hooks.all(dynamic=True)
    if any(hook.url != url for hook in mine):
        raise Refusal(400, "Only a single URL per app is allowed to be registered via REST API.")
    wanted = objects(body, "webhooks")
    if not wanted:
        raise Refusal(400, INVALID)
    return Reply(200, {"webhookRegistrationResult": [_registered(call, url, one) for one in wanted]})


def _registered(call: Call, url: str, asked: dict[str, Json]) -> Json:
    events, jql = strings(asked, "events"), asked.get("jqlFilter")
    if not isinstance(jql, str) or not events:
        raise Refusal(400, INVALID)
    wrong = [f"Unknown event: {event}" for event in events if event not in DYNAMIC_EVENTS]
    wrong += [reason] if (reason := unsupported(jql)) else []
    if len(call.jira.hooks.all(dynamic=True)) >= MOST_OF_AN_APP:
        wrong.append(f"The app has registered {MOST_OF_AN_APP} webhooks for this user already")
    if wrong:
        return {"errors": wrong}
    made = call.jira.hooks.add(Hook(0, url, tuple(events), jql, dynamic=True))
    return {"createdWebhookId": made.id}


def _dynamic_remove(call: Call) -> Reply:
    _need_app(call)
    for id in _ids(call):
        if call.jira.hooks.find(id, dynamic=True):
            call.jira.hooks.remove(id)
    return Reply(202)


def _refresh(call: Call) -> Reply:
    _need_app(call)
    return Reply(200, {"expirationDate": call.jira.hooks.refresh(_ids(call))})


def _ids(call: Call) -> list[int]:
    ids = numbers(call.json(), "webhookIds")
    if not ids:
        raise Refusal(400, "The list of webhook ids must not be empty.")
    return ids
