"""Rate limits: a bucket for the whole site, and the limit of writes to one issue."""

import math
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

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
