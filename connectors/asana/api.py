"""Asana's REST calls: one record, lists to their end, and ten reads in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from bridge.errors import AccessDenied, NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.http import Http
from mappings.asana_fields import gid_of

PAGE = 100
"""Asana grants no more entries a page."""
BATCH = 10
"""Actions in one batch; each counts against the rate limit by itself."""
SEPARATOR = "is_rendered_as_separator"
HIDDEN = "it does not exist, or this account may not see it"
Record = Mapping[str, Any]
T = TypeVar("T")


class Api:
    """Calls of one account. Asana answers 403 for what the account may not see, 404 for what is gone."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self.system = http.system

    def record(self, path: str, fields: str = "") -> Record:
        """One thing. Raises NotFound where it is hidden, too."""
        try:
            data = self.http.call("GET", path, params=_asked(fields), repeatable=True).data
        except AccessDenied as error:
            raise hidden(error) from error
        return self.one(data, f"GET {path}")

    def one(self, data: Any, what: str) -> Record:
        found = data.get("data") if isinstance(data, dict) else None
        if not isinstance(found, dict) or not isinstance(found.get("gid"), str):
            raise UnexpectedAnswer(self.system, f"{what} answered without a record", "check `url`")
        return found

    def entries(self, path: str, fields: str = "", params: Record | None = None) -> Iterator[Record]:
        """A whole list, page by page."""
        offset, walked = "", set[str]()
        while True:
            data = self._page(path, {**_asked(fields), **(params or {}), "limit": PAGE}, offset)
            yield from self.listed(data, f"GET {path}")
            offset = self._next(data, path)
            if not offset:
                return
            if offset in walked:
                raise UnexpectedAnswer(self.system, f"GET {path}: the same page again", "run again later")
            walked.add(offset)

    def _page(self, path: str, params: Record, offset: str) -> Any:
        asked = {**params, "offset": offset} if offset else params
        try:
            return self.http.call("GET", path, params=asked, repeatable=True).data
        except AccessDenied as error:
            raise hidden(error) from error
        except Rejected as error:
            if not offset:
                raise
            message = f"GET {path}: the rest of the list was refused ({said(error)})"
            raise PartialRead(self.system, message, "pages expire: run again later") from error

    def _next(self, data: Record, path: str) -> str:
        """Where the next page begins, empty after the last, of which Asana says so."""
        told = data.get("next_page", "")
        if told is None:
            return ""
        if not isinstance(told, dict) or not isinstance(told.get("offset"), str) or not told["offset"]:
            message = f"GET {path}: a page told neither where the next one is nor that it is the last"
            raise PartialRead(self.system, message, "nothing was concluded from it; run again later")
        return str(told["offset"])

    def listed(self, data: Any, what: str) -> list[Record]:
        found = data.get("data") if isinstance(data, dict) else None
        if not isinstance(found, list) or not all(
            isinstance(one, dict) and isinstance(one.get("gid"), str) for one in found
        ):
            raise UnexpectedAnswer(self.system, f"{what} answered without a list of records", "check `url`")
        return found

    def tasks(self, gids: Sequence[str], fields: str) -> list[Record]:
        """Those of these tasks that are there to see; ten at most."""
        found = []
        for gid, body in self._batch(gids, "tasks/{}", fields):
            one = self._alone(gid, fields) if body is None else self.one(body, f"GET tasks/{gid}")
            if one is not None and one["gid"] != gid:
                raise UnexpectedAnswer(
                    self.system, f"GET tasks/{gid} answered with another task", "run again"
                )
            found += [one] if one is not None else []
        return found

    def below(self, gids: Sequence[str], fields: str = "") -> dict[str, list[Record]]:
        """The subtasks of each of these tasks that are there to see; ten at most."""
        fields = ",".join(filter(None, ("parent", SEPARATOR, fields)))
        return {gid: work(told) for gid, told in self._of_tasks(gids, "subtasks", "parent", fields)}

    def stories(self, gids: Sequence[str], fields: str) -> dict[str, list[Record]]:
        """All that happened to each of these tasks that are there to see; ten at most."""
        return dict(self._of_tasks(gids, "stories", "target", fields))

    def _of_tasks(
        self, gids: Sequence[str], what: str, whose: str, fields: str
    ) -> Iterator[tuple[str, list[Record]]]:
        for gid, body in self._batch(gids, f"tasks/{{}}/{what}", fields):
            path = f"tasks/{gid}/{what}"
            try:
                whole = body is not None and body.get("next_page", "") is None
                listed = self.listed(body, path) if whole else list(self.entries(path, fields))
            except NotFound:
                continue
            if any(str((one.get(whose) or {}).get("gid")) != gid for one in listed):
                raise UnexpectedAnswer(self.system, f"GET {path} answered with other tasks'", "run again")
            yield gid, listed

    def _alone(self, gid: str, fields: str) -> Record | None:
        try:
            return self.record(f"tasks/{gid}", fields)
        except NotFound:
            return None

    def _batch(self, gids: Sequence[str], path: str, fields: str) -> Iterator[tuple[str, Any]]:
        """What each answered; None for what was not answered well: it is to be asked for alone."""
        page = {} if path.endswith("{}") else {"limit": PAGE}
        options = {**page, "fields": fields.split(",")}
        actions = [
            {"method": "get", "relative_path": f"/{path.format(gid)}", "options": options} for gid in gids
        ]
        if not actions:
            return
        answer = self.http.call("POST", "batch", body={"data": {"actions": actions}}, repeatable=True)
        told = answer.data.get("data") if isinstance(answer.data, dict) else None
        if not isinstance(told, list) or len(told) != len(actions):
            message = f"POST batch did not answer all of its {len(actions)} actions"
            raise PartialRead(self.system, message, "nothing was concluded from it; run again later")
        for gid, one in zip(gids, told, strict=True):
            good = isinstance(one, dict) and one.get("status_code") == 200
            yield gid, one.get("body") if good else None


def _asked(fields: str) -> dict[str, Any]:
    return {"opt_fields": fields} if fields else {}


def hidden(error: AccessDenied) -> AccessDenied | NotFound:
    """A refusal of one thing means that it cannot be seen, unless it speaks of the token."""
    if error.login or "scope" in error.message.lower():
        return error
    return NotFound(error.system, said(error), HIDDEN)


def work(tasks: Iterable[Record]) -> list[Record]:
    """Without the headings between subtasks, which Asana keeps as tasks too: nobody ever completes them."""
    return [one for one in tasks if not one.get(SEPARATOR)]


def gid(told: str, kind: str = "task") -> str:
    """The id in what people write."""
    return gid_of(told, kind)


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def said(error: Any) -> str:
    """The line without the connection's name."""
    return str(error.message).removeprefix(f"{error.system}: ")
