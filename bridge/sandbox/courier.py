"""Carries letters to those who asked for them: in the background, again after a failure, never far away.

Only addresses of this machine are served: whoever tries the sandbox must not call strangers.
"""

import heapq
import hmac
import http.client
import ipaddress
import itertools
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LOG = logging.getLogger("bridge.sandbox")
WAITS = (300.0, 450.0, 600.0, 750.0, 900.0)
"""Seconds before each further try: five, 5 to 15 minutes apart. (Atlassian: Webhooks, Retry policies.)"""
TIMEOUT = 30.0
TRANSIENT = {408, 409, 425, 429}
KEPT = 1_000


def sign(secret: str, body: bytes) -> str:
    """What stands in X-Hub-Signature."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def at_home(url: str) -> bool:
    """Whether an address is one of this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Letter:
    """One event for one hook, as it goes over the wire each time. `identifier` tells repeats."""

    identifier: str
    event: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """One try; `status` 0: nobody answered."""

    letter: Letter
    attempt: int
    status: int


class Courier:
    """`letters` gives those of the next event, none when there is no news. Starts with the first wake."""

    def __init__(self, letters: Callable[[], list[Letter] | None], waits: Sequence[float] = WAITS) -> None:
        self._letters = letters
        self.waits = tuple(waits)
        self.counts: Counter[str] = Counter()
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self._changed = threading.Condition()
        self._late: list[tuple[float, int, Letter, int]] = []
        self._order = itertools.count()
        self._news = self._stopped = False
        self._idle = True
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is news."""
        with self._changed:
            self._news, self._idle = True, False
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def stop(self) -> None:
        """Carry nothing more; what was not delivered is lost."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=1)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every letter was delivered or given up; whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self._idle, timeout)

    def _run(self) -> None:
        while not self._stopped:
            for letter, attempt in self._next():
                if self._stopped:
                    return
                self._carry(letter, attempt)

    def _next(self) -> Iterator[tuple[Letter, int]]:
        """What is due for another try, else the letters of the next event; waits where there is neither."""
        with self._changed:
            if self._late and self._late[0][0] <= time.monotonic():
                _, _, letter, attempt = heapq.heappop(self._late)
                return iter([(letter, attempt)])
            self._news = False
        found = self._letters()
        if found is not None:
            return iter([(letter, 0) for letter in found])
        with self._changed:
            if not self._news:
                self._idle = not self._late
                self._changed.notify_all()
                pause = max(self._late[0][0] - time.monotonic(), 0.0) if self._late else None
                self._changed.wait_for(lambda: self._news or self._stopped, pause)
        return iter(())

    def _carry(self, letter: Letter, attempt: int) -> None:
        if not at_home(letter.url):
            self.counts["too far"] += 1
            LOG.warning("a webhook to %s was not sent: only this machine is served", letter.url)
            return
        status = _post(letter, attempt)
        with self._changed:
            self.sent.append(Sent(letter, attempt, status))
            if 200 <= status < 300:
                self.counts["delivered"] += 1
            elif (status == 0 or status >= 500 or status in TRANSIENT) and attempt < len(self.waits):
                self.counts["retried"] += 1
                due = time.monotonic() + self.waits[attempt]
                heapq.heappush(self._late, (due, next(self._order), letter, attempt + 1))
            else:
                self.counts["given up"] += 1


def _post(letter: Letter, attempt: int) -> int:
    parts = urlsplit(letter.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {**letter.headers, "X-Atlassian-Webhook-Retry": str(attempt)}
    try:
        connection.request("POST", path, letter.body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
