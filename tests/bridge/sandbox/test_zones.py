"""Dates in queries are read in the caller's zone, on days of 23 and of 25 hours too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.sandbox.clock import Clock, epoch_ms, instant, parse_ms
from bridge.sandbox.jql.moments import day_ms, moment_ms, period
from bridge.sandbox.jql.parse import Function, Literal
from bridge.sandbox.records import Refusal


class Caller:
    """As much of a site as a moment needs."""

    def __init__(self, now: str, zone: str) -> None:
        self.profile_zone = zone
        self.clock = Clock(lambda: datetime.fromisoformat(now), "UTC")


def told(ms: int) -> str:
    return f"{instant(ms):%Y-%m-%d %H:%M:%S}"


def moment(jql: str, now: str = "2026-11-18T15:20:00+00:00", zone: str = "Europe/Berlin") -> str:
    """What an operand means, in UTC; one with parentheses is a function."""
    name, _, argument = jql.rstrip(")").partition("(")
    operand = Function(name, (argument,) if argument else ()) if "(" in jql else Literal(jql, quoted=True)
    return told(moment_ms(Caller(now, zone), "updated", operand))


# 18 November 2026 is a Wednesday; Berlin is an hour ahead of UTC in winter, two in summer
FUNCTIONS = {
    "now()": "2026-11-18 15:20:00",
    "startOfDay()": "2026-11-17 23:00:00",
    "startOfDay(-1)": "2026-11-16 23:00:00",
    "startOfDay(1d)": "2026-11-18 23:00:00",
    "startOfDay(-2h)": "2026-11-17 21:00:00",
    "endOfDay()": "2026-11-18 22:59:59",
    "endOfDay(-1w)": "2026-11-11 22:59:59",
    "startOfWeek()": "2026-11-14 23:00:00",
    "startOfWeek(-1)": "2026-11-07 23:00:00",
    "endOfWeek()": "2026-11-21 22:59:59",
    "startOfMonth()": "2026-10-31 23:00:00",
    "startOfMonth(-1)": "2026-09-30 22:00:00",
    "startOfMonth(-1M)": "2026-09-30 22:00:00",
    "endOfMonth()": "2026-11-30 22:59:59",
    "endOfMonth(1)": "2026-12-31 22:59:59",
    "startOfYear()": "2025-12-31 23:00:00",
    "startOfYear(-1y)": "2024-12-31 23:00:00",
    "endOfYear()": "2026-12-31 22:59:59",
}


@pytest.mark.parametrize("jql", FUNCTIONS)
def test_a_function_means(jql):
    assert moment(jql) == FUNCTIONS[jql]


LITERALS = {
    "2026-11-18 09:30": "2026-11-18 08:30:00",
    "2026/11/18 09:30": "2026-11-18 08:30:00",
    "2026-11-18": "2026-11-17 23:00:00",
    "2026/07/01": "2026-06-30 22:00:00",
    "-15m": "2026-11-18 15:05:00",
    "-4h": "2026-11-18 11:20:00",
    "-1w 2d": "2026-11-09 15:20:00",
    "+1d": "2026-11-19 15:20:00",
    "3d": "2026-11-21 15:20:00",
}


@pytest.mark.parametrize("jql", LITERALS)
def test_a_literal_means(jql):
    assert moment(jql) == LITERALS[jql]


# in 2026 Berlin's clocks go on by an hour on 29 March and back by one on 25 October
SWITCHED = {
    "the short day begins in winter": ("startOfDay()", "2026-03-29T12:00:00+00:00", "2026-03-28 23:00:00"),
    "and ends in summer": ("endOfDay()", "2026-03-29T12:00:00+00:00", "2026-03-29 21:59:59"),
    "the long day begins in summer": ("startOfDay()", "2026-10-25T12:00:00+00:00", "2026-10-24 22:00:00"),
    "and ends in winter": ("endOfDay()", "2026-10-25T12:00:00+00:00", "2026-10-25 22:59:59"),
    "a day back over the switch": ("startOfDay(-1)", "2026-10-26T12:00:00+00:00", "2026-10-24 22:00:00"),
    "a day is 24 hours where it is relative": ("-1d", "2026-10-25T12:00:00+00:00", "2026-10-24 12:00:00"),
    "before the switch": ("2026-10-25 01:59", "2026-10-26T00:00:00+00:00", "2026-10-24 23:59:00"),
    "an hour that comes twice is its first": (
        "2026-10-25 02:30",
        "2026-10-26T00:00:00+00:00",
        "2026-10-25 00:30:00",
    ),
    "after the switch": ("2026-10-25 03:00", "2026-10-26T00:00:00+00:00", "2026-10-25 02:00:00"),
    "a month over the switch": ("startOfMonth(-1)", "2026-11-02T00:00:00+00:00", "2026-09-30 22:00:00"),
}


@pytest.mark.parametrize("case", SWITCHED)
def test_when_the_clocks_are_changed(case):
    jql, now, expected = SWITCHED[case]
    assert moment(jql, now) == expected


def test_the_same_words_mean_another_instant_to_a_caller_elsewhere():
    assert moment("2026-11-18 09:30", zone="Asia/Shanghai") == "2026-11-18 01:30:00"
    assert moment("startOfDay()", zone="America/Los_Angeles") == "2026-11-18 08:00:00"
    assert moment("startOfDay()", "2026-11-18T02:00:00+00:00", "America/Los_Angeles") == "2026-11-17 08:00:00"


@pytest.mark.parametrize(
    "jql",
    ["yesterday", "2026-11-18 09:30:12", "18.11.2026", "2026-13-01", "", "-99999999999w", "startOfDay(x)",
     "endOfCentury()", "startOfDay(999999999999)", "startOfYear(-9999)", "1y"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(jql):
    with pytest.raises(Refusal):
        moment(jql)


def test_milliseconds_are_taken_unquoted_only():
    site = Caller("2026-11-18T15:20:00+00:00", "Europe/Berlin")
    assert moment_ms(site, "updated", Literal("1790584137824")) == 1_790_584_137_824
    with pytest.raises(Refusal):
        moment_ms(site, "updated", Literal("1790584137824", quoted=True))
    with pytest.raises(Refusal):
        moment_ms(site, "updated", Literal("9" * 5000))


PERIODS = {
    "-1d": timedelta(days=-1),
    "2w 1d": timedelta(days=15),
    "-1h 30m": timedelta(minutes=-90),
    "5M": timedelta(minutes=5),
}


@pytest.mark.parametrize(("text", "span"), PERIODS.items())
def test_a_period_adds_up_its_parts(text, span):
    assert period(text) == span


MINUTES = st.integers(0, 60 * 24 * 365 * 60).map(lambda minutes: minutes * 60_000)
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "UTC"])


@settings(deadline=None)
@given(MINUTES, ZONES)
def test_any_minute_written_in_the_callers_zone_is_that_minute_or_its_twin(ms, zone):
    """Of an hour that comes twice a literal can mean only the first: callers step back one more."""
    local = instant(ms).astimezone(ZoneInfo(zone))
    found = moment_ms(
        Caller("2026-11-18T15:20:00+00:00", zone), "updated", Literal(f"{local:%Y-%m-%d %H:%M}")
    )
    assert found == ms or (local.fold == 1 and found < ms)


@given(st.datetimes(timezones=ZONES.map(ZoneInfo)))
def test_an_instant_is_kept_to_the_millisecond(moment):
    assume(1900 < moment.year < 2100)
    ms = epoch_ms(moment)
    assert timedelta() <= moment.astimezone(UTC) - instant(ms) < timedelta(milliseconds=1)
    assert parse_ms(instant(ms).isoformat()) == ms


def test_a_day_begins_where_the_caller_is():
    assert told(day_ms("2026-12-01", "Asia/Shanghai")) == "2026-11-30 16:00:00"
