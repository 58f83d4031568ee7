"""What Redmine remembers of its issues: the journals, asked for issue by issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bridge.errors import NotFound, UnexpectedAnswer
from connectors.past_roles import Past
from connectors.redmine.api import Api
from connectors.redmine.source import RedmineSource, raw

KEPT = ("property", "name", "old_value", "new_value")
UNTOLD = frozenset({"description", "notes"})
"""Long, and nothing is made of them."""
ODD = (KeyError, TypeError, AttributeError)


class RedminePast:
    """Lists do not tell journals, so each issue that was ever changed costs a request."""

    def __init__(self, api: Api, source: RedmineSource) -> None:
        self._api = api
        self._source = source

    def glossary(self, site: Mapping[str, Any]) -> Mapping[str, Any]:
        """Statuses and trackers as `describe()` told them, ids of custom fields by name in lower case, and
        projects with their parents, which may move."""
        projects = self._api.entries("projects.json", "projects")
        self._api.prove()
        return {
            "statuses": site["statuses"],
            "trackers": site["trackers"],
            "labels": site["labels"],
            "fields": {name.strip().casefold(): id for name, id in site["fields"].items()},
            "projects": {
                str(one["id"]): {
                    "key": str(one.get("identifier") or one["id"]),
                    "parent": str((one.get("parent") or {}).get("id") or ""),
                }
                for one in projects
            },
        }

    def pasts(self, ids: Iterable[str]) -> Iterator[Past]:
        """Record and journals come in one answer. An issue that was last changed in the second in which it
        was made has no past that any day could tell."""
        changed: list[str] = []
        for record in self._source.fetch(ids):
            if record.data.get("updated_on") == record.data.get("created_on"):
                yield Past(record)
            else:
                changed.append(record.id)
        for past in self._api.http.parallel(self._past, changed):
            if past is not None:
                yield past

    def _past(self, id: str) -> Past | None:
        """None where it has gone in between."""
        try:
            issue = self._api.issue(id, "children,journals")
        except NotFound:
            return None
        try:
            told = [_change(journal) for journal in issue["journals"]]
            below = [child["id"] for child in issue.get("children") or ()]
        except ODD as error:
            message = f"issue #{id} came without its journals, or with odd ones"
            raise UnexpectedAnswer(self._api.http.system, message, "check `url`") from error
        return Past(raw(issue, below), tuple(change for change in told if change["details"]))


def _change(journal: Mapping[str, Any]) -> Mapping[str, Any]:
    details = [one for one in journal["details"] if one["name"] not in UNTOLD]
    return {"at": journal["created_on"], "details": [{n: one.get(n) for n in KEPT} for one in details]}
