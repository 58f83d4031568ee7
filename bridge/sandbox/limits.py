"""Rate limits: a bucket for the whole site, writes to one issue, and the points of an OAuth app."""

import math
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bridge.sandbox.records import Json

Headers = dict[str, str]


class Bucket:
    """`rate` requests a second, as many at once; 0 is no limit."""

    def __init__(self, rate: float, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._left = rate
        self._seen = monotonic()

    def take(self) -> bool:
        """Whether the request may pass."""
        if not self._rate:
            return True
        now = self._monotonic()
        self._left = min(self._rate, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def near(self) -> bool:
        """Below a fifth of what is allowed."""
        return bool(self._rate) and self._left < self._rate / 5

    def refusal(self, cloud: bool, now: datetime) -> Headers:
        """The headers of the 429, in each deployment's own words."""
        limit = str(math.ceil(self._rate))
        headers = {"Retry-After": "1", "X-RateLimit-Limit": limit, "X-RateLimit-Remaining": "0"}
        if not cloud:
            return headers | {"X-RateLimit-Interval-Seconds": "1", "X-RateLimit-FillRate": limit}
        reset = f"{now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
        return headers | {"RateLimit-Reason": "jira-burst-based", "X-RateLimit-Reset": reset}


class IssueWrites:
    """Cloud's limit per issue: 20 writes in 2 seconds and 100 in 30, over all writers."""

    WINDOWS = ((2.0, 20), (30.0, 100))

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._writes: dict[str, deque[float]] = {}

    def wait(self, issue: str) -> int:
        """0 and counted, when the write may pass; else whole seconds to wait."""
        now, times = self._monotonic(), self._writes.setdefault(issue, deque(maxlen=100))
        for seconds, most in self.WINDOWS:
            recent = [at for at in times if at > now - seconds]
            if len(recent) >= most:
                return max(1, math.ceil(recent[-most] + seconds - now))
        times.append(now)
        return 0


class Points:
    """Cloud's quota of an OAuth app: so many points an hour, renewed on the full UTC hour; 0 is no limit.
    A call costs 1, and a read one more for each object in its answer. (Atlassian: Rate limiting.)"""

    OBJECTS = ("issues", "values", "comments", "issueChangeLogs")

    def __init__(self, hourly: int, now: Callable[[], datetime]) -> None:
        self.hourly = hourly
        self._now = now
        self._hour = self._turn()
        self.spent = 0

    def _turn(self) -> datetime:
        """When the running hour began."""
        return self._now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)

    def _left(self) -> int:
        if (hour := self._turn()) != self._hour:
            self._hour, self.spent = hour, 0
        return self.hourly - self.spent

    def exhausted(self) -> bool:
        return bool(self.hourly) and self._left() <= 0

    def near(self) -> bool:
        """Below a fifth of what is allowed."""
        return bool(self.hourly) and self._left() < self.hourly / 5

    def spend(self, method: str, body: Json) -> None:
        """Count a call that was answered with this; what it costs is known only then."""
        self._left()
        reads = method == "GET" or (isinstance(body, dict) and any(name in body for name in self.OBJECTS))
        self.spent += 1 + (self._objects(body) if reads else 0)

    def _objects(self, body: Json) -> int:
        if isinstance(body, list):
            return len(body)
        lists = [body[name] for name in self.OBJECTS if isinstance(body.get(name), list)] if body else []
        return sum(map(len, lists)) if lists else 1

    def refusal(self) -> Headers:
        """The headers of the 429, until the hour turns."""
        turn = self._turn() + timedelta(hours=1)
        wait = math.ceil((turn - self._now()).total_seconds())
        return {
            "Retry-After": str(wait),
            "RateLimit-Reason": "jira-quota-tenant-based",
            "X-RateLimit-Limit": str(self.hourly),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{turn:%Y-%m-%dT%H:%M:%SZ}",
        }
