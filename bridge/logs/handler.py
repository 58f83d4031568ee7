"""The one handler: it knows what to mask, and makes of a record a line without it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

from bridge.logs.context import tell_context
from bridge.masking import MaskingFilter

if TYPE_CHECKING:
    from bridge.secrets import Secret


class Known:
    """Every value that a secret was ever seen to have, in this configuration and those before it."""

    def __init__(self, secrets: Callable[[], Iterable[Secret]], before: Iterable[str] = ()) -> None:
        self._secrets = secrets
        self._values = dict.fromkeys(before)
        self._foreseen: dict[int, Secret] = {}

    def __call__(self) -> tuple[str, ...]:
        for secret in self._secrets():
            if id(secret) not in self._foreseen:
                self._foreseen[id(secret)] = secret
                secret.foresee()
            self._values |= dict.fromkeys(secret.seen)
        return tuple(self._values)


class Masked(logging.StreamHandler[TextIO]):
    """Writes masked lines. What they are made with is loaded at the first one: most commands log none."""

    def __init__(self, stream: TextIO, known: Known, form: str) -> None:
        super().__init__(stream)
        self.known = known
        self._form = form
        self.addFilter(tell_context)
        self.addFilter(MaskingFilter(known))

    def format(self, record: logging.LogRecord) -> str:
        if self.formatter is None:
            from bridge.logs.lines import formatter

            self.formatter = formatter(self._form)
        return self.formatter.format(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The library would print the record, unmasked."""
        kind = sys.exc_info()[0]
        if sys.__stderr__ and not (kind and issubclass(kind, OSError)):
            name = kind.__name__ if kind else "no error"
            sys.__stderr__.write(f"okr-bridge: a line of {record.name} could not be logged: {name}\n")
