"""One try of a call: wait until it may start, send it, and heed what the answer says of the next ones."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.errors import AccessDenied, RateLimited, Stale, Transient
from connectors.answers import outcome, refusal
from connectors.base import Traffic
from connectors.clock import Clock
from connectors.limiter import Limiter, Turn
from connectors.limits import http_date, near_limit, spent
from connectors.meter import Meter
from connectors.options import HttpOptions
from connectors.pace import Pacer
from connectors.silence import Silence
from connectors.wire import Call, Received, Wire

log = logging.getLogger(__name__)

_CONNECTION = "*"


@dataclass(slots=True)
class Tries:
    """How far one call has come. `pause`: seconds before the next try; `held`: its scope waits as well."""

    call: Call
    attempt: int = 1
    waited: float = 0.0
    pause: float = 0.0
    held: bool = False
    answered: bool = False
    trouble: Transient | None = None


class Exchange:
    """Where all calls of a connection, from any thread, come through.

    A call holds a turn of the limiter from the moment it may start until its answer is read and heeded,
    so nothing starts between an answer that asks for a pause and the pause. It never waits with a turn.
    """

    def __init__(self, wire: Wire, options: HttpOptions, clock: Clock) -> None:
        self.system = wire.system
        self.options = options
        self.clock = clock
        self.meter = Meter()
        self.silence = Silence(clock.monotonic)
        self._wire = wire
        self._limiter = Limiter(options.concurrency)
        self._pacer = Pacer(clock.monotonic)
        self._denied: AccessDenied | None = None
        self._skew: timedelta | None = None

    @property
    def server_now(self) -> datetime | None:
        return None if self._skew is None else self.clock.now() + self._skew

    @property
    def traffic(self) -> Traffic:
        held = self._pacer.held(_CONNECTION)
        until = self.clock.now() + timedelta(seconds=held) if held > self.options.patience else None
        return self.meter.read(until)

    def make(self, tries: Tries) -> Received | Transient:
        """Wait until the call may start, and make it once: its answer, or the trouble that may pass."""
        while True:
            with self._limiter.turn() as turn:
                pause, key = self._admit(tries.call)
                if not pause:
                    return self._send(tries, turn)
            if tries.waited + pause > self.options.patience:
                raise self._held(tries.call, key, pause)
            self._throttle(pause)
            tries.waited += pause

    def _admit(self, call: Call) -> tuple[float, str]:
        """Start now for 0 seconds; else how long to wait, and for whom. Raises where waiting is no use."""
        if call.writes:
            self.options.guard()
        if self._denied is not None:
            message = f"{call.asked.what} not sent: the login was refused before"
            raise AccessDenied(self.system, message, self._denied.hint, login=True)
        if left := self.silence.left():
            raise self._silent(call, left)
        keys = (_CONNECTION, call.endpoint) if call.item is None else (_CONNECTION, call.endpoint, call.item)
        pause, key = self._pacer.admit(*keys, item=call.item)
        if not pause and (left := self.silence.enter()):
            raise self._silent(call, left)
        return pause, key

    def _silent(self, call: Call, left: float) -> Transient:
        return Transient(
            self.system,
            f"{call.asked.what} not sent: no answer from the system for the last {self.silence.calls} calls",
            f"it is tried again in {left:.0f} s; check `url`, `proxy` and the network",
            retry_after=left,
        )

    def _held(self, call: Call, key: str, pause: float) -> RateLimited:
        scopes = {_CONNECTION: "connection", call.item: "item"}
        return RateLimited(
            self.system,
            f"{call.asked.what} not sent: the system asked for a pause of {pause:.0f} s",
            "it is tried again at the next run",
            retry_after=pause,
            scope=scopes.get(key, "endpoint"),
        )

    def _throttle(self, seconds: float) -> None:
        begun = self.clock.monotonic()
        try:
            self.clock.sleep(seconds)
        finally:
            self.meter.throttle(self.clock.monotonic() - begun)

    def _send(self, tries: Tries, turn: Turn) -> Received | Transient:
        begun = self.clock.monotonic()
        self.meter.start()
        try:
            received = self._wire.send(tries.call)
        except Transient as error:
            self.meter.end("no_answer")
            self.silence.missed()
            tries.pause, tries.held = self._pause(error, tries.attempt), False
            return error
        except BaseException:
            self.meter.end("no_answer")
            self.silence.abandoned()
            raise
        self.silence.answered()
        tries.answered = True
        self._heed(tries.call, received, self.clock.monotonic() - begun)
        return self._judged(tries, turn, received)

    def _heed(self, call: Call, received: Received, took: float) -> None:
        """What every answer may say, good or bad: the server's clock, and that a limit is near."""
        headers, now = received.headers, self.clock.now()
        log.debug(
            "%s: %s answered %s, %d bytes",
            self.system,
            call.asked.what,
            received.status,
            len(received.content),
        )
        if date := http_date(headers.get("Date", "")):
            self._skew = date - now
        if near_limit(headers):
            self._pacer.slow(call.endpoint, 2 * took / max(self._limiter.busy, 1))
        if pause := spent(headers, self.server_now or now):
            self._pacer.hold(_CONNECTION, pause, spread=False)

    def _judged(self, tries: Tries, turn: Turn, received: Received) -> Received | Transient:
        """The answer if it is a good one. Holds back what must wait for this one's trouble, at once."""
        now = self.server_now or self.clock.now()
        error = refusal(tries.call.asked, received.status, received.headers, received.content, now)
        if error is None:
            self._limiter.calm(turn)
            return received
        if isinstance(error, Stale) and not tries.call.writes:
            error = Transient(self.system, error.message, "somebody wrote at the same time: run again later")
        self.meter.end(outcome(received.status), len(received.content))
        if isinstance(error, Transient):
            tries.pause = self._pause(error, tries.attempt)
            tries.held = self._hold(tries.call, turn, error, tries.pause)
            return error
        self._limiter.calm(turn)
        if isinstance(error, AccessDenied) and received.status == 401 and error.login:
            self._denied = error
        raise error

    def _pause(self, error: Transient, attempt: int) -> float:
        """Doubling from 2 s to 30 s, or what the server asked for; spread by chance, never below that."""
        options = self.options
        asked = error.retry_after or 0.0
        usual = asked or min(options.first_wait * 2 ** (attempt - 1), options.longest_wait)
        spread = usual * (0.6 * self.clock.random() - 0.3)
        return max(usual + min(spread, options.longest_wait), asked)

    def _hold(self, call: Call, turn: Turn, error: Transient, seconds: float) -> bool:
        """Whether others wait as well: the system asked for a pause, not only failed."""
        limited = isinstance(error, RateLimited)
        if not limited and not error.retry_after:
            return False
        match getattr(error, "scope", self.options.limited):
            case "item" if call.item is not None:
                self._pacer.hold(call.item, seconds, spread=False)
                return True
            case "connection":
                self._pacer.hold(_CONNECTION, seconds)
            case _:
                self._pacer.hold(call.endpoint, seconds)
        self._limiter.trouble(turn)
        return True
