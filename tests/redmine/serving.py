"""A Redmine that is a function, at an address of its own, for the whole program to speak to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from bridge.sandbox.loopback import Answer, Loopback


class Answering(Protocol):
    writes: int

    def take(self, method: str, url: str, headers: dict[str, str], content: bytes, /) -> Answer: ...


@contextmanager
def serving(redmine: Answering, written: Callable[[int], None] = lambda _count: None) -> Iterator[str]:
    """The base address, which has a path. `written` is told after each write how many there were, before it
    is answered."""

    def take(method: str, url: str, headers: dict[str, str], content: bytes) -> Answer:
        told = redmine.take(method, url, headers, content)
        if method != "GET":
            written(redmine.writes)
        return told

    with Loopback(take, path="/1") as listener:
        yield listener.url
