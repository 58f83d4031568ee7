"""Jira's platform API of one site: v3 on Cloud, v2 on Data Center; the rest is the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from bridge.errors import PartialRead, UnexpectedAnswer
from connectors.http import Answer, Http

T = TypeVar("T")


HEADERS = {"X-ExperimentalApi": "true"}
"""Data Center asks for it on operations that it calls experimental (properties); nobody else minds."""


@dataclass(frozen=True, slots=True)
class Api:
    """Calls by their path below `rest/api/N/`; answers are checked for their shape, not only their status."""

    http: Http
    cloud: bool

    @property
    def root(self) -> str:
        return "rest/api/3" if self.cloud else "rest/api/2"

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self.http.call("GET", f"{self.root}/{path}", params=params, repeatable=True).data

    def ask(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """A POST that only reads."""
        answer = self.http.call("POST", f"{self.root}/{path}", params=params, body=body, repeatable=True)
        return answer.data

    def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        item: str,
        params: Mapping[str, Any] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """A write to one item, paced with all others to it."""
        return self.http.call(
            method,
            f"{self.root}/{path}",
            params=params,
            body=body,
            repeatable=repeatable,
            item=item,
        )

    def record(self, path: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """A GET that must answer an object."""
        return self.shaped(self.get(path, params), dict, path)

    def records(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        """A GET that must answer a list of objects."""
        return self._objects(self.get(path, params), path)

    def _objects(self, data: Any, path: str) -> list[Any]:
        return [self.shaped(one, dict, path) for one in self.shaped(data, list, path)]

    def pages(
        self, path: str, key: str = "values", params: Mapping[str, Any] | None = None, size: int = 100
    ) -> Iterator[Any]:
        """Every entry of a list that is paged by `startAt`. Raises PartialRead where it ends too early."""
        start = 0
        while True:
            page = self.record(path, {**(params or {}), "startAt": start, "maxResults": size})
            entries = self._objects(page.get(key), path)
            yield from entries
            start += len(entries)
            total = page.get("total")
            if page.get("isLast") is True or (isinstance(total, int) and start >= total):
                return
            if not entries:
                if isinstance(total, int):
                    raise PartialRead(self.http.system, f"GET {path} ended after {start} of {total}")
                return

    def permissions(self, names: Iterable[str], project: str = "") -> frozenset[str]:
        """Which of these this account holds, in a project or globally. NotFound for a hidden project.

        Cloud wants them named, Data Center tells all and knows no such parameter.
        """
        asked = list(names)
        params = {"permissions": ",".join(asked)} if self.cloud else {}
        held = self.record("mypermissions", params | ({"projectKey": project} if project else {}))
        told = held.get("permissions") or {}
        return frozenset(n for n in asked if (told.get(n) or {}).get("havePermission") is True)

    def shaped(self, data: Any, shape: type[T], path: str) -> T:
        if isinstance(data, shape):
            return data
        raise UnexpectedAnswer(
            self.http.system,
            f"{path} answered with {type(data).__name__} instead of {shape.__name__}",
            "check `url`, and whether a proxy answers in the place of Jira",
        )


def part(text: str) -> str:
    """One part of a path, whatever stands in it."""
    return quote(text, safe="")
