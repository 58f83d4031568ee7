"""One writer: a lease in the store that is kept up while it is held, and noticed when it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bridge.errors import LeaseLost, StoreError
from bridge.processes import is_gone, told
from bridge.store import Lease, Store

log = logging.getLogger(__name__)

DAEMON = "daemon"
"""Held by the daemon that is active; others stand by."""
WRITER = "writer"
"""Held for the length of a run, by whoever makes it."""
BEATS = 4
PATIENCE = 600.0


def elapsed() -> float:
    """Seconds since anywhere, where the system tells with those in which the machine slept: a lease in a
    database elsewhere runs out meanwhile."""
    awake_or_not = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if awake_or_not is None else time.clock_gettime(awake_or_not)


class Held:
    """A lease in hand. A thread renews it several times in its term, until `let_go`."""

    def __init__(self, store: Store, lease: Lease, seconds: float, asked: float) -> None:
        """`asked`: when it was asked for, by `elapsed`; its term may have begun as early as that."""
        self.lease = lease
        self._store = store
        self._seconds = seconds
        self._heard = asked
        self._taken = False
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease {lease.name}", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> bool:
        """Whether another one has taken it, or may have: the database was not heard of for its whole term."""
        return self._taken or elapsed() - self._heard >= self._seconds

    def guard(self) -> None:
        """Asked right before every write to a tracker. Raises LeaseLost."""
        if self.lost:
            raise LeaseLost(
                f"the {self.lease.name} lease was lost: nothing more is written",
                "another process took over, or the database did not answer; `okr-bridge status` tells",
            )

    def let_go(self) -> None:
        """Set it free for the next one. A database that does not answer frees it by itself, in time."""
        self._end.set()
        self._thread.join()
        with suppress(StoreError):
            self._store.leases.release(self.lease)

    def _beat(self) -> None:
        while not self._end.wait(self._seconds / BEATS):
            asked = elapsed()
            try:
                if not self._store.leases.renew(self.lease, self._seconds):
                    self._taken = True
                    return
                self._heard = asked
            except StoreError as error:
                log.warning("the %s lease was not renewed: %s", self.lease.name, error)


def take(store: Store, name: str, holder: str, seconds: float) -> Held | None:
    """The lease, where it is free or its holder is dead. None: another one has it."""
    asked = elapsed()
    lease = store.leases.acquire(name, holder, seconds)
    if lease is None:
        standing = store.leases.record(name)
        if standing is None or not is_gone(standing.holder):
            return None
        log.info("%s has ended without giving back the %s lease: taken over", told(standing.holder), name)
        store.leases.evict(name, standing.holder)
        asked = elapsed()
        lease = store.leases.acquire(name, holder, seconds)
    return Held(store, lease, seconds, asked) if lease else None


@contextmanager
def writing(
    store: Store, holder: str, seconds: float, *, wait: Callable[[float], object] = time.sleep
) -> Iterator[Held]:
    """The one writer's turn, waited for where another run goes on; within it every change of this store
    is fenced. `wait` lets seconds pass, and may raise to give up. Raises StoreError after ten minutes."""
    held = _wait_for_turn(store, holder, seconds, wait)
    try:
        with store.fenced(held.lease):
            yield held
    finally:
        held.let_go()


def _wait_for_turn(store: Store, holder: str, seconds: float, wait: Callable[[float], object]) -> Held:
    pause, waited, said = min(1.0, seconds / 10), 0.0, False
    while (held := take(store, WRITER, holder, seconds)) is None:
        who = store.leases.record(WRITER)
        name = told(who.holder) if who else "another process"
        if waited >= PATIENCE:
            raise StoreError(
                f"{store.database.where}: {name} has been writing for {waited:.0f} s",
                "let that run finish, or end it; then try again",
            )
        if not said:
            log.warning("waiting for %s, which writes just now", name, extra={"event": "waiting"})
            said = True
        wait(pause)
        waited += pause
    return held
