"""One event, one line: JSON that parses, text that nobody can forge."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.logs.lines import formatter
from bridge.masking import MaskingFilter

AT = datetime(2026, 11, 21, 9, 0, 0, 250000, tzinfo=UTC)
SECRET = 'se"cr\\et/ü'


def record(message: str = "read", *args: Any, error: Exception | None = None, **extras: Any) -> Any:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("bridge.some", logging.WARNING, "p", 1, message, args, info)
    made.created = AT.timestamp()
    vars(made).update(extras)
    MaskingFilter(lambda: [SECRET]).filter(made)
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    line = formatter("json").format(made)
    assert "\n" not in line
    return json.loads(line)


def raised(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_line_of_json_tells_when_where_what_and_for_whom():
    made = record("%s: read", "acme", event="done", run="r1", connection="acme", items=3, zone=None)
    found = as_json(made)
    assert found == {
        "time": "2026-11-21T09:00:00.250+00:00",
        "level": "warning",
        "logger": "bridge.some",
        "message": "acme: read",
        "event": "done",
        "run": "r1",
        "connection": "acme",
        "items": 3,
        "zone": None,
    }
    assert list(found)[:7] == ["time", "level", "logger", "message", "event", "run", "connection"]


def test_an_error_is_one_field_of_its_line():
    found = as_json(record(error=raised("first\nsecond")))
    assert found["exception"].startswith("Traceback")
    assert found["exception"].endswith("ValueError: first\nsecond")


def test_extras_do_not_take_the_place_of_what_every_line_has():
    assert as_json(record(time="never", level="loud"))["level"] == "warning"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_know_are_texts(number):
    assert as_json(record(lag=[number]))["lag"] == [str(number)]


def test_what_is_no_plain_data_is_told_as_text():
    found = as_json(record(pause=timedelta(seconds=3), at=AT, error_=raised("x")))
    assert found["pause"] == "0:00:03"
    assert found["at"] == "2026-11-21T09:00:00.250000+00:00"
    assert found["error_"] == "ValueError: x"


TEXTS = st.text(max_size=20).map(lambda text: text + SECRET) | st.just(SECRET) | st.text(max_size=9)
VALUES = st.recursive(
    TEXTS | st.integers() | st.floats() | st.none() | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(message=TEXTS, extra=VALUES)
def test_whatever_is_masked_the_line_is_json_and_holds_no_secret(message, extra):
    found = as_json(record("%s", message, extra=extra, error=raised(message)))
    assert SECRET not in repr(list(texts(found)))
    assert all(SECRET not in text for text in texts(found))


def texts(value: Any) -> Any:
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield name
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)


def as_text(made: logging.LogRecord) -> str:
    return formatter("text").format(made)


def test_a_line_of_text_is_for_people():
    local = AT.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert as_text(record("acme: read")) == f"{local} WARNING bridge.some: acme: read"
    line = as_text(record("read", event="done", run="r1", why="two words", many=[1], none=""))
    assert line.endswith('read [event=done run=r1 many=[1] none="" why="two words"]')


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b[2J", "\x85", "\u2028", "\x00"])
def test_what_people_typed_makes_no_line_and_moves_no_cursor(sign):
    line = as_text(record(f"title{sign}2026 ERROR forged", note=f"a{sign}b"))
    assert not set(line) & {"\n", "\r", "\x1b", "\x85", "\u2028", "\x00"}


def test_a_traceback_is_set_in_below_its_line():
    first, *below = as_text(record(error=raised("bad\n2026-11-21 ERROR x\x1b[0m"))).split("\n")
    assert first.endswith("read")
    assert below[0] == "  Traceback (most recent call last):"
    assert all(row.startswith("  ") for row in below)
    assert "\x1b" not in "".join(below)


def test_the_stack_is_told_where_it_was_asked_for():
    made = record()
    made.stack_info = "Stack (most recent call last):\n  here"
    assert as_json(made)["stack"].endswith("here")
    assert "\n  Stack" in as_text(made)


def test_lines_are_made_with_a_library_that_is_loaded_at_the_first_one():
    import subprocess

    code = (
        "import logging, sys; from bridge.logs import set_up; set_up(lambda: ());"
        "before = 'structlog' in sys.modules; logging.getLogger('x').error('first');"
        "print(before, 'structlog' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]
