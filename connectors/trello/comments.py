"""The bridge's comments on a card: found by the line they end with, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import NotFound, Rejected, Transient
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.trello.api import Api
from mappings.trello_text import comment_text, mark_of

PAGE = 1000
"""Actions a page, at most; without a limit it is 50."""
DROPPED = "look at the card: somebody, or a rule of the board, took it away at once"


class Comments:
    """Of our own account only: anybody can type a line like the one that ours end with."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """Oldest first."""
        own = self._api.account()
        every = list(self._api.walk(f"cards/{item}/actions", {"filter": "commentCard"}, PAGE))
        ours = (one for one in reversed(every) if one.get("idMemberCreator") == own)
        found = ((one["id"], mark_of(_text(one))) for one in ours)
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome.

        The text goes in the body: in the address, where the document has it, a thousand Chinese characters
        are too long.
        """
        signed = (mark.instance, mark.kr, mark.hash)
        method, of = ("POST", "") if comment is None else ("PUT", f"/{comment}")
        path = f"cards/{item}/actions{of}/comments"
        told = self._api.write(method, path, item, body={"text": comment_text(body, signed)})
        return self._kept(told, signed, comment, f"{method} {path}")

    def remove(self, item: str, comment: str) -> None:
        try:
            self._api.write("DELETE", f"cards/{item}/actions/{comment}/comments", item)
        except NotFound:
            return

    def _kept(self, told: Any, signed: tuple[str, str, str], comment: str | None, what: str) -> str:
        """The id, once the comment bears its mark, which has the hash of the content: Trello has its own
        ways with addresses and blanks."""
        id = comment or (str(told.get("id") or "") if isinstance(told, dict) else "")
        if not id:
            message = f"{self._api.http.system}: {what} told no id"
            raise Transient(
                self._api.http.system, message, "it is looked for at the next run", maybe_done=True
            )
        try:
            stands = self._api.one(f"actions/{id}")
        except NotFound as error:
            message = f"{what} was answered as done, and there is no such comment"
            raise Rejected(self._api.http.system, message, DROPPED) from error
        if mark_of(_text(stands)) != signed:
            message = f"{what} was answered as done, and the comment reads otherwise"
            raise Rejected(self._api.http.system, message, DROPPED)
        return id


def _text(action: Mapping[str, Any]) -> str:
    return str((action.get("data") or {}).get("text") or "").replace("\r\n", "\n").strip()
