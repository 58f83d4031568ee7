"""A key result shown on a page: properties, and comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Document
from bridge.model.same import same
from connectors.base import Found, FoundComment, Mark
from connectors.notion.api import Api, Entry
from connectors.notion.source import source_of
from mappings.notion_fields import held, spelt, text_of, values_of
from mappings.notion_text import comment as rendered
from mappings.notion_text import mark_of

MISSING = "make it with `okr-bridge fields install --apply`, or by hand with the type that the documents name"
UPDATING = 'give the connection the capability "Update content"'
COMMENTING = 'give the connection the capabilities "Read comments" and "Insert comments"'


class NotionPanel:
    """`sources` are those of `describe()`."""

    def __init__(self, api: Api, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._api = api
        self._sources = sources

    def look(self, item: str) -> Found:
        page = self._api.page(item)
        return Found(fields=held(*self._own(page)), comments=self._marked(item))

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that Notion disliked, or has not as they were put."""
        if property is not None:
            raise Rejected(self._api.http.system, "Notion keeps no properties for machines", NO_PROPERTY)
        page = self._api.page(item)
        values, panel = self._own(page)
        there = held(values, panel)
        if unknown := [role for role in fields if role not in there]:
            message = f"page {item} has no property for {', '.join(unknown)}"
            raise self._refused(message, MISSING, dict.fromkeys(unknown, "no such property"))
        if fields:
            names = {one["id"]: name for name, one in page["properties"].items()}
            told = {role: {**panel[role], "name": names[panel[role]["id"]]} for role in fields}
            self._write(item, {role: (told[role], value) for role, value in fields.items()})

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        """Empty these properties, as far as the page has them."""
        now = held(*self._own(self._api.page(item)))
        self.put_values(item, {role: None for role in roles if now.get(role) is not None})

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome."""
        signed = (mark.instance, mark.kr, mark.hash)
        parts = rendered(body, signed)
        if comment is None:
            sent = {"parent": {"page_id": item}, "rich_text": parts}
            comment = str(self._say("POST", "comments", sent, item)["id"])
        else:
            self._say("PATCH", f"comments/{comment}", {"rich_text": parts}, item)
        stands = text_of(self._api.read(f"comments/{comment}", "comment").get("rich_text"))
        # By its mark, which has the hash of the content: Notion has its own ways with addresses and blanks.
        if mark_of(stands) != signed:
            message = f"the comment on page {item} was answered as done, and does not stand there"
            raise Rejected(self._api.http.system, message, COMMENTING)
        return comment

    def remove_comment(self, item: str, comment: str) -> None:
        try:
            self._say("DELETE", f"comments/{comment}", None, item)
        except NotFound:
            return

    def _own(self, page: Entry) -> tuple[dict[str, Any], Mapping[str, Mapping[str, Any]]]:
        """The values of the bridge's properties by id, and the properties by role."""
        panel = self._sources.get(source_of(page), {}).get("panel", {})
        return values_of(page["properties"], (one["id"] for one in panel.values())), panel

    def _marked(self, item: str) -> tuple[FoundComment, ...]:
        """Of our own only: anybody can type a line like the one that ours end with."""
        try:
            stand = self._api.comments(item)
        except AccessDenied as error:
            raise self._denied(error, COMMENTING) from error
        ours = [one for one in stand if (one.get("created_by") or {}).get("id") in self._api.owners]
        marks = ((str(one["id"]), mark_of(text_of(one.get("rich_text")))) for one in ours)
        return tuple(FoundComment(id, Mark(*mark)) for id, mark in marks if mark)

    def _write(self, item: str, wanted: Mapping[str, tuple[Mapping[str, Any], Any]]) -> None:
        body = {"properties": {one["name"]: spelt(value, one) for one, value in wanted.values()}}
        try:
            self._api.http.call("PATCH", f"pages/{item}", body=body, repeatable=True, item=item)
        except AccessDenied as error:
            raise self._denied(error, UPDATING) from error
        except Rejected as error:
            text = error.message.removeprefix(f"{error.system}: ")
            blamed = {role: text for role, (one, _) in wanted.items() if one["name"] in text}
            raise self._refused(text, "the property takes no such value: see its type", blamed) from error
        values, panel = self._own(self._api.page(item))
        now = held(values, panel)
        lost = [role for role, (_, value) in wanted.items() if not same(now.get(role), value)]
        if lost:
            message = f"PATCH pages/{item} was answered as done, and did not set {', '.join(lost)}"
            raise self._refused(message, LOST, dict.fromkeys(lost, "not taken"))

    def _say(self, method: str, path: str, body: Any, item: str) -> Entry:
        try:
            answer = self._api.http.call(method, path, body=body, repeatable=method != "POST", item=item)
        except AccessDenied as error:
            raise self._denied(error, COMMENTING) from error
        found: Entry = answer.data
        return found

    def _denied(self, error: AccessDenied, hint: str) -> AccessDenied:
        if error.login:
            return error
        return AccessDenied(error.system, error.message.removeprefix(f"{error.system}: "), hint)

    def _refused(self, message: str, hint: str, fields: dict[str, str]) -> Rejected:
        return Rejected(self._api.http.system, message, hint, fields=fields)


NO_PROPERTY = "set `property = false`"
LOST = 'see the property\'s type: a date keeps no seconds, so "KR updated" is best a text'
