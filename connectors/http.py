"""The one place for HTTP: retry, rate limits, what an answer means, parallel calls.

A connector says what to ask; everything that may go wrong on the way ends here as one of bridge.errors.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import orjson
from requests import Session

from bridge.errors import Stopping, Transient, UnexpectedAnswer
from connectors.answers import CUT, Answer, Asked, answer
from connectors.base import Traffic
from connectors.clock import Clock, system_clock
from connectors.exchange import Exchange, Tries
from connectors.hiding import hiding
from connectors.listing import Listing
from connectors.options import Form, HttpOptions
from connectors.parallel import parallel
from connectors.wire import Call, Received, Wire

__all__ = ["Answer", "Clock", "Form", "Http", "HttpOptions", "system_clock"]

log = logging.getLogger(__name__)
A = TypeVar("A")
R = TypeVar("R")

_PREFIX = re.compile(r"^rest/(?:api/\d+|agile/[\d.]+|software/[\d.]+)/")
_VARIABLE = re.compile(r"[^/]*\d[^/]*")


class Http:
    """Calls to one system over one session, safe to share between threads."""

    def __init__(self, system: str, base: str, session: Session, options: HttpOptions, clock: Clock) -> None:
        self.system = system
        self.base = base.rstrip("/")
        self.options = options
        self.clock = clock
        self._hide = hiding(session, self.base, options.hide)
        self._wire = Wire(system, self.base, session, options.timeout)
        self._exchange = Exchange(self._wire, options, clock)

    @property
    def server_now(self) -> datetime | None:
        """The server's clock, reckoned from its last answer; None before the first one."""
        return self._exchange.server_now

    @property
    def requests(self) -> int:
        """Requests made so far, retries included."""
        return self._exchange.meter.started

    @property
    def traffic(self) -> Traffic:
        """What came of the requests so far."""
        return self._exchange.traffic

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        repeatable: bool,
        item: str | None = None,
    ) -> Answer:
        """One call, repeated while that is harmless and the trouble passes.

        `path` is below the base address; `body` becomes JSON (None: no body), a Form is one.
        `repeatable`: making the call twice is the same as once. `item`: whose writes are paced together.
        Waits 120 s at most, then Transient with `retry_after`. After a 401 no further call leaves the
        house, and for a while none where the system has long not answered. Stopping out of a wait ends a
        read as it is; a write comes out as Transient, to be made later.
        """
        sent = {"params": params, **self._sent(body)}
        paced = f"item {item}" if item is not None and method not in ("GET", "HEAD") else None
        call = self._call(method, path, sent, repeatable=repeatable, item=paced)
        return self._read(call, self._persist(call))

    def listing(self, path: str, body: Any, member: str) -> Answer:
        """A POST that only reads, with a long list in its answer: `data` is a Listing of that member.

        Its elements are decoded while they are read; UnexpectedAnswer may come as late as that.
        """

        def decode(content: bytes) -> Listing:
            return Listing(content, member, broken)

        call = self._call("POST", path, self._sent(body), repeatable=True)
        broken = UnexpectedAnswer(self.system, f"{call.asked.what} answered with broken JSON", CUT)
        call = replace(call, asked=replace(call.asked, decode=decode))
        found = self._read(call, self._persist(call))
        if found.data is None:
            raise broken
        return found

    def parallel(self, function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[R]:
        """The results as they come, in any order, `concurrency` calls at a time.

        At most `concurrency` + 1 results are held. The first error ends it: nothing more is started.
        """
        return parallel(function, arguments, self.options.concurrency)

    def close(self) -> None:
        self._wire.close()

    def _sent(self, body: Any) -> dict[str, Any]:
        if body is None:
            return {"headers": self.options.headers}
        if isinstance(body, Form):
            parts = {name: (None, text) for name, text in body.texts.items()}
            return {"headers": self.options.headers, "files": parts}
        headers = {"Content-Type": "application/json", **self.options.headers}
        return {"headers": headers, "data": orjson.dumps(body)}

    def _call(
        self, method: str, path: str, sent: Mapping[str, Any], *, repeatable: bool, item: str | None = None
    ) -> Call:
        shown = self._hide(path)
        what = f"{method} {_PREFIX.sub('', shown)}"
        options = self.options
        asked = Asked(self.system, what, repeatable, self._hide, options.hints, limited=options.limited)
        return Call(method, path, asked, sent, f"{method} {_VARIABLE.sub('*', shown)}", item)

    def _read(self, call: Call, received: Received) -> Answer:
        try:
            found = answer(call.asked, received.status, received.headers, received.content)
        except (UnexpectedAnswer, Transient):
            self._exchange.meter.end("broken", len(received.content))
            raise
        self._exchange.meter.end("ok", len(received.content))
        return found

    def _persist(self, call: Call) -> Received:
        tries = Tries(call)
        try:
            while isinstance(found := self._exchange.make(tries), Transient):
                tries.trouble = found
                if not self._again(tries, found):
                    raise found
                self._rest(tries, found)
            return found
        except Stopping as error:
            if not call.writes:
                raise
            raise self._stopped(tries) from error

    def _again(self, tries: Tries, error: Transient) -> bool:
        """Whether to make the same call once more; if not, the error says how long to wait."""
        if (
            not error.maybe_done
            and tries.attempt < self.options.tries
            and tries.waited + tries.pause <= self.options.patience
            and not self._exchange.silence.left()
        ):
            return True
        if not tries.answered:
            self._exchange.silence.given_up()
        return False

    def _rest(self, tries: Tries, error: Transient) -> None:
        log.info(
            "%s; again in %.1f s",
            error,
            tries.pause,
            extra={"event": "retry", "system": self.system, "attempt": tries.attempt},
        )
        if not tries.held:
            self.clock.sleep(tries.pause)
            tries.waited += tries.pause
        tries.attempt += 1

    def _stopped(self, tries: Tries) -> Transient:
        what, trouble = tries.call.asked.what, tries.trouble
        return Transient(
            self.system,
            f"{what} not {'sent' if trouble is None else 'repeated'}: the bridge is stopping",
            "it is tried again at the next run",
            maybe_done=trouble is not None and trouble.maybe_done,
        )
