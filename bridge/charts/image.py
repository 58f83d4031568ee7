"""A chart as a file: SVG by itself, PNG by a converter that is installed on request."""

from __future__ import annotations

from pathlib import Path

from bridge.charts.chart import Chart
from bridge.charts.svg import Legend, svg
from bridge.errors import UsageError

ZOOM = 2
"""Pixels for each unit of the drawing, so that a PNG is sharp on a slide."""


def image(path: Path, chart: Chart, legend: Legend) -> bytes:
    """The file's content, by the ending of its name. Raises UsageError for an ending that is neither, and
    where PNG is asked for and cannot be made."""
    match path.suffix.lower():
        case ".svg":
            return svg(chart, legend).encode()
        case ".png":
            return _png(svg(chart, legend))
        case _:
            raise UsageError(
                f"--image {path} is neither .png nor .svg", "name the file chart.svg or chart.png"
            )


def _png(drawn: str) -> bytes:
    try:
        import resvg_py
    except ImportError:
        hint = "install it: pip install 'okr-bridge[png]'; or name the file .svg, which needs nothing"
        raise UsageError("a PNG needs a converter that is not installed", hint) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, zoom=ZOOM))
