"""The whole job on an embedded Jira: what a newcomer sees first.

Everything lives in a folder of its own, so that the same commands can be typed there afterwards, as
long as the demo runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bridge.app import App, clock_at, load_settings
from bridge.logs import set_up
from bridge.model import KeyResult, Kind, Problem
from bridge.report import text
from bridge.report.run import RunReport
from bridge.sandbox import Sandbox
from bridge.sandbox.clock import ticking_from
from bridge.sandbox.okrs import okrs_toml
from bridge.sandbox.quarter import advance
from bridge.sync import Orders

PAUSE = 4.0
CONFIG = """\
# Written by `okr-bridge demo`: a bridge over its own embedded Jira.
[bridge]
timezone = "UTC"
instance = "demo"
public_url = "https://okr.example"

[connections.acme]
tool = "jira"
url = "{url}"
email = "{email}"
token = "file:token"
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays, and whether somebody watches who may end it."""

    folder: Path
    sandbox: Sandbox
    out: Console
    watched: bool


def run(now: datetime | None = None) -> int:
    """Play the demo; its exit code. Ends by itself where nobody watches, or with DEMO_ONCE=1."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    watched = sys.stdout.isatty() and os.environ.get("DEMO_ONCE") != "1"
    start = now or datetime.now(UTC)
    folder = Path(tempfile.mkdtemp(prefix="okr-bridge-demo-"))
    with Sandbox(now=ticking_from(start if start.tzinfo else start.replace(tzinfo=UTC))) as sandbox:
        stage = Stage(folder, sandbox, out, watched)
        _furnish(stage)
        settings = load_settings(folder / "okr-bridge.toml", {}, folder)
        set_up(settings.secrets)
        with App.open(settings, clock_at(now, settings.bridge.zone)) as app:
            return _play(stage, app)


def _furnish(stage: Stage) -> None:
    sandbox = stage.sandbox
    token = stage.folder / "token"
    token.write_text(sandbox.token, encoding="utf-8")
    token.chmod(0o600)
    config = CONFIG.format(url=sandbox.url, email=sandbox.email)
    (stage.folder / "okr-bridge.toml").write_text(config, encoding="utf-8")
    okrs = okrs_toml(sandbox.jira, connection="acme")
    (stage.folder / "okrs.toml").write_text(okrs, encoding="utf-8")


def _play(stage: Stage, app: App) -> int:
    _title(stage, "1. The custom fields: okr-bridge fields install --apply")
    app.fields((), True).show(stage.out, app.words)
    app.forget_connections()
    _title(stage, "2. What people report by hand: okr-bridge checkin")
    for key_result in app.okrs.key_results:
        _report(stage, app, key_result)
    _title(stage, "3. What a sync would write: okr-bridge plan")
    plan = app.sync(Orders(dry=True))
    stage.out.print(Text(f"{len(plan.changes)} writes planned, plan {plan.digest[:16]}"))
    text.show_changes(stage.out, plan.changes[:8], app.words, plan.field_names)
    _title(stage, "4. Read, roll up, write back: okr-bridge sync")
    report = app.sync(Orders(expect=plan.digest))
    report.brief().show(stage.out, app.words)
    _explain(stage, app, report)
    _next(stage)
    if report.failed or report.stopped or report.partial:
        text.show_problems(stage.out, report.problems or (_unknown(),), app.words)
        return 1
    return _go_on(stage, app) if stage.watched else 0


def _report(stage: Stage, app: App, kr: KeyResult) -> None:
    """A believable word on what no tracker tells: a metric, a milestone, something learnt."""
    said = _said(kr)
    if said:
        app.checkin(kr.id, at=None, by=kr.owner or "demo", **said)
        shown = said.get("value", ", ".join(said.get("milestones", ())))
        stage.out.print(Text(f"{kr.id}  {shown}  ({kr.owner or 'demo'})"))


def _said(kr: KeyResult) -> dict[str, Any]:
    metric = kr.metric
    match kr.kind:
        case Kind.METRIC | Kind.BLEND if metric and metric.source is None and metric.target is not None:
            span = metric.target - (metric.baseline or 0)
            return {
                "value": round((metric.baseline or 0) + span * Decimal("0.4")),
                "confidence": Decimal("0.6"),
            }
        case Kind.MILESTONE:
            return {"milestones": (kr.milestones[0].title,)}
        case Kind.LEARNING:
            return {"value": Decimal("0.3"), "note": "three of ten customers asked"}
        case _:
            return {}


def _explain(stage: Stage, app: App, report: RunReport) -> None:
    """The key result with the most to tell."""
    told = max(report.standings, key=lambda standing: len(standing.work.notes) if standing.work else 0)
    _title(stage, f"5. Why the number is what it is: okr-bridge explain {told.kr.id}")
    app.explain(told.kr.id).show(stage.out, app.words)


def _next(stage: Stage) -> None:
    _title(stage, "Where to go from here")
    lines = [
        f"the files are in {stage.folder}",
        f"the Jira answers at {stage.sandbox.url} while the demo runs",
        f"try: okr-bridge -c {stage.folder / 'okr-bridge.toml'} status",
        "your own Jira: okr-bridge init, then okr-bridge check",
    ]
    for line in lines:
        stage.out.print(Text(line))


def _go_on(stage: Stage, app: App) -> int:
    """Work goes on and is synced, until Ctrl-C."""
    import time

    _title(stage, "Work goes on (Ctrl-C ends it)")
    step = 1
    try:
        while True:
            time.sleep(PAUSE)
            for line in advance(stage.sandbox.jira, step):
                stage.out.print(Text(f"· {line}", style="cyan"))
            app.sync(Orders()).brief().show(stage.out, app.words)
            step += 1
    except KeyboardInterrupt:
        stage.out.print()
        return 0


def _title(stage: Stage, line: str) -> None:
    stage.out.print()
    stage.out.print(Text(line, style="bold cyan"))
    stage.out.print()


def _unknown() -> Problem:
    return Problem(kind="demo", message="not everything could be written", hint="run okr-bridge status")
