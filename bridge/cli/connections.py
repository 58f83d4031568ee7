"""Commands about connections: a new one, asked for, tried and written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from bridge.cli.options import CommonCommand, CommonGroup, common
from bridge.errors import BridgeError


@click.group(cls=CommonGroup)
def connections() -> None:
    """The accounts that the bridge works with."""


@connections.command(cls=CommonCommand)
@click.argument("tool")
@click.option("--name", metavar="NAME", help="What the connection is called; the tool's name unless given.")
@click.option(
    "--set", "given", multiple=True, metavar="OPTION=VALUE", help="An option of its section; repeat it."
)
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is told as missing.")
@click.option("--no-test", "untested", is_flag=True, help="Write it without a login.")
def new(tool: str, name: str | None, given: tuple[str, ...], yes: bool, untested: bool) -> int:
    """Ask for what a new connection of TOOL needs, log in, and add it to the configuration file; nothing that
    stands there is changed, and secrets are named by reference."""
    from bridge import config
    from bridge.cli.session import answer
    from bridge.cli.start import write_text
    from bridge.tools import newcomer

    path = config.find(common().config, os.environ, Path.cwd())
    described, name = newcomer.tool_named(tool), name or tool
    chosen = newcomer.options(given)
    asked = not yes and sys.stdin.isatty()
    if asked:
        _ask(described, name, chosen)
    added = newcomer.section(name, tool, chosen)
    try:
        text, settings = newcomer.with_section(path, name, added, os.environ)
        account, amiss = (None, ()) if untested else newcomer.tried(name, settings)
    except BridgeError:
        if asked:
            shown = newcomer.section(name, tool, newcomer.without_secrets(chosen))
            click.echo(f"nothing was written; this is what it would have been:\n\n{shown}", err=True)
        raise
    write_text(path, text)
    told = {"file": str(path), "connection": name, "account": account.name if account else None}
    who = f", logged in as {account.name}" if account else ""
    answer(told, lambda out: out.print(f"{path}: connection {name} added{who}", markup=False))
    for one in amiss:
        click.echo(f"{one.level}: {one.message}" + (f"\nhint: {one.hint}" if one.hint else ""), err=True)
    return 0


def _ask(tool: Any, name: str, chosen: dict[str, Any]) -> None:
    from bridge.tools import newcomer

    while wanted := newcomer.needed(tool, chosen):
        one = wanted[0]
        usual = f"env:{name.upper().replace('-', '_')}_TOKEN" if one.place == "token" else one.usual
        typed = click.prompt(f"{one.place} ({one.told})", default=usual or None)
        newcomer.put(chosen, one.place, newcomer.answered(tool, one.place, typed))


COMMANDS = (connections,)
