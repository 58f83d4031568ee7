"""A key result shown on a task: custom fields, and comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.errors import AccessDenied, Rejected
from bridge.model import Document
from bridge.model.same import same
from connectors.base import Found, Mark
from connectors.clickup.api import Api, Task, said
from connectors.clickup.comments import Comments
from mappings.clickup_fields import Field, Unfit, fold, held, named, spelt

MISSING = "make it in ClickUp, for the list of this task: Customize > Fields"
DROPPED = "let the account edit the list's tasks, and see that the field is of a type that the docs name"


class ClickUpPanel:
    """`names` are the names of the bridge's fields by role."""

    def __init__(self, api: Api, names: Mapping[str, str]) -> None:
        self._api = api
        self.names = dict(names)
        self._comments = Comments(api)

    def look(self, item: str) -> Found:
        return Found(fields=held(self._api.task(item), self.names), comments=self._comments.marked(item))

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """One call a field, for those alone that are not so yet: free plans count every one. Raises Rejected
        with the roles that ClickUp disliked or dropped, once the others are written; all are read back."""
        if property is not None:
            raise Rejected(self._api.http.system, "ClickUp keeps no properties", "set `property = false`")
        if not fields:
            return
        task = self._api.task(item)
        there = self._there(task)
        if unknown := [role for role in fields if role not in there]:
            message = f"task {item} has no field for {', '.join(unknown)}"
            raise Rejected(
                self._api.http.system, message, MISSING, fields=dict.fromkeys(unknown, "no such field")
            )
        before = held(task, self.names)
        new = {role: told for role, told in fields.items() if not same(before[role], told)}
        blamed = {role: why for role, told in new.items() if (why := self._set(item, there[role], told))}
        now = held(self._api.task(item), self.names) if new else {}
        lost = [role for role, told in new.items() if role not in blamed and not same(now.get(role), told)]
        blamed |= dict.fromkeys(lost, "was answered as set, and is not")
        if blamed:
            told = "; ".join(f"{role} {why}" for role, why in blamed.items())
            raise Rejected(self._api.http.system, f"task {item}: {told}", DROPPED, fields=blamed)

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self._comments.put(item, body, mark, comment)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        """Empty these fields, as far as the task has them."""
        now = held(self._api.task(item), self.names)
        self.put_values(item, {role: None for role in roles if now.get(role) is not None})

    def remove_comment(self, item: str, comment: str) -> None:
        self._comments.remove(item, comment)

    def _there(self, task: Task) -> dict[str, Field]:
        fields = named(task.get("custom_fields") or ())
        return {role: fields[fold(name)] for role, name in self.names.items() if fold(name) in fields}

    def _set(self, item: str, field: Field, wanted: Any) -> str:
        """Why not; empty where ClickUp took it."""
        path = f"task/{item}/field/{field['id']}"
        try:
            if wanted is None:
                self._api.http.call("DELETE", path, repeatable=True, item=item)
            else:
                body = spelt(field, wanted)
                self._api.http.call("POST", path, body=body, repeatable=True, item=item)
        except Unfit as error:
            return f"({field['name']}) {error}"
        except ValueError:
            return f"({field['name']}) takes no {wanted!r}"
        except Rejected as error:
            return said(error)
        except AccessDenied as error:
            if not error.login:
                raise AccessDenied(error.system, said(error), DROPPED) from error
            raise
        return ""
