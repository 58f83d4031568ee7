"""One request over one session: what comes back, or the error that nothing did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from requests import Response, Session
from requests.exceptions import (
    ConnectTimeout,
    ProxyError,
    RequestException,
    SSLError,
    Timeout,
)
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from bridge.errors import ConnectorError, Transient
from connectors.answers import Asked

_PIECE = 1 << 24
_TO_CONNECT = 10.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request to make. `arguments` are those of `requests`; it is paced with all others to the same
    `endpoint` and the same `item`."""

    method: str
    path: str
    asked: Asked
    arguments: Mapping[str, Any]
    endpoint: str
    item: str | None

    @property
    def writes(self) -> bool:
        """A POST that may be repeated and concerns no one item only reads."""
        reads = self.method in ("GET", "HEAD") or (self.method == "POST" and self.asked.repeatable)
        return self.item is not None or not reads


@dataclass(frozen=True, slots=True)
class Received:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire:
    """Sends what it is told, once, with this session's login. `timeout`: seconds without a sign of life."""

    def __init__(self, system: str, base: str, session: Session, timeout: float) -> None:
        self.system = system
        self.base = base
        self._session = session
        self._timeout = (min(timeout, _TO_CONNECT), timeout)

    def send(self, call: Call) -> Received:
        """Raises Transient where no answer came, ConnectorError where none ever will."""
        try:
            # Not session.request: a session of PyPI `jira` would retry by its own rules, POST included.
            with Session.request(
                self._session,
                call.method,
                f"{self.base}/{call.path.lstrip('/')}",
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                **call.arguments,
            ) as response:
                return Received(response.status_code, response.headers, _body(response))
        except RequestException as error:
            raise self._unreached(call, error) from error

    def close(self) -> None:
        self._session.close()

    def _unreached(self, call: Call, error: RequestException) -> ConnectorError:
        what, system = call.asked.what, self.system
        if "certificate" in str(error).lower() and isinstance(error, SSLError):
            return ConnectorError(
                system,
                f"{what}: the server's certificate is not trusted",
                "name its authority in `ca_bundle`",
            )
        if isinstance(error, ValueError):
            return ConnectorError(system, f"{what}: the address cannot be used", "check `url` and `proxy`")
        unsent = isinstance(error, ConnectTimeout) or isinstance(_cause(error), NewConnectionError)
        return Transient(
            system,
            f"{what} got no answer ({_kind(error)})",
            "check `url`, `proxy` and the network; else run again later",
            maybe_done=not (unsent or call.asked.repeatable),
        )


def _body(response: Response) -> bytes:
    """All of it. What a refusal says may be cut off: its status and its headers hold all the same."""
    try:
        # Left to requests, a body is read 10 kB at a time, which costs as much as decoding it.
        return b"".join(response.iter_content(_PIECE))
    except RequestException:
        if response.status_code < 300:
            raise
        return b""


def _cause(error: RequestException) -> object:
    """What urllib3 met: itself, or the reason why it tried no more."""
    first = error.args[0] if error.args else None
    return getattr(first, "reason", None) or first


def _kind(error: RequestException) -> str:
    cause = _cause(error)
    match error:
        case Timeout():
            return "timed out"
        case ProxyError():
            return "the proxy refused"
        case _ if isinstance(cause, ReadTimeoutError):
            return "timed out"
        case _ if isinstance(cause, NewConnectionError):
            return "could not connect"
        case _:
            return "the connection broke"
