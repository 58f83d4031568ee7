"""How much is told, what every line bears, and that nothing secret is in any."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest

from bridge.logs import bound, set_up
from bridge.secrets import Secret
from tests.bridge.logs.quiet import as_it_was

__all__ = ["as_it_was"]

log = logging.getLogger("bridge.some")


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The JSON lines on stderr; nothing is on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


@pytest.mark.parametrize(
    ("options", "levels"),
    [
        ({}, ["warning", "error"]),
        ({"verbose": 1}, ["info", "warning", "error"]),
        ({"verbose": 2}, ["debug", "info", "warning", "error"]),
        ({"verbose": 9}, ["debug", "info", "warning", "error"]),
        ({"quiet": True, "verbose": 2}, ["error"]),
        ({"quiet": True, "daemon": True, "level": "debug"}, ["error"]),
        ({"daemon": True}, ["info", "warning", "error"]),
        ({"daemon": True, "level": "error"}, ["error"]),
        ({"daemon": True, "level": "error", "verbose": 1}, ["info", "warning", "error"]),
        ({"level": "info"}, ["info", "warning", "error"]),
        ({"level": "debug", "verbose": 1}, ["debug", "info", "warning", "error"]),
        ({"level": "warning", "daemon": True}, ["warning", "error"]),
    ],
)
def test_as_much_is_told_as_was_asked_for(
    options: dict[str, Any], levels: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(lambda: (), **options)
    for level in ("debug", "info", "warning", "error"):
        getattr(log, level)(level)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.rpartition(" ")[2] for line in err.splitlines()] == levels


def test_libraries_are_heard_for_errors_alone(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: (), verbose=2)
    logging.getLogger("urllib3.connectionpool").warning("retrying")
    logging.getLogger("apscheduler.executors.default").info("Running job")
    logging.getLogger("uvicorn.access").info("GET /healthz")
    assert capsys.readouterr().err == ""
    logging.getLogger("apscheduler.executors.default").error("a job broke")
    assert "a job broke" in capsys.readouterr().err


def test_setting_up_twice_tells_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: ())
    set_up(lambda: ())
    log.warning("once")
    assert capsys.readouterr().err.count("once") == 1


def test_what_is_bound_stands_on_every_line_within(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: (), format="json")
    log.warning("before")
    with bound(run="r1"):
        with bound(connection="acme"):
            log.warning("inside")
            log.warning("of another", extra={"connection": "corp"})
        log.warning("beside")
    log.warning("after")
    assert [(line.get("run"), line.get("connection")) for line in told(capsys)] == [
        (None, None),
        ("r1", "acme"),
        ("r1", "corp"),
        ("r1", None),
        (None, None),
    ]


def test_what_is_bound_goes_with_a_copy_of_the_context_alone(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: (), format="json")
    with ThreadPoolExecutor(1) as pool, bound(run="r1"):
        pool.submit(copy_context().run, log.warning, "with").result()
        pool.submit(log.warning, "without").result()
    assert {line["message"]: line.get("run") for line in told(capsys)} == {"with": "r1", "without": None}


def test_what_is_bound_ends_with_an_error_too(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(lambda: (), format="json")
    with pytest.raises(ValueError, match="x"), bound(run="r1"):
        raise ValueError("x")
    log.warning("after")
    assert "run" not in told(capsys)[0]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_masked_before_anybody_asked_for_it(
    form: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(lambda: [Secret("env:T", {"T": "planted-one"}), Secret("env:GONE", {})], format=form)
    with bound(run="planted-one"):
        log.warning("saw planted-one", extra={"seen": {"planted-one": [b"planted-one", {"planted-one"}]}})
    err = capsys.readouterr().err
    assert "planted" not in err
    assert err.count("***") == 5


def test_a_secret_of_the_configuration_before_stays_masked(capsys: pytest.CaptureFixture[str]) -> None:
    old, new = Secret("env:T", {"T": "planted-old"}), Secret("env:T", {"T": "planted-new"})
    set_up(lambda: [old])
    set_up(lambda: [new], format="json")
    set_up(lambda: [new], format="json")
    log.warning("planted-old planted-new")
    assert told(capsys)[0]["message"] == "*** ***"


def test_a_configuration_that_changes_under_way_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    now = [Secret("env:T", {"T": "planted-old"})]
    set_up(lambda: now, format="json")
    now[0] = Secret("env:T", {"T": "planted-new"})
    log.warning("planted-new")
    assert told(capsys)[0]["message"] == "***"


def test_a_keyring_is_not_asked_for_masking() -> None:
    secret = Secret("keyring:no-such/entry", {})
    secret.foresee()
    assert secret.seen == ()


def test_a_line_that_cannot_be_made_is_told_without_its_content(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("planted-one")

    set_up(lambda: ())
    with pytest.raises(RuntimeError):
        log.warning("%s", Broken())
    [handler] = logging.getLogger().handlers
    record = logging.makeLogRecord({"name": "bridge.some", "msg": "%s", "args": (Broken(),)})
    handler.emit(record)
    assert "planted" not in capsys.readouterr().err
