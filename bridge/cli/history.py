"""Commands that look back: history, moved."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.options import CommonCommand, Instant, common
from bridge.cli.session import answer, open_app
from bridge.errors import UsageError

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.report.history import HistoryReport
    from bridge.report.moved import MovedReport

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=CommonCommand)
@click.argument("which", metavar="[KR|OBJECTIVE]", required=False)
@click.option("--from", "first", type=Instant(), metavar="DATE", help="The first day (the cycle's start).")
@click.option("--to", "last", type=Instant(), metavar="DATE", help="The last day (today).")
@click.option(
    "--by", type=click.Choice(["day", "week"]), help="A row for each; else whichever suits their number."
)
@click.option("--plot", is_flag=True, help="Draw it: progress, where it should be, scope, where it leads.")
@click.option("--csv", "as_csv", is_flag=True, help="Every day as CSV.")
@click.option("--parquet", type=FILE, metavar="FILE", help="Every day as a Parquet file.")
@click.option("--image", type=FILE, metavar="FILE", help="A chart of one as .svg or .png.")
def history(which: str | None, **asked: Any) -> int:
    """Progress day by day, of all, of an objective or of one key result."""
    if asked["as_csv"] and common().as_json:
        raise UsageError("--csv and --json are two forms of one answer", "choose one")
    if asked["image"] and not which:
        raise UsageError(
            "--image draws one key result or objective", "name it: okr-bridge history ID --image ..."
        )
    with open_app() as app:
        report = _history(app, which, **asked)
        files = [_image(app, report, asked["image"]), _parquet(report, asked["parquet"])]
        if asked["as_csv"]:
            click.echo(report.as_csv(), nl=False)
        elif common().as_json or not any(files):
            answer(report.as_json(), lambda out: report.show(out, app.words))
    return 0


def _history(
    app: App, which: str | None, *, first: datetime | None, last: datetime | None, **shape: Any
) -> HistoryReport:
    from bridge.history import Chronicle
    from bridge.report.history import HistoryReport

    chronicle = Chronicle(app)
    span = chronicle.span(_day(first), _day(last))
    courses = (chronicle.of(which, span),) if which else chronicle.all(span)
    return HistoryReport(courses, by=shape["by"] or "", plot=shape["plot"])


def _day(said: datetime | None) -> date | None:
    return said.date() if said else None


def _image(app: App, report: HistoryReport, file: Path | None) -> bool:
    if file is None:
        return False
    from bridge.charts.image import image
    from bridge.cli.start import write_bytes
    from bridge.report.plot import chart_of, legend

    [course] = report.courses
    write_bytes(file, image(file, chart_of(course), legend(course, app.words)))
    click.echo(f"wrote {file}", err=True)
    return True


def _parquet(report: HistoryReport, file: Path | None) -> bool:
    if file is None:
        return False
    from bridge.report.history import COLUMNS
    from bridge.report.parquet import write_parquet

    write_parquet(file, COLUMNS, report.rows())
    click.echo(f"wrote {file}", err=True)
    return True


class Since(Instant):
    """A day, or how many days or weeks back."""

    name = "since"
    told = "a number of days or weeks such as 7d or 2w, or an ISO date such as 2026-11-21"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        back = re.fullmatch(r"(\d{1,4})\s*([dw])", str(value).strip().lower())
        if back is None:
            return super().convert(value, param, ctx)
        return timedelta(days=int(back[1]) * (7 if back[2] == "w" else 1))


@click.command(cls=CommonCommand)
@click.argument("key_results", metavar="[KR]...", nargs=-1)
@click.option(
    "--since",
    type=Since(),
    default="7d",
    show_default=True,
    metavar="7d|2w|DATE",
    help="Compare with the end of that day, or of the day so many days or weeks ago.",
)
def moved(key_results: tuple[str, ...], since: datetime | timedelta) -> int:
    """What moved key results, and by how much each cause did; the shares add up exactly."""
    with open_app() as app:
        day = app.moment.today - since if isinstance(since, timedelta) else since.date()
        report = _moved(app, key_results, day)
        answer(report.as_json(app.words), lambda out: report.show(out, app.words))
    return 0


def _moved(app: App, only: tuple[str, ...], since: date) -> MovedReport:
    """Of these key results, or of all and their objectives."""
    from bridge.history import Chronicle
    from bridge.moved import moved as moved_of
    from bridge.moved import objective_moved
    from bridge.proof import situation
    from bridge.report.moved import MovedReport

    chronicle, made_of = Chronicle(app), partial(situation, app.store)
    if since >= chronicle.today:
        raise UsageError(f"nothing has moved since {since}: that day is not over", "name an earlier day")
    chosen = [app.key_result(id) for id in dict.fromkeys(only)] or app.okrs.key_results
    found = tuple(moved_of(chronicle, kr, since, made_of) for kr in chosen)
    objectives = () if only else app.okrs.objectives
    refs = [ref for one in found if one.movement for share in one.movement.shares for ref in share.cause.refs]
    return MovedReport(
        since,
        found,
        tuple(objective_moved(chronicle, one, since) for one in objectives),
        app.store.mirror.titles(refs),
    )


COMMANDS = (history, moved)
