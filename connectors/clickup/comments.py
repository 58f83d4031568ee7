"""The bridge's comments on a task: found by the line they end with, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.clickup.api import Api, said
from mappings.clickup_text import comment as text_of
from mappings.clickup_text import mark_of

COMMENTING = 'let the account comment on the list, or say `comment` = "off"'


class Comments:
    """Of our own account only: anybody can type a line like the one that ours end with."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """Oldest first. NotFound where the task is hidden."""
        found = ((id, mark_of(_text(one))) for id, one in self._ours(item).items())
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome."""
        told = (mark.instance, mark.kr, mark.hash)
        text = text_of(body, told)
        made = self._add(item, text) if comment is None else self._edit(item, comment, text)
        now = self._ours(item).get(made)
        # By its mark, which has the hash of the content: ClickUp has its own ways with white space.
        if now is None or mark_of(_text(now)) != told:
            message = f"the comment {made} on task {item} was answered as written, and is not there"
            raise Rejected(self._api.http.system, message, COMMENTING)
        return made

    def remove(self, item: str, comment: str) -> None:
        try:
            if comment in self._ours(item):
                self._write("DELETE", f"comment/{comment}", item)
        except NotFound:
            return

    def _add(self, item: str, text: str) -> str:
        body = {"comment_text": text, "notify_all": False}
        data = self._write("POST", f"task/{item}/comment", item, body)
        return str(self._api.member({"id": str((data or {}).get("id") or "")}, "id", str, "POST comment"))

    def _edit(self, item: str, comment: str, text: str) -> str:
        """Who it is assigned to and whether it is resolved stay as people left them. The document wants an
        assignee; a text alone is taken (`comment edit` of github.com/triptechtravel/clickup-cli sends no
        more), and leaves a comment that nobody is to deal with as it is."""
        held = self._ours(item).get(comment)
        if held is None:
            raise NotFound(self._api.http.system, f"task {item} has no comment {comment} of ours", "")
        body: dict[str, Any] = {"comment_text": text, "resolved": held.get("resolved") is True}
        if assignee := (held.get("assignee") or {}).get("id"):
            body["assignee"] = int(assignee)
        self._write("PUT", f"comment/{comment}", item, body)
        return comment

    def _write(self, method: str, path: str, item: str, body: Any = None) -> Any:
        """Raises NotFound where the task is not there, AccessDenied where it is and may not be written."""
        try:
            again = method != "POST"
            return self._api.http.call(method, path, body=body, repeatable=again, item=item).data
        except AccessDenied as error:
            if not error.login:
                self._api.task(item)
                raise AccessDenied(error.system, said(error), COMMENTING) from error
            raise

    def _ours(self, item: str) -> dict[str, Mapping[str, Any]]:
        own = self._api.account
        found = [one for one in self._api.comments(item) if str((one.get("user") or {}).get("id")) == own]
        return {str(one["id"]): one for one in reversed(found)}


def _text(comment: Mapping[str, Any]) -> str:
    return str(comment.get("comment_text") or "").replace("\r\n", "\n").strip()
