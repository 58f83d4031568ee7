"""A chart as an SVG document that asks no other site for anything."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from bridge.charts.chart import Chart

WIDTH, HEIGHT = 960, 480
LEFT, RIGHT, TOP, BOTTOM = 60, 60, 92, 48
FONTS = (
    "Inter, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Noto Sans SC', 'WenQuanYi Micro Hei', sans-serif"
)
COLOURS = {
    "progress": "#0b7a4b",
    "expected": "#8a8f98",
    "scope": "#4c7bd9",
    "forecast": "#a44bc4",
    "today": "#c9494f",
}
FAINT, INK = "#e4e6ea", "#1d2129"
TITLE_CELLS = 84
"""About what fits on the first line; letters of Chinese take two."""


@dataclass(frozen=True, slots=True)
class Legend:
    """What the parts of the chart are called: `names` by the keys of COLOURS. `says` stands under the
    title."""

    names: Mapping[str, str]
    says: str = ""


def svg(chart: Chart, legend: Legend) -> str:
    """The document; the same for the same chart. Letters are left to the fonts of whoever looks."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family={quoteattr(FONTS)} role="img">',
            f"<title>{_text(f'{chart.id} {chart.title}')}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _label(LEFT, 34, _cut(f"{chart.id}  {chart.title}"), size=20, weight="bold"),
            _label(LEFT, 56, legend.says, size=13, fill="#5b616b"),
            *_names(chart, legend),
            *_grid(chart),
            *_curves(chart),
            "</svg>",
            "",
        ]
    )


def _grid(chart: Chart) -> Iterator[str]:
    for percent in (0, 25, 50, 75, 100):
        y = _y(Fraction(percent, 100))
        yield _rule(LEFT, y, WIDTH - RIGHT, y, FAINT)
        yield _label(LEFT - 8, y + 4, f"{percent}%", anchor="end")
    for day in _ticks(chart):
        x = _x(chart, day)
        yield _rule(x, TOP, x, HEIGHT - BOTTOM, FAINT)
        yield _label(x, HEIGHT - BOTTOM + 20, day.isoformat(), anchor="middle")
    if chart.scope:
        fill = COLOURS["scope"]
        yield _label(WIDTH - RIGHT + 8, _y(Fraction(1)) + 4, str(chart.most), fill=fill)
        yield _label(WIDTH - RIGHT + 8, _y(Fraction(0)) + 4, "0", fill=fill)


def _ticks(chart: Chart) -> list[date]:
    """Both ends, and the months between that leave room for their names."""
    near = Fraction(11, 100)
    inner = [day for day in chart.months() if near < chart.across(day) < 1 - near]
    room = inner[:: max(1, -(-len(inner) // 6))]
    return [chart.first, *room, *([chart.last] if chart.last > chart.first else [])]


def _curves(chart: Chart) -> Iterator[str]:
    yield _path(chart, chart.expected, "expected", dash="2 5")
    yield _path(chart, ((day, Fraction(n, chart.most)) for day, n in chart.scope), "scope", wide=1.5)
    yield _path(chart, chart.ahead, "forecast", dash="7 5")
    for stroke in chart.strokes:
        yield _path(chart, stroke, "progress", wide=3)
    if chart.strokes:
        day, value = chart.strokes[-1][-1]
        fill = COLOURS["progress"]
        yield f'<circle cx="{_x(chart, day):.1f}" cy="{_y(value):.1f}" r="4.5" fill="{fill}"/>'
    if chart.today and chart.first <= chart.today <= chart.last:
        x = _x(chart, chart.today)
        yield _rule(x, TOP, x, HEIGHT - BOTTOM, COLOURS["today"])


def _names(chart: Chart, legend: Legend) -> Iterator[str]:
    drawn = {
        "progress": chart.strokes,
        "expected": chart.expected,
        "scope": chart.scope,
        "forecast": chart.ahead,
        "today": chart.today and chart.first <= chart.today <= chart.last,
    }
    x = LEFT
    for part, name in legend.names.items():
        if drawn.get(part):
            yield f'<rect x="{x}" y="70" width="16" height="4" rx="2" fill="{COLOURS[part]}"/>'
            yield _label(x + 22, 77, name)
            x += 22 + 8 * _cells(name) + 26


def _path(
    chart: Chart, points: Iterable[tuple[date, Fraction]], part: str, *, wide: float = 2, dash: str = ""
) -> str:
    inside = [(day, value) for day, value in points if chart.first <= day <= chart.last]
    if not inside:
        return ""
    steps = [f"{_x(chart, day):.1f} {_y(value):.1f}" for day, value in inside]
    line = "M" + " L".join(steps if len(steps) > 1 else steps * 2)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{line}" fill="none" stroke="{COLOURS[part]}" stroke-width="{wide}" '
        f'stroke-linecap="round" stroke-linejoin="round"{dashed}/>'
    )


def _x(chart: Chart, day: date) -> float:
    return LEFT + float(chart.across(day)) * (WIDTH - LEFT - RIGHT)


def _y(value: Fraction) -> float:
    return TOP + float(1 - value) * (HEIGHT - TOP - BOTTOM)


def _rule(x1: float, y1: float, x2: float, y2: float, stroke: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"/>'


def _label(
    x: float, y: float, said: str, *, size: int = 12, fill: str = INK, anchor: str = "", weight: str = ""
) -> str:
    more = (f' text-anchor="{anchor}"' if anchor else "") + (f' font-weight="{weight}"' if weight else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}"{more}>{_text(said)}</text>'


def _text(said: str) -> str:
    """What people typed, as letters alone: XML takes no control characters."""
    return escape("".join(one for one in said if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Cn")))


def _cells(said: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in said)


def _cut(said: str) -> str:
    """As much as the first line takes."""
    if _cells(said) <= TITLE_CELLS:
        return said
    kept = said
    while _cells(kept) > TITLE_CELLS - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"
