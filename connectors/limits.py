"""What a system's headers say about its limits: how long to wait, and how much of the connection.

Pure: the same headers at the same time always give the same result. Times are told by the server's own
clock (`Date`); `now` (UTC) serves where it tells none. Odd values count as not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Headers = Mapping[str, str]

LONGEST = 86_400.0
"""No pause is believed beyond a day."""
NEARLY_GONE = 100
"""So few points of a quota are left for one search to spend them: that is where an hour's work stops."""
_ALLOWANCE = re.compile(r'"([^"]*)"((?:\s*;\s*\w+=\d+)+)')


def http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def scope(headers: Headers, usual: str = "endpoint") -> str:
    """How much of the connection has to pause: all of it for a quota, one item, an endpoint; `usual`
    where it is not told."""
    reason = headers.get("RateLimit-Reason", "").lower()
    if "quota" in reason or _window_end(headers) is not None:
        return "connection"
    if "per-issue" in reason:
        return "item"
    return "endpoint" if reason else usual


def pause(headers: Headers, now: datetime) -> float | None:
    """Seconds a 429 asks to wait. A quota waits for its reset as well, and until the next full hour,
    when Jira renews it, where no time to come is told. A window of a token (ClickUp) waits for its end."""
    asked = retry_after(headers, now)
    if (end := _window_end(headers)) is not None:
        return max(asked or 0.0, _seconds_to(end, headers, now)) or None
    if scope(headers) != "connection":
        return asked
    waits = [wait for wait in (asked, _until_reset(headers, now)) if wait]
    return max(waits) if waits else _to_full_hour(headers, now)


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds, at most a day; it may be given as such or as a date."""
    text = headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        at = http_date(text)
        return None if at is None else _seconds_to(at, headers, now)
    return min(max(seconds, 0.0), LONGEST) if seconds == seconds else None


def near_limit(headers: Headers) -> bool:
    return headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true"


def spent(headers: Headers, now: datetime) -> float:
    """Seconds the connection has to pause because next to nothing of a quota is left; 0: go on.

    `Beta-RateLimit: "global-app-quota";r=12;t=1800`, with or without the prefix. Sites were seen to
    tell too long a `t`, so the full hour, when quotas are renewed, is the latest. A token's window with
    nothing left of it pauses until its end: `X-RateLimit-Remaining: 0`.
    """
    told = f"{headers.get('RateLimit', '')}, {headers.get('Beta-RateLimit', '')}"
    waits = [0.0]
    for name, rest in _ALLOWANCE.findall(told):
        left = dict(re.findall(r"(\w+)=(\d{1,9})(?!\d)", rest))
        if "quota" in name.lower() and "t" in left and int(left.get("r", NEARLY_GONE)) < NEARLY_GONE:
            waits.append(min(float(left["t"]), _to_full_hour(headers, now)))
    if headers.get("X-RateLimit-Remaining", "").strip() == "0" and (end := _window_end(headers)):
        waits.append(min(_seconds_to(end, headers, now), 3600.0))
    return max(waits)


def _window_end(headers: Headers) -> datetime | None:
    """When the window that a token's requests are counted in ends: `X-RateLimit-Reset` as Unix seconds."""
    text = headers.get("X-RateLimit-Reset", "").strip()
    if not (text.isascii() and text.isdecimal()):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _until_reset(headers: Headers, now: datetime) -> float | None:
    """`X-RateLimit-Reset` is ISO 8601 on Cloud; one in the past was seen and says nothing."""
    try:
        at = datetime.fromisoformat(headers.get("X-RateLimit-Reset", "").strip())
    except ValueError:
        return None
    return _seconds_to(at if at.tzinfo else at.replace(tzinfo=UTC), headers, now)


def _seconds_to(at: datetime, headers: Headers, now: datetime) -> float:
    return min(max((at - _clock(headers, now)).total_seconds(), 0.0), LONGEST)


def _to_full_hour(headers: Headers, now: datetime) -> float:
    clock = _clock(headers, now)
    return 3600.0 - clock.minute * 60 - clock.second - clock.microsecond / 1e6


def _clock(headers: Headers, now: datetime) -> datetime:
    return http_date(headers.get("Date", "")) or now
