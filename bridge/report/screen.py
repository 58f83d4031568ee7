"""Where results for people are printed. What people typed reaches the terminal as letters alone."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

# Control characters move the cursor, recolour or rename the terminal; bidirectional overrides reorder it.
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))
_REORDER = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_DROPPED = _CONTROLS | _REORDER


class Screen(Console):
    """A console on which only the program itself can give the terminal orders."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(segment.text.translate(_DROPPED), segment.style)
