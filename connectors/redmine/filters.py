"""What selectors ask, as the parameters of Redmine's list of issues.

Redmine leaves out a filter that it does not know, or that the custom field is not made for, and then
lists everything. So only known filters go out, and one by a custom field is tried first with a value
that nothing has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from bridge.errors import Rejected
from bridge.model import FieldValue, Label, Project, Query, Selector
from connectors.redmine.api import Api
from connectors.redmine.site import field_id

EVERY = {"status_id": "*"}
"""Without it Redmine lists open issues only."""
NOWHERE = "okr-bridge-asks-for-what-nothing-has"
_BUILT_IN = (
    "project_id subproject_id tracker_id status_id priority_id author_id assigned_to_id fixed_version_id "
    "subject description notes parent_id child_id issue_id created_on updated_on closed_on start_date "
    "due_date done_ratio estimated_hours spent_time is_private watcher_id assigned_to_role member_of_group "
    "relates blocks blocked duplicates duplicated precedes follows copied_to copied_from attachment "
    "updated_by last_updated_by"
)
BUILT_IN = frozenset(_BUILT_IN.split())
IN_PROJECT = frozenset({"category_id"})
LOOKS = frozenset({"set_filter", "utf8", "sort", "group_by", "c[]", "t[]", "per_page", "page"})
"""What Redmine's own addresses say of how a list looks."""
_WITHIN = re.compile(r"/projects/([^/?#]+)/issues\Z")
_CUSTOM = re.compile(r"cf_(\d+)\Z")
_LONG = re.compile(r"(?:op|operators|v|values)\[([a-z_0-9.]+)\](?:\[\])?\Z")
NAMED = {"tracker": "trackers", "status": "statuses"}


class Filters:
    """`site` is what `describe()` tells."""

    def __init__(self, api: Api, site: Mapping[str, Any]) -> None:
        self._api = api
        self._site = site
        self._proven: set[str] = set()

    @property
    def projects(self) -> Mapping[str, str]:
        projects: Mapping[str, str] = self._site["projects"]
        return projects

    def params(self, selector: Selector) -> dict[str, Any]:
        """Raises Rejected for what this site cannot be asked."""
        match selector:
            case Project(key):
                return {"project_id": key, "subproject_id": "*", **EVERY}
            case Label(name):
                if not self._site.get("labels"):
                    raise self._refused(
                        "no custom field holds labels on this site",
                        "Redmine has no labels of its own: name a list field in `labels_field`",
                    )
                return self._custom(self._site["labels"], name)
            case FieldValue(field, value):
                return self._field(field, value)
            case Query(text):
                return self._query(text)
            case _:
                raise self._refused("keys are no filter", "ask by `keys`")

    def _field(self, field: str, value: str) -> dict[str, Any]:
        wanted = field.strip().casefold()
        if kind := NAMED.get(wanted):
            names = {_name(told): id for id, told in self._site[kind].items()}
            if value.strip().casefold() not in names:
                raise self._refused(f"no {wanted} is called {value!r}", "check the name under Administration")
            return {**EVERY, f"{wanted}_id": names[value.strip().casefold()]}
        if wanted in ("version", "category"):
            return self._of_projects(wanted, value)
        if id := field_id(self._site.get("fields", {}), field):
            return self._custom(id, value)
        raise self._refused(
            f"no field is called {field!r}",
            "tracker, status, version, category, or a custom field by name or as cf_12",
        )

    def _of_projects(self, kind: str, value: str) -> dict[str, Any]:
        """Versions and categories belong to projects. A category can be asked for within its project only,
        so of several projects with one of that name none is chosen."""
        what = "versions" if kind == "version" else "issue_categories"
        where, _, name = value.rpartition(":")
        projects = [where] if where else list(self.projects.values())
        found: dict[str, str] = {}
        lists = self._api.http.parallel(
            lambda key: (key, self._api.entries(f"projects/{key}/{what}.json", what)), projects
        )
        for key, entries in lists:
            found |= {str(one["id"]): key for one in entries if _name(one["name"]) == name.strip().casefold()}
        if not found:
            raise self._refused(f"no {kind} is called {name!r}", "check the projects' settings")
        if kind == "version":
            return {**EVERY, "fixed_version_id": "|".join(sorted(found))}
        if len(found) > 1:
            raise self._refused(f"several projects have a category {name!r}", 'say "PROJECT:CATEGORY"')
        [(id, key)] = found.items()
        return {**EVERY, "project_id": key, "category_id": id}

    def _custom(self, id: str, value: str) -> dict[str, Any]:
        """In the long form, where no character of the value is an operator."""
        self._prove(id)
        return _long({"status_id": ("*", ""), f"cf_{id}": ("=", value)})

    def _prove(self, id: str) -> None:
        """One request a field: a filter that counts hits nothing by this value, or refuses it (a number)."""
        if id in self._proven:
            return
        asked = {**_long({"status_id": ("*", ""), f"cf_{id}": ("=", NOWHERE)}), "limit": 1}
        try:
            data = self._api.http.call("GET", "issues.json", params=asked, repeatable=True).data
        except Rejected:
            data = {"total_count": 0}
        if not isinstance(data, dict) or data.get("total_count") != 0:
            raise self._refused(
                f"cf_{id} cannot be asked for: Redmine left the filter out",
                'switch on "Used as a filter" for the custom field, and see that the account may see it',
            )
        self._proven.add(id)

    def _query(self, text: str) -> dict[str, Any]:
        address, _, given = text.strip().rpartition("?")
        pairs = parse_qsl(given, keep_blank_values=True)
        if not pairs:
            raise self._refused(f"{text!r} is no filter", FORM)
        params: dict[str, Any] = {}
        for name, value in pairs:
            if name not in LOOKS:
                params.setdefault(name, []).append(value)
        if (within := _WITHIN.search(address)) and "project_id" not in params:
            params["project_id"] = [unquote(within[1])]
        names = self._names(params)
        if "query_id" in params:
            if not params["query_id"][-1].isdecimal():
                raise self._refused("query_id takes the number of a saved query", FORM)
            if set(params) - {"query_id", "project_id"}:
                raise self._refused(
                    "a saved query takes no further filters", "leave them out, or save them in it"
                )
            return {name: values[-1] for name, values in params.items()}
        for name in names:
            if custom := _CUSTOM.match(name):
                self._prove(custom[1])
            elif name in IN_PROJECT and "project_id" not in params:
                raise self._refused(f"{name} is asked for within a project", "add project_id=...")
            elif name not in BUILT_IN | IN_PROJECT:
                raise self._refused(f"Redmine knows no filter {name!r}", FORM)
        if "f[]" in params:
            return params
        return EVERY | {name: values[-1] for name, values in params.items()}

    def _names(self, params: Mapping[str, Any]) -> set[str]:
        """What is filtered by. Beside `f[]` short filters do not count."""
        if "f[]" not in params:
            return set(params) - {"query_id"}
        named = {name for name in params["f[]"] if name}
        for name in set(params) - {"f[]", "project_id"}:
            if not (found := _LONG.match(name)) or found[1] not in named:
                raise self._refused(f"{name!r} is no part of this filter", FORM)
        return named

    def _refused(self, what: str, hint: str) -> Rejected:
        return Rejected(self._api.http.system, what, hint)


FORM = 'as in the address of a list in Redmine: "tracker_id=4&cf_12=Growth" or "query_id=7"'


def _long(filters: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    params: dict[str, Any] = {"set_filter": "1", "f[]": list(filters)}
    for name, (operator, value) in filters.items():
        params[f"op[{name}]"], params[f"v[{name}][]"] = operator, [value]
    return params


def _name(told: Any) -> str:
    return str(told[0] if isinstance(told, list) else told).strip().casefold()
