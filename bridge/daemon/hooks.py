"""Webhooks as hints: who may give them, which were given before, and which items they tell of.

A hint says "look at these items" and nothing more; what a tracker sends along is never taken for the truth.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hmac import compare_digest

from bridge.daemon.signatures import digest_of
from bridge.errors import ConfigError, Misconfigured
from bridge.hook_form import Form, Greeting

log = logging.getLogger(__name__)

REMEMBERED = 20_000
"""Identifiers kept for each connection: retries of one event come within some 75 minutes."""
KEPT = "%s: the secret that its webhooks are signed with came with the greeting, and is kept"


class Verdict(Enum):
    """What a webhook is answered: a status of HTTP, and a word that helps nobody to forge one."""

    ACCEPTED = 202, "accepted"
    TAKEN = 200, "accepted"
    HERE = 200, "here"
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
class Door:
    """A connection as webhooks see it. `secret` reads what they are signed with; None: none are taken. `keep`
    keeps one that comes with a greeting, unless there is one, and says whether it did; None: it cannot."""

    form: Form
    secret: Callable[[], str] | None
    keep: Callable[[str], bool] | None = None


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
        """`doors` by connection, or connection/part, asked each time; `active`: whether a hint given now is
        acted upon by this process; `now` is aware."""
        self._doors = doors
        self._hint = hint
        self._active = active
        self._now = now
        self._repeats = Repeats()

    def there(self, connection: str) -> Verdict:
        """What is said to who only asks whether anybody is there."""
        door = self._doors().get(connection)
        if door is None or door.secret is None:
            return Verdict.UNKNOWN if door is None else Verdict.REFUSED
        return Verdict.HERE

    def meets(self, connection: str, headers: Mapping[str, str]) -> Verdict | None:
        """What is to be said before the body has come; None: let it come."""
        door = self._doors().get(connection)
        if door is None:
            return Verdict.UNKNOWN
        if door.secret is None or not (door.form.greets or door.form.claims(headers)):
            return Verdict.REFUSED
        return None if self._active() else Verdict.AWAY

    def greets_at_most(self, connection: str, headers: Mapping[str, str]) -> bool:
        """Whether nothing is signed, so that it can be no more than a greeting."""
        door = self._doors().get(connection)
        return door is None or not door.form.claims(headers)

    def takes(self, connection: str, headers: Mapping[str, str], body: bytes) -> Verdict | Greeting:
        """Take the hint over, unless it is forged or was taken before; or greet. What is signed is read once
        it is proved."""
        door = self._doors().get(connection)
        if door is None or door.secret is None:
            return Verdict.UNKNOWN if door is None else Verdict.REFUSED
        try:
            return self._judged(connection, door, headers, body)
        except ConfigError as error:
            log.error("%s: webhooks cannot be checked: %s", connection, error)
            return Verdict.FULL

    def _judged(
        self, connection: str, door: Door, headers: Mapping[str, str], body: bytes
    ) -> Verdict | Greeting:
        form, signed = door.form, door.form.claims(headers)
        if form.lacks:
            raise ConfigError([Misconfigured(f"connections.{connection}", form.lacks)])
        secret = door.secret() if signed and door.secret else _known(door)
        if signed and not form.proves(headers, body, secret, self._now()):
            return Verdict.REFUSED
        if greeting := form.greets(headers, body, secret) if form.greets else None:
            return self._greeted(connection, door, greeting, secret)
        return self._taken(connection, form, headers, form.opens(body, secret)) if signed else Verdict.REFUSED

    def _greeted(self, connection: str, door: Door, greeting: Greeting, known: str) -> Verdict | Greeting:
        """A secret is kept where none is known; the known one is never replaced."""
        if not greeting.secret:
            return greeting
        if not known and door.keep:
            if not self._active():
                return Verdict.AWAY
            if door.keep(greeting.secret):
                told = {"event": "webhook_secret", "connection": connection.partition("/")[0]}
                log.info(KEPT, connection, extra=told)
            known = _known(door)
        same = compare_digest(known.encode(), greeting.secret.encode())
        return greeting if same else Verdict.REFUSED

    def _taken(self, connection: str, form: Form, headers: Mapping[str, str], body: bytes) -> Verdict:
        """`body` is proved, and in the clear."""
        identifier, items = form.identifier(headers, body), form.items_of(body)
        if self._repeats.knows(connection, identifier):
            return Verdict.REPEAT
        if not self._active():
            return Verdict.AWAY
        if items is not None:
            self._hint(connection.partition("/")[0], items)
        self._repeats.remember(connection, identifier)
        return Verdict.TAKEN if form.taken == Verdict.TAKEN.status else Verdict.ACCEPTED


def _known(door: Door) -> str:
    """The secret as far as there is one to read, else empty."""
    with suppress(ConfigError):
        return door.secret() if door.secret else ""
    return ""
