"""Whether a Trello connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.errors import ConnectorError, NotFound, Rejected
from bridge.model import Finding, Keys
from connectors.base import CheckScope
from connectors.trello.api import HIDDEN
from connectors.trello.panel import MISSING

if TYPE_CHECKING:
    from connectors.trello import Trello


def check(trello: Trello, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = trello.name
    yield Finding("info", name, f"logged in as {trello.login().name}")
    try:
        boards = trello.boards.all()
    except (NotFound, Rejected) as error:
        yield Finding("error", name, error.message, error.hint)
        return
    yield Finding("info" if boards else "warning", name, f"reads {len(boards)} boards")
    for missing in trello.describe()["missing"]:
        level = "error" if missing in trello.settings.number_fields else "warning"
        yield Finding(level, name, f"no board has a custom field {missing!r}", MISSING)
    yield from _selectors(trello, scope)
    yield from _anchors(trello, scope, boards)


def _selectors(trello: Trello, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = trello.identities(selector)
        except Rejected as error:
            yield Finding("error", trello.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", trello.name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", trello.name, f"{selector} hits nothing", "check the spelling")


def _anchors(trello: Trello, scope: CheckScope, boards: list[str]) -> Iterator[Finding]:
    keys = list(dict.fromkeys(scope.anchors))
    found = trello.resolve(keys)
    for key in keys:
        if key not in found:
            yield Finding("error", trello.name, f"anchor {key} cannot be read", HIDDEN)
            continue
        there = trello.look(found[key]).fields
        if lacking := [role for role in trello.panel.names if role not in there]:
            message = f"{key} has no field for {', '.join(lacking)}"
            yield Finding("warning", trello.name, message, MISSING)
    for raw in trello.fetch(found.values()):
        if raw.data["idBoard"] not in boards:
            message = f"{raw.data['name']!r} is on a board whose changes are not looked for"
            yield Finding("warning", trello.name, message, "add its board to `boards`")
