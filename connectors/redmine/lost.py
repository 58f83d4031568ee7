"""What it means that a list of issues was refused: a saved query or a project that is not for the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import AccessDenied, ConnectorError, NotFound
from connectors.redmine.api import Api, said

MEMBER = "check its identifier, and that the account is a member of it"
VISIBLE = 'make it visible "to any users", or to the role of the account'
GONE = "it was deleted, or it is not one of issues: save it anew, and name its number"


def lost(
    api: Api, projects: Mapping[str, str], params: Mapping[str, Any], error: AccessDenied | NotFound
) -> ConnectorError:
    """The error that a list by these `params` came to, in words to act on; `projects` by id."""
    query, project, told = params.get("query_id"), params.get("project_id"), f" ({said(error)})"
    match query, error:
        case None, _:
            message = f"project {project} cannot be read{told}"
            return type(error)(error.system, message, MEMBER) if project else error
        case _, AccessDenied():
            return AccessDenied(error.system, f"saved query {query} is not for this account{told}", VISIBLE)
    where = _project_of(api, projects, str(query))
    if not where or where == project:
        return NotFound(error.system, f"there is no saved query {query}{told}", GONE)
    message = f"saved query {query} belongs to project {where}{told}"
    return NotFound(error.system, message, f"say query_id={query}&project_id={where}")


def _project_of(api: Api, projects: Mapping[str, str], query: str) -> str:
    """The project that a saved query belongs to; empty for none, and for one that cannot be seen."""
    saved = (one for one in api.entries("queries.json", "queries") if str(one["id"]) == query)
    return next((projects.get(str(one.get("project_id")), "") for one in saved), "")
