"""Logs: how much of them, and no secret in any."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bridge.logs import set_up


@pytest.fixture(autouse=True)
def _root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, level = before
    root.setLevel(level)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ["warning", "error"]),
        ({"verbose": 1}, ["info", "warning", "error"]),
        ({"verbose": 2}, ["debug", "info", "warning", "error"]),
        ({"verbose": 9}, ["debug", "info", "warning", "error"]),
        ({"quiet": True, "verbose": 2}, ["error"]),
    ],
)
def test_as_much_is_told_as_was_asked_for(
    options: dict[str, int], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(lambda: (), **options)  # type: ignore[arg-type]
    log = logging.getLogger("bridge.some")
    for level in ("debug", "info", "warning", "error"):
        getattr(log, level)(level)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.rpartition(" ")[2] for line in err.splitlines()] == told


def test_libraries_are_heard_for_errors_alone(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: (), verbose=2)
    logging.getLogger("urllib3.connectionpool").warning("retrying")
    assert capsys.readouterr().err == ""


def test_setting_up_twice_tells_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: ())
    set_up(lambda: ())
    logging.getLogger("bridge.some").warning("once")
    assert capsys.readouterr().err.count("once") == 1
