"""The connections that are open: each opened once, with what its site is like remembered for a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.clock import Clock
from bridge.config import Settings
from bridge.connecting import TRIES, connect, facts_of
from bridge.errors import AccessDenied, RateLimited
from bridge.model import Okrs
from bridge.reading import Connection
from bridge.store import Store

FACTS_LAST = timedelta(days=1)
LOCKED_OUT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Open:
    """`hasty`: it failed last time, so its calls are made once, for others wait for it."""

    connection: Connection
    facts_at: datetime
    hasty: bool = False


class Accounts:
    """Opens connections when they are asked for, and anew when what is known of their site has aged.

    A login that was refused is not tried again for an hour, and a connection that asked for a long
    pause not before its time: accounts get locked, and quotas burnt, by programs that keep asking.
    """

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, connect: Callable[..., Connection] = connect
    ) -> None:
        """`connect` opens one, as `bridge.connecting.connect` does."""
        self._settings = settings
        self._connect_to = connect
        self._store = store
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._refused: dict[str, tuple[datetime, AccessDenied]] = {}

    def get(self, name: str, okrs: Okrs) -> Connection:
        """Raises ConfigError, and ConnectorError where the site has to be asked and does not answer."""
        self._stand_off(name)
        site = self._known(name, okrs)
        standing = self._open.get(name)
        if standing and site and standing.facts_at == site[1]:
            return standing.connection
        self.forget(name)
        opened = self._connect(name, okrs, site)
        self._open[name] = opened
        return opened.connection

    def at_hand(self, name: str) -> Connection | None:
        """The connection if it is open and answers; nothing is asked for it."""
        if name in self._refused or self._store.holds.get(name, self._clock.now()):
            return None
        standing = self._open.get(name)
        return standing.connection if standing else None

    def away(self, name: str) -> bool:
        """Whether it is to be left alone for now: for a pause that it asked for, or a login it refused."""
        now = self._clock.now()
        refused = name in self._refused and now < self._refused[name][0]
        return refused or self._store.holds.get(name, now) is not None

    @property
    def open(self) -> Mapping[str, Connection]:
        """Safe to be asked for by any thread."""
        return {name: one.connection for name, one in self._open.copy().items()}

    def refused(self, name: str, error: AccessDenied) -> None:
        """The login itself was refused: leave the account alone for a while."""
        self._refused[name] = (self._clock.now() + LOCKED_OUT, error)
        self.forget(name)

    def after_run(self) -> None:
        """Remember long pauses that connections asked for: the next process keeps them too. What was
        opened in haste and answered is opened with patience next time."""
        for name, one in list(self._open.items()):
            until = one.connection.system.traffic.held_until
            if until and until > self._clock.now():
                self._store.holds.put(name, until, "the system asked for this pause")
            if one.hasty:
                self.forget(name)

    def forget(self, name: str) -> None:
        if standing := self._open.pop(name, None):
            standing.connection.system.close()

    def close(self) -> None:
        for name in list(self._open):
            self.forget(name)

    def _stand_off(self, name: str) -> None:
        now = self._clock.now()
        if name in self._refused:
            until, error = self._refused[name]
            if now < until:
                raise error.with_traceback(None)
            del self._refused[name]
        if held := self._store.holds.get(name, now):
            until, why = held
            seconds = (until - now).total_seconds()
            message = f"not asked before {until.isoformat(timespec='seconds')}: {why}"
            hint = "it is asked again by itself then; a slower schedule spares the quota"
            raise RateLimited(name, message, hint, retry_after=seconds, scope="connection")

    def _known(self, name: str, okrs: Okrs) -> tuple[Mapping[str, object], datetime] | None:
        """What is remembered of a site, and since when; None where it is too old, or was asked otherwise."""
        known = self._store.sites.get(name)
        if known is None or known[0].get("asked") != facts_of(name, self._settings, okrs):
            return None
        return known if known[0].get("site") and abs(self._clock.now() - known[1]) < FACTS_LAST else None

    def _connect(self, name: str, okrs: Okrs, known: tuple[Mapping[str, object], datetime] | None) -> _Open:
        if known is not None:
            facts = known[0]["site"]
            assert isinstance(facts, Mapping)
            return _Open(self._connect_to(name, self._settings, okrs, self._clock, facts), known[1])
        hasty = self._store.connections.failing_since(name) is not None
        tries = 1 if hasty else TRIES
        try:
            opened = self._connect_to(name, self._settings, okrs, self._clock, None, tries)
            site, at = dict(opened.system.describe()), self._clock.now()
        except AccessDenied as error:
            self.refused(name, error)
            raise
        asked = facts_of(name, self._settings, okrs)
        self._store.sites.put(name, {"asked": asked, "site": site}, at)
        return _Open(opened, at, hasty)
