"""The command that has trackers call the bridge."""

from __future__ import annotations

import click

from bridge.cli.options import FAILED, PARTIAL, CommonGroup
from bridge.cli.run import APPLY
from bridge.cli.session import answer, open_app


@click.group("webhooks", cls=CommonGroup)
def webhooks() -> None:
    """Trackers that tell the bridge of changes at once."""


@webhooks.command("install")
@APPLY
@click.option("--url", default="", metavar="URL", help="Where the daemon is reached, instead of public_url.")
@click.option("--new-secret", "renew", is_flag=True, help="Send the secrets again, after they were changed.")
def install(really: bool, url: str, renew: bool) -> int:
    """Register the webhooks where the account may, say what to click where it may not; plan first."""
    with open_app() as app:
        report = app.webhooks(url, really, renew)
        answer(report.as_json(), lambda out: report.show(out, app.words))
        if report.failed:
            return FAILED
        return PARTIAL if report.partial else 0


COMMANDS = (webhooks,)
