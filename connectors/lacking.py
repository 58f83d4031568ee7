"""What a tool does not have: refused in plain words, for connectors to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from bridge.errors import Rejected, UnexpectedAnswer
from bridge.model import Document, Finding, Selector
from connectors.base import NO_SCOPE, Account, CheckScope, Found, Mark, NewItem, RemoteLink, Traffic
from connectors.http import Http


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
        hint = "set `remote_link = false`: the comment names the page"
        raise Rejected(self.name, f"{item}: this tool links to nothing outside", hint)

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


class Reader(Protocol):
    """What a check needs of a connector."""

    name: str

    def login(self) -> Account: ...
    def identities(self, selector: Selector) -> frozenset[str]: ...


class OverHttp(Lacking):
    """What every connector over HTTP begins with: who it is, what went over the wire, a plain check."""

    def __init__(self, http: Http) -> None:
        self.name = http.system
        self.http = http

    @property
    def requests(self) -> int:
        return self.http.requests

    @property
    def traffic(self) -> Traffic:
        return self.http.traffic

    def describe(self) -> Mapping[str, Any]:
        """Nothing: the mapping needs no facts of the site."""
        return {}

    def check(self: Reader, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        yield Finding("info", self.name, f"logged in as {self.login().name}")
        for selector in scope.selectors:
            try:
                hits = len(self.identities(selector))
            except (Rejected, UnexpectedAnswer) as error:
                yield Finding("error", self.name, error.message, error.hint)
            else:
                yield Finding("info" if hits else "warning", self.name, f"{selector} hits {hits} items")

    def close(self) -> None:
        self.http.close()
