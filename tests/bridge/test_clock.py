"""The bridge's clock: the real one, or one that was set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.clock import clock_at
from bridge.errors import UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_real_clock_is_aware_and_in_utc() -> None:
    now = clock_at(None, SHANGHAI).now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_a_clock_that_was_set_goes_on_from_there() -> None:
    clock = clock_at(datetime.fromisoformat("2026-11-21T09:00"), SHANGHAI)
    first, second = clock.now(), clock.now()
    assert datetime(2026, 11, 21, 1, tzinfo=UTC) <= first <= second
    assert second - first < timedelta(minutes=1)


def test_a_zone_that_is_named_wins() -> None:
    shown = clock_at(datetime(2026, 11, 21, 9, tzinfo=UTC), SHANGHAI).now()
    assert shown.hour == 9


def test_an_instant_before_all_time_is_refused() -> None:
    with pytest.raises(UsageError, match="--now"):
        clock_at(datetime.fromisoformat("0001-01-01"), SHANGHAI)
