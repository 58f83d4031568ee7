"""The sandbox as a process: one line when it is ready, an end when it is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import requests

from tests.source import ROOT

PROGRAM = """
import sys
from datetime import datetime, UTC
from bridge.sandbox.serve import run
run(port=0, deployment="datacenter", seed=3, now=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    announce=lambda line: print(line, flush=True))
"""


def test_a_process_announces_itself_serves_and_ends_on_a_signal():
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready.keys() == {"url", "email", "token", "deployment"}
        answer = requests.get(
            f"{ready['url']}/rest/api/2/myself",
            headers={"Authorization": f"Bearer {ready['token']}"},
            timeout=5,
        )
        assert answer.json()["emailAddress"] == ready["email"]
        assert answer.headers["Date"].startswith("Mon, 02 Nov 2026 09:30:")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        process.kill()
        process.communicate()
