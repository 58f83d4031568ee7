"""What every line logged within some work bears: which run it belongs to, and which connection."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_BOUND: ContextVar[Mapping[str, str]] = ContextVar("bound", default=_NOTHING)


@contextmanager
def bound(**context: str) -> Iterator[None]:
    """Every line logged inside, by this thread or with a copy of its context, bears these names and values:
    `run`, `connection`. What a call says itself in `extra` goes before."""
    token = _BOUND.set({**_BOUND.get(), **context})
    try:
        yield
    finally:
        _BOUND.reset(token)


def tell_context(record: logging.LogRecord) -> bool:
    """As a handler's filter: puts what is bound into the record."""
    for name, value in _BOUND.get().items():
        if name not in vars(record):
            setattr(record, name, value)
    return True
