from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.limits import LONGEST, http_date, near_limit, pause, retry_after, scope, spent

NOW = datetime(2026, 11, 21, 12, 20, tzinfo=UTC)
DATE = {"Date": "Sat, 21 Nov 2026 10:00:00 GMT"}

RETRIES = {
    "seconds": ({"Retry-After": "20"}, 20.0),
    "parts of a second": ({"Retry-After": " 0.5 "}, 0.5),
    "negative": ({"Retry-After": "-5"}, 0.0),
    "more than a day": ({"Retry-After": "9999999999"}, LONGEST),
    "without end": ({"Retry-After": "inf"}, LONGEST),
    "no number": ({"Retry-After": "nan"}, None),
    "a word": ({"Retry-After": "soon"}, None),
    "nothing": ({}, None),
    "a date by the server's clock": (DATE | {"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT"}, 30.0),
    "a date by ours": ({"Retry-After": "Sat, 21 Nov 2026 12:20:45 GMT"}, 45.0),
    "a date in another zone": (DATE | {"Retry-After": "Sat, 21 Nov 2026 12:00:30 +0200"}, 30.0),
    "a date gone by": (DATE | {"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT"}, 0.0),
    "a date years away": (DATE | {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST),
    "a date beyond all years": (DATE | {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -0500"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), RETRIES.values(), ids=RETRIES)
def test_a_pause_is_asked_for_in_seconds_or_until_a_date(headers, seconds):
    assert retry_after(headers, NOW) == seconds


QUOTA = {"RateLimit-Reason": "jira-quota-tenant-based"}
BURST = {"RateLimit-Reason": "jira-burst-based"}
RESET = {"X-RateLimit-Reset": "2026-11-21T11:00Z"}
PAUSES = {
    "a quota until its reset": (QUOTA | DATE | RESET, 3600.0),
    "a reset without a zone is UTC": (QUOTA | DATE | {"X-RateLimit-Reset": "2026-11-21T11:00"}, 3600.0),
    "the later of both": (QUOTA | DATE | RESET | {"Retry-After": "60"}, 3600.0),
    "a quota that only says Retry-After": (QUOTA | {"Retry-After": "7"}, 7.0),
    "a quota that says nothing, until the full hour": (QUOTA | DATE, 3600.0),
    "by our own clock where there is no other": (QUOTA, 2400.0),
    "a reset gone by says nothing": (QUOTA | {"X-RateLimit-Reset": "2026-11-21T12:00Z"}, 2400.0),
    "a reset that is none says nothing": (QUOTA | {"X-RateLimit-Reset": "tomorrow"}, 2400.0),
    "a burst does not wait for a quota": (BURST | RESET | {"Retry-After": "2"}, 2.0),
    "a gateway says nothing": ({"X-Failure-Category": "FAILURE_CLIENT"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), PAUSES.values(), ids=PAUSES)
def test_a_quota_waits_for_its_hour_and_nothing_else_does(headers, seconds):
    assert pause(headers, NOW) == seconds


SCOPES = {
    "jira-quota-global-based": "connection",
    "jira-quota-tenant-based": "connection",
    "Some-New-Quota": "connection",
    "jira-burst-based": "endpoint",
    "jira-cost-based": "endpoint",
    "jira-max-concurrent-threads": "endpoint",
    "jira-per-issue-on-write": "item",
    "": "endpoint",
}


@pytest.mark.parametrize(("reason", "held"), SCOPES.items(), ids=SCOPES)
def test_the_reason_says_how_much_has_to_pause(reason, held):
    assert scope({"RateLimit-Reason": reason}) == held


ALLOWANCES = {
    "plenty": ({"Beta-RateLimit": '"global-app-quota";r=17842;t=2107'}, 0.0),
    "next to nothing": ({"Beta-RateLimit": '"global-app-quota";r=12;t=1800'}, 1800.0),
    "nothing": ({"RateLimit": '"tenant-app-quota"; r=0; t=60'}, 60.0),
    "longer than the hour has": ({"Beta-RateLimit": '"tenant-app-quota";r=0;t=2788'}, 2400.0),
    "the longest of several": ({"RateLimit": '"a-quota";r=0;t=5, "b-quota";r=1;t=9'}, 9.0),
    "another limit": ({"RateLimit": '"burst";r=0;t=60'}, 0.0),
    "no time": ({"RateLimit": '"a-quota";r=0'}, 0.0),
    "no rest": ({"RateLimit": '"a-quota";t=60'}, 0.0),
    "none": ({}, 0.0),
}


@pytest.mark.parametrize(("headers", "seconds"), ALLOWANCES.values(), ids=ALLOWANCES)
def test_a_quota_that_is_nearly_gone_holds_the_connection_until_it_is_renewed(headers, seconds):
    assert spent(headers, NOW) == seconds


def test_a_limit_is_near_where_it_is_said():
    assert near_limit({"X-RateLimit-NearLimit": "True"})
    assert not near_limit({"X-RateLimit-NearLimit": "false"})
    assert not near_limit({})


WINDOW = {"X-RateLimit-Limit": "100", "X-RateLimit-Reset": "1795255242", **DATE}
"""ClickUp's: Unix seconds, 42 s after the date of the answer."""
WINDOWS = {
    "spent: until its end": ({"X-RateLimit-Remaining": "0"}, 42.0, 42.0),
    "some left": ({"X-RateLimit-Remaining": "1"}, 0.0, 42.0),
    "the later of both": ({"X-RateLimit-Remaining": "0", "Retry-After": "60"}, 42.0, 60.0),
    "over already": ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795255100"}, 0.0, None),
    "no time that anybody can tell": (
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 30},
        0.0,
        None,
    ),
}


@pytest.mark.parametrize(("headers", "held", "waited"), WINDOWS.values(), ids=WINDOWS)
def test_a_tokens_window_holds_the_connection_until_its_end(headers, held, waited):
    assert spent(WINDOW | headers, NOW) == held
    assert pause(WINDOW | headers, NOW) == waited


def test_a_tokens_window_is_the_whole_connections():
    assert scope(WINDOW) == "connection"
    assert scope(DATE | {"X-RateLimit-Reset": "2026-11-21T11:00Z"}) == "endpoint"


NAMES = (
    "Retry-After",
    "X-RateLimit-Reset",
    "X-RateLimit-Remaining",
    "RateLimit-Reason",
    "RateLimit",
    "Beta-RateLimit",
    "Date",
)


@given(st.dictionaries(st.sampled_from(NAMES), st.text() | st.from_regex(r'"quota";r=\d*;t=\d*')))
def test_no_header_breaks_anything_and_no_pause_is_beyond_a_day(headers):
    assert 0 <= (pause(headers, NOW) or 0) <= LONGEST
    assert 0 <= spent(headers, NOW) <= 3600
    assert getattr(http_date(headers.get("Date", "")), "tzinfo", UTC) is UTC
