"""What people typed reaches the terminal as letters alone."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.table import Table
from rich.text import Text

from bridge.report.screen import Screen


def printed(typed: str, *, colours: bool = False) -> str:
    out = StringIO()
    screen = Screen(file=out, width=60, force_terminal=colours, color_system="standard" if colours else None)
    table = Table(box=None)
    table.add_column("Title")
    table.add_row(Text(typed, style="red"))
    screen.print(table)
    return out.getvalue()


@pytest.mark.parametrize(
    "order",
    {
        "colours": "\x1b[31m",
        "a window's title": "\x1b]0;mine\x07",
        "a sequence of eight bits": "\x9b2J",
        "a line that is overwritten": "\r",
        "an erased letter": "\b",
        "letters in another order": "\u202e",
        "an isolate": "\u2066",
    }.values(),
)
def test_no_title_gives_the_terminal_orders(order: str) -> None:
    left = printed(f"before{order}after")
    assert not any(letter in left for letter in "\x1b\x07\x9b\r\b\u202e\u2066")
    assert "before" in left
    assert "after" in left


def test_the_programs_own_colours_stay() -> None:
    assert "\x1b[31m" in printed("plain", colours=True)


@pytest.mark.parametrize("typed", ["进入中国市场", "Ünïcödé", "👩‍💻 team", "a\u00adb"])
def test_letters_of_every_script_stay(typed: str) -> None:
    assert typed in printed(typed)
