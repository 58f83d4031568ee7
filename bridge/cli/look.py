"""Commands that look and tell: check, lint, explain, status, runs, schema."""

from __future__ import annotations

import json
from typing import Literal

import click

from bridge.cli.options import FAILED, USAGE, CommonCommand, common
from bridge.cli.session import answer, answer_findings, open_app, tell_problems


@click.command(cls=CommonCommand)
def check() -> int:
    """See whether everything is in order: login, permissions, fields, queries, clocks."""
    with open_app() as app:
        findings = app.check()
        answer_findings(app, findings)
        return FAILED if any(finding.level == "error" for finding in findings) else 0


@click.command(cls=CommonCommand)
def lint() -> int:
    """OKR hygiene: too many, no owner, no number, shown nowhere ..."""
    with open_app() as app:
        findings = app.lint()
        answer_findings(app, findings)
        return FAILED if any(finding.level == "error" for finding in findings) else 0


@click.command(cls=CommonCommand)
@click.argument("key_result", metavar="KR")
def explain(key_result: str) -> int:
    """Why a number is what it is: every item, its weight and the rule behind it."""
    with open_app() as app:
        explanation = app.explain(key_result)
        answer(explanation.as_json(app.words), lambda out: explanation.show(out, app.words))
        return 0


@click.command(cls=CommonCommand)
def status() -> int:
    """Health at a glance: key results, connections, what is failing since when and what to do."""
    with open_app() as app:
        report = app.status()
        if report.problem and common().quiet:
            tell_problems([report.problem])
        answer(report.as_json(app.words), lambda out: report.show(out, app.words))
        return USAGE if report.problem else 0


@click.command(cls=CommonCommand)
@click.option("--last", default=10, show_default=True, type=click.IntRange(1), metavar="N", help="How many.")
def runs(last: int) -> int:
    """What was written when."""
    with open_app() as app:
        report = app.runs(last)
        answer(report.as_json(), lambda out: report.show(out, app.words))
        return 0


@click.command(cls=CommonCommand)
@click.argument("which", type=click.Choice(["config", "okrs"]))
def schema(which: Literal["config", "okrs"]) -> int:
    """The JSON Schema of a file, for editors that complete and check it."""
    from bridge.config.schema import schema as schema_of

    click.echo(json.dumps(schema_of(which), indent=2, ensure_ascii=False))
    return 0


COMMANDS = (check, lint, explain, status, runs, schema)
