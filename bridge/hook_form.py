"""How a tool's webhooks speak, told apart from whoever receives them: who sent it, what it tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The answer to a tool that says hello before it sends anything. `secret` is what came with it, to be
    kept for all that follows; it is answered only where that is the secret that is known."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)


def as_it_came(body: bytes, _secret: str) -> bytes:
    """A body that is not encrypted."""
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one kind of tracker speaks. Names of headers are lower case; none of these ever raises.

    `claims`: whether the headers hold anything to check. `proves`: whether that holds for the body as it
    came, by secret and time. `opens`: the body in the clear, once it is proved. `identifier`: what a repeat
    has in common with the first, or empty. `items_of`: permanent ids, `Raw.id` as the connector gives them;
    empty for "something changed", None for nothing at all. Both get the body in the clear.

    `greets` answers a hello that may be unsigned, and gets the body as it came, with the secret where one is
    known; None for whatever is no hello. `taken` is the status that the sender understands as success.
    `lacks`: what must be done before anything can be checked, for people to read; empty for nothing.
    `parts`: what the address may be continued by, after a slash, where every part of the work has a webhook
    and a secret of its own; letters and digits.
    """

    claims: Callable[[Mapping[str, str]], bool]
    proves: Callable[[Mapping[str, str], bytes, str, datetime], bool]
    identifier: Callable[[Mapping[str, str], bytes], str]
    items_of: Callable[[bytes], tuple[str, ...] | None]
    opens: Callable[[bytes, str], bytes] = as_it_came
    greets: Callable[[Mapping[str, str], bytes, str], Greeting | None] | None = None
    taken: int = 202
    lacks: str = ""
    parts: frozenset[str] = frozenset()
