"""What the account may do in each project, by the roles that it has there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.errors import AccessDenied, NotFound
from connectors.redmine.api import Api

EDIT, ADD, HIDE = "edit_issues", "add_issue_notes", "set_notes_private"
REWRITE = frozenset({"edit_own_issue_notes", "edit_issue_notes"})
TOLD = frozenset({EDIT, ADD, HIDE, *REWRITE})

Rights = Mapping[str, Sequence[str]]


def rights(api: Api, user: Mapping[str, Any]) -> Rights:
    """By id of a project, those of the rights in `TOLD` that the account has: a request a role. `user` is
    its own record with memberships. Projects that it is no member of are left out, and all of them for an
    administrator, who may do anything."""
    if user.get("admin"):
        return {}
    held = {
        str(one["project"]["id"]): {str(role["id"]) for role in one["roles"]}
        for one in user.get("memberships") or ()
    }
    roles = sorted({role for its in held.values() for role in its})
    allowed = dict(api.http.parallel(lambda role: (role, _allowed(api, role)), roles))
    return {project: sorted(set().union(*(allowed[role] for role in its))) for project, its in held.items()}


def _allowed(api: Api, role: str) -> frozenset[str]:
    try:
        found = api.record(f"roles/{role}.json", "role").get("permissions") or ()
    except (AccessDenied, NotFound) as error:
        if isinstance(error, AccessDenied) and error.login:
            raise
        # Whoever may not read a role is told by each write what it allows.
        return TOLD
    return TOLD & set(found)


def lacks(rights: Rights, project: str, wanted: frozenset[str]) -> bool:
    """Whether the account is known to have none of these rights there."""
    return project in rights and not wanted & set(rights[project])
