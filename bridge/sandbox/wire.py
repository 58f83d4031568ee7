"""One request and its reply, apart from any web framework; and how Jira words a refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from bridge.sandbox.bodies import INVALID
from bridge.sandbox.records import Issue, Json, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

MISSING = "Issue does not exist or you do not have permission to see it."
ANONYMOUS = "Client must be authenticated to access this resource."


@dataclass(slots=True)
class Reply:
    """`body` None sends none; bytes are sent as they are."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


@dataclass(slots=True)
class Call:
    """One request; `signed_in` is False for a caller without credentials, `oauth` tells an app's token."""

    jira: "Jira"
    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, list[str]]
    raw: bytes
    signed_in: bool = True
    oauth: bool = False

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def listed(self, name: str) -> list[str]:
        """A parameter that may be repeated or hold commas."""
        return [part for one in self.query.get(name, []) for part in one.split(",") if part]

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise Refusal(400, f"Value for parameter '{name}' is not a number.")
        return int(text)

    def flag(self, name: str, default: bool = False) -> bool:
        return self.text(name, str(default)).casefold() == "true"

    def any_json(self) -> Json:
        try:
            return orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            raise Refusal(
                400, "There was an error parsing JSON. Check that your request body is valid."
            ) from None

    def json(self) -> dict[str, Json]:
        body = self.any_json()
        if not isinstance(body, dict):
            raise Refusal(400, INVALID)
        return body

    def issue(self, *needs: str) -> Issue:
        """The issue of the path, with the permissions named. Raises Refusal 404 unseen, 403 not allowed."""
        found = self.jira.store.find(self.params["issue"])
        if found is None or not self.signed_in or not self.jira.readable(found):
            raise Refusal(404, MISSING)
        for permission in needs:
            if not self.jira.permissions.has(permission, found.project):
                raise Refusal(403, f"You do not have the permission {permission} for issue {found.key}.")
        return found

    def need_account(self) -> None:
        if not self.signed_in:
            raise Refusal(401, ANONYMOUS)

    def need_admin(self) -> None:
        self.need_account()
        if not self.jira.permissions.has("ADMINISTER"):
            raise Refusal(403, "Only Jira administrators can access this resource.")


Handler = Callable[[Call], Reply]


def refused(error: Refusal) -> Reply:
    return Reply(error.status, {"errorMessages": error.messages, "errors": error.errors})


def page(call: Call, values: list[Any], default: int = 50, cap: int = 50, member: str = "values") -> Json:
    """A page in the startAt style: what is asked, cut at the cap."""
    start, size = max(call.number("startAt", 0), 0), min(max(call.number("maxResults", default), 0), cap)
    part = values[start : start + size]
    shape = {"startAt": start, "maxResults": size, "total": len(values), member: part}
    return shape | ({"isLast": start + len(part) >= len(values)} if member == "values" else {})
