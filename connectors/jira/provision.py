"""The Epic that is missing for a key result: looked for by its marker label, else made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from connectors.base import NewItem
from connectors.http import Answer
from connectors.jira.api import Api, part
from connectors.jira.jql import quote
from connectors.jira.site import EPIC_NAME
from connectors.jira.trouble import explained
from mappings.adf import adf
from mappings.wiki import wiki

log = logging.getLogger(__name__)

EPIC_NAMES = ("epic", "史诗", "史詩", "长篇故事", "長篇故事")
FILLED_BY_JIRA = frozenset({"project", "issuetype", "reporter"})
LONGEST = 255
Fields = Mapping[str, Mapping[str, Any]]


class JiraProvisioner:
    """`vouch` raises when an empty answer was given to a caller whose login got lost."""

    def __init__(self, api: Api, vouch: Callable[[Answer], None]) -> None:
        self._api = api
        self._vouch = vouch

    def find_made(self, marker: str) -> str | None:
        """The key of the oldest issue with this label, as far as the index has it.

        The index lags by seconds, at times minutes: None right after an unknown outcome proves nothing.
        """
        query = {"jql": f"labels = {quote(marker)} ORDER BY created ASC", "fields": ["key"], "maxResults": 1}
        path = "search/jql" if self._api.cloud else "search"
        answer = self._api.http.call("POST", f"{self._api.root}/{path}", body=query, repeatable=True)
        issues = self._api.shaped(self._api.shaped(answer.data, dict, path).get("issues"), list, path)
        if not issues:
            self._vouch(answer)
            return None
        return str(issues[0]["key"])

    def can_make(self, project: str) -> None:
        """Raises Rejected where the project has no Epic type for this account."""
        self._epic_type(project)

    def make(self, item: NewItem) -> str:
        """Its key. Raises Rejected where the project asks for fields that the bridge cannot fill.

        An owner or a priority that the project does not know is left out and logged.
        """
        kind = self._epic_type(item.project)
        known = self._fields(item.project, kind)
        values = {"project": {"key": item.project}, "issuetype": {"id": kind}} | self._values(item, known)
        self._complete(item.project, known, values)
        with explained("Create issues"):
            answer = self._api.write(
                "POST", "issue", {"fields": values}, item=f"new:{item.marker}", repeatable=False
            )
        return str(self._api.shaped(answer.data, dict, "issue")["key"])

    def _epic_type(self, project: str) -> str:
        """The id of the type one level above stories: by its level on Cloud, else by its name."""
        path = f"issue/createmeta/{part(project)}/issuetypes"
        with explained("Create issues"):
            types = list(self._api.pages(path, "issueTypes" if self._api.cloud else "values"))
        named = [kind for kind in types if str(kind.get("name", "")).lower() in EPIC_NAMES]
        level = [kind for kind in types if kind.get("hierarchyLevel") == 1]
        for kind in [*(kind for kind in named if kind in level), *level, *named]:
            return str(kind["id"])
        raise Rejected(
            self._api.http.system,
            f"project {project} has no Epic type that this account may create",
            'add one to its issue types, give "Create issues", or make the item by hand and link its key',
        )

    def _fields(self, project: str, kind: str) -> Fields:
        path = f"issue/createmeta/{part(project)}/issuetypes/{part(kind)}"
        entries = self._api.pages(path, "fields" if self._api.cloud else "values")
        return {str(entry["fieldId"]): entry for entry in entries}

    def _values(self, item: NewItem, known: Fields) -> dict[str, Any]:
        """What the project's create screen takes; the marker goes first among the labels."""
        wanted: dict[str, Any] = {
            "summary": item.title[:LONGEST],
            "labels": list(dict.fromkeys([item.marker, *item.labels])),
        }
        if item.body:
            wanted["description"] = adf(item.body) if self._api.cloud else wiki(item.body)
        if item.due:
            wanted["duedate"] = item.due
        if item.owner and (assignee := self._assignee(item)):
            wanted["assignee"] = assignee
        if item.priority and (priority := self._priority(item, known)):
            wanted["priority"] = priority
        wanted |= {id: wanted["summary"] for id, entry in known.items() if _custom(entry) == EPIC_NAME}
        taken = {id: value for id, value in wanted.items() if id in known}
        for id in wanted.keys() - taken.keys() - {"summary", "labels"}:
            self._left_out(item, f"{id}: not on the create screen")
        return taken

    def _complete(self, project: str, known: Fields, values: Mapping[str, Any]) -> None:
        missing = [
            str(entry.get("name", id))
            for id, entry in known.items()
            if entry.get("required") and not entry.get("hasDefaultValue")
            if id not in values and id not in FILLED_BY_JIRA
        ]
        if missing:
            raise Rejected(
                self._api.http.system,
                f"project {project} requires {', '.join(missing)} for an Epic",
                "give them a default or make them optional, or make the Epic by hand and link its key",
                fields=dict.fromkeys(missing, "required"),
            )
        if unfit := [name for name in ("summary", "labels") if name not in values]:
            raise Rejected(
                self._api.http.system,
                f"the create screen of project {project} lacks {', '.join(unfit)}",
                "the marker label is how the Epic is found again: put it on the screen",
                fields=dict.fromkeys(unfit, "not on the create screen"),
            )

    def _assignee(self, item: NewItem) -> Mapping[str, str] | None:
        """The account of an e-mail address, if it may be assigned; addresses are often hidden on Cloud."""
        if "@" not in item.owner:
            self._left_out(item, "owner: not an e-mail address")
            return None
        name = "query" if self._api.cloud else "username"
        params = {name: item.owner, "project": item.project, "maxResults": 2}
        try:
            people = self._api.records("user/assignable/search", params)
        except (AccessDenied, NotFound, Rejected) as error:
            self._left_out(item, f"owner: {error.message}")
            return None
        sure = [p for p in people if str(p.get("emailAddress", "")).lower() == item.owner.lower()]
        found = sure or [person for person in people if not person.get("emailAddress")]
        if len(found) != 1:
            self._left_out(item, "owner: no account that may be assigned has this address")
            return None
        key = "accountId" if self._api.cloud else "name"
        return {key: str(found[0][key])}

    def _priority(self, item: NewItem, known: Fields) -> Mapping[str, str] | None:
        for value in known.get("priority", {}).get("allowedValues") or self._priorities():
            if str(value.get("name", "")).lower() == item.priority.lower():
                return {"id": str(value["id"])}
        self._left_out(item, f"priority: the project knows no {item.priority!r}")
        return None

    def _priorities(self) -> list[Any]:
        """All of the site's, where the create screen does not tell the project's own."""
        return list(self._api.pages("priority/search")) if self._api.cloud else self._api.records("priority")

    def _left_out(self, item: NewItem, why: str) -> None:
        log.warning(
            "%s: %s is made without %s",
            self._api.http.system,
            item.title,
            why,
            extra={"event": "left_out", "connection": self._api.http.system, "marker": item.marker},
        )


def _custom(entry: Mapping[str, Any]) -> str:
    return str((entry.get("schema") or {}).get("custom", ""))
