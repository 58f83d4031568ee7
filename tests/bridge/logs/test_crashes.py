"""What nothing caught ends in the log, masked; told by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from bridge.logs import set_up
from tests.bridge.logs.quiet import as_it_was

__all__ = ["as_it_was"]

PRELUDE = """\
import gc, sys, threading, warnings
from bridge.logs import set_up
from bridge.secrets import Secret
set_up(lambda: [Secret("env:T", {"T": "planted-one"})], format=sys.argv[1], quiet=len(sys.argv) > 2)
def fail():
    inner = "planted-one"
    raise RuntimeError("saw " + inner)
"""
CRASHES = {
    "the main thread": ("fail()", 1, "ended by a defect: RuntimeError"),
    "another thread": (
        "t = threading.Thread(target=fail, name='reader planted-one'); t.start(); t.join()",
        0,
        "thread reader *** ended by a defect: RuntimeError",
    ),
    "a finalizer": (
        "class Gone:\n    def __del__(self): fail()\nGone()",
        0,
        "an error nobody could take: RuntimeError",
    ),
    "a cause": (
        "try: fail()\nexcept RuntimeError as e: raise KeyError('planted-one') from e",
        1,
        "ended by a defect: KeyError",
    ),
}


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PRELUDE + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("code", "status", "told"), CRASHES.values(), ids=CRASHES)
def test_a_crash_is_one_masked_line_of_json(code, status, told):
    done = run(code, "json", "quiet")
    assert done.returncode == status
    assert "planted" not in done.stderr
    line = json.loads(done.stderr)
    assert (line["level"], line["event"], line["message"]) == ("critical", "crash", told)
    assert "RuntimeError: saw ***" in line["exception"]


def test_a_crash_is_text_for_people_too():
    done = run("fail()", "text")
    assert "planted" not in done.stderr
    assert "  RuntimeError: saw ***" in done.stderr.splitlines()


def test_a_warning_is_a_masked_line():
    done = run("warnings.warn('saw planted-one', UserWarning, stacklevel=1)", "json")
    line = json.loads(done.stderr)
    assert (line["level"], line["logger"]) == ("warning", "py.warnings")
    assert "UserWarning: saw ***" in line["message"]


def test_to_leave_is_no_crash():
    assert run("threading.Thread(target=sys.exit).start(); sys.exit(3)", "json").stderr == ""
    assert "KeyboardInterrupt" in run("raise KeyboardInterrupt", "json").stderr


def test_a_hook_of_somebody_else_stays():
    def own(_: object) -> None:
        pass

    threading.excepthook = own
    set_up(lambda: ())
    assert threading.excepthook is own
