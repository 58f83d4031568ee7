"""Options that every command takes, before its name and after it, and what becomes of errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bridge.errors import BridgeError, ConfigError, PlanChanged, UnsafePlan, UsageError

USAGE, FAILED, STOPPED, PARTIAL, PENDING = 2, 1, 5, 3, 4


@dataclass(slots=True)
class Common:
    """What was asked for in common: the configuration file, the form of the answer, the clock."""

    config: Path | None = None
    as_json: bool = False
    verbose: int = 0
    quiet: bool = False
    now: datetime | None = None


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        if value not in (None, False, 0):
            setattr(common(context), name, value)
        return value

    return remember


def common(context: click.Context | None = None) -> Common:
    """The common options of the running command."""
    root = (context or click.get_current_context()).find_root()
    if root.obj is None:
        root.obj = Common()
    chosen: Common = root.obj
    return chosen


class Instant(click.ParamType[datetime]):
    """An ISO 8601 date or date-time; without a zone it is meant in the bridge's own."""

    name = "iso"
    told = "an ISO date or date-time such as 2026-11-21T09:00"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not {self.told}", param, ctx)


def _options() -> list[click.Option]:
    shared: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        click.Option(
            ["-c", "--config"],
            type=click.Path(path_type=Path),
            help="Configuration file (else $OKR_BRIDGE_CONFIG, else ./okr-bridge.toml).",
            callback=_set("config"),
            **shared,
        ),
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            help="Answer in JSON.",
            callback=_set("as_json"),
            **shared,
        ),
        click.Option(
            ["-v", "--verbose"],
            count=True,
            help="Say more on stderr (-vv: every request).",
            callback=_set("verbose"),
            **shared,
        ),
        click.Option(
            ["-q", "--quiet"], is_flag=True, help="Say only what failed.", callback=_set("quiet"), **shared
        ),
        click.Option(
            ["--now"],
            type=Instant(),
            metavar="ISO",
            help="Set the clock, for trials and tests.",
            callback=_set("now"),
            **shared,
        ),
    ]


class CommonCommand(click.Command):
    """A command that takes the common options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *_options()]


class CommonGroup(click.Group):
    """A group whose commands take the common options before their name and after it."""

    command_class = CommonCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *_options()]


def exit_code(error: BridgeError) -> int:
    """By what to do: correct the input, decide about the plan, or see what failed."""
    match error:
        case ConfigError() | UsageError():
            return USAGE
        case UnsafePlan() | PlanChanged():
            return STOPPED
        case _:
            return FAILED


def misuse(error: click.ClickException) -> UsageError:
    """What was typed wrong, told like every other error."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "okr-bridge"
    return UsageError(" ".join(error.format_message().split()), f"see: {path} --help")


def report_error(error: BridgeError, arguments: list[str]) -> int:
    """Tell an error on stderr, as JSON too where JSON was asked for; its exit code."""
    click.echo(f"error: {error.message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    if "--json" in arguments:
        kind = type(error).__name__
        click.echo(json.dumps({"error": {"kind": kind, "message": error.message, "hint": error.hint}}))
    return exit_code(error)
