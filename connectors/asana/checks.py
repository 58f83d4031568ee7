"""Whether an Asana connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.errors import ConnectorError, NotFound, Rejected, UnexpectedAnswer
from bridge.model import Finding, Keys
from connectors.asana.panel import MISSING
from connectors.base import CheckScope

if TYPE_CHECKING:
    from connectors.asana import Asana

MANY = 200
"""Projects: each costs a request or more at every run."""


def check(asana: Asana, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = asana.name
    yield Finding("info", name, f"logged in as {asana.login().name}")
    yield from _projects(asana)
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = asana.identities(selector)
        except (Rejected, UnexpectedAnswer, NotFound) as error:
            yield Finding("error", name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", name, f"{selector} hits nothing", "check the spelling")
    for key in dict.fromkeys(scope.anchors):
        yield from _anchor(asana, key)


def _projects(asana: Asana) -> Iterator[Finding]:
    count = len(asana.following.projects())
    if not asana.settings.projects and count > MANY:
        message = f"{count} projects are followed, a request or more each at every run"
        yield Finding("warning", asana.name, message, "name those that matter in `projects`")
    else:
        yield Finding("info", asana.name, f"{count} projects are followed")


def _anchor(asana: Asana, key: str) -> Iterator[Finding]:
    try:
        found = asana.resolve([key])
    except Rejected as error:
        yield Finding("error", asana.name, error.message, error.hint)
        return
    if key not in found:
        hint = "it does not exist, or this account may not see it"
        yield Finding("error", asana.name, f"anchor {key} cannot be read", hint)
    elif lacking := asana.panel.lacking(found[key]):
        yield Finding("warning", asana.name, f"{key} has no field {', '.join(lacking)}", MISSING)
