"""The bridge's notes on an issue: found by the line they end with, edited in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.redmine.api import Api, number, said
from mappings.redmine_text import mark_of, note

EDITING = 'give the account\'s role "Edit own notes"; without it each milestone gets a note of its own'
BY_HAND = "empty the note by hand, or update Redmine; until then each milestone gets a note of its own"
ADDING = 'give the account\'s role "Add notes"'
PRIVATELY = (
    'give the account\'s role "Set notes as private" and "View private notes", or say `private_notes = false`'
)


class Notes:
    """Of our own account only: anybody can type a line like the one that ours end with. `open` are the
    projects, by id, in which the account cannot make a note private."""

    def __init__(self, api: Api, *, private: bool, open: Collection[str]) -> None:
        self._api = api
        self._private = private
        self._open = open

    def marked(self, issue: Mapping[str, Any]) -> tuple[FoundComment, ...]:
        """Of an issue read with its journals, oldest first."""
        found = ((str(one["id"]), mark_of(_text(one))) for one in self._ours(issue))
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome."""
        text = note(body, (mark.instance, mark.kr, mark.hash))
        if comment is None:
            return self._add(item, text)
        self._edit(item, comment, text)
        return comment

    def remove(self, item: str, comment: str) -> None:
        """Redmine drops a note that is emptied."""
        try:
            self._write(item, comment, "")
        except NotFound:
            return

    def _add(self, item: str, text: str) -> str:
        """Redmine does not tell the id of a note: it is looked for among ours, newest first."""
        found = self._api.issue(item, "journals")
        before = {str(one["id"]) for one in self._ours(found)}
        if self._private and str((found.get("project") or {}).get("id")) in self._open:
            message = f"the account's notes on issue {number(item)} cannot be private, so none was made"
            raise AccessDenied(self._api.http.system, message, PRIVATELY)
        issue = {"notes": text, **({"private_notes": True} if self._private else {})}
        path = f"issues/{number(item)}.json"
        try:
            self._api.http.call("PUT", path, body={"issue": issue}, repeatable=False, item=item)
        except AccessDenied as error:
            raise self._denied(error, item, ADDING) from error
        made = [one for one in self._ours(self._api.issue(item, "journals")) if str(one["id"]) not in before]
        mine = [one for one in made if _text(one) == text]
        if not mine:
            message = f"PUT {path} was answered as done, and made no note"
            raise Rejected(self._api.http.system, message, ADDING)
        if self._private and mine[-1].get("private_notes") is not True:
            self._write(item, str(mine[-1]["id"]), "")
            message = f"the note on issue {number(item)} was not made private, and was taken away"
            raise AccessDenied(self._api.http.system, message, PRIVATELY)
        return str(mine[-1]["id"])

    def _edit(self, item: str, comment: str, text: str) -> None:
        self._write(item, comment, text)
        ours = self._ours(self._api.issue(item, "journals"))
        if not any(str(one["id"]) == comment and _text(one) == text for one in ours):
            message = f"PUT journals/{comment}.json was answered as done, and did not change the note"
            raise Rejected(self._api.http.system, message, EDITING)

    def _write(self, item: str, comment: str, text: str) -> None:
        path, body = f"journals/{number(comment)}.json", {"journal": {"notes": text}}
        try:
            self._api.http.call("PUT", path, body=body, repeatable=True, item=item)
        except AccessDenied as error:
            raise self._denied(error, item, EDITING) from error
        except NotFound as error:
            if any(str(one["id"]) == comment for one in self._ours(self._api.issue(item, "journals"))):
                message = f"{said(error)}, though the note is there: Redmine before 5.0 edits none"
                raise AccessDenied(error.system, message, BY_HAND) from error
            raise

    def _denied(self, error: AccessDenied, item: str, hint: str) -> AccessDenied:
        """Refused on an issue that is there to see; raises NotFound where it is not."""
        if not error.login:
            self._api.issue(item)
            return AccessDenied(error.system, said(error), hint)
        return error

    def _ours(self, issue: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        own = self._api.account()
        journals = issue.get("journals") or ()
        return [one for one in journals if str((one.get("user") or {}).get("id")) == own]


def _text(journal: Mapping[str, Any]) -> str:
    return str(journal.get("notes") or "").replace("\r\n", "\n").strip()
