"""What the past came to, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from bridge.report import data
from bridge.report.past import BackfillReport, Disagreement, Used
from bridge.report.run import RunReport
from bridge.wording import Words
from bridge.wording import backfill as say
from bridge.wording.health import AND_MORE
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS = {Used.TODAY: say.BY_TODAY, Used.SOME: say.SOME, Used.NOTHING: say.NOTHING}
MOST = 20
"""So many entries of a list are shown; JSON has them all."""


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """`run`: the sync that followed, where one was asked for."""

    report: BackfillReport
    run: RunReport | None = None

    def as_json(self, words: Words) -> dict[str, Any]:
        report, window = self.report, self.report.window
        told: dict[str, Any] = {
            "window": {
                "from": window.first.isoformat(),
                "to": window.last.isoformat(),
                "at": window.at.isoformat("minutes"),
            },
            "points": {
                "days": report.points.days,
                "told": report.points.told,
                "added": report.points.added,
            },
            "links": [
                {
                    "kr": one.kr,
                    "connection": one.connection,
                    "link": one.link,
                    "rebuilt": one.used is Used.PAST,
                    "used": one.used.value,
                    "reason": one.reason,
                }
                for one in report.links
            ],
            "assumed": dict(report.assumed),
            "disagreements": [_disagreement(one, words) for one in report.disagreements],
            "gone": [
                {"connection": one.connection, "id": one.id, "key": one.key, "key_results": list(one.krs)}
                for one in report.gone
            ],
            "problems": [data.problem(problem) for problem in report.problems],
            "requests": dict(report.requests),
        }
        return told | ({"sync": self.run.as_json(words)} if self.run else {})

    def show(self, out: Console, words: Words) -> None:
        report, window = self.report, self.report.window
        points = {"told": report.points.told, "added": report.points.added}
        span = {"first": window.first, "last": window.last}
        out.print(words.say(say.TOLD, n=report.points.days, **span, **points), markup=False)
        _show(
            out, words, words.say(say.ASSUMED), (f"{name}: {what}" for name, what in report.assumed.items())
        )
        for used, heading in HEADINGS.items():
            lines = (f"{one.kr}: {one.link}: {one.reason}" for one in report.links if one.used is used)
            _show(out, words, words.say(heading), lines)
        _show(out, words, words.say(say.DISAGREE), (_said(one, words) for one in report.disagreements))
        if report.gone:
            names = [f"{one.connection} {one.key or one.id}" for one in report.gone]
            shown = [*names[:MOST], *(["..."] if len(names) > MOST else [])]
            out.print()
            out.print(words.say(say.GONE, n=len(names), names=shown), style="yellow", markup=False)
        self._show_end(out, words)

    def _show_end(self, out: Console, words: Words) -> None:
        from bridge.report import text as screen

        screen.show_problems(out, self.report.problems, words)
        requests = ", ".join(f"{name} {count}" for name, count in self.report.requests.items()) or "0"
        out.print()
        out.print(f"{words.label(Label.REQUESTS)}: {requests}", style="dim", markup=False)
        if self.run is None:
            out.print(words.say(say.NOT_PUBLISHED), style="dim", markup=False)
        else:
            out.print()
            self.run.show(out, words)


def _disagreement(one: Disagreement, words: Words) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "kr": one.kr,
        "sync": data.share(one.sync),
        "backfill": data.share(one.backfill),
        "why": one.why.value,
        "told": _why(one, words),
        "at": one.at.astimezone(UTC).isoformat(),
        "items": [{"connection": ref.connection, "id": ref.id} for ref in one.items],
    }


def _said(one: Disagreement, words: Words) -> str:
    values = {"sync": one.sync, "backfill": one.backfill}
    return words.say(say.DIFFERENT, day=one.day, kr=one.kr, **values, why=_why(one, words))


def _why(one: Disagreement, words: Words) -> str:
    return words.say(say.WHY[one.why], at=one.at.astimezone(UTC).isoformat())


def _show(out: Console, words: Words, heading: str, lines: Iterable[str]) -> None:
    """A heading and what stands under it; nothing where there is nothing."""
    every = list(lines)
    if every:
        out.print()
        out.print(heading, style="bold", markup=False)
        for line in _shortened(every, words):
            out.print(f"  {line}", markup=False)


def _shortened(lines: list[str], words: Words) -> Iterator[str]:
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield words.say(AND_MORE, n=len(lines) - MOST)
