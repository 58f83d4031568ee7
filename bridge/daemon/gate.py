"""Keeps slow callers from shutting out the others: uvicorn itself waits for a request for ever.

Every connection has a deadline for its next request, and when there are too many of them, the one that has
kept us waiting longest makes room: a newcomer (a health check) is always let in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

LINGER = 2.0
"""Seconds in which what is still sent after an early answer is thrown away: whoever closes with bytes unread
resets the line, and the answer is lost on its way."""
LONGEST_ANSWER = 60.0
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Lobby:
    """All open connections, the one longest there first. `seconds`: for a request to come, body and all."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self.waiting: dict[Gate, None] = {}

    def enters(self, newcomer: Gate) -> None:
        """Also for one that begins to wait anew."""
        self.waiting.pop(newcomer, None)
        self.waiting[newcomer] = None
        if len(self.waiting) > self.most:
            slowest = next((one for one in self.waiting if not one.is_answering), newcomer)
            slowest.turn_out()

    def leaves(self, one: Gate) -> None:
        self.waiting.pop(one, None)


class Exit:
    """A transport as uvicorn is to have it: it closes by way of the gate. All else is the transport's own."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self._transport = transport
        self.close = close

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Gate(H11Protocol):
    """One connection."""

    _timer: asyncio.TimerHandle | None = None
    _heard = False
    _parting = False

    def __init__(self, lobby: Lobby, **handed: Any) -> None:
        super().__init__(**handed)
        self._lobby = lobby

    @property
    def is_answering(self) -> bool:
        """Whether it is our turn: the request has come whole and is not answered yet."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._inner = transport
        super().connection_made(cast(asyncio.Transport, Exit(transport, self._close)))
        self._lobby.enters(self)
        self._expect(self._lobby.seconds)

    def data_received(self, data: bytes) -> None:
        if self._parting:
            return
        if not self._heard:
            self._heard = True
            self._expect(self._lobby.seconds)
        super().data_received(data)

    def on_response_complete(self) -> None:
        unread = self.cycle.more_body
        self._heard = unread
        if self._parting or self._inner.is_closing():
            return
        self._lobby.enters(self)
        self._expect(LINGER if unread else self._lobby.seconds)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lobby.leaves(self)
        self._expect(None)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The process ends: finish what is being answered, wait for nothing that may never come."""
        if self.is_answering:
            super().shutdown()
        else:
            self.turn_out()

    def turn_out(self) -> None:
        self._lobby.leaves(self)
        self._inner.abort()

    def _close(self) -> None:
        """Asked for by uvicorn."""
        if self.cycle is None or self.cycle.more_body:
            self._part()
        else:
            self._inner.close()

    def _part(self) -> None:
        """Say no more, and throw away what still comes, until the other side hangs up or LINGER is over."""
        if self._parting or self._inner.is_closing():
            return
        self._parting = True
        self._expect(LINGER)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        try:
            self._inner.write_eof()
        except OSError:  # it has hung up already
            self.turn_out()

    def _expect(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._expired)

    def _expired(self) -> None:
        if self.is_answering and not self._parting:
            self._timer = self.loop.call_later(LONGEST_ANSWER, self.turn_out)
            return
        between = self.cycle is None or self.cycle.response_complete
        if self._heard and between and not self._parting and (self.cycle is None or not self.cycle.more_body):
            self._inner.write(_LATE)
            self._part()
        else:
            self.turn_out()
