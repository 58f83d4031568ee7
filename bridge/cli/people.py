"""Commands by which people say something: check-ins and overrides."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from bridge.cli.options import CommonCommand, Instant
from bridge.cli.session import answer, open_app
from bridge.errors import UsageError

BY = click.option("--by", required=True, metavar="WHO", help="Whose word it is.")


class Number(click.ParamType[Decimal]):
    """A decimal number, kept as it was typed."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


@click.command(cls=CommonCommand)
@click.argument("key_result", metavar="KR")
@click.option("--value", type=Number(), metavar="V", help="The metric's value now (0..1 for learning).")
@click.option("--confidence", type=Number(), metavar="0..1", help="How sure you are to reach it.")
@click.option(
    "--status",
    "word",
    type=click.Choice(["on_track", "at_risk", "off_track"]),
    help="Your own word, shown beside the computed one.",
)
@click.option("--note", default="", metavar="T", help="What happened.")
@click.option("--obstacle", default="", metavar="T", help="What stands in the way.")
@click.option("--help-needed", default="", metavar="T", help="What would help.")
@click.option("--at", type=Instant(), metavar="DATE", help="When it was so (default: now).")
@click.option("--done", "milestones", multiple=True, metavar="TITLE", help="A milestone that was reached.")
@BY
def checkin(key_result: str, word: str | None, at: datetime | None, **said: Any) -> int:
    """Report on a key result by hand."""
    with open_app() as app:
        made = app.checkin(key_result, status=word or "", at=at, **said)
        answer(made.as_json(), made.show)
        return 0


@click.command(cls=CommonCommand)
@click.argument("key_result", metavar="KR")
@click.option("--value", type=Number(), metavar="0..1", help="The number to show instead.")
@click.option("--until", type=Instant(), metavar="DATE", help="The last day it is shown.")
@click.option("--why", default="", metavar="T", help="The reason, shown with it.")
@click.option("--clear", is_flag=True, help="Take the override back.")
@BY
def override(
    key_result: str, value: Decimal | None, until: datetime | None, why: str, clear: bool, by: str
) -> int:
    """Show a person's number beside the computed one, until a day."""
    if clear and (value is not None or until or why):
        raise UsageError("--clear stands alone with --by", "leave --value, --until and --why away")
    with open_app() as app:
        if clear:
            made = app.clear_override(key_result, by)
        else:
            if value is None or until is None or not why:
                raise UsageError(
                    "an override needs --value, --until and --why",
                    "for example: --value 0.7 --until 2026-12-04 --why 'two launches not in the tracker'",
                )
            made = app.override(key_result, value, why, by, until.date())
        answer(made.as_json(), made.show)
        return 0


COMMANDS = (checkin, override)
