"""Commands as processes of their own: the demo, and the embedded Jira."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
PROGRAM = [sys.executable, "-m", "bridge"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ROOT, **more}


def test_the_demo_plays_once_and_tells_what_to_type_next(tmp_path: Path) -> None:
    env = environment(DEMO_ONCE="1", TMPDIR=str(tmp_path))
    done = subprocess.run(
        [*PROGRAM, "demo", "--now", "2026-11-21T09:00"], capture_output=True, text=True, timeout=60, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "okr-bridge -c" in done.stdout
    [folder] = tmp_path.iterdir()
    assert {"okr-bridge.toml", "okrs.toml", "okr-bridge.db"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_the_sandbox_says_one_line_answers_and_ends_when_told(tmp_path: Path, deployment: str) -> None:
    command = [*PROGRAM, "sandbox", "--port", "0", "--deployment", deployment]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"url", "email", "token", "deployment"}
        assert told["deployment"] == deployment
        version = "3" if deployment == "cloud" else "2"
        login = base64.b64encode(f"{told['email']}:{told['token']}".encode()).decode()
        request = urllib.request.Request(f"{told['url']}/rest/api/{version}/myself")
        request.add_header("Authorization", f"Basic {login}")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=20)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*PROGRAM, "sandbox", "--port", port],
            capture_output=True,
            text=True,
            env=environment(),
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: port {port}: ")
    assert "--port 0" in done.stderr
