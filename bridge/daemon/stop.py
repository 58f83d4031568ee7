"""How the process is told to end, or to load its files anew: signals leave word, everybody else asks.

A signal's handler may run in the middle of anything, so it only sets a flag: no lock is ever taken there.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bridge.errors import Stopping

SLICE = 0.2


class Stop:
    """Word left for the daemon. Safe to ask from any thread."""

    def __init__(self) -> None:
        self._asked = False
        self._anew = False

    def asked(self) -> bool:
        """Whether the process is to end."""
        return self._asked

    def ask(self) -> None:
        self._asked = True

    def load_anew(self) -> None:
        """Have the files read again, changed or not."""
        self._anew = True

    def take_load_anew(self) -> bool:
        """Whether that was asked for since this was called last."""
        anew, self._anew = self._anew, False
        return anew

    def sleep(self, seconds: float) -> None:
        """Let seconds pass. Raises Stopping as soon as the process is to end."""
        until = time.monotonic() + seconds
        while not self._asked:
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(SLICE, left))
        raise Stopping("the bridge is stopping", "what is left is done at the next start")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """SIGTERM and SIGINT ask for the end, SIGHUP for the files; a second SIGINT ends it at once."""

        def end(number: int, _frame: FrameType | None) -> None:
            if number == signal.SIGINT and self._asked:
                raise KeyboardInterrupt
            self._asked = True

        def anew(_number: int, _frame: FrameType | None) -> None:
            self._anew = True

        handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: anew}
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
