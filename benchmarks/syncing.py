"""A whole sync of a hundred thousand issues in a process of its own: how much memory it takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from benchmarks import issues
from benchmarks.server import Server, serving

COUNT = 100_000
CONFIG = """\
[bridge]
instance = "bench"
[connections.bench]
tool = "jira"
url = "{url}"
email = "{email}"
token = "env:BENCH_TOKEN"
timeout = 120
"""
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[objectives]]
id = "O1"
title = "Everything"
[[objectives.key_results]]
id = "KR1"
title = "All of it"
rollup = { method = "points" }
links = [ { connection = "bench", query = "project = BENCH" } ]
"""


def _sync(folder: Path, server: Server) -> tuple[float, float]:
    """Seconds, and the peak of memory in MB."""
    command = [sys.executable, "-m", "bridge", "-c", str(folder / "okr-bridge.toml"), "-q", "sync"]
    environ = {**os.environ, "BENCH_TOKEN": server.token}
    begun, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ) as process:
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.02)
    assert process.returncode == 0, process.returncode
    return time.perf_counter() - begun, peak


def _peak(process: int) -> float:
    """In MB, since the process began its program; its resources would count what this one held then."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return float("nan")


def rows() -> list[tuple[str, str, str, str]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        issues.write(folder / "issues.jsonl.gz", COUNT)
        with serving(folder / "issues.jsonl.gz") as server:
            text = CONFIG.format(url=server.url, email=server.email)
            (folder / "okr-bridge.toml").write_text(text, encoding="utf-8")
            (folder / "okrs.toml").write_text(OKRS, encoding="utf-8")
            seconds, peak = _sync(folder, server)
            again, _ = _sync(folder, server)
    what = f"sync of {COUNT:,} issues into SQLite"
    return [
        (what, "peak memory, MB", f"{peak:.0f}", "under 500"),
        (what, "first run / second run, seconds", f"{seconds:.0f} / {again:.0f}", "told"),
    ]
