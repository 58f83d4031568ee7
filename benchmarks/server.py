"""A sandbox in a process of its own, so that it and what is measured do not share an interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    email: str
    token: str


@contextmanager
def serving(
    issues: Path, *, latency_ms: int = 0, bulkfetch_max: int = 1000, deployment: str = "cloud"
) -> Iterator[Server]:
    command = [
        *(sys.executable, "-m", "bridge", "sandbox", "--port", "0", "--issues", str(issues)),
        *("--latency-ms", str(latency_ms), "--bulkfetch-max", str(bulkfetch_max)),
        *("--deployment", deployment),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Server(ready["url"], ready["email"], ready["token"])
    finally:
        process.terminate()
        process.wait(timeout=20)
