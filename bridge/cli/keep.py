"""Commands that keep things: init, export, import."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.options import CommonCommand, common
from bridge.cli.session import open_app


@click.command(cls=CommonCommand)
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
def init(yes: bool) -> int:
    """Write a commented configuration and OKR file; never overwrites."""
    from bridge.cli.start import ask_and_write

    for path in ask_and_write(common().config, yes):
        click.echo(f"wrote {path}")
    click.echo("next: put your token into the environment, edit both files, then: okr-bridge check")
    return 0


@click.command("export", cls=CommonCommand)
@click.argument("file", required=False, type=click.Path(path_type=Path))
def export_(file: Path | None) -> int:
    """Everything the bridge knows, as lossless JSON."""
    from bridge.cli.start import write_text
    from bridge.exchange import export

    with open_app() as app:
        text = export(app.store)
        if file is None:
            click.echo(text)
        else:
            write_text(file, text + "\n")
            click.echo(f"wrote {file}", err=True)
    return 0


@click.command("import", cls=CommonCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace what the store holds.")
def import_(file: Path, replace: bool) -> int:
    """Take in an export; refuses a store that is not empty without --replace."""
    from bridge.cli.start import read_text
    from bridge.exchange import import_document

    with open_app() as app:
        text = read_text(file)
        with app.writing(anew=replace):
            import_document(app.store, text, replace=replace)
    click.echo(f"took in {file}", err=True)
    return 0


COMMANDS = (init, export_, import_)
