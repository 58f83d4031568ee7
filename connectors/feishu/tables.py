"""The tables of a base, and records from them: whole, with the columns that they have at the moment."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from bridge.errors import AccessDenied, NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.feishu.answers import NO_RECORD, code_of
from connectors.feishu.api import LISTED, ROWS, Api, Record
from connectors.feishu.settings import FeishuSettings
from connectors.feishu.shape import Shape, fold, shape

BATCH = 100
"""Records of one call by their ids, at most."""
FRESH = 30.0
"""Seconds for which the columns are taken as they were. Records name them, so that a new name is seen."""
ADVANCED = (
    "the base has advanced permissions: let the app manage it, or give a role that it has all rows and "
    "columns of the table"
)


class Tables:
    """Those that the connection names, or all. Safe to share between threads."""

    def __init__(self, api: Api, settings: FeishuSettings) -> None:
        self.api = api
        self.settings = settings
        self._shapes: dict[str, Shape] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    @property
    def system(self) -> str:
        return self.api.http.system

    def shapes(self, *, anew: bool = False) -> Mapping[str, Shape]:
        """By table's id. Raises Rejected for a table that is named and not there."""
        clock = self.api.http.clock.monotonic
        with self._lock:
            if anew or not self._shapes or clock() >= self._until:
                self._shapes, self._until = self._read(), clock() + FRESH
            return self._shapes

    def called(self, name: str) -> Shape | None:
        """A table by id or name."""
        shapes = self.shapes()
        names = {fold(one.name): one for one in shapes.values()}
        return shapes.get(name.strip()) or names.get(fold(name))

    def scan(self, table: Shape, names: Iterable[str], **more: Any) -> list[Record]:
        """All records of a table, with these columns; `more` is a filter or a view. None at all is believed
        only where the base cannot be hiding them."""
        columns = list(names)
        body = {"automatic_fields": True, **({"field_names": columns} if columns else {}), **more}
        path = f"/tables/{table.table}/records/search"
        found = self.api.listed("POST", path, "record_id", ROWS, body)
        if not found:
            self._believe(table, path)
        self.known(table, found)
        return found

    def records(self, table: Shape, ids: list[str]) -> list[Record]:
        """Those of these that are there and may be seen."""
        path = f"/tables/{table.table}/records/batch_get"
        body = {"record_ids": ids, "automatic_fields": True}
        try:
            data = self.api.call("POST", path, body=body, repeatable=True)
        except NotFound as error:
            if code_of(error.message) not in NO_RECORD:
                raise
            half = len(ids) // 2
            parts = (ids[:half], ids[half:]) if half else ()
            return [one for part in parts for one in self.records(table, part)]
        found = data.get("records") or []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise UnexpectedAnswer(self.system, f"POST {path} answered without records", "check `api`")
        self._accounted(path, ids, found, data)
        self.known(table, found)
        return found

    def known(self, table: Shape, records: Iterable[Record]) -> None:
        """Raises PartialRead for a column that the table did not have when it was looked at: it may be one
        that we read, by its new name."""
        now = table.columns.keys()
        strange = {name for one in records for name in one.get("fields") or () if name not in now}
        if strange:
            self._until = 0.0
            raise PartialRead(
                self.system,
                f"the table {table.name} has columns that it had not when it was looked at "
                f"({', '.join(sorted(strange))})",
                "nothing was concluded from it; run again",
            )

    def _accounted(self, path: str, ids: list[str], found: list[Record], data: Mapping[str, Any]) -> None:
        """Each that was asked for is told: there, hidden or gone."""
        there = {str(one.get("record_id")) for one in found}
        absent = {id for name in ("absent_record_ids", "forbidden_record_ids") for id in data.get(name) or ()}
        if there - set(ids):
            raise UnexpectedAnswer(self.system, f"POST {path} told records not asked for", "check `api`")
        if lost := set(ids) - there - absent:
            message = f"POST {path} left out {len(lost)} of {len(ids)} records and did not say why"
            raise PartialRead(self.system, message, ADVANCED)

    def _believe(self, table: Shape, path: str) -> None:
        """A table behind advanced permissions is empty to an app that may not read it."""
        if self.api.prove()[1].get("is_advanced") is not True:
            return
        data = self.api.call("POST", path, params={"page_size": 1}, body={}, repeatable=True)
        if not data.get("items"):
            message = f"the table {table.name} shows no record at all, as one does that may not be read"
            raise AccessDenied(self.system, message, ADVANCED)

    def _read(self) -> dict[str, Shape]:
        listed = self.api.listed("GET", "/tables", "table_id", LISTED)
        names = {str(one["table_id"]): str(one.get("name") or one["table_id"]) for one in listed}
        found = self.api.http.parallel(self._shape, self._chosen(names).items())
        shapes = {one.table: one for one in found}
        return {table: shapes[table] for table in names if table in shapes}

    def _shape(self, table: tuple[str, str]) -> Shape:
        fields = self.api.listed("GET", f"/tables/{table[0]}/fields", "field_id", LISTED)
        return shape(*table, fields, self.settings)

    def _chosen(self, names: Mapping[str, str]) -> dict[str, str]:
        if not self.settings.tables:
            return dict(names)
        by_name = {fold(name): table for table, name in names.items()}
        chosen = {}
        for given in self.settings.tables:
            table = given if given in names else by_name.get(fold(given))
            if table is None:
                hint = "check `tables`, by name or id, and that the app may see it"
                raise Rejected(self.system, f"the base has no table {given!r}", hint)
            chosen[table] = names[table]
        return chosen
