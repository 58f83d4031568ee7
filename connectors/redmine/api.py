"""Redmine's REST calls: whose answers they are, and lists to their end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.errors import AccessDenied, NotFound, PartialRead, UnexpectedAnswer
from connectors.base import Account
from connectors.http import Http

PAGE = 100
"""Redmine grants no more entries a page."""
RESTARTS = 3
ME = "users/current.json"
NOBODY = "make a new API access key (My account), and check that Administration > Settings > API allows REST"
CLOSED = "an administrator switches on Administration > Settings > API > Enable REST web service"
ELSEWHERE = "check `url`: the address of Redmine's front page, without /projects, /issues and what follows"
Params = Mapping[str, Any]


class Moved(Exception):
    """The list shifted between two pages."""


class Api:
    """Calls of one account. A wrong key reads a public site as a visitor, with status 200 and less in the
    answers: so whoever concludes something from a list asks `prove` afterwards."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self._account = ""

    def prove(self) -> Account:
        """Who we are, in one request, the only one that a wrong key gets no answer to. Redmine tells no clock
        but in the Date header, which a web server in front of it adds: without one our own counts."""
        user, date = self._me()
        name = f"{user.get('firstname', '')} {user.get('lastname', '')}".strip()
        return Account(self._account, name or str(user.get("login")), "", date or self.http.clock.now())

    def account(self) -> str:
        return self._account or self.prove().id

    def me(self) -> Mapping[str, Any]:
        """The account's own record, with the projects that it is a member of."""
        return self._me({"include": "memberships"})[0]

    def _me(self, params: Params | None = None) -> tuple[Mapping[str, Any], datetime | None]:
        try:
            answer = self.http.call("GET", ME, params=params, repeatable=True)
        except AccessDenied as error:
            if error.login:
                raise
            message = f"{said(error)}: the REST API is off, or the account has to change its password"
            raise AccessDenied(error.system, message, CLOSED, login=True) from error
        except NotFound as error:
            message = f"{said(error)}: there is no Redmine at this address"
            raise UnexpectedAnswer(error.system, message, ELSEWHERE) from error
        user: Mapping[str, Any] = self._member(answer.data, "user", dict, f"GET {ME}")
        if not user.get("id"):
            raise AccessDenied(self.http.system, f"GET {ME} named no account", NOBODY)
        self._account = str(user["id"])
        return user, answer.date

    def record(self, path: str, member: str, params: Params | None = None) -> Mapping[str, Any]:
        data = self.http.call("GET", path, params=params, repeatable=True).data
        found: Mapping[str, Any] = self._member(data, member, dict, f"GET {path}")
        return found

    def issue(self, item: str, include: str = "") -> Mapping[str, Any]:
        """One issue. NotFound where it is hidden, too: Redmine answers 403 then."""
        params = {"include": include} if include else None
        try:
            return self.record(f"issues/{number(item)}.json", "issue", params)
        except AccessDenied as error:
            if error.login:
                raise
            hint = "it does not exist, or this account may not see it"
            raise NotFound(error.system, said(error), hint) from error

    def entries(self, path: str, member: str, params: Params | None = None) -> list[Mapping[str, Any]]:
        """A whole list of whatever."""
        for _ in range(RESTARTS):
            try:
                return list(self._pages(path, member, params or {}))
            except Moved:
                continue
        raise self._partial(f"the list {path} kept moving through {RESTARTS} readings")

    def issues(self, params: Params) -> Iterator[Mapping[str, Any]]:
        """The issues of a filter, by id, while they are read; where the list moves, from its beginning
        again, so an issue may come twice."""
        for _ in range(RESTARTS):
            try:
                yield from self._pages("issues.json", "issues", {**params, "sort": "id"})
            except Moved:
                continue
            return
        raise self._partial(f"the list of issues kept moving through {RESTARTS} readings")

    def _pages(self, path: str, member: str, params: Params) -> Iterator[Mapping[str, Any]]:
        """Each page begins with the last entry of the one before: if it does not, the list has moved."""
        start, last = 0, None
        while True:
            asked = {**params, "limit": PAGE, "offset": start}
            data = self.http.call("GET", path, params=asked, repeatable=True).data
            page: Sequence[Mapping[str, Any]] = self._member(data, member, list, f"GET {path}")
            if not all(isinstance(one, dict) and "id" in one for one in page):
                raise UnexpectedAnswer(
                    self.http.system, f"GET {path} listed an entry without id", "check `url`"
                )
            if last is not None and (not page or page[0]["id"] != last):
                raise Moved
            yield from page[last is not None :]
            # Lists that Redmine does not page (trackers, statuses) tell no total.
            total = data.get("total_count", len(page))
            if start + len(page) >= total:
                return
            if len(page) <= (last is not None):
                raise self._partial(f"the list {path} ended after {start + len(page)} of {total}")
            start, last = start + len(page) - 1, page[-1]["id"]

    def _member(self, data: Any, member: str, kind: type, what: str) -> Any:
        found = data.get(member) if isinstance(data, dict) else None
        if not isinstance(found, kind):
            raise UnexpectedAnswer(self.http.system, f"{what} answered without `{member}`", "check `url`")
        return found

    def _partial(self, message: str) -> PartialRead:
        return PartialRead(self.http.system, message, "nothing was concluded from it; run again later")


def number(item: str) -> str:
    """The digits of an issue: people write 123 or #123."""
    return item.strip().removeprefix("#")


def said(error: Any) -> str:
    """The line without the connection's name."""
    return str(error.message).removeprefix(f"{error.system}: ")
