"""From the common options to a running application, and from its results to stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.options import common

if TYPE_CHECKING:
    from rich.console import Console

    from bridge.app import App
    from bridge.model import Finding, Problem
    from bridge.sync import Orders


@contextmanager
def open_app() -> Iterator[App]:
    """The application that the common options ask for; closed at the end."""
    from bridge import app as wiring
    from bridge.logs import set_up

    chosen = common()
    settings = wiring.load_settings(chosen.config, os.environ, Path.cwd())
    logs = settings.logs
    set_up(
        settings.secrets,
        verbose=chosen.verbose,
        quiet=chosen.quiet,
        format=logs.format,
        level=logs.level,
    )
    with wiring.App.open(settings, wiring.clock_at(chosen.now, settings.bridge.zone)) as app:
        yield app


def answer(data: Any, show: Callable[[Console], None]) -> None:
    """A result on stdout: JSON where that was asked for, else for people."""
    if common().as_json:
        click.echo(as_text(data))
    else:
        show(console())


def as_text(data: Any) -> str:
    import json

    return json.dumps(data, indent=2, ensure_ascii=False)


def console() -> Console:
    """Where results for people go: as wide as the terminal, or 120 columns where there is none."""
    from bridge.report.screen import Screen

    width = os.environ.get("COLUMNS", "")
    wide = int(width) if width.isdecimal() and int(width) else 120
    return Screen(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else wide)


def tell_problems(problems: Iterable[Problem]) -> None:
    """What went wrong on stderr, for whoever throws the results away: a cron line mails what stands there."""
    for problem in problems:
        click.echo(f"error: {problem.message}", err=True)
        if problem.hint:
            click.echo(f"hint: {problem.hint}", err=True)


def answer_findings(app: App, findings: Sequence[Finding]) -> None:
    from bridge.report.data import finding
    from bridge.report.text import show_findings

    data = {"findings": [finding(one) for one in findings]}
    answer(data, lambda out: show_findings(out, findings, app.words))


def orders_of(app: App, **chosen: Any) -> Orders:
    """What a plan or sync is asked to do; a key result that nobody knows is refused."""
    from bridge.sync import Orders

    only = frozenset(chosen.pop("only"))
    for kr in sorted(only):
        app.key_result(kr)
    return Orders(only=only, **chosen)
