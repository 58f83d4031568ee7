"""Whether a ClickUp connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.errors import ConnectorError, Rejected
from bridge.model import Finding, Keys
from connectors.base import CheckScope
from connectors.clickup.api import HIDDEN
from connectors.clickup.panel import MISSING

if TYPE_CHECKING:
    from connectors.clickup import ClickUp


def check(clickup: ClickUp, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = clickup.name
    account = clickup.login()
    clickup.api.prove()
    yield Finding("info", name, f"logged in as {account.name}")
    yield from _selectors(clickup, scope)
    yield from _anchors(clickup, scope)


def _selectors(clickup: ClickUp, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = clickup.identities(selector)
        except Rejected as error:
            yield Finding("error", clickup.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", clickup.name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", clickup.name, f"{selector} hits nothing", "check the spelling")


def _anchors(clickup: ClickUp, scope: CheckScope) -> Iterator[Finding]:
    keys = list(dict.fromkeys(scope.anchors))
    found = clickup.resolve(keys)
    for key in keys:
        if key not in found:
            yield Finding("error", clickup.name, f"anchor {key} cannot be read", HIDDEN)
            continue
        there = clickup.look(found[key]).fields
        lacking = [name for role, name in clickup.panel.names.items() if role not in there]
        if lacking:
            yield Finding("warning", clickup.name, f"{key} has no field called {', '.join(lacking)}", MISSING)
