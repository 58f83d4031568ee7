"""The bridge's comments on a task: found by the line they end with, edited in place."""

from __future__ import annotations

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Document
from connectors.asana.api import Api, Record, hidden, said
from connectors.base import FoundComment, Mark
from mappings.asana_text import mark_of, story

READ = "text,created_by,resource_subtype"
COMMENT = "comment_added"
COMMENTING = "give the bridge's account the project role Commenter or Editor"


class Comments:
    """Of our own account only: anybody can type a line like the one that ours end with, and Asana lets
    nobody edit what another account said."""

    def __init__(self, api: Api, account: str) -> None:
        self._api = api
        self._account = account

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """Oldest first."""
        listed = self._api.entries(f"tasks/{item}/stories", READ)
        found = ((str(one["gid"]), mark_of(str(one.get("text") or ""))) for one in listed if self._ours(one))
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone or is another account's by now, Transient(maybe_done)
        after an unknown outcome."""
        text = story(body, (mark.instance, mark.kr, mark.hash))
        made = self._add(item, text) if comment is None else self._edit(item, comment, text)
        read = self._api.record(f"stories/{made}", READ)
        if mark_of(str(read.get("text") or "")) != (mark.instance, mark.kr, mark.hash):
            message = f"the comment {made} was answered as written, and is another one"
            raise Rejected(self._api.system, message, "see whether a rule or another app rewrites comments")
        return made

    def remove(self, item: str, comment: str) -> None:
        try:
            self._api.http.call("DELETE", f"stories/{comment}", repeatable=True, item=item)
        except NotFound:
            return

    def _add(self, item: str, text: str) -> str:
        path, body = f"tasks/{item}/stories", {"data": {"html_text": text}}
        try:
            answer = self._api.http.call("POST", path, body=body, repeatable=False, item=item)
        except AccessDenied as error:
            if isinstance(hidden(error), NotFound):
                # Hidden altogether, or there to see and not to comment on.
                self._api.record(f"tasks/{item}")
                raise AccessDenied(error.system, said(error), COMMENTING) from error
            raise
        return str(self._api.one(answer.data, f"POST {path}")["gid"])

    def _edit(self, item: str, comment: str, text: str) -> str:
        path, body = f"stories/{comment}", {"data": {"html_text": text}}
        try:
            self._api.http.call("PUT", path, body=body, repeatable=True, item=item)
        except AccessDenied as error:
            raise hidden(error) from error
        return comment

    def _ours(self, one: Record) -> bool:
        author = (one.get("created_by") or {}).get("gid")
        return one.get("resource_subtype") == COMMENT and author == self._account
