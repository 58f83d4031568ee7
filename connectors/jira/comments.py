"""The bridge's comments on an issue: found by their property, written with it, edited in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.errors import AccessDenied, NotFound, PartialRead
from bridge.model import Document
from connectors.base import FoundComment, Mark
from connectors.jira.api import Api, part
from connectors.jira.projects import Projects
from connectors.jira.trouble import explained, refuses_silence
from mappings.adf import adf
from mappings.wiki import wiki

PROPERTY = "okr-bridge"
INTERNAL: dict[str, Any] = {"key": "sd.public.comment", "value": {"internal": True}}
"""Makes a comment an internal note; without it a service project shows it on the customer portal."""

MOST_IDS = 1000


class Comments:
    """`visibility` ({type, value} or empty) is sent with every write: left out, an edit may change it."""

    def __init__(self, api: Api, projects: Projects, visibility: Mapping[str, str]) -> None:
        self._api = api
        self._projects = projects
        self._visibility = dict(visibility)
        self._loud: set[str] = set()
        self._own = ""

    def marked(self, item: str) -> tuple[FoundComment, ...]:
        """Comments with a bridge's mark, oldest first; on Data Center those of our own account alone."""
        listed = self._api.pages(f"issue/{part(item)}/comment", "comments", {"orderBy": "created"})
        if self._api.cloud:
            found = self._with_properties([str(comment["id"]) for comment in listed])
        else:
            found = self._of_ours([str(comment["id"]) for comment in listed if self._is_ours(comment)])
        marks = ((id, _mark(value)) for id, value in found)
        return tuple(FoundComment(id, mark) for id, mark in marks if mark)

    def put(self, item: str, body: Document, mark: Mark, comment: str | None) -> str:
        """Its id. Raises NotFound where it is gone, Transient(maybe_done) after an unknown outcome."""
        project = self._projects.of(item)
        properties: list[dict[str, Any]] = [{"key": PROPERTY, "value": _property(mark)}]
        if project.service:
            properties.append(INTERNAL)
        content: dict[str, Any] = {
            "body": adf(body) if self._api.cloud else wiki(body),
            "properties": properties,
        }
        if self._visibility:
            content["visibility"] = self._visibility
        path = f"issue/{part(item)}/comment"
        if comment is None:
            with explained("Add comments"):
                answer = self._api.write("POST", path, content, item=item, repeatable=False)
            return str(self._api.shaped(answer.data, dict, path)["id"])
        with explained("Edit own comments"):
            self._edit(item, f"{path}/{part(comment)}", content, project.key)
        return comment

    def remove(self, item: str, comment: str) -> None:
        try:
            with explained("Delete own comments"):
                self._api.write("DELETE", f"issue/{part(item)}/comment/{part(comment)}", item=item)
        except NotFound:
            return

    def _edit(self, item: str, path: str, content: Mapping[str, Any], project: str) -> None:
        """Without a mail to the watchers where Jira lets us; whether it does is learnt from its refusal."""
        if self._api.cloud and project not in self._loud:
            try:
                self._api.write("PUT", path, content, item=item, params={"notifyUsers": "false"})
            except AccessDenied as error:
                if not refuses_silence(error):
                    raise
                self._loud.add(project)
            else:
                return
        self._api.write("PUT", path, content, item=item)

    def _with_properties(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """On Cloud the list itself tells no properties; this call does."""
        for start in range(0, len(ids), MOST_IDS):
            body = {"ids": [int(id) for id in ids[start : start + MOST_IDS]]}
            page = self._api.ask("comment/list", body, {"expand": "properties"})
            told = self._api.shaped(page, dict, "comment/list").get("values")
            left = set(ids[start : start + MOST_IDS])
            for entry in self._api.shaped(told, list, "comment/list"):
                comment = self._api.shaped(entry, dict, "comment/list")
                held = {one["key"]: one["value"] for one in comment.get("properties") or ()}
                left.discard(str(comment.get("id", "")))
                yield str(comment.get("id", "")), held.get(PROPERTY)
            if left:
                raise self._incomplete(len(left))

    def _of_ours(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """On Data Center each comment is asked for its property; in the order of the ids."""
        found = dict(self._api.http.parallel(self._property_of, ids))
        return ((id, found[id]) for id in ids)

    def _property_of(self, id: str) -> tuple[str, Any]:
        """A comment without our property says so; one that is not there says nothing of whose it is."""
        try:
            return id, self._api.record(f"comment/{part(id)}/properties/{PROPERTY}").get("value")
        except NotFound:
            pass
        try:
            keys = self._api.record(f"comment/{part(id)}/properties").get("keys")
        except NotFound:
            raise self._incomplete(1) from None
        if any(key.get("key") == PROPERTY for key in self._api.shaped(keys, list, "comment properties")):
            raise self._incomplete(1)
        return id, None

    def _incomplete(self, count: int) -> PartialRead:
        """Without it a second comment would be made beside the first."""
        return PartialRead(
            self._api.http.system,
            f"{count} of the comments listed could not be read: gone since, or the login got lost",
            "run again; if it stays, check the account's permissions",
        )

    def _is_ours(self, comment: Mapping[str, Any]) -> bool:
        if not self._own:
            self._own = str(self._api.record("myself")["name"])
        return (comment.get("author") or {}).get("name") == self._own


def _property(mark: Mark) -> dict[str, Any]:
    return {"version": 1, "instance": mark.instance, "kr": mark.kr, "hash": mark.hash}


def _mark(value: Any) -> Mark | None:
    """A bridge's mark, if it is one: anybody who may edit the comment can write a property."""
    if not isinstance(value, Mapping):
        return None
    parts = [value.get(name) for name in ("instance", "kr", "hash")]
    return Mark(*map(str, parts)) if all(isinstance(text, str) for text in parts) else None
