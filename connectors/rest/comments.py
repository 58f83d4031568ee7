"""The bridge's comments on an item, as they are described: found by the line they end with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.errors import NotFound
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.rest.described import CommentWays, Record
from connectors.rest.entries import Entries
from connectors.rest.pages import Walker

Told = tuple[str, str, str]


class RestComments:
    """Where comments tell their author, those of our own account only: anybody can type a line like the one
    that ours end with."""

    def __init__(self, walker: Walker, described: CommentWays, account: Callable[[], str]) -> None:
        self._entries = Entries(walker, described.ways)
        self._described = described
        self._account = account

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """In the order in which the system lists them."""
        found = self._ours(self._entries.all(item)).items()
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in found)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome, Rejected
        where it does not stand there afterwards."""
        told = (mark.instance, mark.kr, mark.hash)
        values = {"value": self._described.spell(body, told)}
        before = self._entries.all(item)
        if comment is None:
            self._alone(item, before, told)
            sent = self._entries.make(item, values)
        elif comment in self._ours(before):
            sent = self._entries.change(item, comment, values)
        else:
            raise NotFound(self._entries.system, f"{item} has no comment {comment} of ours", "")
        after = self._entries.all(item)
        mine = [id for id, found in self._ours(after).items() if found == told and (comment or id) == id]
        if not mine:
            self._alone(item, after, told)
            message = f"{sent} was answered as done, and no comment of ours reads so"
            raise self._entries.refused(message, "check `write.comment`: found, text, and the body")
        return next((id for id in mine if id not in before), mine[-1])

    def remove(self, item: str, comment: str) -> None:
        try:
            there = comment in self._ours(self._entries.all(item))
        except NotFound:
            return
        if there:
            self._entries.remove(item, comment)

    def _alone(self, item: str, found: Mapping[str, Record], told: Told) -> None:
        """Raises Rejected where this very comment stands there and is not ours by its author: more and more
        of them would be made."""
        theirs = [id for id, one in found.items() if self._mark(one) == told and not self._own(one)]
        if theirs:
            author = self._described.author
            message = f"{item}: comment {theirs[0]} is ours by its mark, and by {author} it is not"
            hint = "check `write.comment.author` and `read.account`: both must tell the account's id alike"
            raise self._entries.refused(message, hint)

    def _ours(self, found: Mapping[str, Record]) -> dict[str, Told]:
        marks = ((id, self._mark(one)) for id, one in found.items() if self._own(one))
        return {id: mark for id, mark in marks if mark}

    def _mark(self, record: Record) -> Told | None:
        text = self._described.text(record)
        return self._described.mark(text) if isinstance(text, str) else None

    def _own(self, record: Record) -> bool:
        author = self._described.author
        return author is None or str(author(record)) == self._account()
