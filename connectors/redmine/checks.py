"""Whether a Redmine connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.errors import ConnectorError, Rejected
from bridge.model import Finding, Keys
from connectors.base import CheckScope

if TYPE_CHECKING:
    from connectors.redmine import Redmine

MAKE = "an administrator makes it under Administration > Custom fields, for these trackers and projects"


def check(redmine: Redmine, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = redmine.name
    account = redmine.login()
    yield Finding("info", name, f"logged in as {account.name}")
    site = redmine.describe()
    for missing in site["missing"]:
        level = "error" if missing in redmine.settings.number_fields else "warning"
        yield Finding(level, name, f"no custom field is called {missing!r}", MAKE)
    yield from _selectors(redmine, scope)
    yield from _anchors(redmine, scope)


def _selectors(redmine: Redmine, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = redmine.identities(selector)
        except Rejected as error:
            yield Finding("error", redmine.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", redmine.name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", redmine.name, f"{selector} hits nothing", "check the spelling")


def _anchors(redmine: Redmine, scope: CheckScope) -> Iterator[Finding]:
    keys = list(dict.fromkeys(scope.anchors))
    found = redmine.resolve(keys)
    for key in keys:
        if key not in found:
            hint = "it does not exist, or this account may not see it"
            yield Finding("error", redmine.name, f"anchor {key} cannot be read", hint)
            continue
        there = redmine.look(found[key]).fields
        lacking = [role for role in redmine.panel.fields if role not in there]
        if lacking:
            message = f"{key} has no field for {', '.join(lacking)}"
            yield Finding("warning", redmine.name, message, MAKE)
