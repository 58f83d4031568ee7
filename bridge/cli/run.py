"""Commands that read the trackers and may write: plan, sync, fields, provision, unpublish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bridge.cli.options import FAILED, PARTIAL, PENDING, STOPPED, CommonCommand, CommonGroup, common
from bridge.cli.session import answer, open_app, orders_of, tell_problems

if TYPE_CHECKING:
    from bridge.report.steps import StepsReport

KR = click.option("--kr", "only", multiple=True, metavar="ID", help="Only this key result (repeatable).")
FULL = click.option("--full", is_flag=True, help="Read everything, and look at every anchor, again.")
APPLY = click.option("--apply", "really", is_flag=True, help="Do it; without it, only the plan is shown.")


@click.command(cls=CommonCommand)
@click.option("--exit-code", is_flag=True, help="End with 4 when there are changes to make.")
@KR
@FULL
def plan(exit_code: bool, only: tuple[str, ...], full: bool) -> int:
    """Show what a sync would write; write nothing."""
    code = _sync(dry=True, only=only, full=full)
    pending = code == -PENDING
    return (PENDING if exit_code else 0) if pending else code


@click.command(cls=CommonCommand)
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--force", is_flag=True, help="Go on although the brake would stop the run.")
@click.option("--expect", default="", metavar="DIGEST", help="Write only if the plan has this digest.")
@KR
@FULL
def sync(dry_run: bool, force: bool, expect: str, only: tuple[str, ...], full: bool) -> int:
    """Read the work, roll it up and write the progress back."""
    code = _sync(dry=dry_run, force=force, expect=expect, only=only, full=full)
    return 0 if code == -PENDING else code


def _sync(*, dry: bool, only: tuple[str, ...], full: bool, force: bool = False, expect: str = "") -> int:
    """The exit code, or -PENDING for a run that only had changes to show."""
    with open_app() as app:
        orders = orders_of(app, dry=dry, force=force, expect=expect, only=only, full=full)
        report = app.foresee(app.sync(orders))
        if common().quiet:
            tell_problems(report.problems)
        answer(report.as_json(app.words), lambda out: report.show(out, app.words))
        if report.failed:
            return FAILED
        if report.stopped:
            return STOPPED
        if report.partial:
            return PARTIAL
        return -PENDING if dry and report.pending else 0


@click.group("fields", cls=CommonGroup)
def fields() -> None:
    """The custom fields that show a key result on an issue."""


@fields.command("install")
@APPLY
@click.option(
    "--screen", "screens", multiple=True, metavar="ID", help="Put them on this screen (repeatable)."
)
def install_fields(really: bool, screens: tuple[str, ...]) -> int:
    """Create the missing fields and put them on screens; plan first."""
    with open_app() as app:
        report = app.fields(screens, really)
        answer(report.as_json(), lambda out: report.show(out, app.words))
        return _done(report)


def _done(report: StepsReport) -> int:
    if report.failed:
        return FAILED
    return PARTIAL if report.partial else 0


@click.command(cls=CommonCommand)
@KR
@APPLY
def provision(only: tuple[str, ...], really: bool) -> int:
    """Create the missing Epic for a key result that has no work; plan first."""
    with open_app() as app:
        report = app.provision(frozenset(only), really)
        answer(report.as_json(), lambda out: report.show(out, app.words))
        return _done(report)


@click.command(cls=CommonCommand)
@APPLY
@click.option("--stale", is_flag=True, help="Only where the OKR file shows a key result no longer.")
def unpublish(really: bool, stale: bool) -> int:
    """Remove what the bridge made: its comments, links, properties, field values; plan first."""
    with open_app() as app:
        report = app.unpublish(really, stale)
        answer(report.as_json(), lambda out: report.show(out, app.words))
        return _done(report)


COMMANDS = (plan, sync, fields, provision, unpublish)
