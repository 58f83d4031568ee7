"""The sandbox as a process of its own: `okr-bridge sandbox`."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Unpack

import orjson

from bridge.sandbox.clock import Now, system_now, ticking_from
from bridge.sandbox.embedded import Behaviour, Sandbox

LOG = logging.getLogger("bridge.sandbox")


def run(
    *,
    announce: Callable[[str], None],
    deployment: str = "cloud",
    now: datetime | Now | None = None,
    **behaviour: Unpack[Behaviour],
) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets one JSON line when ready.

    `now` as an instant: the clock starts there and goes on with real time. What there is to tell about
    loaded issues goes to the log. Raises OSError for a taken port.
    """
    clock = ticking_from(now) if isinstance(now, datetime) else now or system_now
    sandbox = Sandbox(deployment, now=clock, **behaviour)
    for note in sandbox.notes:
        LOG.warning("%s", note)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        ready = {"url": sandbox.url, "email": sandbox.email, "token": sandbox.token}
        announce(orjson.dumps(ready | {"deployment": deployment}).decode())
        stop.wait()
