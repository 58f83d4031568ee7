"""Programmable trouble: what a real site does to its callers on a bad day, a given number of times."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum


class Kind(Enum):
    """What happens. Those after the comma in time take place once the request has had its effect."""

    ANSWER = "answer"
    DROP = "drop"
    DROP_AFTER = "drop after"
    SLOW = "slow"
    CUT = "cut"
    REPEAT_TOKEN = "repeat token"
    EMPTY_PAGE = "empty page"
    ANONYMOUS = "anonymous"
    HANG = "hang"
    HAPPEN = "happen"
    LATE = "late"


@dataclass(slots=True)
class Fault:
    """One kind of trouble, `times` times after the first `skip` matching requests."""

    kind: Kind
    operation: str = ""
    method: str = ""
    path: re.Pattern[str] | None = None
    times: int = 1
    skip: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0
    event: Callable[[], None] | None = None
    due: Callable[[], bool] | None = None

    def meets(self, operation: str, method: str, path: str) -> bool:
        return (
            self.times > 0
            and self.operation in ("", operation)
            and self.method in ("", method)
            and (self.path is None or bool(self.path.search(path)))
        )


class Faults:
    """`faults.on("editIssue", times=2).status(503)`: the next two edits answer 503, then all is well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []

    def on(
        self, operation: str = "", *, method: str = "", path: str = "", times: int = 1, skip: int = 0
    ) -> "Aim":
        """Aim at requests by operation name, method and path (a regular expression); all must hold."""
        pattern = re.compile(path) if path else None
        return Aim(self, Fault(Kind.ANSWER, operation, method.upper(), pattern, times, skip))

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def pending(self) -> int:
        """How many requests are still to be troubled."""
        with self._lock:
            return sum(fault.times for fault in self._planned)

    def take(self, operation: str, method: str, path: str, paging: bool) -> Fault | None:
        """The trouble for this request, used up by one; `paging`: it brings a page token along."""
        with self._lock:
            for fault in self._planned:
                if not fault.meets(operation, method, path) or (
                    fault.kind is Kind.REPEAT_TOKEN and not paging
                ):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the trouble goes; one call says what it is."""

    faults: Faults
    fault: Fault

    def _plan(self, kind: Kind) -> None:
        self.fault.kind = kind
        self.faults.plan(self.fault)

    def status(self, status: int, *messages: str, headers: dict[str, str] | None = None) -> None:
        """Answer with this status instead of working."""
        import orjson

        self.fault.status, self.fault.headers = (
            status,
            {"Content-Type": "application/json", **(headers or {})},
        )
        self.fault.body = orjson.dumps({"errorMessages": list(messages), "errors": {}})
        self._plan(Kind.ANSWER)

    def rate_limited(self, retry_after: int | None = 1, reason: str = "jira-burst-based") -> None:
        """429; without `retry_after` as the gateway sends it."""
        headers = (
            {"RateLimit-Reason": reason}
            if retry_after is not None
            else {"X-Failure-Category": "FAILURE_CLIENT"}
        )
        self.status(
            429, headers=headers | ({"Retry-After": str(retry_after)} if retry_after is not None else {})
        )

    def rate_limited_until(self, date: datetime, reason: str = "jira-burst-based") -> None:
        """429 with Retry-After as a date (aware)."""
        headers = {
            "RateLimit-Reason": reason,
            "Retry-After": format_datetime(date.astimezone(UTC), usegmt=True),
        }
        self.status(429, "Rate limit exceeded.", headers=headers)

    def quota_used_up(self, reset: datetime) -> None:
        """429 of the hourly quota, which is full again at `reset` (aware)."""
        headers = {"RateLimit-Reason": "jira-quota-tenant-based", "X-RateLimit-Remaining": "0"}
        headers["X-RateLimit-Reset"] = f"{reset.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self.status(429, "Rate limit exceeded.", headers=headers)

    def conflict(self) -> None:
        """409: another update was under way."""
        self.status(409, "There was a conflict when updating the issue. Please try again.")

    def too_many(self) -> None:
        """413: the issue has all the comments or links it may have."""
        self.status(413, "The issue has reached its limit.")

    def notify_users_refused(self) -> None:
        """403 as for `notifyUsers=false` without admin rights."""
        self.status(
            403, "To discard the user notification either admin or project admin permissions are required."
        )

    def html(self, text: str = "Log in to continue") -> None:
        """200 with a web page, as a sign-on proxy or a maintenance page answers."""
        self.fault.status, self.fault.headers = 200, {"Content-Type": "text/html;charset=UTF-8"}
        self.fault.body = f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>".encode()
        self._plan(Kind.ANSWER)

    def drop(self) -> None:
        """Close the connection before anything happened."""
        self._plan(Kind.DROP)

    def drop_after(self) -> None:
        """Let the request take effect, then close the connection without an answer."""
        self._plan(Kind.DROP_AFTER)

    def slow(self, seconds: float) -> None:
        """Let the request take effect, answer only after so long."""
        self.fault.seconds = seconds
        self._plan(Kind.SLOW)

    def hang(self) -> None:
        """Let the request take effect, and never answer."""
        self._plan(Kind.HANG)

    def happen(self, event: Callable[[], None]) -> None:
        """Let this happen when the request comes in, then serve it as usual."""
        self.fault.event = event
        self._plan(Kind.HAPPEN)

    def late(self, due: Callable[[], bool]) -> None:
        """Keep the request on its way until it is due; only then let it take effect, and answer."""
        self.fault.due = due
        self._plan(Kind.LATE)

    def truncated(self) -> None:
        """200 with the first half of the JSON."""
        self._plan(Kind.CUT)

    def repeated_token(self) -> None:
        """Answer a page with the token that asked for it (only requests that bring one are counted)."""
        self._plan(Kind.REPEAT_TOKEN)

    def empty_page(self) -> None:
        """Answer no issues but a token that goes on where this page would have."""
        self._plan(Kind.EMPTY_PAGE)

    def anonymous(self) -> None:
        """Forget who is calling: reads answer 200 and nothing."""
        self._plan(Kind.ANONYMOUS)
