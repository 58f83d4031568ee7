"""Health at a glance, and what was written when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.amendments import Amendment
from bridge.model import ObjectiveStanding, Outcome, Standing
from bridge.report import data
from bridge.store import RunRecord
from bridge.wording import Words
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """When a connection answered last, since when it fails, and what to do about it."""

    name: str
    last_good: datetime | None
    failing_since: datetime | None
    message: str = ""
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "last_good": self.last_good and self.last_good.isoformat(),
            "failing_since": self.failing_since and self.failing_since.isoformat(),
            "message": self.message,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Where everything stands as of the last read, without asking any tracker."""

    standings: tuple[Standing, ...]
    objectives: tuple[ObjectiveStanding, ...]
    connections: tuple[ConnectionHealth, ...]
    outbox: int
    amended: Mapping[str, tuple[Amendment, ...]]
    next_run: datetime | None = None

    def as_json(self, words: Words) -> dict[str, Any]:
        return {
            "key_results": [
                data.key_result(standing, words)
                | {
                    "amended": [
                        {"what": one.what, "was": one.was, "now": one.now}
                        for one in self.amended.get(standing.kr.id, ())
                    ]
                }
                for standing in self.standings
            ],
            "objectives": [data.objective(standing) for standing in self.objectives],
            "connections": [connection.as_json() for connection in self.connections],
            "outbox": self.outbox,
            "next_run": self.next_run and self.next_run.isoformat(),
        }

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text

        text.show_standings(out, self.objectives, self.standings, words)
        for kr, amendments in self.amended.items():
            for one in amendments:
                line = f"{kr}: {one.what}: {one.was or '–'} → {one.now or '–'}"
                out.print(Text(line, style="yellow"))
        out.print()
        for connection in self.connections:
            _show_connection(out, connection, words)
        if self.outbox:
            out.print(Text(f"outbox: {self.outbox}", style="yellow"))


def _show_connection(out: Console, connection: ConnectionHealth, words: Words) -> None:
    from rich.text import Text

    good = connection.last_good.isoformat(timespec="minutes") if connection.last_good else "–"
    out.print(Text(f"{connection.name}: {words.label(Label.LAST_GOOD)} {good}"))
    if connection.failing_since:
        since = connection.failing_since.isoformat(timespec="minutes")
        out.print(Text(f"  {words.label(Label.FAILING_SINCE)} {since}: {connection.message}", style="red"))
        out.print(Text(f"  {words.label(Label.HINT)}: {connection.hint}", style="dim"))


@dataclass(frozen=True, slots=True)
class RunsReport:
    """The last runs, newest first."""

    runs: tuple[RunRecord, ...]
    field_names: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "runs": [
                {
                    "id": run.id,
                    "kind": run.kind,
                    "started": run.started.isoformat(),
                    "finished": run.finished and run.finished.isoformat(),
                    "outcome": run.outcome,
                    "summary": dict(run.summary),
                    "writes": [data.change(change, self.field_names) for change in run.writes],
                }
                for run in self.runs
            ]
        }

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text

        names = (Label.STARTED, Label.RUN, Label.OUTCOME, Label.REQUESTS, Label.CHANGES)
        made = text.table(*(words.label(name) for name in names))
        for run in self.runs:
            requests = sum(run.summary.get("requests", {}).values())
            written = [change for change in run.writes if change.outcome is Outcome.WRITTEN]
            items = ", ".join(dict.fromkeys(change.key or change.item for change in written))
            started = run.started.isoformat(timespec="seconds")
            made.add_row(
                started,
                run.kind,
                words.code("run", run.outcome),
                str(requests),
                Text(f"{len(written)}  {items}"),
            )
        out.print(made)
