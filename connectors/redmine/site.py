"""A Redmine site's own facts: its trackers, statuses, projects, and which custom field is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.redmine.api import Api
from connectors.redmine.rights import REWRITE, lacks, rights
from connectors.redmine.settings import RedmineSettings

SAMPLE = 100
Issue = Mapping[str, Any]


def describe(api: Api, settings: RedmineSettings) -> dict[str, Any]:
    """The site's facts as plain JSON: six requests, one a role of the account, and on a large site one a
    tracker. `rights` are by project, and `fixed` the projects where its notes cannot be rewritten."""
    user = api.me()
    trackers = api.entries("trackers.json", "trackers")
    statuses = api.entries("issue_statuses.json", "issue_statuses")
    projects = api.entries("projects.json", "projects", {"include": "issue_custom_fields"})
    issues = _sample(api, {"limit": SAMPLE})
    fields = _listed(api) if user.get("admin") else _met(api, projects, trackers, issues)
    may = rights(api, user)
    api.prove()
    names = {str(one["id"]): str(one.get("identifier") or one["id"]) for one in projects}
    old = any("is_closed" not in one.get("status", {"is_closed": None}) for one in issues)
    wanted = (*settings.field_names.values(), *settings.number_fields)
    return {
        "account": api.account(),
        "base_url": settings.url.rstrip("/"),
        "trackers": {str(one["id"]): str(one["name"]) for one in trackers},
        "statuses": {str(one["id"]): [str(one["name"]), bool(one.get("is_closed"))] for one in statuses},
        "projects": names,
        "rights": may,
        "old": old,
        "fixed": sorted(name for id, name in names.items() if old or lacks(may, id, REWRITE)),
        "fields": fields,
        "points": _first(fields, settings.points_fields),
        "labels": _first(fields, settings.labels_fields),
        "blocked": _first(fields, settings.blocked_fields),
        "numbers": _ids(fields, {name: name for name in settings.number_fields}),
        "panel": _ids(fields, settings.field_names),
        "missing": [name for name in wanted if not field_id(fields, name)],
    }


def _listed(api: Api) -> dict[str, str]:
    listed = api.entries("custom_fields.json", "custom_fields")
    return {str(one["name"]): str(one["id"]) for one in listed if one.get("customized_type") == "issue"}


def _met(
    api: Api, projects: Iterable[Issue], trackers: Iterable[Issue], issues: Sequence[Issue]
) -> dict[str, str]:
    """Custom fields of issues, id by name, for an account that may not list them: told by the projects that
    chose them and by issues that bear them, which are those changed last and, where there are more, one of
    each other tracker."""
    found = {str(one["name"]): str(one["id"]) for project in projects for one in _named(project)}
    seen = {one.get("tracker", {}).get("id") for one in issues}
    rest = [one["id"] for one in trackers if len(issues) >= SAMPLE and one["id"] not in seen]
    pages = api.http.parallel(lambda id: _sample(api, {"tracker_id": id, "limit": 1}), rest)
    for issue in (*issues, *(one for page in pages for one in page)):
        found |= {str(one["name"]): str(one["id"]) for one in issue.get("custom_fields") or ()}
    return dict(sorted(found.items()))


def _named(project: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    told = project.get("issue_custom_fields")
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _sample(api: Api, params: Mapping[str, Any]) -> list[Issue]:
    asked = {"status_id": "*", "sort": "updated_on:desc", **params}
    data = api.http.call("GET", "issues.json", params=asked, repeatable=True).data
    issues = data.get("issues") if isinstance(data, dict) else None
    return list(issues or ())


def field_id(fields: Mapping[str, str], name: str) -> str:
    """The id of a custom field called so, or of `cf_12`; empty for none."""
    wanted = name.strip().casefold()
    if wanted.removeprefix("cf_").isdecimal() and wanted.startswith("cf_"):
        return wanted.removeprefix("cf_")
    return next((id for known, id in fields.items() if known.strip().casefold() == wanted), "")


def _first(fields: Mapping[str, str], names: Iterable[str]) -> str:
    return next(filter(None, (field_id(fields, name) for name in names)), "")


def _ids(fields: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Of those names that a field has."""
    return {key: id for key, name in names.items() if (id := field_id(fields, name))}
