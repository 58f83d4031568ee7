"""Time that passes only when somebody sleeps."""

import threading
from datetime import UTC, datetime, timedelta

from connectors.http import Clock

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Hands:
    """What moves the clock, and how long was slept."""

    def __init__(self, chance=0.5):
        self.seconds = 0.0
        self.slept = []
        self.chance = chance
        self._lock = threading.Lock()

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(round(seconds, 3))
            self.seconds += seconds

    def now(self):
        return START + timedelta(seconds=self.seconds)

    def clock(self):
        return Clock(self.now, lambda: self.seconds, self.sleep, lambda: self.chance)
