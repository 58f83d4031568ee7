"""A key result shown on an item of a described system: figures, a comment, a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.errors import NotFound, Rejected
from bridge.model import Document
from connectors.base import Found, Mark, RemoteLink
from connectors.rest.bodies import address, filled, merged, same
from connectors.rest.comments import RestComments
from connectors.rest.described import Record
from connectors.rest.links import RestLinks
from connectors.rest.source import RestSource


class RestPanel:
    def __init__(self, source: RestSource) -> None:
        rest = source.rest
        self._source, self._http, self._rest = source, source.http, rest
        self._comments = (
            RestComments(source.walker, rest.comments, lambda: source.account) if rest.comments else None
        )
        self._links = RestLinks(source.walker, rest.links) if rest.links else None

    def look(self, item: str) -> Found:
        return Found(
            fields=self._figures(self._source.there(item)),
            comments=self._comments.marked(item) if self._comments else (),
            links=self._links.marked(item) if self._links else {},
        )

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """One call for all figures that go the same way; then the item is read, for a system may take a
        value and not keep it. Raises Rejected where it did not."""
        missing = [role for role in fields if role not in self._rest.writes]
        if missing or property is not None:
            told = (
                f"no way to write {', '.join(missing)}"
                if missing
                else "a described system keeps no properties"
            )
            raise self._refused(f"{item}: {told}", "see `write`")
        for (method, path), body in self._bodies(item, fields).items():
            self._http.call(method, path, body=body, repeatable=True, item=item)
        found = self._figures(self._source.there(item))
        lost = [
            role for role, value in fields.items() if not same(found[role], self._rest.shown(role, value))
        ]
        if lost:
            raise Rejected(
                self._source.name,
                f"{item}: {', '.join(lost)} was taken and not kept",
                "check `write`: path, body and read",
                fields=dict.fromkeys(lost, "not kept"),
            )

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        if known := [role for role in roles if role in self._rest.writes]:
            self.put_values(item, dict.fromkeys(known))

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        if self._comments is None:
            raise self._refused(f"{item}: no way to write comments", "describe `write.comment`")
        self._source.there(item)
        return self._comments.put(item, body, mark, comment)

    def put_link(self, item: str, link: RemoteLink) -> None:
        if self._links is None:
            raise self._refused(f"{item}: no way to write links", "describe `write.link`")
        self._source.there(item)
        self._links.put(item, link)

    def remove_comment(self, item: str, comment: str) -> None:
        if self._comments:
            self._comments.remove(item, comment)

    def remove_link(self, item: str, global_id: str) -> None:
        """Of an item that is gone, nothing is left."""
        try:
            if self._links:
                self._links.remove(item, global_id)
        except NotFound:
            return

    def _figures(self, record: Record) -> dict[str, Any]:
        return {role: self._rest.shown(role, one.read(record)) for role, one in self._rest.writes.items()}

    def _bodies(self, item: str, fields: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
        bodies: dict[tuple[str, str], Any] = {}
        for role, value in fields.items():
            one = self._rest.writes[role]
            way = (one.method, address(one.path, id=item))
            bodies[way] = merged(bodies.get(way, {}), filled(one.body, {"value": value}))
        return bodies

    def _refused(self, message: str, hint: str) -> Rejected:
        return Rejected(self._source.name, message, hint)
