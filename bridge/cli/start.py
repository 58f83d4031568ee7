"""What the starting commands need: questions of `init`, files given by name, the sandbox's process."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bridge.errors import UsageError

TRELLO = frozenset({"tool", "port"})
"""The options of the sandbox that its Trello has."""


def ask_and_write(config: Path | None, yes: bool) -> list[Path]:
    """Ask what must be asked, and write both files. Raises UsageError where one exists."""
    from bridge.starter import Answers, guess_timezone, write_starter

    folder = config.parent if config else Path.cwd()
    asks = not yes and sys.stdin.isatty()
    url, email = "https://your-site.atlassian.net", ""
    if asks:
        url = click.prompt("Address of your Jira", default=url)
        email = click.prompt("E-mail (empty: Data Center token)", default="", show_default=False)
    answers = Answers(url=url, email=email, timezone=guess_timezone(), random=secrets.token_hex(3))
    return write_starter(folder, answers, *([config.name] if config else []))


def read_text(path: Path) -> str:
    """A text file that a person named. Raises UsageError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path}: {reason}", "name a file that `okr-bridge export` wrote") from error


def write_text(path: Path, text: str) -> None:
    """The same as UTF-8."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that a person named, whole or not at all. Raises UsageError where it cannot be written."""
    part = Path(f"{path}.part")
    try:
        if path.exists() and not path.is_file():  # a folder refuses, a device takes it as it is
            path.write_bytes(content)
        else:
            part.write_bytes(content)
            part.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "name a file in a folder that is there") from error


def serve_sandbox(*, issues: Path | None, now: datetime | None, **options: Any) -> None:
    """Run the embedded Jira until it is told to stop."""
    from bridge.sandbox.real import Unreadable
    from bridge.sandbox.serve import run

    if issues is None and options.get("host"):
        raise UsageError("--host chooses among real issues", "name their file with --issues")
    if issues is not None and not issues.is_file():
        raise UsageError(f"{issues}: there is no such file", "a .jsonl or .jsonl.gz file of Jira issues")
    try:
        with _port(options["port"]):
            run(issues=issues, now=_start(now), announce=lambda line: click.echo(line), **options)
    except Unreadable as error:
        raise UsageError(str(error), error.hint) from error


def serve_trello(port: int, now: datetime | None, context: click.Context) -> None:
    """Run the embedded Trello until it is told to stop. UsageError for an option that it has not."""
    from click.core import ParameterSource

    from bridge.sandbox.trello.serve import run

    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if given and parameter.name not in TRELLO:
            raise UsageError(
                f"{parameter.opts[0]} is of the embedded Jira alone", "leave it out with --tool trello"
            )
    with _port(port):
        run(port=port, now=_start(now), announce=lambda line: click.echo(line))


def _start(now: datetime | None) -> datetime:
    start = now or datetime.now(UTC)
    return start if start.tzinfo else start.replace(tzinfo=UTC)


@contextmanager
def _port(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}", "--port 0 picks a free one") from error
