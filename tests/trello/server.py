"""A fake Trello at an address of its own, for the whole program to speak to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.sandbox.loopback import Loopback
from bridge.sandbox.trello.site import PATH
from tests.trello.fake import FakeTrello


@contextmanager
def serving(trello: FakeTrello, written: Callable[[int], None] = lambda _count: None) -> Iterator[str]:
    """The base address. `written` is told after each write how many there were, before it is answered."""
    trello.written = written
    with Loopback(trello.take, path=PATH) as listener:
        yield listener.url
