"""Cron lines against cron's own rules, and against a slow reckoning of whole years across every change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.cron import CronLine

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Cairo",
         "America/Santiago", "UTC")  # fmt: skip
YEAR = 2027
NEVER = datetime.fromisoformat("9999-12-31")
SUN, MON, TUE, WED, THU, FRI, SAT = 7, 1, 2, 3, 4, 5, 6


def due(text: str, zone: str, first: datetime, last: datetime) -> Iterator[datetime]:
    """All that a line is due for from an instant to another, by asking for the next again and again."""
    line, tz = CronLine.parse(text), ZoneInfo(zone)
    at = line.after(first - timedelta(microseconds=1), tz)
    while at is not None and at < last:
        yield at
        at = line.after(at, tz)


def local(text: str, zone: str, first: str, days: int = 1) -> list[str]:
    tz = ZoneInfo(zone)
    begin = datetime.fromisoformat(first).replace(tzinfo=tz)
    end = (begin.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=tz)
    found = due(text, zone, begin.astimezone(UTC), end.astimezone(UTC))
    return [at.astimezone(tz).strftime("%d %H:%M%z")[:-2] for at in found]


@cache
def quarters(zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Every quarter of an hour of the year, and what the clock on the wall shows then."""
    begin, tz = datetime(YEAR, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    instants = (begin + timedelta(minutes=15 * n) for n in range(365 * 96))
    return tuple((at, at.astimezone(tz).replace(tzinfo=None, fold=0)) for at in instants)


def once_a_time(zone: str, times: list[time], days: Callable[[date], bool]) -> list[datetime]:
    """Each time of day once: at the first instant that shows it, or a later time."""
    first = date(YEAR, 1, 1) - timedelta(days=2)
    dates = [day for n in range(370) if days(day := first + timedelta(days=n))]
    wanted = sorted(datetime.combine(day, at) for day in dates for at in times)
    found: list[datetime] = []
    walls = iter(quarters(zone))
    at, wall = next(walls)
    for one in wanted:
        if one < wall:
            continue
        while wall < one:
            at, wall = next(walls, (at, NEVER))
        if wall == NEVER:
            break
        found.append(at)
    return sorted(set(found))


def whenever_shown(zone: str, minutes: set[int], days: Callable[[date], bool]) -> list[datetime]:
    return [at for at, wall in quarters(zone) if wall.minute in minutes and days(wall.date())]


def every_day(_: date) -> bool:
    return True


TIMES = {
    "0 3 * * *": ([time(3)], every_day),
    "30 2 * * *": ([time(2, 30)], every_day),
    "0 0 * * *": ([time(0)], every_day),
    "*/15 1-3 * * *": ([time(h, m) for h in (1, 2, 3) for m in (0, 15, 30, 45)], every_day),
    "0 */2 * * *": ([time(h) for h in range(0, 24, 2)], every_day),
    "45 23 * * 6,0": ([time(23, 45)], lambda day: day.isoweekday() in (SAT, SUN)),
    "30 2 1-7,25-31 * 7": ([time(2, 30)], lambda d: d.day <= 7 or d.day >= 25 or d.isoweekday() == SUN),
    "30 2 */2 * sun": ([time(2, 30)], lambda day: day.day % 2 == 1 and day.isoweekday() == SUN),
    "15 1 * mar,OCT-nov mon-fri": (
        [time(1, 15)],
        lambda day: day.month in (3, 10, 11) and day.isoweekday() <= FRI,
    ),
}
SHOWN = {
    "*/15 * * * *": ({0, 15, 30, 45}, every_day),
    "0 * * * *": ({0}, every_day),
    "15,45 0-23 * * *": ({15, 45}, every_day),
    "*/30 * * * sun": ({0, 30}, lambda day: day.isoweekday() == SUN),
}


@cache
def whole_year(text: str, zone: str) -> list[datetime]:
    first, _ = quarters(zone)[0]
    return list(due(text, zone, first, first + timedelta(days=365)))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", TIMES)
def test_a_time_of_day_is_due_once_a_day_all_year(text, zone):
    times, days = TIMES[text]
    assert whole_year(text, zone) == once_a_time(zone, times, days)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", SHOWN)
def test_a_line_of_every_hour_is_due_whenever_the_clock_shows_it(text, zone):
    minutes, days = SHOWN[text]
    assert whole_year(text, zone) == whenever_shown(zone, minutes, days)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["0 3 * * *", "30 2 * * *", "0 0 * * *"])
def test_a_nightly_job_is_done_once_each_night(text, zone):
    nights = [at.astimezone(ZoneInfo(zone)).date() for at in whole_year(text, zone)]
    assert len(nights) == len(set(nights)) >= 364
    assert {later - sooner for sooner, later in pairwise(nights)} == {timedelta(days=1)}


@pytest.mark.parametrize("zone", ZONES)
def test_every_fifteen_minutes_are_fifteen_minutes_on_every_day_of_the_year(zone):
    found = whole_year("*/15 * * * *", zone)
    assert {later - sooner for sooner, later in pairwise(found)} == {timedelta(minutes=15)}


CHANGES = {
    "a time that the spring skips": ("30 2 * * *", "Europe/Berlin", "2027-03-28", ["28 03:00+02"]),
    "two such times are one run": ("15,45 2 * * *", "America/New_York", "2027-03-14", ["14 03:00-04"]),
    "a time that comes twice": ("30 2 * * *", "Europe/Berlin", "2027-10-31", ["31 02:30+02"]),
    "the same in New York": ("30 1 * * *", "America/New_York", "2027-11-07", ["07 01:30-04"]),
    "a gap of half an hour": ("15 2 * * *", "Australia/Lord_Howe", "2027-10-03", ["03 02:30+11"]),
    "half an hour twice": ("45 1 * * *", "Australia/Lord_Howe", "2027-04-04", ["04 01:45+11"]),
    "midnight skipped": ("0 0 * * *", "Africa/Cairo", "2027-04-30", ["30 01:00+03"]),
    "no change at all": ("30 2 * * *", "Asia/Shanghai", "2027-03-28", ["28 02:30+08"]),
    "half-hourly through the repeat": (
        "*/30 2 * * *", "Europe/Berlin", "2027-10-31", ["31 02:00+02", "31 02:30+02"]),
    "hourly through the repeat": (
        "30 * * * 0", "Europe/Berlin", "2027-10-31", [
            *(f"31 {h:02}:30+02" for h in range(3)), *(f"31 {h:02}:30+01" for h in range(2, 24))]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "zone", "day", "expected"), CHANGES.values(), ids=CHANGES)
def test_the_clock_changes(text, zone, day, expected):
    assert local(text, zone, day) == expected


def test_a_day_that_a_zone_left_out_is_made_up_for_at_the_start_of_the_next():
    assert local("0 3 * * *", "Pacific/Apia", "2011-12-29", 3) == [
        "29 03:00-10",
        "31 00:00+14",
        "31 03:00+14",
    ]


WEEK = {
    "0": {SUN}, "7": {SUN}, "1-5": {MON, TUE, WED, THU, FRI}, "*/2": {SUN, TUE, THU, SAT}, "6,0": {SAT, SUN},
    "5-7": {FRI, SAT, SUN}, "0-7": {*range(1, 8)}, "sun": {SUN}, "MON-Fri": {MON, TUE, WED, THU, FRI},
    "sat-sun": {SAT, SUN}, "1-5/2": {MON, WED, FRI}, "mon,3,fri-sat": {MON, WED, FRI, SAT},
    "*": {*range(1, 8)},
}  # fmt: skip


@pytest.mark.parametrize("field", WEEK)
def test_weekdays_count_from_sunday(field):
    line = CronLine.parse(f"0 3 * * {field}")
    week = (date(2027, 5, 3) + timedelta(days=n) for n in range(7))
    assert {day.isoweekday() for day in week if line.allows(day)} == WEEK[field]


DAYS = {
    "both restricted: one is enough": ("0 0 13 * 5", [1, 8, 13, 15, 22, 29]),
    "the week alone": ("0 0 * * 5", [1, 8, 15, 22, 29]),
    "the month alone": ("0 0 13 * *", [13]),
    "a step of the month begins with a star": ("0 0 */5 * 5", [1]),
    "a step of the week does, too": ("0 0 12-16 * */5", [15]),
    "a restricted month holds for both": ("0 0 13 5 5", []),
}


@pytest.mark.parametrize(("text", "expected"), DAYS.values(), ids=DAYS)
def test_day_of_month_and_day_of_week(text, expected):
    line = CronLine.parse(text)
    october = (date(2027, 10, 1) + timedelta(days=n) for n in range(31))
    assert [day.day for day in october if line.allows(day)] == expected


WRONG = {
    "four fields": "0 3 * *",
    "six fields": "0 0 3 * * *",
    "a minute too many": "60 * * * *",
    "an hour too many": "0 24 * * *",
    "no day 0": "0 0 0 * *",
    "no month 13": "0 0 * 13 *",
    "weekday 8": "0 0 * * 8",
    "backwards": "0 22-4 * * *",
    "a step of nothing": "*/0 * * * *",
    "a step after one number": "5/10 * * * *",
    "an unknown name": "0 0 * * someday",
    "a month's name for a day": "0 0 * * jan",
    "an empty part": "0,, * * * *",
    "other digits": "² * * * *",
    "Arabic digits": "٣ * * * *",
    "a day that never comes": "0 0 31 2,4,6 *",
    "another program's sign": "0 0 L * ?",
    "negative": "-1 * * * *",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_line_is_refused(text):
    with pytest.raises(ValueError, match=r"^(a |its )"):
        CronLine.parse(text)


def test_the_day_that_comes_rarest_is_found():
    assert local("0 0 29 2 *", "UTC", "2096-03-01", 365 * 9) == ["29 00:00+00"]


LINES = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["*", "0", "*/7", "30,59", "10-20/5"]),
    st.sampled_from(["*", "2", "*/3", "0,23", "1-4"]),
    st.sampled_from(["*", "1", "*/10", "28-31"]),
    st.sampled_from(["*", "3", "10-11", "apr,sep"]),
    st.sampled_from(["*", "0", "7", "mon-wed", "*/2"]),
)


@settings(deadline=None, max_examples=60)
@given(LINES, st.sampled_from(ZONES), st.integers(0, 15 * 365 * 86400))
def test_nothing_is_due_between_now_and_what_is_due_next(text, zone, second):
    line, tz = CronLine.parse(text), ZoneInfo(zone)
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    later = line.after(now, tz)
    assert later > now
    between = now + (later - now) / 2
    assert line.after(between, tz) == line.after(later - timedelta(microseconds=1), tz) == later
