"""What reaches the site, in order and by the clock; and something that happens at a chosen write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bridge.sandbox import Sandbox
from bridge.sandbox.access import Request
from tests.faults.trouble import WRITES


@dataclass(frozen=True, slots=True)
class Write:
    """A write that the site took; `at` in seconds since 1970."""

    at: float
    request: Request


@dataclass
class Watch:
    """`writes`, and when the `first` request came, since it was told to forget. Requests are seen once they
    have had their effect and before they are answered: when nobody but the site knows the outcome."""

    writes: list[Write] = field(default_factory=list)
    first: float = 0.0
    _act: Callable[[], None] | None = None
    _at: int = 0
    _timer: threading.Timer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    @contextmanager
    def over(cls, sandbox: Sandbox) -> Iterator[Watch]:
        made, log = cls(), sandbox.jira.requests
        note = log.note

        def see(request: Request) -> None:
            note(request)
            made.see(request)

        log.note = see  # type: ignore[method-assign]
        try:
            yield made
        finally:
            log.note = note  # type: ignore[method-assign]
            made.disarm()

    def see(self, request: Request) -> None:
        with self._lock:
            self.first = self.first or time.time()
            if request.operation not in WRITES or not 200 <= request.status < 300:
                return
            self.writes.append(Write(time.time(), request))
            if self._act is None or len(self.writes) < self._at:
                return
            act, self._act = self._act, None
        if self._timer is None:
            act()
        else:
            self._timer.start()

    def forget(self) -> None:
        """Everything seen so far, and what was to happen."""
        self.disarm()
        with self._lock:
            self.writes, self.first = [], 0.0

    def arm(self, at: int, act: Callable[[], None], after: float = 0.0) -> None:
        """Act at the `at`-th write from the last `forget` on, before it is answered, or so much later."""
        with self._lock:
            self._at, self._act = at, act
            self._timer = threading.Timer(after, act) if after else None

    def disarm(self) -> None:
        with self._lock:
            timer, self._timer, self._act = self._timer, None, None
        if timer is not None and timer.ident is not None:
            timer.cancel()
            timer.join()
