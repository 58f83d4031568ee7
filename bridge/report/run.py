"""What a plan or a sync came to, as JSON and for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.model import Change, ObjectiveStanding, Outcome, Problem, Standing
from bridge.report import data
from bridge.wording import Words, text
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console

WITHOUT_FIELDS = text("{connection} has no fields {names:list}; to make them: okr-bridge fields install")
DONE = (Outcome.WRITTEN, Outcome.KEPT, Outcome.DRIFTED, Outcome.PLANNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A run's result. `id` is empty for a dry run; `stopped`: by the brake or by --expect; `interrupted`:
    the process was asked to end before all was written; `taken`: records read, by connection;
    `without_fields`: the custom fields that a connection does not have, by its name."""

    id: str
    started: datetime
    seconds: float
    requests: Mapping[str, int]
    digest: str
    standings: tuple[Standing, ...]
    objectives: tuple[ObjectiveStanding, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    field_names: Mapping[str, str] = field(default_factory=dict)
    without_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    stopped: bool = False
    interrupted: bool = False
    failed: bool = False

    @property
    def partial(self) -> bool:
        """Whether anything was left undone that should have been done; kept drift is not."""
        return bool(self.problems) or any(change.outcome not in DONE for change in self.changes)

    @property
    def pending(self) -> bool:
        return any(change.outcome is Outcome.PLANNED for change in self.changes)

    @property
    def outcome(self) -> str:
        if self.failed:
            return "failed"
        if self.stopped:
            return "stopped"
        if self.interrupted:
            return "interrupted"
        return "partial" if self.partial else "done"

    @property
    def summary(self) -> Mapping[str, Any]:
        """The few figures that `runs` shows."""
        return {
            "seconds": round(self.seconds, 3),
            "requests": dict(self.requests),
            "key_results": len(self.standings),
            "written": sum(change.outcome is Outcome.WRITTEN for change in self.changes),
            "problems": [data.problem(problem) for problem in self.problems[:50]],
        }

    def brief(self) -> Briefly:
        """The same for a screen that has seen the plan already."""
        return Briefly(self)

    def as_json(self, words: Words) -> dict[str, Any]:
        return {
            "run": {
                "id": self.id,
                "started": self.started.isoformat(),
                "seconds": round(self.seconds, 3),
                "requests": dict(self.requests),
                "outcome": self.outcome,
            },
            "digest": self.digest,
            "key_results": [data.key_result(standing, words) for standing in self.standings],
            "objectives": [data.objective(standing) for standing in self.objectives],
            "writes": [data.change(change, self.field_names) for change in self.changes],
            "problems": [data.problem(problem) for problem in self.problems],
            "without_fields": {name: list(missing) for name, missing in self.without_fields.items()},
        }

    def show(self, out: Console, words: Words) -> None:
        """Objectives and key results, then what is written, then what went wrong."""
        from bridge.report import text as screen

        screen.show_standings(out, self.objectives, self.standings, words)
        out.print()
        screen.show_changes(out, self.changes, words, self.field_names)
        screen.show_problems(out, self.problems, words)
        for name, missing in self.without_fields.items():
            out.print()
            out.print(words.say(WITHOUT_FIELDS, connection=name, names=missing), style="yellow", markup=False)
        requests = ", ".join(f"{name} {count}" for name, count in self.requests.items()) or "0"
        out.print()
        out.print(
            f"{words.label(Label.REQUESTS)}: {requests} · {self.seconds:.1f} s · plan {self.digest[:16]}",
            style="dim",
            markup=False,
        )


@dataclass(frozen=True, slots=True)
class Briefly:
    """A run without the list of its writes."""

    run: RunReport

    def show(self, out: Console, words: Words) -> None:
        from collections import Counter

        from bridge.report import text as screen

        run = self.run
        screen.show_standings(out, run.objectives, run.standings, words)
        screen.show_problems(out, run.problems, words)
        outcomes = Counter(change.outcome for change in run.changes)
        made = ", ".join(f"{words.code('outcome', one.value)} {count}" for one, count in outcomes.items())
        requests = ", ".join(f"{name} {count}" for name, count in run.requests.items())
        out.print()
        out.print(
            f"{words.label(Label.CHANGES)}: {made or 0} · {words.label(Label.REQUESTS)}: {requests} · "
            f"{run.seconds:.1f} s",
            style="dim",
            markup=False,
        )
