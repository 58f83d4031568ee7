"""The embedded Trello as a process of its own: `okr-bridge sandbox --tool trello`."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime

import orjson

from bridge.sandbox.clock import ticking_from
from bridge.sandbox.loopback import Loopback
from bridge.sandbox.trello.quarter import fill
from bridge.sandbox.trello.site import KEY, PATH, TOKEN, Trello


def run(*, announce: Callable[[str], None], now: datetime, port: int) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets one JSON line when ready.

    The clock starts at `now` and goes on with real time. Raises OSError for a taken port.
    """
    trello = Trello(ticking_from(now))
    fill(trello)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Loopback(trello.take, port, PATH) as listener:
        ready = {"url": listener.url, "key": KEY, "token": TOKEN, "deployment": "trello"}
        announce(orjson.dumps(ready).decode())
        stop.wait()
