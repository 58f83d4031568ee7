"""How far a long command has come, told on stderr."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from bridge.backfilling import Unwatched
from bridge.cli.progress import Bars, Lines, _bars, watching


def test_elsewhere_than_on_a_terminal_a_line_tells_of_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(quiet=False) as watch:
        for done in range(0, 1_001, 10):
            watch.read("acme", done, 1_000)
        watch.judged(3, 3)
    told = capsys.readouterr()
    assert told.out == ""
    lines = told.err.splitlines()
    assert lines[0] == "acme: items 0 of 1000"
    assert lines[-2:] == ["acme: items 1000 of 1000", "days 3 of 3"]
    assert len(lines) == 12


def test_nothing_to_do_is_told_as_done(capsys: pytest.CaptureFixture[str]) -> None:
    Lines().read("acme", 0, 0)
    assert capsys.readouterr().err == "acme: items 0 of 0\n"


def test_quietly_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(quiet=True) as watch:
        assert isinstance(watch, Unwatched)
        watch.read("acme", 1, 2)
        watch.judged(1, 2)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_bars_have_rate_and_time_left() -> None:
    screen, seconds = io.StringIO(), [0.0]
    made = _bars()
    bars = Progress(
        *made.columns,
        console=Console(file=screen, force_terminal=True, width=120),
        get_time=lambda: seconds[0],
        auto_refresh=False,
    )
    watch = Bars(bars)
    with bars:
        for done in range(0, 501, 50):
            watch.read("acme [b]", done, 1_000)
            seconds[0] += 1.0
        bars.refresh()
    shown = screen.getvalue()
    assert "acme [b]: items" in shown
    assert "500/1000" in shown
    assert "50/s" in shown
    assert "0:00:10" in shown
