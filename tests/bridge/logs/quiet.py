"""The root logger, the hooks and the libraries' levels as they were before a test."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest

NAMES = ("alembic", "apscheduler", "asyncio", "atlassian", "jira", "urllib3", "uvicorn")


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in NAMES}
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    yield
    logging.captureWarnings(False)
    root.handlers = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
