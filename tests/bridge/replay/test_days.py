"""Which days a window has, and which instant each of them stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import UsageError
from bridge.model import Cycle
from bridge.replay.days import Window, window_of

BERLIN = ZoneInfo("Europe/Berlin")
CYCLE = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATE = time(23, 59)


def window(first: int, last: int, at: time = LATE) -> Window:
    return Window(date(2026, 10, first), date(2026, 10, last), at, BERLIN)


def test_both_ends_belong_to_it() -> None:
    assert [day.day for day in window(3, 5).days] == [3, 4, 5]
    assert window(3, 3).days == [date(2026, 10, 3)]


def test_a_day_stands_for_an_instant_in_the_zone() -> None:
    assert window(3, 3).ends == [datetime(2026, 10, 3, 21, 59, tzinfo=UTC)]
    assert window(3, 3).start == datetime(2026, 10, 2, 22, tzinfo=UTC)


def test_the_clock_changes_and_each_day_has_one_end() -> None:
    assert [end.hour for end in window(24, 26).ends] == [21, 22, 22]


def test_a_time_that_a_day_has_twice_is_the_later_one() -> None:
    assert window(25, 25, time(2, 30)).ends == [datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]


ASKED = {
    "nothing": ((None, None), (date(2026, 10, 1), date(2026, 11, 20))),
    "from": ((date(2026, 11, 3), None), (date(2026, 11, 3), date(2026, 11, 20))),
    "to": ((None, date(2026, 10, 9)), (date(2026, 10, 1), date(2026, 10, 9))),
    "days before the cycle": (
        (date(2026, 8, 1), date(2026, 8, 3)),
        (date(2026, 8, 1), date(2026, 8, 3)),
    ),
    "to before the cycle": ((None, date(2026, 9, 9)), (date(2026, 9, 9), date(2026, 9, 9))),
}


@pytest.mark.parametrize(("asked", "want"), ASKED.values(), ids=ASKED)
def test_what_is_not_asked_for_is_the_cycle_until_yesterday(
    asked: tuple[date | None, date | None], want: tuple[date, date]
) -> None:
    made = window_of(CYCLE, NOW, BERLIN, LATE, asked)
    assert (made.first, made.last) == want


def test_a_cycle_that_is_over_ends_with_its_last_day() -> None:
    made = window_of(CYCLE, datetime(2027, 2, 1, tzinfo=UTC), BERLIN, LATE, (None, None))
    assert made.last == CYCLE.end


def test_days_after_the_cycle_can_be_asked_for() -> None:
    made = window_of(CYCLE, datetime(2027, 2, 1, tzinfo=UTC), BERLIN, LATE, (date(2027, 1, 5), None))
    assert (made.first, made.last) == (date(2027, 1, 5), date(2027, 1, 5))


@pytest.mark.parametrize(
    "asked",
    [
        (None, date(2026, 11, 21)),
        (date(2026, 11, 21), None),
        (date(2026, 11, 5), date(2026, 11, 4)),
    ],
    ids=["today", "from today on", "backwards"],
)
def test_a_window_without_a_day_that_is_over_is_refused(asked: tuple[date | None, date | None]) -> None:
    with pytest.raises(UsageError) as caught:
        window_of(CYCLE, NOW, BERLIN, LATE, asked)
    assert caught.value.hint


def test_today_ends_at_midnight_in_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert window_of(CYCLE, late, BERLIN, LATE, (None, None)).last == date(2026, 11, 20)
    assert window_of(CYCLE, late, ZoneInfo("UTC"), LATE, (None, None)).last == date(2026, 11, 19)
