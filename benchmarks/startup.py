"""How long a person waits for `--version` and `--help`."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 11


def _best(*command: str) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begun)
    return min(times)


def rows() -> list[tuple[str, str, str, str]]:
    bare = _best(sys.executable, "-c", "pass")
    found = []
    for option in ("--version", "--help"):
        ours = _best(sys.executable, "-m", "bridge", option)
        found.append((f"okr-bridge {option}", "over a bare interpreter", f"{ours / bare:.1f}", "under 10"))
    return found
