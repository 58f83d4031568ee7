"""The sandbox's time: one clock, the site's zone, the vendor's three ways of writing an instant."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def ticking_from(start: datetime, monotonic: Callable[[], float] = time.monotonic) -> Now:
    """A clock that stands at `start` now and goes on with real time; a naive start is read as UTC."""
    begin = monotonic()
    aware = start if start.tzinfo else start.replace(tzinfo=UTC)
    return lambda: aware + timedelta(seconds=monotonic() - begin)


def system_now() -> datetime:
    return datetime.now(UTC)


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, exactly: a float of seconds would be one short now and then."""
    return (moment - EPOCH) // MILLISECOND


def instant(ms: int) -> datetime:
    """The moment, in UTC, of epoch milliseconds."""
    return EPOCH + ms * MILLISECOND


class Clock:
    """Instants in epoch milliseconds; `zone` is the site's default zone, in which issues are stamped."""

    def __init__(self, now: Now, zone: str) -> None:
        self._now = now
        self._still: datetime | None = None
        self.zone = ZoneInfo(zone)

    def now(self) -> datetime:
        return self._still or self._now()

    def ms(self) -> int:
        return epoch_ms(self.now())

    @contextmanager
    def standing_at(self, ms: int) -> Iterator[None]:
        """Let the block happen at another instant."""
        self._still = instant(ms)
        try:
            yield
        finally:
            self._still = None

    def stamp(self, ms: int) -> str:
        """An instant as issues show it: `2026-09-27T10:03:11.123+0200`, no colon in the offset."""
        local = instant(ms).astimezone(self.zone)
        return f"{local:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}{local:%z}"


def parse_ms(stamp: str) -> int:
    """Epoch milliseconds of a Jira or ISO timestamp; a naive one is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(stamp)
    return epoch_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
