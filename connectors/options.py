"""How calls to a system are made, whatever they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def unguarded() -> None:
    """Nobody else may write."""


@dataclass(frozen=True, slots=True)
class Form:
    """A body of named texts, as a browser would send it (multipart/form-data)."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Seconds throughout. `concurrency`: requests in flight at once. `hints` by status replace the
    general ones, `headers` go with every call, `hide` takes out of an answer's words what nobody may
    see; the session's own login is taken out besides. `guard` is asked right before each try of a write,
    after every wait: where it raises, the write does not leave the house. `limited`: what has to pause
    after a 429 that does not say so itself, "endpoint" or "connection"."""

    timeout: float = 30.0
    concurrency: int = 10
    tries: int = 4
    first_wait: float = 2.0
    longest_wait: float = 30.0
    patience: float = 120.0
    hints: Mapping[int, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded
    limited: str = "endpoint"
