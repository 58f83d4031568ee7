"""What Jira remembers of its issues: the entries of their histories, and the words to read them by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bridge.errors import UnexpectedAnswer
from connectors.jira.api import Api
from connectors.jira.site import Site, ours, wanted_fields

ODD = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
KEPT = ("id", "created", "items")
"""What is kept of an entry. Who made it is most of its size, and nothing is concluded from that."""
LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "statuses": ("status", ("id", "name", "statusCategory.key")),
    "resolutions": ("resolution", ("id", "name")),
    "issuetypes": ("issuetype", ("id", "name", "subtask", "hierarchyLevel")),
    "fields": ("field", ("id", "name", "schema.custom")),
}


def glossary(api: Api, site: Site) -> Mapping[str, Any]:
    """All statuses, resolutions, issue types, fields and projects, each as REST shows it, cut to what reading
    old entries takes: an entry of `statuses` may stand in a record's `status`, and so on. Data Center tells
    no `hierarchyLevel`. Some five requests. UnexpectedAnswer where a visitor was answered, who is told
    less."""
    asked = [partial(_list, api, site, name) for name in LISTS] + [partial(_projects, api)]
    found = dict(api.http.parallel(lambda ask: ask(), asked))
    if not found["statuses"]:
        raise UnexpectedAnswer(
            api.http.system,
            "GET status named no status",
            "is the account logged in, and may it see a project?",
        )
    return {name: found[name] for name in (*LISTS, "projects")} | {"held": wanted_fields(site)}


def _list(api: Api, site: Site, name: str) -> tuple[str, list[dict[str, Any]]]:
    path, members = LISTS[name]
    answer = api.http.call("GET", f"{api.root}/{path}", repeatable=True)
    data = ours(api.http, answer, site.account)
    if not isinstance(data, list) or not all(isinstance(one, dict) and "id" in one for one in data):
        raise UnexpectedAnswer(api.http.system, f"GET {path} answered without a list", "check `url`")
    return name, [_cut(one, members) for one in data]


def _projects(api: Api) -> tuple[str, list[dict[str, Any]]]:
    found = api.pages("project/search") if api.cloud else api.records("project")
    return "projects", [_cut(one, ("id", "key", "name")) for one in found]


def _cut(entry: Mapping[str, Any], members: Iterable[str]) -> dict[str, Any]:
    """Only these members; `a.b` is b within a."""
    found: dict[str, Any] = {}
    for member in members:
        outer, _, inner = member.partition(".")
        if not inner and outer in entry:
            found[outer] = entry[outer]
        elif inner and inner in (entry.get(outer) or {}):
            found[outer] = {inner: entry[outer][inner]}
    return found


def trimmed(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: entry[name] for name in KEPT} for entry in entries]


def changes(entries: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Each entry once, oldest first; of one instant in the order in which they were numbered. Their
    instants stay as the system told them: epoch milliseconds or ISO. Raises one of ODD."""
    found = {entry["id"]: entry for entry in entries}
    return tuple(sorted(found.values(), key=lambda entry: (instant(entry["created"]), int(entry["id"]))))


def instant(told: object) -> float:
    """Seconds since 1970 of epoch milliseconds or an ISO time with its offset. Raises ValueError."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return told / 1000
    at = datetime.fromisoformat(str(told))
    if at.tzinfo is None:
        raise ValueError(f"no offset: {told}")
    return at.timestamp()
