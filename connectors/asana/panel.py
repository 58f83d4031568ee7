"""A key result shown on a task: custom fields, comments, and an app's own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from bridge.errors import AccessDenied, Rejected
from bridge.model import Document
from bridge.model.same import same
from connectors.asana.api import Api, Record, hidden, said
from connectors.asana.comments import Comments
from connectors.asana.filters import VALUES
from connectors.asana.links import Links
from connectors.base import Found, Mark
from mappings.asana_fields import fields_of, fold, held, spelt

ALL = f"{VALUES},custom_fields.enum_options.name,custom_fields.enum_options.enabled"
MISSING = "add the custom field to the task's project: Customize > Fields"
DROPPED = "see the field's type and number of decimals, and whether the account may edit the project"
EDITING = "give the bridge's account the project role Editor"
LONGEST = 32_768
"""Characters of an app's data on one task."""


class AsanaPanel:
    """`names` are the bridge's fields by role; which of them a task has is told by the task."""

    def __init__(self, api: Api, account: str, names: Mapping[str, str], *, external: bool) -> None:
        self._api = api
        self.names = dict(names)
        self._external = external
        self.comments = Comments(api, account)
        self.links = Links(api)

    def look(self, item: str) -> Found:
        task = self._task(item, VALUES)
        return Found(
            fields=held(task, self.names),
            property=self._property(task),
            comments=self.comments.marked(item),
            links=self.links.marked(item),
        )

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that the task has no field for, or that Asana did not keep: all
        are read back."""
        data: dict[str, Any] = self._spelt(item, fields)
        if property is not None:
            data["external"] = self._packed(property)
        if not data:
            return
        self._write(item, data)
        task = self._task(item, VALUES)
        now = held(task, self.names)
        lost = [role for role, value in fields.items() if not same(now.get(role), value)]
        lost += ["property"] if property is not None and self._property(task) != property else []
        if lost:
            message = f"PUT tasks/{item} was answered as done, and did not set {', '.join(lost)}"
            raise Rejected(self._api.system, message, DROPPED, fields=dict.fromkeys(lost, "not taken"))

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self.comments.put(item, body, mark, comment)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        """Empty these fields, as far as the task has them, and what our app keeps there."""
        task = self._task(item, ALL)
        now = held(task, self.names)
        full = {role: None for role in roles if now.get(role) is not None}
        data = self._spelt(item, full, task)
        if property and self._external and self._property(task) is not None:
            data["external"] = {"data": ""}
        self._write(item, data)

    def remove_comment(self, item: str, comment: str) -> None:
        self.comments.remove(item, comment)

    def _task(self, item: str, fields: str) -> Record:
        return self._api.record(f"tasks/{item}", f"{fields},external.data" if self._external else fields)

    def _property(self, task: Record) -> Any:
        told = (task.get("external") or {}).get("data")
        try:
            return orjson.loads(told) if told else None
        except orjson.JSONDecodeError:
            return None

    def _packed(self, property: Any) -> dict[str, str]:
        if not self._external:
            message = "Asana keeps an app's data for OAuth apps only"
            raise Rejected(self._api.system, message, "set `property = false`, or `external_data = true`")
        text = orjson.dumps(property).decode()
        if len(text) > LONGEST:
            raise Rejected(self._api.system, "the property is too long for Asana", "anchor fewer key results")
        return {"data": text}

    def _spelt(self, item: str, values: Mapping[str, Any], task: Record | None = None) -> dict[str, Any]:
        if not values:
            return {}
        fields = fields_of(task or self._task(item, ALL))
        blamed, sent = dict[str, str](), dict[str, Any]()
        for role, value in values.items():
            field = fields.get(fold(self.names.get(role, "")))
            try:
                if field is None:
                    raise ValueError("no such field")
                sent[str(field["gid"])] = spelt(field, value)
            except ValueError as error:
                blamed[role] = str(error)
        if blamed:
            told = ", ".join(f"{self.names.get(role, role)!r} {why}" for role, why in blamed.items())
            raise Rejected(self._api.system, f"task {item}: {told}", MISSING, fields=blamed)
        return {"custom_fields": sent}

    def _write(self, item: str, data: Mapping[str, Any]) -> None:
        if not data:
            return
        try:
            self._api.http.call("PUT", f"tasks/{item}", body={"data": data}, repeatable=True, item=item)
        except AccessDenied as error:
            if not isinstance(hidden(error), AccessDenied):
                # Hidden altogether, or there to see and not to write.
                self._task(item, VALUES)
                raise AccessDenied(error.system, said(error), EDITING) from error
            raise

    def lacking(self, item: str) -> list[str]:
        """The names of the bridge's fields that the task has not."""
        there = fields_of(self._task(item, VALUES))
        return [name for name in self.names.values() if fold(name) not in there]
