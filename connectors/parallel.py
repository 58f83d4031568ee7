"""Calls side by side, their results as they come, never many of them held at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from itertools import chain
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def parallel(function: Callable[[A], R], arguments: Iterable[A], width: int) -> Iterator[R]:
    """The results in any order, `width` calls at a time, each in a copy of the caller's context.

    At most `width` + 1 results are held. The first error ends it: nothing more is started.
    """
    context = copy_context()

    def within(argument: A) -> R:
        return context.copy().run(function, argument)

    return _results(within, iter(arguments), width)


def _results(function: Callable[[A], R], waiting: Iterator[A], width: int) -> Iterator[R]:
    first = [argument for _, argument in zip(range(width), waiting, strict=False)]
    if len(first) < 2:
        yield from map(function, chain(first, waiting))
        return
    with ThreadPoolExecutor(len(first)) as pool:
        running = {pool.submit(function, argument) for argument in first}
        try:
            yield from _drain(running, waiting, lambda argument: pool.submit(function, argument))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _drain(running: set[Future[R]], waiting: Iterator[A], submit: Callable[[A], Future[R]]) -> Iterator[R]:
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        future = done.pop()
        running.remove(future)
        result = future.result()
        for argument in waiting:
            running.add(submit(argument))
            break
        del future
        yield result
