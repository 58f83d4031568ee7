"""Warnings, and errors that nothing caught, in any thread: told by the log, which masks them."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger("okr-bridge")


def tell_crashes() -> None:
    """From now on. Whoever has put a hook of his own in place of the interpreter's keeps it."""
    logging.captureWarnings(False)  # whoever caught warnings in between has put the old way back
    logging.captureWarnings(True)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _crashed
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _unraisable
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _thread_crashed


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    _tell("ended by a defect", error, trace)


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is None or issubclass(crash.exc_type, SystemExit):
        return
    name = crash.thread.name if crash.thread else "gone"
    _tell(f"thread {name} ended by a defect", crash.exc_value, crash.exc_traceback)


def _unraisable(crash: sys.UnraisableHookArgs) -> None:
    if crash.exc_value is not None:
        _tell(crash.err_msg or "an error nobody could take", crash.exc_value, crash.exc_traceback)


def _tell(what: str, error: BaseException, trace: TracebackType | None) -> None:
    info = (type(error), error, trace)
    log.critical("%s: %s", what, type(error).__name__, exc_info=info, extra={"event": "crash"})
