"""What an HTTP answer means: its data, or the error it stands for.

Pure: the same status, headers and bytes always give the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bridge.errors import (
    AccessDenied,
    ConnectorError,
    Full,
    NotFound,
    RateLimited,
    Rejected,
    Stale,
    Transient,
    UnexpectedAnswer,
)
from connectors.limits import http_date, pause, retry_after, scope

LONGEST_REASON = 200

HINTS = {
    401: "renew the token, and check the account name",
    403: "the account lacks a permission",
    404: "it does not exist, or this account may not see it",
    410: "the system has dropped this call: the bridge needs an update",
    413: "the system's limit is reached; a person has to make room",
}
CUT = "run again; if it stays, a proxy cuts answers off"
LOCKED = "too many failed logins: log in once with a browser to clear the CAPTCHA, then renew the token"
SCOPE = "the token lacks a scope for this call: make one that has it"
ELSEWHERE = "a login page or a wrong base address: check `url`, and whether a proxy asks for a login"


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer. `data` is the decoded JSON, None where there was no body."""

    status: int
    headers: Mapping[str, str]
    data: Any = None

    @property
    def date(self) -> datetime | None:
        """The server's clock when it answered (UTC, whole seconds), from the Date header."""
        return http_date(self.headers.get("Date", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was tried, for the words of an error."""

    system: str
    what: str
    repeatable: bool
    hide: Callable[[str], str] = str
    hints: Mapping[int, str] | None = None
    decode: Callable[[bytes], Any] = orjson.loads
    limited: str = "endpoint"


def refusal(
    asked: Asked, status: int, headers: Mapping[str, str], content: bytes, now: datetime
) -> ConnectorError | None:
    """The error that an answer stands for, None for a good one. `now` (UTC) is the server's clock, as
    far as it is known; the answer's own date counts first."""
    return None if 200 <= status < 300 else _error(asked, status, headers, content, now)


def outcome(status: int) -> str:
    """What an answer that is no good one counts as."""
    if status == 429:
        return "rate_limited"
    if 400 <= status < 500:
        return "refused"
    return "failed" if status >= 500 else "broken"


def answer(asked: Asked, status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """A good answer with its data. Raises UnexpectedAnswer where it is none, and Transient where a
    write was done for all that is known."""
    return Answer(status, headers, _decoded(asked, status, headers, content))


def _decoded(asked: Asked, status: int, headers: Mapping[str, str], content: bytes) -> Any:
    if not content or status == 204:
        return None
    if "html" in headers.get("Content-Type", "") or content.lstrip()[:1] == b"<":
        raise UnexpectedAnswer(
            asked.system, f"{asked.what} answered {status} with a page, not with data", ELSEWHERE
        )
    try:
        return asked.decode(content)
    except ValueError:
        message = f"{asked.what} answered {status} with broken JSON ({len(content)} bytes)"
    if asked.repeatable:
        raise UnexpectedAnswer(asked.system, message, CUT)
    raise Transient(
        asked.system, message, "whether it was done is looked up at the next run", maybe_done=True
    )


def _error(
    asked: Asked, status: int, headers: Mapping[str, str], content: bytes, now: datetime
) -> ConnectorError:
    fields, reason = reasons(content, asked.hide)
    message = f"{asked.what} answered {status}" + (f": {reason}" if reason else "")
    hint = (asked.hints or {}).get(status) or HINTS.get(status, "")
    system = asked.system
    match status:
        case 401:
            hint = _login_hint(hint, headers, reason)
            return AccessDenied(system, message, hint, login=not (lacks_scope(message) or of_a_team(reason)))
        case 403:
            locked = _locked(headers)
            return AccessDenied(system, message, LOCKED if locked else hint, login=locked)
        case 404 | 410:
            return NotFound(system, message, hint)
        case 409 | 412:
            return Stale(system, message, "somebody else wrote at the same time; read again")
        case 413:
            return Full(system, message, hint)
        case 429:
            wait, who = pause(headers, now), scope(headers, asked.limited)
            return RateLimited(system, message, "asked to slow down", retry_after=wait, scope=who)
        case 408 | 425:
            return _transient(asked, message, headers, now)
        case _ if 300 <= status < 400:
            where = _cleaned(headers.get("Location", "").partition("?")[0], asked.hide)
            return UnexpectedAnswer(system, f"{message} and leads to {where or 'elsewhere'}", ELSEWHERE)
        case _ if 400 <= status < 500:
            return Rejected(system, message, hint or "the request does not fit this site", fields=fields)
        case _ if status >= 500:
            return _transient(asked, message, headers, now)
        case _:
            return UnexpectedAnswer(system, message, "check `url`")


def _transient(asked: Asked, message: str, headers: Mapping[str, str], now: datetime) -> Transient:
    return Transient(
        asked.system,
        message,
        "passing trouble on the other side: run again later",
        retry_after=retry_after(headers, now),
        maybe_done=not asked.repeatable,
    )


def _locked(headers: Mapping[str, str]) -> bool:
    """Jira locks an account behind a CAPTCHA after repeated failures, and says so in this header."""
    return "AUTHENTICATION_DENIED" in headers.get("X-Seraph-LoginReason", "")


def _login_hint(hint: str, headers: Mapping[str, str], reason: str) -> str:
    if _locked(headers):
        return LOCKED
    if of_a_team(reason):
        return HINTS[404]
    return SCOPE if lacks_scope(reason) else hint


def lacks_scope(reason: str) -> bool:
    """A 401 of this kind is about one endpoint, not about the login."""
    return "scope" in reason.lower()


def of_a_team(reason: str) -> bool:
    """A 401 that is about one task, list or workspace: ClickUp says "Team not authorized" of whatever the
    token cannot reach, ids that nothing has included."""
    return "team" in reason.lower() and "not authorized" in reason.lower()


def reasons(content: bytes, hide: Callable[[str], str]) -> tuple[dict[str, str], str]:
    """What the body says was wrong: by field, and as one short line free of secrets and line ends."""
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}, ""
    if not isinstance(data, dict):
        return {}, ""
    errors = data.get("errors")
    by_field = errors if isinstance(errors, dict) else {}
    fields = {str(name): _cleaned(str(text), hide) for name, text in by_field.items()}
    messages = data.get("errorMessages")
    told = [str(text) for text in messages] if isinstance(messages, list) else []
    # Some say it in a plain list (Redmine), some in a list of objects (Asana, GitHub).
    listed = errors if isinstance(errors, list) else []
    told += [text for one in listed if isinstance(text := _said(one), str)]
    told += [
        str(data[name])
        for name in ("message", "errorMessage", "error", "err")
        if isinstance(data.get(name), str)
    ]
    told += [f"{name}: {text}" for name, text in fields.items()]
    return fields, _cleaned("; ".join(told), hide)


def _said(one: object) -> object:
    return one.get("message") if isinstance(one, dict) else one


def _cleaned(text: str, hide: Callable[[str], str]) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in hide(text)).split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
