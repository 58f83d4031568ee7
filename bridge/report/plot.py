"""A course drawn: on the terminal, or for a file."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from bridge.charts.braille import Layer, draw
from bridge.charts.chart import ONE, Chart, Stroke, scope_of, strokes_of
from bridge.charts.svg import Legend
from bridge.forecast import How
from bridge.history import Course
from bridge.metric import clamp
from bridge.wording import Words
from bridge.wording import history as say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDE, HIGH = 72, 13
LEAST = 20
MARGIN = 12
LIKELY = 85
"""The percentile that is told with a chart."""
STYLES = {
    Layer.NOTHING: "",
    Layer.TODAY: "red",
    Layer.EXPECTED: "dim",
    Layer.SCOPE: "blue",
    Layer.AHEAD: "magenta",
    Layer.LINE: "bold green",
}
NAMES = {
    "progress": (Layer.LINE, say.LINE),
    "expected": (Layer.EXPECTED, say.EXPECTED),
    "scope": (Layer.SCOPE, say.SCOPE_LINE),
    "forecast": (Layer.AHEAD, say.AHEAD),
    "today": (Layer.TODAY, say.TODAY),
}


def chart_of(course: Course) -> Chart:
    """From the first day asked for to the cycle's end, or to the last day asked for where that is over."""
    first, last = course.span.first, course.span.last
    return Chart(
        id=course.id,
        title=course.title,
        first=first,
        last=last if last < course.today else max(last, course.cycle.end),
        today=course.today,
        strokes=strokes_of(course.days),
        expected=course.expected,
        scope=scope_of(course.days),
        ahead=_ahead(course),
    )


def _ahead(course: Course) -> Stroke:
    """From the last known day straight to where the forecast ends, or to the day when all is done."""
    known, whole = course.known, course.cycle.end + ONE
    if known is None or known.shown is None or course.ahead is None or known.day >= course.cycle.end:
        return ()
    value, left = clamp(known.shown), (whole - known.day).days
    rise = course.ahead - value
    days = left if course.ahead <= 1 else ceil((1 - value) * left / rise)
    return ((known.day, value), (known.day + timedelta(days=days), clamp(value + rise * days / left)))


def headline(course: Course, words: Words) -> str:
    """Where it stands, where it should be, and where it leads."""
    known = course.known
    if known is None:
        return words.say(say.NOTHING_TOLD)
    due = dict(course.expected).get(known.day)
    parts = [words.say(say.STANDS, day=known.day, value=known.shown)]
    if due is not None:
        parts.append(words.say(say.SHOULD, value=due))
    if course.ahead is not None:
        parts.append(words.say(say.LEADS, value=min(course.ahead, 1)))
    if (likely := course.outlook.dates.get(LIKELY)) and course.outlook.how is How.SIMULATION:
        parts.append(words.say(say.REACHED_BY, percent=LIKELY, day=likely))
    return " · ".join(parts)


def legend(course: Course, words: Words) -> Legend:
    names = {part: words.say(name) for part, (_, name) in NAMES.items()}
    return Legend(names, headline(course, words))


def show_plot(out: Console, course: Course, words: Words) -> None:
    from rich.text import Text

    chart = chart_of(course)
    wide = max(LEAST, min(WIDE, out.width - MARGIN))
    out.print(Text(f"{course.id}  {course.title}", style="bold"))
    out.print(Text(headline(course, words), style="dim"))
    for at, row in enumerate(draw(chart, wide, HIGH)):
        line = Text(_height(at))
        for letter, layer in row:
            line.append(letter, style=STYLES[layer])
        if chart.scope and at in (0, HIGH - 1):
            line.append(f" {0 if at else chart.most}", style=STYLES[Layer.SCOPE])
        out.print(line, no_wrap=True, overflow="crop")
    out.print(Text(_days(chart, wide)))
    out.print(_key(chart, words))
    out.print()


def _height(row: int) -> str:
    marks = {0: "100%", (HIGH - 1) // 2: "50%", HIGH - 1: "0%"}
    return f"{marks.get(row, ''):>5} "


def _days(chart: Chart, wide: int) -> str:
    first, last = chart.first.isoformat(), chart.last.isoformat()
    return " " * 6 + first + last.rjust(max(len(last) + 1, wide - len(first)))


def _key(chart: Chart, words: Words) -> Text:
    from rich.text import Text

    drawn = {
        "progress": chart.strokes,
        "expected": chart.expected,
        "scope": chart.scope,
        "forecast": chart.ahead,
        "today": chart.today and chart.first <= chart.today <= chart.last,
    }
    made = Text(" " * 6)
    for part, (layer, name) in NAMES.items():
        if drawn[part]:
            made.append("│ " if layer is Layer.TODAY else "⠒⠒ ", style=STYLES[layer])
            made.append(words.say(name) + "   ")
    return made
