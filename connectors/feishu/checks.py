"""Whether a connection to a base is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.errors import ConnectorError, Rejected
from bridge.model import Finding, Keys
from connectors.base import CheckScope
from connectors.feishu.panel import MAKE
from connectors.feishu.shape import Shape, fold

if TYPE_CHECKING:
    from connectors.feishu import Feishu

ADVANCED = (
    "what a role hides is not there for the bridge: let the app manage the base, or give it a role with all "
    "rows of these tables"
)


def check(feishu: Feishu, scope: CheckScope) -> Iterator[Finding]:
    """Raises ConnectorError where nobody can log in."""
    name = feishu.name
    account, app = feishu.api.prove()
    yield Finding("info", name, f"logged in as {account.name}")
    if app.get("is_advanced") is True:
        yield Finding("warning", name, "the base has advanced permissions", ADVANCED)
    for shape in feishu.tables.shapes(anew=True).values():
        yield from _table(feishu, shape)
    for missing in feishu.describe()["missing"]:
        if missing in feishu.settings.number_fields:
            yield Finding("error", name, f"no number column is called {missing!r}", "check the spelling")
    yield from _selectors(feishu, scope)
    yield from _anchors(feishu, scope)


def _table(feishu: Feishu, shape: Shape) -> Iterator[Finding]:
    status = shape.roles.get("status")
    if status is None:
        hint = "its records are undefined: name the column in `status_field`, or the other tables in `tables`"
        yield Finding("warning", feishu.name, f"the table {shape.name} has no column for the status", hint)
    elif strange := _strange(status.options, feishu.settings.statuses):
        told = ", ".join(strange)
        message = f"the table {shape.name}: nothing says what these statuses mean: {told}"
        hint = "name them in `todo_statuses`, `in_progress_statuses`, `done_statuses` or `cancelled_statuses`"
        yield Finding("warning", feishu.name, message, hint)
    for role, given in feishu.settings.columns.items():
        if given and role not in shape.roles:
            message = f"the table {shape.name} has no column {given!r} that could be its {role}"
            yield Finding("warning", feishu.name, message, "check its name and its kind")


def _strange(options: list[str], known: tuple[str, ...]) -> list[str]:
    told = set(map(fold, known))
    return [option for option in options if fold(option) not in told]


def _selectors(feishu: Feishu, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            hits = feishu.identities(selector)
        except Rejected as error:
            yield Finding("error", feishu.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", feishu.name, error.message, error.hint)
        else:
            if not hits:
                yield Finding("warning", feishu.name, f"{selector} hits nothing", "check the spelling")


def _anchors(feishu: Feishu, scope: CheckScope) -> Iterator[Finding]:
    keys = list(dict.fromkeys(scope.anchors))
    found = feishu.resolve(keys)
    for key in keys:
        if key not in found:
            hint = "it does not exist, or the app may not see it"
            yield Finding("error", feishu.name, f"anchor {key} cannot be read", hint)
            continue
        shape = feishu.tables.shapes()[found[key].partition("/")[0]]
        wanted = {role for role, name in feishu.settings.field_names.items() if name}
        lacking = [*sorted(wanted - set(shape.panel)), *([] if shape.comment else ["the comment"])]
        if lacking:
            message = f"{key}: the table {shape.name} has no column for {', '.join(lacking)}"
            yield Finding("warning", feishu.name, message, MAKE)
