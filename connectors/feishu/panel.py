"""A key result shown on a record: figures in columns, comments in a text column."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bridge.errors import NotFound, Rejected
from bridge.model import Document
from bridge.model.same import same
from connectors.base import Found, FoundComment, Mark
from connectors.feishu.api import Record
from connectors.feishu.shape import Shape
from connectors.feishu.source import FeishuSource, panel
from connectors.feishu.tables import Tables
from mappings.feishu_fields import cell, held, plain, words
from mappings.feishu_text import added, comments, removed, rewritten

MAKE = "make it with `okr-bridge fields install`, or by hand in the table"
DROPPED = "see that the app may edit this table and column"


class FeishuPanel:
    """Writes are made one after the other: a base refuses two at once to one table."""

    def __init__(self, tables: Tables, source: FeishuSource) -> None:
        self._tables = tables
        self._source = source
        self._writing = threading.Lock()

    def look(self, item: str) -> Found:
        shape, record = self._one(item)
        found = [FoundComment(one.id, Mark(*one.sign)) for one in comments(_text(shape, record))]
        return Found(fields=held(panel(shape, record)), comments=tuple(found))

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that the table has no column for, or that were not taken: all are
        read back."""
        if property is not None:
            raise self._refused("a base keeps no properties", "set `property = false`")
        if not fields:
            return
        shape, _ = self._one(item)
        if unknown := [role for role in fields if role not in shape.panel]:
            message = f"the table {shape.name} has no column for {', '.join(unknown)}"
            raise self._refused(message, MAKE, dict.fromkeys(unknown, "no such column"))
        with self._writing:
            self._put(item, self._cells(shape, fields))
        now = held(panel(*self._one(item)))
        if lost := [role for role, value in fields.items() if not same(now.get(role), value)]:
            message = f"{item} was answered as done, and did not take {', '.join(lost)}"
            raise self._refused(message, DROPPED, dict.fromkeys(lost, "not taken"))

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        """Its id, a number within the cell. Raises NotFound where it is gone."""
        sign = (mark.instance, mark.kr, mark.hash)
        if comment is None:
            id = ""

            def add(now: str) -> str:
                nonlocal id
                whole, id = added(now, body, sign)
                return whole

            whole = self._rewrite(item, add)
        else:
            id = comment
            whole = self._rewrite(item, lambda now: rewritten(now, id, body, sign))
            if whole is None:
                raise NotFound(self._tables.system, f"{item} has no comment {id} of ours", "it was taken out")
        one = next((one for one in comments(whole or "") if one.id == id), None)
        if one is None or one.sign != sign:
            raise self._refused(f"{item} was answered as done, and did not take the comment", DROPPED)
        return id

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        """Empty these columns, as far as the table has them."""
        now = held(panel(*self._one(item)))
        self.put_values(item, {role: None for role in roles if now.get(role) is not None})

    def remove_comment(self, item: str, comment: str) -> None:
        if self._one(item)[0].comment is not None:
            self._rewrite(item, lambda now: removed(now, comment))

    def _rewrite(self, item: str, change: Callable[[str], str | None]) -> str | None:
        """The cell of the comments, read, changed and read again; None where `change` found nothing to do.
        What people type into it in between the two would be lost: the platform has no way to prevent it."""
        with self._writing:
            shape, record = self._one(item)
            if shape.comment is None:
                names = " or ".join(map(repr, self._tables.settings.comment_names))
                raise self._refused(f"the table {shape.name} has no text column called {names}", MAKE)
            whole = change(_text(shape, record))
            if whole is None:
                return None
            self._put(item, {shape.comment.name: whole or None})
        return _text(*self._one(item))

    def _cells(self, shape: Shape, fields: Mapping[str, Any]) -> dict[str, Any]:
        cells = {}
        for role, value in fields.items():
            column = shape.panel[role]
            try:
                cells[column.name] = column.stored(cell(column.kind, value))
            except ValueError as error:
                message = f"{column.name} is a column for dates, and {value!r} is none"
                raise self._refused(message, MAKE, {role: "no date"}) from error
        return cells

    def _put(self, item: str, values: Mapping[str, Any]) -> None:
        table, _, id = item.partition("/")
        body = {"fields": values}
        self._tables.api.call("PUT", f"/tables/{table}/records/{id}", body=body, repeatable=True, item=item)

    def _one(self, item: str) -> tuple[Shape, Record]:
        if found := self._source.one(item):
            return found
        raise NotFound(
            self._tables.system, f"there is no record {item}", "it is gone, or hidden from the app"
        )

    def _refused(self, message: str, hint: str, fields: dict[str, str] | None = None) -> Rejected:
        return Rejected(self._tables.system, message, hint, fields=fields)


def _text(shape: Shape, record: Record) -> str:
    if shape.comment is None:
        return ""
    return "".join(words(plain((record.get("fields") or {}).get(shape.comment.name))))
