"""The bridge's comments on a card: found by the line they end with, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import NotFound, PartialRead, Rejected, Transient
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.trello.api import Api
from mappings.trello_text import comment_text, mark_of

PAGES = 20
"""Trello gives no more pages of a card's actions."""
DROPPED = "look at the card: somebody, or a rule of the board, took it away at once"


class Comments:
    """Of our own account only: anybody can type a line like the one that ours end with."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """Oldest first."""
        own = self._api.account()
        ours = (one for one in reversed(self._all(item)) if one.get("idMemberCreator") == own)
        found = ((one["id"], mark_of(_text(one))) for one in ours)
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome.

        The text goes in the body: in the address, where the document has it, a thousand Chinese characters
        are too long.
        """
        text = comment_text(body, (mark.instance, mark.kr, mark.hash))
        path = f"cards/{item}/actions"
        if comment is None:
            what = f"POST {path}/comments"
            told = self._api.write("POST", f"{path}/comments", item, body={"text": text})
        else:
            what = f"PUT {path}/{comment}/comments"
            told = self._api.write("PUT", f"{path}/{comment}/comments", item, body={"text": text})
        return self._kept(told, text, comment, what)

    def remove(self, item: str, comment: str) -> None:
        try:
            self._api.write("DELETE", f"cards/{item}/actions/{comment}/comments", item)
        except NotFound:
            return

    def _kept(self, told: Any, text: str, comment: str | None, what: str) -> str:
        """The id, once the comment reads as it was put."""
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
        if _text(stands) != text:
            message = f"{what} was answered as done, and the comment reads otherwise"
            raise Rejected(self._api.http.system, message, DROPPED)
        return id

    def _all(self, item: str) -> list[Mapping[str, Any]]:
        """To an empty page: a short one need not be the last."""
        found: dict[str, Mapping[str, Any]] = {}
        path = f"cards/{item}/actions"
        for number in range(PAGES):
            page = self._api.many(path, {"filter": "commentCard", "page": number})
            if not page:
                return list(found.values())
            if page[-1]["id"] in found:
                raise self._api.unexpected(f"GET {path} gave a page again instead of the next one")
            found |= {one["id"]: one for one in page}
        message = f"card {item} has more comments than Trello lists ({len(found)} and more)"
        raise PartialRead(self._api.http.system, message, "show the key result on another card")


def _text(action: Mapping[str, Any]) -> str:
    return str((action.get("data") or {}).get("text") or "").replace("\r\n", "\n").strip()
