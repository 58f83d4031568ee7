"""Webhooks as hints: who may give them, which were given before, and which items they tell of.

A hint says "look at these items" and nothing more; what a tracker sends along is never taken for the truth.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bridge.daemon.signatures import digest_of
from bridge.errors import ConfigError

log = logging.getLogger(__name__)

REMEMBERED = 20_000
"""Identifiers kept for each connection: retries of one event come within some 75 minutes."""


class Verdict(Enum):
    """What a webhook is answered: a status of HTTP, and a word that helps nobody to forge one."""

    ACCEPTED = 202, "accepted"
    REPEAT = 200, "repeat"
    REFUSED = 401, "refused"
    UNKNOWN = 404, "unknown"
    LATE = 408, "late"
    LARGE = 413, "too large"
    AWAY = 503, "standing by"
    FULL = 503, "busy"

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def word(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of tracker speaks. Names of headers are lower case; none of these ever raises.

    `claims`: whether the headers hold anything to check. `proves`: whether that holds for the body as it
    came. `identifier`: what a repeat has in common with the first, or empty. `items_of`: permanent ids.
    """

    claims: Callable[[Mapping[str, str]], bool]
    proves: Callable[[Mapping[str, str], bytes, str, datetime], bool]
    identifier: Callable[[Mapping[str, str]], str]
    items_of: Callable[[bytes], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Door:
    """A connection as webhooks see it. `secret` reads what they are signed with; None: none are taken."""

    form: Form
    secret: Callable[[], str] | None


class Repeats:
    """The last identifiers of each connection, in bounded memory. Safe to share between threads."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._seen: dict[str, dict[bytes, None]] = {}
        self._lock = threading.Lock()

    def knows(self, connection: str, identifier: str) -> bool:
        """Whether this was taken over already; an empty identifier is never known."""
        with self._lock:
            return bool(identifier) and digest_of(identifier) in self._seen.get(connection, {})

    def remember(self, connection: str, identifier: str) -> None:
        """It was taken over: the oldest makes room where there are too many."""
        if not identifier:
            return
        with self._lock:
            seen = self._seen.setdefault(connection, {})
            seen[digest_of(identifier)] = None
            if len(seen) > self._most:
                del seen[next(iter(seen))]


class Hooks:
    """Judges webhooks and passes their hints on. Safe to share between threads."""

    def __init__(
        self,
        doors: Callable[[], Mapping[str, Door]],
        hint: Callable[[str, Iterable[str]], None],
        active: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        """`doors` by connection, asked each time; `active`: whether a hint given now is acted upon by
        this process; `now` is aware."""
        self._doors = doors
        self._hint = hint
        self._active = active
        self._now = now
        self._repeats = Repeats()

    def meets(self, connection: str, headers: Mapping[str, str]) -> Verdict | None:
        """What is to be said before the body has come; None: let it come."""
        door = self._doors().get(connection)
        if door is None:
            return Verdict.UNKNOWN
        if door.secret is None or not door.form.claims(headers):
            return Verdict.REFUSED
        return None if self._active() else Verdict.AWAY

    def takes(self, connection: str, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Take the hint over, unless it is forged or was taken before. The body is read once it is proved."""
        door = self._doors().get(connection)
        if door is None or door.secret is None:
            return Verdict.UNKNOWN if door is None else Verdict.REFUSED
        try:
            secret = door.secret()
        except ConfigError as error:
            log.error("%s: webhooks cannot be checked: %s", connection, error)
            return Verdict.FULL
        if not door.form.proves(headers, body, secret, self._now()):
            return Verdict.REFUSED
        return self._taken(connection, door.form.identifier(headers), door.form.items_of(body))

    def _taken(self, connection: str, identifier: str, items: tuple[str, ...]) -> Verdict:
        if self._repeats.knows(connection, identifier):
            return Verdict.REPEAT
        if not self._active():
            return Verdict.AWAY
        self._hint(connection, items)
        self._repeats.remember(connection, identifier)
        return Verdict.ACCEPTED
