"""The command that runs for a quarter: serve."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.options import CommonCommand, common

if TYPE_CHECKING:
    from bridge.config import Settings


@click.command(cls=CommonCommand)
def serve() -> int:
    """Sync on schedule and at webhooks, until told to stop."""
    from bridge.daemon.stop import Stop

    stop = Stop()
    with stop.listening():  # before all that takes time to import: a SIGHUP would end the process
        from dataclasses import replace

        from bridge.app import clock_at
        from bridge.daemon.serve import serve as run

        settings = _load()
        clock = replace(clock_at(common().now, settings.bridge.zone), sleep=stop.sleep)
        run(settings, _load, clock, stop, _announce)
    return 0


def _load() -> Settings:
    """The configuration as it is now, with logs that mask its secrets."""
    from bridge import app as wiring
    from bridge.logs import set_up

    chosen = common()
    settings = wiring.load_settings(chosen.config, os.environ, Path.cwd())
    set_up(
        settings.secrets,
        verbose=chosen.verbose,
        quiet=chosen.quiet,
        format=settings.logs.format,
        level=settings.logs.level,
        daemon=True,
    )
    return settings


def _announce(url: str) -> None:
    """For whoever started it and asked for JSON: where it answers."""
    if common().as_json:
        click.echo(json.dumps({"url": url}))


COMMANDS = (serve,)
