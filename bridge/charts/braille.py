"""A chart in letters: Braille patterns give every cell of a terminal eight dots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise

from bridge.charts.chart import Chart

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot by row from the top and column, as Unicode numbers them (U+2800)."""
BLANK = 0x2800
TODAY = "│"


class Layer(IntEnum):
    """What a cell shows; of several the highest gives the colour."""

    NOTHING = 0
    TODAY = 1
    EXPECTED = 2
    SCOPE = 3
    AHEAD = 4
    LINE = 5


Cell = tuple[str, Layer]


@dataclass(slots=True)
class Canvas:
    """Cells of 2 by 4 dots; x goes right and y goes up, both from 0 to 1."""

    width: int
    height: int
    bits: dict[tuple[int, int], int] = field(default_factory=dict)
    layers: dict[tuple[int, int], Layer] = field(default_factory=dict)

    def dot(self, across: int, up: int, layer: Layer) -> None:
        column, row = across // 2, self.height - 1 - up // 4
        at = (row, column)
        self.bits[at] = self.bits.get(at, 0) | DOTS[3 - up % 4][across % 2]
        self.layers[at] = max(layer, self.layers.get(at, Layer.NOTHING))

    def place(self, across: Fraction, up: Fraction) -> tuple[int, int]:
        """The dot of a point."""
        return round(across * (2 * self.width - 1)), round(up * (4 * self.height - 1))

    def path(self, points: Iterable[tuple[Fraction, Fraction]], layer: Layer, every: int = 1) -> None:
        """A line through the points; `every` 3 sets each third dot."""
        placed = [self.place(*point) for point in points]
        steps = [placed[0]] if len(placed) == 1 else []
        for start, end in pairwise(placed):
            steps += _between(start, end)
        for at, (across, up) in enumerate(steps):
            if at % every == 0:
                self.dot(across, up, layer)

    def rows(self, upright: int | None) -> Iterator[list[Cell]]:
        """From the top; `upright` is the column of today's line."""
        for row in range(self.height):
            yield [self._cell(row, column, upright) for column in range(self.width)]

    def _cell(self, row: int, column: int, upright: int | None) -> Cell:
        bits = self.bits.get((row, column))
        if bits is not None:
            return chr(BLANK + bits), self.layers[row, column]
        return (TODAY, Layer.TODAY) if column == upright else (" ", Layer.NOTHING)


def _between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots from one to the other, both included."""
    wide, high = end[0] - start[0], end[1] - start[1]
    steps = max(abs(wide), abs(high), 1)
    for at in range(steps + 1):
        yield start[0] + round(Fraction(wide * at, steps)), start[1] + round(Fraction(high * at, steps))


def draw(chart: Chart, width: int, height: int) -> list[list[Cell]]:
    """The chart's field, row by row from the top, without axes."""
    canvas = Canvas(width, height)

    def placed(points: Iterable[tuple[date, Fraction]]) -> list[tuple[Fraction, Fraction]]:
        inside = ((day, value) for day, value in points if chart.first <= day <= chart.last)
        return [(chart.across(day), value) for day, value in inside]

    canvas.path(placed(chart.expected), Layer.EXPECTED, every=3)
    canvas.path(placed((day, Fraction(n, chart.most)) for day, n in chart.scope), Layer.SCOPE, every=2)
    canvas.path(placed(chart.ahead), Layer.AHEAD, every=2)
    for stroke in chart.strokes:
        canvas.path(placed(stroke), Layer.LINE)
    today = chart.today
    inside = today is not None and chart.first <= today <= chart.last
    upright = canvas.place(chart.across(today), Fraction(0))[0] // 2 if inside and today else None
    return list(canvas.rows(upright))
