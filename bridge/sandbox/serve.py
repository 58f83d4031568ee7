"""The sandbox as a process of its own: `okr-bridge sandbox`."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import orjson

from bridge.sandbox.clock import Now, system_now, ticking_from
from bridge.sandbox.embedded import Sandbox

LOG = logging.getLogger("bridge.sandbox")


def run(
    port: int, deployment: str, issues: Path | None, host: str | None, seed: int = 1, latency_ms: int = 0,
    rate_limit: float = 0, bulkfetch_max: int = 1000, now: datetime | Now | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Serve until SIGINT or SIGTERM; `announce` gets one JSON line when ready.

    `now` as an instant: the clock starts there and goes on with real time. Raises OSError for a taken port.
    """
    clock = ticking_from(now) if isinstance(now, datetime) else now or system_now
    sandbox = Sandbox(
        deployment, issues=issues, host=host, seed=seed, latency_ms=latency_ms, rate_limit=rate_limit,
        bulkfetch_max=bulkfetch_max, now=clock, port=port,
    )  # fmt: skip
    for note in sandbox.notes:
        LOG.warning(note)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        ready = {"url": sandbox.url, "email": sandbox.email, "token": sandbox.token}
        (announce or (lambda _: None))(orjson.dumps(ready | {"deployment": deployment}).decode())
        stop.wait()
