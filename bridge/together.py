"""The same for several at the same time: a slow one keeps no other waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def together(work: Callable[[In], Out], items: Sequence[In]) -> list[Out]:
    """What came of each, in order, each in a thread of its own and in a copy of this context. The first
    error is raised once all have ended."""
    with ThreadPoolExecutor(len(items) or 1) as workers:
        tasks = [workers.submit(copy_context().run, work, item) for item in items]
    return [task.result() for task in tasks]
