"""What an HTTP answer means: its data, or the error it stands for.

Pure: the same status, headers and bytes always give the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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


def http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def read(asked: Asked, status: int, headers: Mapping[str, str], content: bytes, now: datetime) -> Answer:
    """The answer, or the error that it stands for. `now` (UTC) serves where the server tells no date."""
    if 200 <= status < 300:
        return Answer(status, headers, _decoded(asked, status, headers, content))
    raise _error(asked, status, headers, content, now)


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
            return AccessDenied(system, message, hint, login=not lacks_scope(message))
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
            wait = pause(headers, now)
            return RateLimited(system, message, "asked to slow down", retry_after=wait, scope=scope(headers))
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
        retry_after=pause(headers, now),
        maybe_done=not asked.repeatable,
    )


def _locked(headers: Mapping[str, str]) -> bool:
    """Jira locks an account behind a CAPTCHA after repeated failures, and says so in this header."""
    return "AUTHENTICATION_DENIED" in headers.get("X-Seraph-LoginReason", "")


def _login_hint(hint: str, headers: Mapping[str, str], reason: str) -> str:
    if _locked(headers):
        return LOCKED
    return SCOPE if lacks_scope(reason) else hint


def lacks_scope(reason: str) -> bool:
    """A 401 of this kind is about one endpoint, not about the login."""
    return "scope" in reason.lower()


def pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the server asks to wait: Retry-After (seconds or a date), and the reset of a quota."""
    waits = [_retry_after(headers, now)]
    if scope(headers) == "connection":
        waits.append(_until_reset(headers, now))
    return max((wait for wait in waits if wait is not None), default=None)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    text = headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        at = http_date(text)
        return None if at is None else _seconds_to(at, headers, now)
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None


def _until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    try:
        at = datetime.fromisoformat(headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return None
    return _seconds_to(at if at.tzinfo else at.replace(tzinfo=UTC), headers, now)


def _seconds_to(at: datetime, headers: Mapping[str, str], now: datetime) -> float:
    clock = http_date(headers.get("Date", "")) or now
    return max((at - clock).total_seconds(), 0.0)


def scope(headers: Mapping[str, str]) -> str:
    """How much of the connection has to pause: all of it for a quota, else an endpoint or one item."""
    reason = headers.get("RateLimit-Reason", "").lower()
    if "quota" in reason:
        return "connection"
    if "per-issue" in reason:
        return "item"
    return "endpoint"


def near_limit(headers: Mapping[str, str]) -> bool:
    return headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true"


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
    told += [
        str(data[name]) for name in ("message", "errorMessage", "error") if isinstance(data.get(name), str)
    ]
    told += [f"{name}: {text}" for name, text in fields.items()]
    return fields, _cleaned("; ".join(told), hide)


def _cleaned(text: str, hide: Callable[[str], str]) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in hide(text)).split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
