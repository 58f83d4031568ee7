"""Results for people, on a terminal or in a file. What people typed is shown as it is, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bridge.comment import bar
from bridge.model import (
    Change,
    Colour,
    Finding,
    ObjectiveStanding,
    Outcome,
    Pace,
    Problem,
    Standing,
    What,
)
from bridge.notes import Say
from bridge.report.data import place_name
from bridge.show import percent, score
from bridge.wording import Words
from bridge.wording.labels import Label

STYLES = {Colour.RED: "red", Colour.AMBER: "yellow", Colour.GREEN: "green", None: "dim"}
PACES = {Pace.ON_TRACK: "green", Pace.AT_RISK: "yellow", Pace.OFF_TRACK: "red", Pace.OUTDATED: "magenta"}
WIDE = 100
PLAIN = frozenset({Say.MODE})
NO_NAMES: Mapping[str, str] = {}
LEVELS = {"error": "bold red", "warning": "yellow", "info": "cyan"}
OUTCOMES = {
    Outcome.WRITTEN: "green",
    Outcome.DRIFTED: "yellow",
    Outcome.REFUSED: "red",
    Outcome.FAILED: "red",
    Outcome.UNKNOWN: "magenta",
}


def table(*headings: str) -> Table:
    """A plain table; the last column takes what room is left."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings[:-1]:
        made.add_column(heading, overflow="fold")
    made.add_column(headings[-1], overflow="fold", ratio=1)
    return made


def gauge(value: Fraction | None, colour: Colour | None, words: Words) -> Text:
    """A bar with its percentage."""
    shown = percent(value)
    return Text(f"{bar(shown)} {words.percent(value):>4}", style=STYLES[colour])


def show_standings(
    out: Console, objectives: Sequence[ObjectiveStanding], standings: Sequence[Standing], words: Words
) -> None:
    """Every objective with its key results, in file order; on a narrow screen remarks stand below titles."""
    wide = out.width >= WIDE
    made = _standings_table(words, wide=wide)
    for objective in objectives:
        made.add_row(*_objective_row(objective, words, wide=wide))
        for standing in standings:
            if standing.objective == objective.objective.id:
                made.add_row(*_key_result_row(standing, words, wide=wide))
    out.print(made)


def _standings_table(words: Words, *, wide: bool) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), expand=True)
    made.add_column("", no_wrap=True)
    made.add_column(words.label(Label.KEY_RESULT), ratio=4, overflow="fold")
    for label in (Label.PROGRESS, Label.SCORE, Label.PACE):
        made.add_column(words.label(label), no_wrap=True)
    if wide:
        made.add_column(words.label(Label.NOTES), ratio=5, overflow="fold")
    return made


def _objective_row(standing: ObjectiveStanding, words: Words, *, wide: bool) -> list[Text]:
    notes = "; ".join(words.note(note) for note in standing.notes)
    return _row(
        Text(standing.objective.id, style="bold"),
        Text(standing.objective.title, style="bold"),
        [
            gauge(standing.progress, standing.colour, words),
            Text(_score(standing.progress), style=STYLES[standing.colour]),
            Text(words.pace(standing.pace), style=PACES.get(standing.pace, "dim")),
        ],
        Text(notes, style="dim"),
        wide=wide,
    )


def _key_result_row(standing: Standing, words: Words, *, wide: bool) -> list[Text]:
    pace = words.pace(standing.pace)
    if standing.own_word:
        pace += f" ({words.own_word(standing.own_word)})"
    notes = "; ".join(words.note(note) for note in standing.notes if note.code not in PLAIN)
    return _row(
        Text(f" {standing.kr.id}"),
        Text(standing.kr.title),
        [
            gauge(standing.progress, standing.colour, words),
            Text(_score(standing.progress), style=STYLES[standing.colour]),
            Text(pace, style=PACES.get(standing.pace, "dim")),
        ],
        Text(notes, style="dim"),
        wide=wide,
    )


def _row(name: Text, title: Text, figures: list[Text], notes: Text, *, wide: bool) -> list[Text]:
    if wide:
        return [name, title, *figures, notes]
    return [name, Text("\n").join([title, notes]) if notes.plain else title, *figures]


def _score(value: Fraction | None) -> str:
    shown = score(value)
    return "–" if shown is None else str(shown)


def show_changes(
    out: Console, changes: Sequence[Change], words: Words, field_names: Mapping[str, str] = NO_NAMES
) -> None:
    """Each write: where, what, from what to what, and what came of it. `field_names` by role."""
    if not changes:
        out.print(Text(words.label(Label.NO_CHANGES), style="green"))
        return
    made = table(
        words.label(Label.ITEM),
        words.label(Label.KEY_RESULT),
        words.label(Label.PLACE),
        words.label(Label.OUTCOME),
        words.label(Label.AFTER),
    )
    several = len({change.connection for change in changes}) > 1
    for change in changes:
        place = words.code("what", change.what.value)
        made.add_row(
            Text(where(change.connection, change.key or change.item, several)),
            Text(change.kr),
            Text(place_name(change, field_names) if change.what is What.FIELD else place),
            Text(words.code("outcome", change.outcome.value), style=OUTCOMES.get(change.outcome, "")),
            Text(_from_to(change, words)),
        )
    out.print(made)


def where(connection: str, key: str, several: bool) -> str:
    """An item's key, with its connection where there are several: two sites may use one key."""
    return f"{connection}:{key}" if several else key


def _from_to(change: Change, words: Words) -> str:
    """Short values as they are; a comment, property or link by its figures alone."""
    if isinstance(change.after, dict):
        return "" if change.before in (None, {}) else "↻"
    return f"{_short(change.before, words)} → {_short(change.after, words)}"


def _short(value: Any, words: Words) -> str:
    match value:
        case None | "":
            return words.label(Label.EMPTY)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def show_problems(out: Console, problems: Iterable[Problem], words: Words) -> None:
    """What went wrong and what to do about it, each once."""
    problems = tuple(dict.fromkeys(problems))
    if problems:
        out.print()
        out.print(Text(words.label(Label.PROBLEMS), style="bold"))
    for problem in problems:
        out.print(Text(f"- {problem.kr + ': ' if problem.kr else ''}{problem.message}", style="red"))
        if problem.hint:
            out.print(Text(f"  {words.label(Label.HINT)}: {problem.hint}", style="dim"))


def show_findings(out: Console, findings: Sequence[Finding], words: Words) -> None:
    """Findings of a check, the worst first."""
    if not findings:
        out.print(Text(words.label(Label.NOTHING_FOUND), style="green"))
    order = {level: place for place, level in enumerate(LEVELS)}
    for finding in sorted(findings, key=lambda finding: order.get(finding.level, 3)):
        line = Text(f"{finding.level:<8}", style=LEVELS.get(finding.level, ""))
        out.print(line + Text(f"{finding.where}: {finding.message}", style="default"))
        if finding.hint:
            out.print(Text(f"        {finding.hint}", style="dim"))


def show_pairs(out: Console, pairs: Iterable[tuple[str, Any]]) -> None:
    """Names and values, a line each."""
    for name, value in pairs:
        said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        out.print(Text(f"{name}: ", style="bold") + Text("yes" if value is True else said))
