"""ClickUp's REST calls: what a refusal means, and lists to their end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bridge.errors import AccessDenied, NotFound, PartialRead, Rejected, UnexpectedAnswer
from connectors.base import Account
from connectors.http import Http

NOBODY = "make a new token in ClickUp: Settings > ClickUp API; a personal token begins with pk_"
HIDDEN = "it does not exist, or this account may not see it"
EVERY = {"include_closed": "true", "subtasks": "true"}
"""Without them ClickUp leaves out what is done, and all subtasks."""
MOST = 10_000
"""Pages of one list: no list is believed to be longer."""
Task = Mapping[str, Any]
Params = Mapping[str, Any]


class Api:
    """Calls of one account. What a token does not reach ClickUp refuses with 401 "Team not authorized",
    ids that nothing has included: so whoever takes something for gone asks `prove` afterwards."""

    def __init__(self, http: Http, workspace: str = "") -> None:
        self.http = http
        self._wanted = workspace
        self._workspace = self._account = self.zone = ""

    def login(self) -> Account:
        """Who we are, in one request. The clock is the Date header's, else our own."""
        answer = self.http.call("GET", "user", repeatable=True)
        user = self.member(answer.data, "user", dict, "GET user")
        if not user.get("id"):
            raise AccessDenied(self.http.system, "GET user named no account", NOBODY, login=True)
        self._account = str(user["id"])
        # The document's own schema and example spell it differently.
        self.zone = str(user.get("timezone") or user.get("timezeone") or "")
        name = str(user.get("username") or user.get("email") or self._account)
        return Account(self._account, name, self.zone, answer.date or self.http.clock.now())

    @property
    def account(self) -> str:
        return self._account or self.login().id

    @property
    def workspace(self) -> str:
        return self._workspace or self.prove()

    def prove(self) -> str:
        """The id of the workspace, which the token still reaches. Raises AccessDenied where it does not,
        Rejected where nobody said which."""
        teams = {str(one["id"]): str(one.get("name")) for one in self._teams()}
        wanted = self._wanted.strip().casefold()
        found = [id for id, name in teams.items() if wanted in ("", id, name.strip().casefold())]
        if len(found) == 1:
            self._workspace = found[0]
            return found[0]
        there = ", ".join(f"{name} ({id})" for id, name in teams.items()) or "none"
        if not found:
            message = f"the token does not reach workspace {self._wanted or '?'}; it reaches {there}"
            hint = "make the account a member of it, or mend `workspace`"
            raise AccessDenied(self.http.system, message, hint)
        raise Rejected(self.http.system, f"which workspace? {there}", "say it in `workspace`")

    def people(self) -> dict[str, int]:
        """The members of the workspace, by address."""
        [team] = [one for one in self._teams() if str(one["id"]) == self.workspace]
        members = [one.get("user") or {} for one in team.get("members") or ()]
        return {str(one["email"]).casefold(): int(one["id"]) for one in members if one.get("email")}

    def _teams(self) -> list[Mapping[str, Any]]:
        data = self.http.call("GET", "team", repeatable=True).data
        found: list[Mapping[str, Any]] = self.member(data, "teams", list, "GET team")
        return found

    def task(self, id: str, *, below: bool = False, custom: bool = False) -> Task:
        """One task, with its subtasks where `below`. NotFound where it is hidden, too."""
        params: dict[str, Any] = {"include_subtasks": "true"} if below else {}
        if custom:
            params |= {"custom_task_ids": "true", "team_id": self.workspace}
        found: Task = self.record(f"task/{quote(id, safe='')}", params)
        return found

    def record(self, path: str, params: Params | None = None) -> Mapping[str, Any]:
        """One thing by its id. NotFound where it is hidden, too."""
        try:
            data = self.http.call("GET", path, params=params, repeatable=True).data
        except AccessDenied as error:
            raise self.hidden(error) from error
        if not isinstance(data, dict) or not data.get("id"):
            raise UnexpectedAnswer(self.http.system, f"GET {path} answered without `id`", "check `url`")
        return data

    def hidden(self, error: AccessDenied) -> Exception:
        """A refusal of a read: not there for this account, unless the account itself was refused."""
        return error if error.login else NotFound(error.system, said(error), HIDDEN)

    def tasks(self, path: str, params: Params) -> Iterator[Task]:
        """Every task of a list once, while its pages are read. Raises PartialRead where it has no end,
        UnexpectedAnswer where an answer holds no tasks or the same page comes again."""
        seen: set[str] = set()
        for page in range(MOST):
            data = self.http.call("GET", path, params={**params, "page": page}, repeatable=True).data
            found: Sequence[Task] = self.member(data, "tasks", list, f"GET {path}")
            if not all(isinstance(one, dict) and one.get("id") for one in found):
                raise UnexpectedAnswer(
                    self.http.system, f"GET {path} listed a task without id", "check `url`"
                )
            fresh = {str(one["id"]): one for one in found if str(one["id"]) not in seen}
            if found and not fresh:
                raise UnexpectedAnswer(
                    self.http.system, f"GET {path}: page {page} brings what came before", "run again later"
                )
            yield from fresh.values()
            seen |= fresh.keys()
            last = data.get("last_page")
            if last is True or (last is None and not found):
                return
            if not found:
                raise self._partial(f"GET {path}: page {page} is empty, and said not to be the last")
        raise self._partial(f"GET {path}: no end after {MOST:,} pages")

    def comments(self, item: str) -> Iterator[Mapping[str, Any]]:
        """All comments on a task, newest first. A page tells no end, so the walk goes on until nothing new
        comes. NotFound where the task is hidden."""
        path, seen, params = f"task/{quote(item, safe='')}/comment", set[str](), dict[str, Any]()
        for _ in range(MOST):
            try:
                data = self.http.call("GET", path, params=params, repeatable=True).data
            except AccessDenied as error:
                raise self.hidden(error) from error
            found = self.member(data, "comments", list, f"GET {path}")
            fresh = [one for one in found if str(one["id"]) not in seen]
            if len(found) > 1 and not fresh:
                raise UnexpectedAnswer(
                    self.http.system, f"GET {path}: a page brings what came before", "run again later"
                )
            if not fresh:
                return
            yield from fresh
            seen |= {str(one["id"]) for one in fresh}
            params = {"start": int(fresh[-1]["date"]), "start_id": str(fresh[-1]["id"])}
        raise self._partial(f"GET {path}: no end after {MOST:,} pages")

    def member(self, data: Any, name: str, kind: type, what: str) -> Any:
        found = data.get(name) if isinstance(data, dict) else None
        if not isinstance(found, kind):
            raise UnexpectedAnswer(self.http.system, f"{what} answered without `{name}`", "check `url`")
        return found

    def _partial(self, message: str) -> PartialRead:
        return PartialRead(self.http.system, message, "nothing was concluded from it; run again later")


def said(error: Any) -> str:
    """The line without the connection's name."""
    return str(error.message).removeprefix(f"{error.system}: ")
