"""How far a long command has come, on stderr: bars on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bridge.backfilling import Unwatched, Watch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STEPS = 10
"""So many lines tell of one thing from its beginning to its end."""


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watch]:
    """What a backfill tells of itself goes here meanwhile."""
    if quiet:
        yield Unwatched()
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield Bars(bars)
    else:
        yield Lines()


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from bridge.cli.rate import Rate

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, Rate(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)


class Bars:
    """Bars with rate and time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def read(self, connection: str, done: int, total: int) -> None:
        self._show(f"{connection}: items", done, total)

    def judged(self, done: int, total: int) -> None:
        self._show("days", done, total)

    def _show(self, name: str, done: int, total: int) -> None:
        with self._lock:
            if name not in self._tasks:
                # what an earlier attempt has read does not make this one look faster
                self._tasks[name] = self._progress.add_task(name, total=total, completed=done)
            self._progress.update(self._tasks[name], completed=done, total=total)


class Lines:
    """A line at the beginning, at the end, and whenever another tenth is done."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._lock = threading.Lock()

    def read(self, connection: str, done: int, total: int) -> None:
        self._tell(f"{connection}: items", done, total)

    def judged(self, done: int, total: int) -> None:
        self._tell("days", done, total)

    def _tell(self, name: str, done: int, total: int) -> None:
        step = STEPS * done // total if total else STEPS
        with self._lock:
            if self._last.get(name) != step:
                self._last[name] = step
                click.echo(f"{name} {done} of {total}", err=True)
