"""A fake base on loopback, for programs in a process of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bridge.sandbox.loopback import Answer, Loopback
from tests.feishu.fake import FakeFeishu


@contextmanager
def served(fake: FakeFeishu) -> Iterator[str]:
    """Its address. One call after the other."""
    lock = threading.Lock()

    def take(method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        with lock:
            return fake.heard(method, url, headers, body)

    with Loopback(take) as listener:
        yield listener.url
