"""Logs go to stderr, as text or JSON, with every known secret masked, whatever raised them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from bridge.logs.context import bound

if TYPE_CHECKING:
    from bridge.secrets import Secret

__all__ = ["bound", "set_up"]

_HEARD = {
    logging.ERROR: ("alembic", "atlassian", "jira", "urllib3"),
    logging.WARNING: ("apscheduler", "asyncio", "uvicorn"),
}
"""From which level on libraries are heard: what they retry or tell in passing is ours to tell."""


def set_up(
    secrets: Callable[[], Iterable[Secret]],
    *,
    verbose: int = 0,
    quiet: bool = False,
    format: Literal["text", "json"] = "text",
    level: str = "auto",
    daemon: bool = False,
) -> None:
    """Log to stderr: warnings, or what `level` says; more when verbose, errors only when quiet.

    `auto` is info for the daemon. Called anew, it takes the place of the last, and what was masked once
    stays masked. Warnings and errors that nothing caught go the same way.
    """
    from bridge.logs.crashes import tell_crashes
    from bridge.logs.handler import Known, Masked

    root = logging.getLogger()
    before = [value for one in root.handlers if isinstance(one, Masked) for value in one.known()]
    root.handlers = [Masked(sys.stderr, Known(secrets, before), format)]
    root.setLevel(_level(verbose, quiet, level, daemon))
    for heard, names in _HEARD.items():
        for name in names:
            logging.getLogger(name).setLevel(heard)
    tell_crashes()


def _level(verbose: int, quiet: bool, level: str, daemon: bool) -> int:
    if quiet:
        return logging.ERROR
    usual = logging.INFO if daemon else logging.WARNING
    chosen = usual if level == "auto" else logging.getLevelNamesMapping()[level.upper()]
    return min(chosen, (chosen, logging.INFO, logging.DEBUG)[min(verbose, 2)])
