"""Whether a Redmine connection is in order; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bridge.errors import AccessDenied, ConnectorError, NotFound, Rejected
from bridge.model import Finding, Keys, Query
from connectors.base import CheckScope
from connectors.redmine.rights import ADD, EDIT, HIDE, REWRITE, lacks
from mappings.redmine_fields import held

if TYPE_CHECKING:
    from connectors.redmine import Redmine

MAKE = "an administrator makes it under Administration > Custom fields, for these trackers and projects"
UNSEEN = "it does not exist, or this account may not see it"
OPEN = "if it filters by status, work that is done leaves the count: choose any status"
GIVE = "Administration > Roles and permissions"
Issue = Mapping[str, Any]


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
    anchors = _anchors(redmine, scope)
    yield Finding("info", name, _version(site, anchors.values()))
    for key, issue in anchors.items():
        yield from _anchor(redmine, key, issue)
    yield from _rights(redmine, [issue for issue in anchors.values() if issue])


def _selectors(redmine: Redmine, scope: CheckScope) -> Iterator[Finding]:
    """Each is asked once, as a run will."""
    ends = {id for id, (_, closed) in redmine.describe()["statuses"].items() if closed}
    for selector in scope.selectors:
        if isinstance(selector, Keys):
            continue
        try:
            closed = [str(one["status"]["id"]) in ends for one in redmine.source.hits(selector)]
        except (Rejected, NotFound, AccessDenied) as error:
            yield Finding("error", redmine.name, error.message, error.hint)
        except ConnectorError as error:
            yield Finding("warning", redmine.name, error.message, error.hint)
        else:
            if not closed:
                yield Finding("warning", redmine.name, f"{selector} hits nothing", "check the spelling")
            elif isinstance(selector, Query) and not any(closed):
                yield Finding("info", redmine.name, f"{selector} hits no closed issue", OPEN)


def _anchors(redmine: Redmine, scope: CheckScope) -> dict[str, Issue]:
    """The issues of the anchors, by key; empty where one cannot be read."""
    keys = list(dict.fromkeys(scope.anchors))
    found = redmine.resolve(keys)
    return {key: redmine.api.issue(found[key], "journals") if key in found else {} for key in keys}


def _anchor(redmine: Redmine, key: str, issue: Issue) -> Iterator[Finding]:
    if not issue:
        yield Finding("error", redmine.name, f"anchor {key} cannot be read", UNSEEN)
        return
    there = held(issue, redmine.panel.fields)
    if lacking := [role for role in redmine.panel.fields if role not in there]:
        yield Finding("warning", redmine.name, f"{key} has no field for {', '.join(lacking)}", MAKE)


def _version(site: Mapping[str, Any], anchors: Iterable[Issue]) -> str:
    """Redmine tells no version: only its answers do, and not all of them."""
    if site.get("old"):
        return "Redmine before 5.0: it cannot edit notes, so each milestone gets a note of its own"
    journals = (one for issue in anchors for one in issue.get("journals") or ())
    return f"Redmine {'6.0' if any('updated_on' in one for one in journals) else '5.0'} or later"


def _rights(redmine: Redmine, anchors: Iterable[Issue]) -> Iterator[Finding]:
    """What the account lacks in the projects of the anchors, as far as its roles tell."""
    site = redmine.describe()
    for id in dict.fromkeys(str(issue["project"]["id"]) for issue in anchors):
        for right, level, what in RIGHTS:
            private = right != frozenset({HIDE}) or redmine.settings.private_notes
            if private and lacks(site.get("rights", {}), id, right):
                yield Finding(level, redmine.name, f"project {site['projects'].get(id, id)}: {what}", GIVE)


RIGHTS = (
    (frozenset({EDIT}), "error", 'the account\'s role lacks "Edit issues", so no figure can be shown'),
    (frozenset({ADD}), "error", 'the account\'s role lacks "Add notes", so no note can be shown'),
    (REWRITE, "warning", 'without "Edit own notes" each milestone gets a note of its own'),
    (frozenset({HIDE}), "error", 'the account\'s role lacks "Set notes as private", so no note is made'),
)
