"""The days of key results and objectives, for people, as JSON and as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.charts.spark import spark
from bridge.history import Course
from bridge.report import data
from bridge.report.plot import show_plot
from bridge.show import colour, percent
from bridge.timeline import Day, by_week
from bridge.wording import Words
from bridge.wording import history as say
from bridge.wording.labels import LABELS, Label
from bridge.wording.numbers import NONE

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MANY = 45
"""So many rows are told by day; more by week, unless days are asked for."""
COUNTS = ("counted", "done", "excluded", "unestimated", "undefined", "unreadable")
COLUMNS = (
    "day", "what", "id", "progress", "percent", "exact", "computed", "source", "override",
    *COUNTS, "known", "total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """One course, or all of them. `by`: day, week, or empty for whichever suits their number."""

    courses: tuple[Course, ...]
    by: str = ""
    plot: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"history": [_course(course) for course in self.courses]}

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """A row for each day of each course, in the order of COLUMNS; values are exact."""
        for course in self.courses:
            for one in course.days:
                yield _row(course, one)

    def as_csv(self) -> str:
        """With a header; an empty place is no value."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.rows())
        return out.getvalue()

    def show(self, out: Console, words: Words) -> None:
        if self.plot:
            for course in self.courses:
                show_plot(out, course, words)
        elif len(self.courses) == 1:
            self._show_days(out, self.courses[0], words)
        else:
            self._show_all(out, words)

    # --- one: day by day

    def _show_days(self, out: Console, course: Course, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text as screen

        out.print(Text(f"{course.id}  {course.title}", style="bold"))
        if not course.days:
            out.print(Text(words.say(say.NOTHING_TOLD), style="dim"))
            return
        weekly = self.by == "week" or (not self.by and len(course.days) > MANY)
        if weekly and not self.by:
            out.print(Text(words.say(say.BY_WEEK, n=len(course.days)), style="dim"))
        headings = (LABELS[Label.PROGRESS], say.DONE, say.SCOPE, say.SOURCE, say.REMARKS)
        made = screen.table(words.say(say.DAY), *(words.say(heading) for heading in headings))
        for one in by_week(course.days) if weekly else course.days:
            made.add_row(*_shown(one, words))
        out.print(made)

    # --- all: a line each

    def _show_all(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text as screen

        made = screen.table(
            "",
            words.say(say.COURSE),
            words.label(Label.PROGRESS),
            words.say(say.MOVED),
            words.label(Label.TITLE),
        )
        for course in self.courses:
            style = "bold" if course.what == "objective" else ""
            last = course.known
            shown = last.shown if last else None
            made.add_row(
                Text(course.id if course.what == "objective" else f" {course.id}", style=style),
                Text(
                    spark(course.days, course.span.first, course.span.last),
                    style=screen.STYLES[colour(shown)],
                ),
                Text(words.percent(shown)),
                Text(_moved(course, words)),
                Text(course.title, style=style),
            )
        out.print(made)
        first, until = self.courses[0].span.first, self.courses[0].span.last
        out.print(Text(words.say(say.SPAN, first=first, last=until), style="dim"))


def _course(course: Course) -> dict[str, Any]:
    return {
        "id": course.id,
        "title": course.title,
        "what": course.what,
        "from": course.span.first.isoformat(),
        "to": course.span.last.isoformat(),
        "points": [_point(one) for one in course.days],
        "expected": [{"day": day.isoformat(), "progress": float(value)} for day, value in course.expected],
        "forecast": data.share(course.ahead),
        "disagreements": [
            {"day": one.day.isoformat(), "source": one.source, "progress": data.share(one.value)}
            | {"others": {source: data.share(value) for source, value in one.others}}
            for one in course.days
            if one.others
        ],
    }


def _point(one: Day) -> dict[str, Any]:
    told: dict[str, Any] = {
        "day": one.day.isoformat(),
        "progress": data.share(one.shown),
        "percent": percent(one.shown),
        "exact": None if one.shown is None else str(one.shown),
        "computed": data.share(one.value),
        "override": data.override(one.override),
        "source": one.source or None,
        "counts": dict(one.counts),
        "scope": dict(one.scope),
    }
    return told if one.total is None else told | {"known": one.known, "total": one.total}


def _row(course: Course, one: Day) -> tuple[Any, ...]:
    shown = one.shown
    return (
        one.day.isoformat(),
        course.what,
        course.id,
        data.share(shown),
        percent(shown),
        None if shown is None else str(shown),
        data.share(one.value),
        one.source or None,
        data.share(one.override.value) if one.override else None,
        *(one.counts.get(name) for name in COUNTS),
        one.known,
        one.total,
    )


def _shown(one: Day, words: Words) -> list[Text]:
    from rich.text import Text

    from bridge.report import text as screen

    done = one.counts.get("done")
    return [
        Text(one.day.isoformat()),
        screen.gauge(one.shown, colour(one.shown), words),
        Text(NONE if done is None else str(done)),
        Text(NONE if one.in_scope is None else str(one.in_scope)),
        Text(words.code("source", one.source)),
        Text(words.joined(_remarks(one, words)), style="dim"),
    ]


def _remarks(one: Day, words: Words) -> Iterator[str]:
    for source, value in one.others:
        yield words.say(say.SAYS_ELSE, source=source, value=value)
    if one.override:
        override = one.override
        yield words.say(say.SET_BY, by=override.by, why=override.why, computed=one.value)
    if one.known is not None and one.known != one.total:
        yield words.say(say.KNOWN, known=one.known, total=one.total)


def _moved(course: Course, words: Words) -> str:
    """From the first known day to the last, in points of percent."""
    known = [one.shown for one in course.days if one.shown is not None]
    if not known:
        return NONE
    return words.say(say.POINTS, points=(known[-1] - known[0]) * 100)
