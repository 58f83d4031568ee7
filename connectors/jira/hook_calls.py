"""The three interfaces by which Jira keeps webhooks, brought to one shape.

Admin webhooks (Cloud, and Data Center up to 9), those of Data Center since 10, and the dynamic ones of
OAuth apps. (Atlassian: Webhooks, for Jira Cloud and for Jira Data Center.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from bridge.errors import Rejected
from connectors.jira.api import Api

ADMIN, NEWER = "rest/webhooks/1.0/webhook", "rest/jira-webhook/1.0/webhooks"
SECTION = "issue-related-events-section"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A webhook as it should be; `jql` empty: all issues."""

    name: str
    url: str
    events: tuple[str, ...]
    jql: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Registered:
    """A webhook as it is. `signed` None: the system does not tell; `ends` None: never."""

    id: str
    name: str
    url: str
    events: frozenset[str]
    jql: str = ""
    signed: bool | None = None
    enabled: bool = True
    ends: datetime | None = None


class Shelf(Protocol):
    """Where webhooks are kept. `make` and `change` answer the hook where the system shows it."""

    def all(self) -> list[Registered]: ...
    def make(self, wanted: Wanted) -> Registered | None: ...
    def change(self, id: str, wanted: Wanted) -> Registered | None: ...
    def remove(self, id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class AdminHooks:
    """Of Cloud (and Data Center up to 9). What a change leaves out stays as it is, the secret too."""

    api: Api

    def all(self) -> list[Registered]:
        found = self.api.http.call("GET", ADMIN, repeatable=True).data
        return [_admin(one) for one in _objects(self.api, found, ADMIN)]

    def make(self, wanted: Wanted) -> Registered | None:
        made = self.api.http.call("POST", ADMIN, body=_admin_body(wanted), repeatable=False).data
        return _admin(made) if isinstance(made, dict) else None

    def change(self, id: str, wanted: Wanted) -> Registered | None:
        path = f"{ADMIN}/{id}"
        changed = self.api.http.call("PUT", path, body=_admin_body(wanted), repeatable=True).data
        return _admin(changed) if isinstance(changed, dict) else None

    def remove(self, id: str) -> None:
        self.api.http.call("DELETE", f"{ADMIN}/{id}", repeatable=True)


def _admin_body(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "url": wanted.url,
        "events": list(wanted.events),
        "filters": {SECTION: wanted.jql} if wanted.jql else {},
        "excludeBody": False,
        "enabled": True,
        "secret": wanted.secret,
    }


def _admin(record: Mapping[str, Any]) -> Registered:
    signed = record.get("isSigned")
    return Registered(
        id=str(record.get("self") or "").rstrip("/").rpartition("/")[2],
        name=str(record.get("name") or ""),
        url=str(record.get("url") or ""),
        events=_events(record),
        jql=str((record.get("filters") or {}).get(SECTION) or ""),
        signed=signed if isinstance(signed, bool) else None,
        enabled=record.get("enabled") is not False,
    )


@dataclass(frozen=True, slots=True)
class NewerHooks:
    """Of Data Center since 10: filter and secret are within `configuration`, which holds strings only; a
    secret beside it is passed over in silence."""

    api: Api

    def all(self) -> list[Registered]:
        found = self.api.http.call("GET", NEWER, repeatable=True).data
        return [_newer(one) for one in _objects(self.api, found, NEWER)]

    def make(self, wanted: Wanted) -> Registered | None:
        made = self.api.http.call("POST", NEWER, body=_newer_body(wanted), repeatable=False).data
        return _newer(made) if isinstance(made, dict) else None

    def change(self, id: str, wanted: Wanted) -> Registered | None:
        body = {"id": int(id), **_newer_body(wanted)} if id.isdecimal() else _newer_body(wanted)
        changed = self.api.http.call("PUT", f"{NEWER}/{id}", body=body, repeatable=True).data
        return _newer(changed) if isinstance(changed, dict) else None

    def remove(self, id: str) -> None:
        self.api.http.call("DELETE", f"{NEWER}/{id}", repeatable=True)


def _newer_body(wanted: Wanted) -> dict[str, Any]:
    configuration = {"EXCLUDE_BODY": "false", "SECRET": wanted.secret}
    configuration |= {"FILTERS": wanted.jql} if wanted.jql else {}
    return {
        "name": wanted.name,
        "url": wanted.url,
        "events": list(wanted.events),
        "configuration": configuration,
        "active": True,
        "scopeType": "global",
    }


def _newer(record: Mapping[str, Any]) -> Registered:
    held = record.get("configuration") or {}
    return Registered(
        id=str(record.get("id") or ""),
        name=str(record.get("name") or ""),
        url=str(record.get("url") or ""),
        events=_events(record),
        jql=str(held.get("FILTERS") or ""),
        signed="SECRET" in held,
        enabled=record.get("active") is not False,
    )


@dataclass(frozen=True, slots=True)
class AppHooks:
    """Dynamic ones: without a name, thirty days long, signed with the app's client secret. They cannot be
    changed: what differs is taken away and made anew. Of one app all have the same address."""

    api: Api

    def all(self) -> list[Registered]:
        return [_dynamic(one) for one in self.api.pages("webhook")]

    def make(self, wanted: Wanted) -> Registered | None:
        hook = {"events": list(wanted.events), "jqlFilter": wanted.jql}
        body = {"url": wanted.url, "webhooks": [hook]}
        path = f"{self.api.root}/webhook"
        answer = self.api.http.call("POST", path, body=body, repeatable=False).data
        results = self.api.shaped(answer, dict, path).get("webhookRegistrationResult") or [{}]
        if not results[0].get("createdWebhookId"):
            told = "; ".join(str(error) for error in results[0].get("errors") or ["it gave no id"])
            hint = "an app may have five webhooks, all with one address: remove those that nobody needs"
            raise Rejected(self.api.http.system, f"POST webhook: {told}", hint)
        return None

    def change(self, id: str, wanted: Wanted) -> Registered | None:
        self.remove(id)
        return self.make(wanted)

    def remove(self, id: str) -> None:
        self.api.http.call("DELETE", f"{self.api.root}/webhook", body=_ids([id]), repeatable=True)

    def refresh(self, ids: Sequence[str]) -> None:
        """Thirty days more, from now."""
        self.api.http.call("PUT", f"{self.api.root}/webhook/refresh", body=_ids(ids), repeatable=True)


def _ids(ids: Sequence[str]) -> dict[str, list[int]]:
    return {"webhookIds": [int(id) for id in ids]}


def _dynamic(record: Mapping[str, Any]) -> Registered:
    return Registered(
        id=str(record.get("id") or ""),
        name="",
        url=str(record.get("url") or ""),
        events=_events(record),
        jql=str(record.get("jqlFilter") or ""),
        ends=_instant(record.get("expirationDate")),
    )


def _instant(value: object) -> datetime | None:
    """Epoch milliseconds by the document's schema, a date-time by its example."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        return datetime.fromisoformat(str(value)).astimezone(UTC) if value else None
    except (ValueError, OverflowError, OSError):
        return None


def _events(record: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(map(str, record.get("events") or ()))


def _objects(api: Api, data: Any, path: str) -> list[Mapping[str, Any]]:
    return [api.shaped(one, dict, path) for one in api.shaped(data, list, path)]
