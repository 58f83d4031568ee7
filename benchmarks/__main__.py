"""Prints the table of speed: each figure a ratio of two things measured in this one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import history, hooking, issues, reading, replaying, rolling, startup, steady, syncing
from benchmarks.server import serving

COUNT, LATENCY_MS, ROUNDS = 10_000, 120, 3


def wall(work: Callable[[], object], rounds: int = 1) -> float:
    """Seconds on the wall, the best of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def processor(work: Callable[[], object], rounds: int) -> float:
    """Seconds of this process on the processor, the median of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


Row = tuple[str, str, str, str]


def first_read(file: Path, size: int) -> list[Row]:
    """The first read of ten thousand issues over a line with latency."""
    with serving(file, latency_ms=LATENCY_MS, bulkfetch_max=size) as server:
        bridge = reading.Bridge(server, all_fields=True)
        before = bridge.jira.requests
        assert bridge.read() == COUNT
        asked = bridge.jira.requests - before
        ours = wall(bridge.read, ROUNDS)
        floor = wall(lambda: reading.with_asyncio(server, size), ROUNDS)
        jira = wall(lambda: reading.with_jira(server))
        atlassian = wall(lambda: reading.with_atlassian(server))
    what = f"first read of {COUNT:,} issues, {LATENCY_MS} ms, bulkfetch takes {size}"
    faster = "at least 10" if size == 1000 else "at least 5"
    return [
        (what, "requests made", str(asked), "12" if size == 1000 else "about 102"),
        (what, "jira / bridge", f"{jira / ours:.1f}", faster),
        (
            what,
            "atlassian / bridge",
            f"{atlassian / ours:.1f}",
            "at least 10" if size == 1000 else "at least 5",
        ),
        (what, "bridge / plain asyncio", f"{ours / floor:.2f}", "at most 1.3"),
    ]


def decoding(file: Path) -> list[Row]:
    """What a thousand issues cost the processor, from the wire to work items."""
    with serving(file) as server:
        bridge = reading.Bridge(server, all_fields=True)
        bridge.read()
        reading.with_requests(server, 1000)
        rounds = [
            (processor(bridge.read, 1), processor(lambda: reading.with_requests(server, 1000), 1))
            for _ in range(3 * ROUNDS)
        ]
        ours, plain = (statistics.median(times) for times in zip(*rounds, strict=True))
    return [("processor, wire to work items", "bridge / requests + json", f"{ours / plain:.2f}", "at most 1")]


def main() -> None:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "issues.jsonl.gz"
        size = issues.write(file, COUNT)
        for most in (1000, 100):
            rows += first_read(file, most)
        rows += decoding(file)
        rows += steady.rows(file, COUNT)
    rows += (
        rolling.rows() + replaying.rows() + history.rows() + syncing.rows() + startup.rows() + hooking.rows()
    )
    table = Table("what", "figure", "measured", "wanted", title=f"issues of {size / 1000:.1f} kB")
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
