"""Every error of the bridge, grouped by what to do about it.

`str(error)` is one line: which connection, what was tried, what came back. `hint` is the next step.
Neither ever holds a secret, a request body or a response body as it came.
"""

from __future__ import annotations

from dataclasses import dataclass


class BridgeError(Exception):
    """Something a person can act on; never a defect of the program."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """One thing wrong in a file: where (`okrs.toml: objectives.0.key_results.1.links.0`), what, what next."""

    place: str
    message: str
    hint: str = ""


class ConfigError(BridgeError):
    """All that is wrong with a configuration, at once; values are never repeated."""

    def __init__(self, problems: list[Misconfigured]) -> None:
        lines = [f"{p.place}: {p.message}" + (f" ({p.hint})" if p.hint else "") for p in problems]
        super().__init__("\n".join(lines))
        self.problems = problems


class UsageError(BridgeError):
    """A command was given something it cannot take."""


class UnsafePlan(BridgeError):
    """The brake: too much would move at once. Refused without --force."""


class PlanChanged(BridgeError):
    """What would be written is not what was reviewed (--expect)."""


class StoreError(BridgeError):
    """The database cannot be used: missing, locked, full, of another version."""


class LeaseLost(StoreError):
    """Another process writes now: nothing more may be written by this one."""


class Stopping(BridgeError):
    """The process was asked to end: what is not begun is left for the next run."""


class MappingError(BridgeError):
    """A record cannot be translated: skip it, go on, tell it."""

    def __init__(self, record: str, field: str, message: str) -> None:
        super().__init__(f"{record}: {field}: {message}")
        self.record = record
        self.field = field


class ConnectorError(BridgeError):
    """A system refused, failed or could not be reached; `system` is the connection's name."""

    def __init__(self, system: str, message: str, hint: str = "") -> None:
        super().__init__(f"{system}: {message}", hint)
        self.system = system


class Transient(ConnectorError):
    """Passing trouble: again later. `maybe_done`: the call may have taken effect all the same."""

    def __init__(
        self,
        system: str,
        message: str,
        hint: str = "",
        *,
        retry_after: float | None = None,
        maybe_done: bool = False,
    ) -> None:
        super().__init__(system, message, hint)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class RateLimited(Transient):
    """The system asks for a pause. `scope`: connection, endpoint or item."""

    def __init__(
        self, system: str, message: str, hint: str = "", *, retry_after: float | None, scope: str
    ) -> None:
        super().__init__(system, message, hint, retry_after=retry_after)
        self.scope = scope


class AccessDenied(ConnectorError):
    """Not logged in, or a permission is missing: the hint says which and where to get it. `login`: the
    account as a whole was refused, so nothing on the connection goes."""

    def __init__(self, system: str, message: str, hint: str = "", *, login: bool = False) -> None:
        super().__init__(system, message, hint)
        self.login = login


class NotFound(ConnectorError):
    """Not there, or hidden from this account: trackers answer both alike."""


class Stale(ConnectorError):
    """Somebody else wrote at the same time: read again once, then decide anew."""


class Rejected(ConnectorError):
    """The request itself is wrong for this system; `fields` says what it disliked, by field."""

    def __init__(
        self, system: str, message: str, hint: str = "", *, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(system, message, hint)
        self.fields = fields or {}


class Full(ConnectorError):
    """A limit of the system that waiting does not lift (too many comments on one item)."""


class UnexpectedAnswer(ConnectorError):
    """An answer that is none: a login page with status 200, cut-off JSON, a repeated page."""


class PartialRead(ConnectorError):
    """A list could not be read to its end: nothing may be concluded from it."""
