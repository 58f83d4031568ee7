"""A dead man's switch: someone outside is told of each good run, and raises the alarm when none comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge.errors import BridgeError

if TYPE_CHECKING:
    from bridge.report.run import RunReport

log = logging.getLogger(__name__)

TIMEOUT = 10.0
PAUSE = 2.0
TRIES = 2


def is_good(report: RunReport) -> bool:
    """Whether nothing failed: a run that left anything undone is not reported as good. Kept drift is good."""
    return report.outcome == "done"


class Ping:
    """Calls an address after good runs, in a thread of its own: nobody waits for it, and it never raises."""

    def __init__(
        self, get: Callable[[str, float], None], address: Callable[[], str], pause: float = PAUSE
    ) -> None:
        """`get` calls an address within so many seconds, or raises a BridgeError that does not hold it;
        `address` is asked each time: empty for none. `pause`: seconds before the second try."""
        self._get = get
        self._address = address
        self._pause = pause
        self._stopping = threading.Event()
        self._under_way: threading.Thread | None = None

    def after(self, report: RunReport) -> None:
        """Tell of a run, if it was good. One call at a time: a run that ends during it is told by it."""
        if self._stopping.is_set() or not is_good(report):
            return
        if self._under_way is None or not self._under_way.is_alive():
            self._under_way = threading.Thread(target=self._call, name="ping", daemon=True)
            self._under_way.start()

    def stop(self) -> None:
        """Begin no further call; one under way is left to itself."""
        self._stopping.set()

    def join(self, timeout: float) -> None:
        """Wait for the call under way."""
        if self._under_way:
            self._under_way.join(timeout)

    def _call(self) -> None:
        try:
            self._persist()
        except BridgeError as error:
            log.warning("the ping after a good run did not get through: %s", error, extra={"event": "ping"})

    def _persist(self) -> None:
        """The address may hold a secret: it is in no log and no error."""
        address = self._address()
        for again in range(TRIES if address else 0):
            try:
                return self._get(address, TIMEOUT)
            except BridgeError:
                if again + 1 == TRIES or self._stopping.wait(self._pause):
                    raise
        return None
