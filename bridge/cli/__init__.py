"""The command line: commands, flags, exit codes; no logic.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click
from click.exceptions import NoArgsIsHelpError

from bridge import __version__
from bridge.cli import (
    backfill,
    connections,
    forecast,
    history,
    keep,
    look,
    people,
    run,
    serve,
    try_out,
    webhooks,
)
from bridge.cli.options import USAGE, CommonGroup, misuse, report_error
from bridge.errors import BridgeError

__all__ = ["cli", "main"]


@click.group(cls=CommonGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="okr-bridge")
def cli() -> None:
    """Links key results to the work that serves them, rolls completion up into progress and writes it
    back into the tracker."""


for module in (run, serve, connections, webhooks, look, backfill, history, forecast, people, keep, try_out):
    for command in module.COMMANDS:
        cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    sys.exit(invoke(list(sys.argv[1:] if arguments is None else arguments)))


def invoke(arguments: list[str]) -> int:
    """Run a command; its exit code. A person's mistake is one line and a hint, never a traceback."""
    try:
        result = cli.main(args=arguments, prog_name="okr-bridge", standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        return report_error(misuse(error), arguments)
    except BridgeError as error:
        return report_error(error, arguments)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        # whoever read the answer has seen enough; the interpreter must not flush into the void
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0
