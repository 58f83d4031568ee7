"""What an administrative command would do, or did, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.model import Outcome, Problem
from bridge.report import data
from bridge.wording import Words, text

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"planned": "cyan", "written": "green", "kept": "dim", "drifted": "yellow", "by hand": "yellow"}
BY_HAND = "by hand"
NOTHING_TO_DO = text("nothing to do")
NOTHING_CHANGED = text("nothing was changed; with --apply it is done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `outcome` is one of `Outcome`, or "by hand" where the API cannot do it."""

    connection: str
    what: str
    name: str
    detail: str = ""
    outcome: str = Outcome.PLANNED.value

    def as_json(self) -> dict[str, str]:
        names = ("connection", "what", "name", "detail", "outcome")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class StepsReport:
    """Every step, and what stood against some of them; `failed`: against all."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...] = ()
    failed: bool = False

    @property
    def partial(self) -> bool:
        return bool(self.problems)

    @property
    def pending(self) -> bool:
        return any(step.outcome == Outcome.PLANNED.value for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        return {
            "steps": [step.as_json() for step in self.steps],
            "problems": [data.problem(problem) for problem in self.problems],
        }

    def show(self, out: Console, words: Words) -> None:
        from rich.cells import set_cell_size
        from rich.text import Text

        if not self.steps and not self.problems:
            out.print(Text(words.say(NOTHING_TO_DO), style="green"))
        for step in self.steps:
            outcome = set_cell_size(words.code("outcome", step.outcome), 9)
            line = Text(outcome, style=STYLES.get(step.outcome, "red"))
            out.print(line + Text(f"{step.connection}: {step.what} {step.name}", style="default"))
            if step.detail:
                out.print(Text(f"          {step.detail}", style="dim"))
        for problem in self.problems:
            out.print(Text(f"- {problem.message}", style="red"))
            if problem.hint:
                out.print(Text(f"  {problem.hint}", style="dim"))
        if self.pending:
            out.print(Text(words.say(NOTHING_CHANGED), style="bold"))
