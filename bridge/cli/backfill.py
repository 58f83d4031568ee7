"""The command that asks the past: backfill."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bridge.cli.options import FAILED, PARTIAL, STOPPED, CommonCommand, Instant, common
from bridge.cli.run import KR
from bridge.cli.session import answer, open_app, orders_of, tell_problems

if TYPE_CHECKING:
    from bridge.report.backfill import BackfillResult


@click.command(cls=CommonCommand)
@click.option("--from", "first", type=Instant(), metavar="DATE", help="The first day (the cycle's start).")
@click.option("--to", "last", type=Instant(), metavar="DATE", help="The last day (yesterday).")
@KR
@click.option("--connection", default="", metavar="NAME", help="Only what rests on this connection alone.")
@click.option(
    "--resume/--restart",
    default=True,
    help="Go on where one that broke off had come to (the default), or read all of it again.",
)
@click.option("--publish", is_flag=True, help="Then sync once; without it no tracker is written to.")
def backfill(
    first: datetime | None,
    last: datetime | None,
    only: tuple[str, ...],
    connection: str,
    resume: bool,
    publish: bool,
) -> int:
    """Replay the past day by day from what the trackers remember, and keep it as history."""
    from bridge.backfilling import Asked
    from bridge.backfilling.wiring import Days, backfill_of
    from bridge.cli.progress import watching
    from bridge.report.backfill import BackfillResult

    with open_app() as app:
        days = Days(first.date() if first else None, last.date() if last else None)
        asked = Asked(frozenset(only), connection, restart=not resume)
        with watching(quiet=common().quiet) as watch:
            report = backfill_of(app, days, asked, watch)
        run = app.sync(orders_of(app, only=only)) if publish else None
        result = BackfillResult(report, run)
        if common().quiet:
            tell_problems((*report.problems, *(run.problems if run else ())))
        answer(result.as_json(app.words), lambda out: result.show(out, app.words))
        return _code(result)


def _code(result: BackfillResult) -> int:
    report, run = result.report, result.run
    if report.failed or (run and run.failed):
        return FAILED
    if run and run.stopped:
        return STOPPED
    return PARTIAL if report.partial or (run and run.partial) else 0


COMMANDS = (backfill,)
