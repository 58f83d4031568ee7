"""A key result shown on an issue: custom fields, and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.errors import AccessDenied, Rejected
from bridge.model import Document
from connectors.base import Found, Mark
from connectors.redmine.api import Api, number, said
from connectors.redmine.notes import Notes
from connectors.redmine.rights import HIDE, lacks
from mappings.redmine_fields import held

MISSING = "an administrator makes it: Administration > Custom fields, for this tracker and project"
DROPPED = "give the account's role Edit issues, and see that the workflow does not make the field read-only"
LONGEST = 255
"""Characters of a one-line text field."""


class RedminePanel:
    """`site` is what `describe()` tells: `fields` are the ids of the bridge's fields by role, as far as it
    has them."""

    def __init__(self, api: Api, site: Mapping[str, Any], *, private: bool) -> None:
        self._api = api
        self.fields: Mapping[str, str] = site["panel"]
        may = site.get("rights", {})
        open = {project for project in may if lacks(may, project, frozenset({HIDE}))}
        self._notes = Notes(api, private=private, open=open)

    def look(self, item: str) -> Found:
        issue = self._api.issue(item, "journals")
        return Found(fields=held(issue, self.fields), comments=self._notes.marked(issue))

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that Redmine disliked or dropped: a field that it does not let this
        account write is left out of a write without a word, so all are read back."""
        if property is not None:
            raise Rejected(self._api.http.system, "Redmine keeps no properties", "set `property = false`")
        if not fields:
            return
        issue = self._api.issue(item)
        self._check(issue, fields)
        wanted = {role: _spelt(role, value) for role, value in fields.items()}
        values = [{"id": int(self.fields[role]), "value": value} for role, value in wanted.items()]
        self._write(item, values)
        now = held(self._api.issue(item), self.fields)
        lost = [role for role, value in wanted.items() if not _same(now.get(role), value)]
        if lost:
            message = (
                f"PUT issues/{number(item)}.json was answered as done, and did not set {', '.join(lost)}"
            )
            raise Rejected(self._api.http.system, message, DROPPED, fields=dict.fromkeys(lost, "not taken"))

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self._notes.put(item, body, mark, comment)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        """Empty these fields, as far as the issue has them."""
        now = held(self._api.issue(item), self.fields)
        self.put_values(item, {role: None for role in roles if now.get(role) is not None})

    def remove_comment(self, item: str, comment: str) -> None:
        self._notes.remove(item, comment)

    def _check(self, issue: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
        there = held(issue, self.fields)
        if unknown := [role for role in fields if role not in there]:
            message = f"issue {issue['id']} has no field for {', '.join(unknown)}"
            gone = dict.fromkeys(unknown, "no such field")
            raise Rejected(self._api.http.system, message, MISSING, fields=gone)

    def _write(self, item: str, values: list[dict[str, Any]]) -> None:
        path, body = f"issues/{number(item)}.json", {"issue": {"custom_fields": values}}
        try:
            self._api.http.call("PUT", path, body=body, repeatable=True, item=item)
        except AccessDenied as error:
            if error.login:
                raise
            self._api.issue(item)
            raise AccessDenied(error.system, said(error), 'give the account\'s role "Edit issues"') from error
        except Rejected as error:
            raise self._by_role(item, error) from error

    def _by_role(self, item: str, error: Rejected) -> Rejected:
        """The message names fields by their labels, with one capital: the longest one first tells whose."""
        issue = self._api.issue(item)
        by_id = {id: role for role, id in self.fields.items()}
        labels = {
            str(one.get("name", "")): by_id[str(one["id"])]
            for one in issue.get("custom_fields") or ()
            if str(one["id"]) in by_id
        }
        text = said(error)
        told = text.casefold()
        blamed = {}
        for label in sorted(labels, key=len, reverse=True):
            if f"{label.casefold()} " in told:
                told = told.replace(f"{label.casefold()} ", " ")
                blamed[labels[label]] = text
        hint = "the field takes no such value: see its format, length and list of values"
        return Rejected(error.system, text, hint, fields=blamed)


def _spelt(role: str, value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    return text[:LONGEST] if role == "key_result" else text


def _same(one: Any, wanted: str) -> bool:
    """Redmine gives values back as texts, numbers as it keeps them, and line ends in its own way."""
    text = "" if one is None else str(one)
    if text.strip() == wanted.strip():
        return True
    try:
        return Decimal(text) == Decimal(wanted)
    except InvalidOperation:
        return False
