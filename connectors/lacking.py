"""What a tool does not have: refused in plain words, for connectors to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from bridge.errors import Rejected
from bridge.model import Document
from connectors.base import Found, Mark, NewItem, RemoteLink


class Lacking:
    """Panel and Provisioner of a tool that shows nothing and makes nothing: nothing of ours stands there,
    and whatever would be put is refused. A connector has these and, in their place, what its tool can do."""

    name: str

    def look(self, item: str) -> Found:  # noqa: ARG002
        return Found()

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:  # noqa: ARG002
        self._lacks(item, "figures")

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:  # noqa: ARG002
        self._lacks(item, "comments")

    def put_link(self, item: str, link: RemoteLink) -> None:  # noqa: ARG002
        self._lacks(item, "links")

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        """There are none."""

    def remove_comment(self, item: str, comment: str) -> None:
        """There are none."""

    def remove_link(self, item: str, global_id: str) -> None:
        """There are none."""

    def find_made(self, marker: str) -> str | None:  # noqa: ARG002
        return None

    def can_make(self, project: str) -> None:
        self._lacks(project, "items of the bridge's own")

    def make(self, item: NewItem) -> str:
        self._lacks(item.title, "items of the bridge's own")

    def _lacks(self, item: str, what: str) -> NoReturn:
        raise Rejected(
            self.name, f"{item}: this tool takes no {what}", "show the key result on another anchor"
        )
