"""Whether a Notion connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bridge.errors import ConnectorError, Rejected
from bridge.model import Finding, Keys
from connectors.base import CheckScope

if TYPE_CHECKING:
    from connectors.notion import Notion

MAKE = "`okr-bridge fields install --apply` makes it, or a person with the type that the documents name"
SHARE = "share it with the connection (page menu, Connections), and name its database in `databases`"


def check(notion: Notion, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = notion.name
    yield Finding("info", name, f"logged in as {notion.login().name}")
    site = notion.describe()
    for facts in site["sources"].values():
        yield from _source(name, facts)
    for missing in site["missing"]:
        level = "error" if missing in notion.settings.number_fields else "warning"
        yield Finding(level, name, f"no property is called {missing!r}", MAKE)
    yield from _selectors(notion, scope)
    yield from _anchors(notion, scope)


def _source(name: str, facts: Mapping[str, Any]) -> Iterator[Finding]:
    status = facts["roles"].get("status")
    if not status:
        hint = "name its status, select or checkbox property in `status_field`"
        yield Finding(
            "warning", name, f"database {facts['name']} has no status: its pages are undefined", hint
        )
        return
    by_id = {one["id"]: told for told, one in facts["properties"].items()}
    played = ", ".join(f"{role} {by_id[one['id']]!r}" for role, one in facts["roles"].items())
    yield Finding("info", name, f"database {facts['name']}: {played}")


def _selectors(notion: Notion, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = notion.identities(selector)
        except Rejected as error:
            yield Finding("error", notion.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", notion.name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", notion.name, f"{selector} hits nothing", "check the spelling")


def _anchors(notion: Notion, scope: CheckScope) -> Iterator[Finding]:
    keys = list(dict.fromkeys(scope.anchors))
    found = notion.resolve(keys)
    for key in keys:
        if key not in found:
            yield Finding("error", notion.name, f"anchor {key} cannot be read", SHARE)
            continue
        there = notion.look(found[key]).fields
        lacking = [role for role in notion.settings.field_names if role not in there]
        if lacking:
            message = f"{key} has no property for {', '.join(lacking)}"
            yield Finding("warning", notion.name, message, MAKE)
