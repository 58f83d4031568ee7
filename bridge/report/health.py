"""Health at a glance, and what was written when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.amendments import Amendment
from bridge.model import ObjectiveStanding, Outcome, Problem, Standing
from bridge.report import data
from bridge.store import Notice, Parked, RunRecord
from bridge.wording import Words
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """When a connection answered last, since when it fails, and what to do about it. `next` by kind of job,
    empty where nothing runs by itself; `swept`: the last sweep; `held`: left alone until when, and why."""

    name: str
    last_good: datetime | None
    failing_since: datetime | None
    message: str = ""
    hint: str = ""
    next: Mapping[str, datetime] = field(default_factory=dict)
    swept: datetime | None = None
    held: tuple[datetime, str] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "last_good": _iso(self.last_good),
            "failing_since": _iso(self.failing_since),
            "message": self.message,
            "hint": self.hint,
            "next": {job: at.isoformat() for job, at in self.next.items()},
            "last_sweep": _iso(self.swept),
            "held": self.held and {"until": self.held[0].isoformat(), "why": self.held[1]},
        }


@dataclass(frozen=True, slots=True)
class Daemon:
    """Who runs by itself on this store, and since when."""

    who: str
    since: datetime

    def as_json(self) -> dict[str, Any]:
        return {"who": self.who, "since": self.since.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Where everything stands as of the last read, without asking any tracker. Times are shown in the
    bridge's zone, that of `now`. `problem`: why nothing can be said of key results."""

    standings: tuple[Standing, ...]
    objectives: tuple[ObjectiveStanding, ...]
    connections: tuple[ConnectionHealth, ...]
    outbox: int
    amended: Mapping[str, tuple[Amendment, ...]]
    now: datetime
    parked: tuple[Parked, ...] = ()
    notices: tuple[Notice, ...] = ()
    daemon: Daemon | None = None
    field_names: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def next_run(self) -> datetime | None:
        """The earliest of all."""
        return min((at for one in self.connections for at in one.next.values()), default=None)

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
            "parked": [_parked(one) for one in self.parked],
            "notices": [_notice(one) for one in self.notices],
            "daemon": self.daemon and self.daemon.as_json(),
            "next_run": _iso(self.next_run),
            "problem": self.problem and data.problem(self.problem),
        }

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text, vitals

        if self.problem:
            text.show_problems(out, (self.problem,), words)
        else:
            text.show_standings(out, self.objectives, self.standings, words)
        for kr, amendments in self.amended.items():
            for one in amendments:
                line = f"{kr}: {one.what}: {one.was or '–'} → {one.now or '–'}"
                out.print(Text(line, style="yellow"))
        out.print()
        for told in vitals.lines(self, words):
            out.print(told)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _parked(one: Parked) -> dict[str, Any]:
    names = ("connection", "item", "key", "kr", "what", "name", "attempts", "final", "message", "hint")
    told = {name: getattr(one, name) for name in names}
    return told | {"since": one.since.isoformat(), "next": one.next.isoformat()}


def _notice(one: Notice) -> dict[str, str]:
    return {"name": one.name, "at": one.at.isoformat(), "message": one.message, "hint": one.hint}


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
