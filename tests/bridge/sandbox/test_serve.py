"""The sandbox as a process: one line when it is ready, an end when it is told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bridge.sandbox.serve import run
from tests.source import ROOT

COMMAND = (sys.executable, "-m", "bridge", "--now", "2026-11-02T09:30:00+00:00", "sandbox")


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command, killed at the end if it lives."""
    made = subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield made
    finally:
        made.kill()
        made.communicate()


def ready(made: subprocess.Popen[str]) -> dict[str, str]:
    assert made.stdout is not None
    return json.loads(made.stdout.readline())


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_process_announces_itself_serves_and_ends_on_a_signal(told):
    with process("--port", "0", "--deployment", "datacenter", "--seed", "3") as made:
        line = ready(made)
        assert line.keys() == {"url", "email", "token", "deployment"}
        assert line["deployment"] == "datacenter"
        answer = requests.get(
            f"{line['url']}/rest/api/2/myself",
            headers={"Authorization": f"Bearer {line['token']}"},
            timeout=5,
        )
        assert answer.json()["emailAddress"] == line["email"]
        assert answer.headers["Date"].startswith("Mon, 02 Nov 2026 09:3")
        made.send_signal(told)
        out, err = made.communicate(timeout=10)
        assert (made.returncode, out, err) == (0, "", "")


def issues(folder: Path) -> Path:
    status = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}
    fields = {
        "status": status,
        "issuetype": {"id": "1", "name": "Story", "subtask": False},
        "project": {"id": "10", "key": "A", "name": "A"},
        "created": "2020-01-02T03:04:05.678+0000",
    }
    hosts = {"one.example": ("A-1", "A-2"), "two.example": ("B-1",)}
    lines = [
        {"id": str(n), "self": f"https://{host}/rest/api/2/issue/{n}", "key": key, "fields": fields}
        for host, keys in hosts.items()
        for n, key in enumerate(keys, 1)
    ]
    file = folder / "issues.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return file


def test_real_issues_are_served_and_what_was_renumbered_is_told(tmp_path):
    with process("--port", "0", "--issues", str(issues(tmp_path))) as made:
        line = ready(made)
        found = requests.post(
            f"{line['url']}/rest/api/3/search/jql",
            json={"jql": "project in (A, B) ORDER BY key", "fields": ["key"]},
            auth=(line["email"], line["token"]),
            timeout=5,
        ).json()["issues"]
        assert [one["key"] for one in found] == ["A-1", "A-2", "B-1"]
        made.send_signal(signal.SIGTERM)
        _, err = made.communicate(timeout=10)
        assert made.returncode == 0
        assert "renumbered" in err


def test_a_file_of_something_else_is_a_mistake_and_no_accident(tmp_path):
    file = tmp_path / "issues.jsonl"
    file.write_text('{"id": 1}\n')
    with process("--port", "0", "--issues", str(file)) as made:
        out, err = made.communicate(timeout=20)
        assert (made.returncode, out) == (2, "")
        assert "line 1: no Jira issue" in err
        assert "Traceback" not in err


def test_a_taken_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        run(port=taken.getsockname()[1], announce=print, empty=True)
