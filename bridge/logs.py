"""Logs go to stderr, with every known secret masked, whatever raised them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable

from bridge.secrets import Secret


def set_up(secrets: Callable[[], Iterable[Secret]], *, verbose: int = 0, quiet: bool = False) -> None:
    """Log warnings (errors only when quiet, more when verbose) as lines for people."""
    from bridge.secrets import MaskingFilter

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(MaskingFilter(secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(_level(verbose, quiet))
    for noisy in ("urllib3", "atlassian", "jira", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _level(verbose: int, quiet: bool) -> int:
    if quiet:
        return logging.ERROR
    return (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
